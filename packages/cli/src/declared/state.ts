import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Fields } from '../call/body.ts';
import { CliError, textOf } from '../errors.ts';

/** What was applied to an engine from a folder: by the object's key. */
export type Applied = Readonly<Record<string, { readonly id: string; readonly spec: Fields }>>;

type State = Readonly<Record<string, Applied>>;

async function readState(file: string): Promise<State> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as State;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new CliError('command', 'state_unreadable', `What was applied last cannot be read from ${file}.`, {
      field: file,
      cause: textOf(error),
      hint: 'Without the file everything counts as not yet applied, and nothing is removed by --prune',
    });
  }
}

/** What was applied last to one engine. @param origin of the engine. @throws CliError state_unreadable */
export async function readApplied(file: string, origin: string): Promise<Applied> {
  const state = await readState(file);
  return Object.hasOwn(state, origin) ? (state[origin] ?? {}) : {};
}

/** Keeps what was applied, whole or not at all. */
export async function writeApplied(file: string, origin: string, applied: Applied): Promise<void> {
  const state = { ...(await readState(file)), [origin]: applied };
  const beside = `${file}.new`;
  try {
    // Declarations may hold passwords.
    await writeFile(beside, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw new CliError('command', 'state_unwritable', `What was applied cannot be kept in ${file}.`, { field: file, cause: textOf(error) });
  }
}
