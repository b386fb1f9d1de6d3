/**
 * Why a private libvirtd could not be started.
 * - `NOT_ROOT`: a mount namespace and QEMU's system mode need root
 * - `MISSING_PROGRAM`: libvirtd, unshare or another program is not installed
 * - `BAD_OPTION`: an option cannot be used; the message says why
 * - `EXITED`: libvirtd ended while it was waited for; the message holds the end of its log
 * - `NOT_READY`: libvirtd did not open its socket in time
 */
export type PrivateLibvirtdErrorCode = 'NOT_ROOT' | 'MISSING_PROGRAM' | 'BAD_OPTION' | 'EXITED' | 'NOT_READY';

export class PrivateLibvirtdError extends Error {
  override readonly name = 'PrivateLibvirtdError';
  readonly code: PrivateLibvirtdErrorCode;

  constructor(code: PrivateLibvirtdErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
