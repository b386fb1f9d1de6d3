import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { VdsmError } from '@virgate/vdsm';
import { errorCode } from '../verb.ts';

/** First line of a configuration volume; the number is the version of the format. */
const magic = 'VIRGATE-VM-STATE 1';
/** Longest configuration that is read. */
const maximumBytes = 8 * 1024 * 1024;

/** What lies beside the memory of a suspended VM. */
export interface SavedState {
  vmId: string;
  name: string;
  /** Seconds since 1970. */
  savedAt: number;
  /** The VM ran on: this is a snapshot's. */
  isSnapshot?: boolean;
}

/** Writes the configuration volume: the magic line with the length of what follows, then compressed JSON. */
export async function writeSavedState(path: string, state: SavedState): Promise<void> {
  const content = await promisify(gzip)(JSON.stringify(state));
  await writeFile(path, Buffer.concat([Buffer.from(`${magic} ${content.length}\n`), content]), { flag: 'r+' });
}

/** Reads a configuration volume. @throws VdsmError 9 when this agent did not write it */
export async function readSavedState(path: string): Promise<SavedState> {
  const bytes = await readFile(path);
  const lineEnd = bytes.subarray(0, 64).indexOf('\n');
  const match = /^VIRGATE-VM-STATE 1 (\d{1,9})$/.exec(bytes.toString('latin1', 0, Math.max(0, lineEnd)));
  const length = Number(match?.[1]);
  if (!match || length > maximumBytes || bytes.length < lineEnd + 1 + length)
    throw new VdsmError(
      errorCode.cannotCreateVm,
      'The saved state was not written by a host agent of this kind: only its own format is read',
    );
  const text = await promisify(gunzip)(bytes.subarray(lineEnd + 1, lineEnd + 1 + length), { maxOutputLength: maximumBytes });
  return JSON.parse(text.toString('utf8')) as SavedState;
}
