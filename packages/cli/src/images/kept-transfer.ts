import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { CliError, textOf } from '../errors.ts';

/** What is kept beside the file of a transfer while it is under way, so that it can go on after whatever ended the program. */
export interface KeptTransfer {
  /** Address of the engine. */
  readonly engine: string;
  readonly direction: 'upload' | 'download';
  /** Of the API's image transfer. */
  readonly transfer: string;
  readonly disk: string;
  readonly sizeBytes: number;
  /** When an uploaded file was changed last; epoch milliseconds. */
  readonly modifiedMs: number;
  readonly doneBytes: number;
}

export const keptFile = (file: string): string => `${file}.virgate-transfer`;

const numbers = ['sizeBytes', 'modifiedMs', 'doneBytes'] as const;
const texts = ['engine', 'direction', 'transfer', 'disk'] as const;

/** What is kept of a transfer of a file; undefined when there is none. @throws CliError transfer_unreadable */
export function readKept(file: string): KeptTransfer | undefined {
  const place = keptFile(file);
  let cause: unknown;
  try {
    const kept = JSON.parse(readFileSync(place, 'utf8')) as KeptTransfer;
    const isWhole = numbers.every((name) => Number.isSafeInteger(kept[name])) && texts.every((name) => typeof kept[name] === 'string');
    if (isWhole && kept.doneBytes >= 0 && kept.doneBytes <= kept.sizeBytes) return kept;
    cause = new Error('it is not whole');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    cause = error;
  }
  throw new CliError('command', 'transfer_unreadable', `What is kept of an interrupted transfer in ${place} cannot be read.`, {
    field: place,
    cause: textOf(cause),
    hint: 'virgate image-transfer list tells the transfers; remove the file to begin anew',
  });
}

/** Never half a file: the program may be ended at any time. */
export function keep(file: string, kept: KeptTransfer): void {
  const place = keptFile(file);
  writeFileSync(`${place}.new`, `${JSON.stringify(kept, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${place}.new`, place);
}

export const forget = (file: string): void => rmSync(keptFile(file), { force: true });
