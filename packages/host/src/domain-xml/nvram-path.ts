/** Where libvirt keeps the variables of a VM's UEFI, as libvirt itself names it; the same on every host, as VDSM has it. */
export const nvramPath = (vmId: string): string => `/var/lib/libvirt/qemu/nvram/${vmId}.fd`;
