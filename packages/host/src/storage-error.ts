import { commonErrors, storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { VdsmError } from '@virgate/vdsm';

/** Every exception of the contract that a storage verb may answer with, by the contract's name. */
const codes = { ...commonErrors, ...storageErrors };

export type StorageErrorName = keyof typeof codes;

/** Code of one exception of the contract. */
export function storageCode(name: StorageErrorName): number {
  return codes[name];
}

/** The error that travels to the caller; the message says what was touched and, where there is one, the way out. */
export function storageError(name: StorageErrorName, message: string, cause?: unknown): VdsmError {
  return new VdsmError(codes[name], message, cause === undefined ? undefined : { cause });
}

/** Whether an error is the given one of the contract. */
export function isStorageError(error: unknown, name: StorageErrorName): boolean {
  return error instanceof VdsmError && error.code === codes[name];
}

/** `errno` name of a failed system call (`ENOENT`), or `undefined`. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

const fullDomain = /No space left on device|Disk quota exceeded/;

/**
 * What a failed effect means to the caller: an error that is coded already stays as it is, a full
 * file system is NoSpaceLeftOnDomain whoever met it, anything else is `fallback`.
 *
 * @param doing what was being done, for the message ("create volume X")
 */
export function toStorageError(error: unknown, fallback: StorageErrorName, doing: string): VdsmError {
  if (error instanceof VdsmError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const errno = systemCode(error);
  if (errno === 'ENOSPC' || errno === 'EDQUOT' || fullDomain.test(text)) {
    return storageError(
      'NoSpaceLeftOnDomain',
      `No space left on the storage domain: ${doing}. Free space or extend the file system, then repeat`,
      error,
    );
  }
  if (errno === 'ESTALE') return storageError('FileStorageDomainStaleNFSHandle', `Stale file handle: ${doing}`, error);
  return storageError(fallback, `${doing}: ${text}`, error);
}
