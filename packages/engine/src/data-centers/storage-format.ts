import type { StorageFormat } from '@virgate/contract/generated/types';
import { invalidValue, say } from '../rest/fault.ts';

/** Format of the storage domains that the engine makes. */
export const domainFormat = 'v5';

/** The format that domains are wanted in. @throws {Fault} 400 */
export function checkFormat(format: StorageFormat | undefined): void {
  if (format !== undefined && format !== domainFormat)
    throw invalidValue('storage_format', say`domains are made in format ${domainFormat}`);
}
