/** Why an image cannot be built or a tool failed. */
export type GuestImageErrorCode =
  | 'wrong_platform'
  | 'tool_missing'
  | 'tool_failed'
  | 'package_unknown'
  | 'package_download_failed'
  | 'library_missing'
  | 'module_missing'
  | 'size_too_small';

/** A coded error of the guest image builder; the message says what to do. */
export class GuestImageError extends Error {
  readonly code: GuestImageErrorCode;

  constructor(code: GuestImageErrorCode, message: string) {
    super(message);
    this.name = 'GuestImageError';
    this.code = code;
  }
}
