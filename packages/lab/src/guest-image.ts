/** The small guest: see `../guest/README.md`. */
export { unpackApplianceKernel } from './guest-image/appliance-kernel.ts';
export { buildGuestImage } from './guest-image/build.ts';
export type { GuestImage, GuestImageOptions } from './guest-image/build.ts';
export { KERNEL_COMMAND_LINE } from './guest-image/disk.ts';
export { GuestImageError } from './guest-image/errors.ts';
export type { GuestImageErrorCode } from './guest-image/errors.ts';
