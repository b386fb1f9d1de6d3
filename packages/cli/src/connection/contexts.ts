import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CliError, textOf } from '../errors.ts';

/** A stored sign-in: which engine, how it is recognised, as whom. */
export interface Context {
  readonly url: string;
  readonly user?: string;
  readonly token?: string;
  /** Certificate of the authority that signs the engine's, as PEM. */
  readonly ca?: string;
  readonly insecure?: boolean;
}

export interface Contexts {
  readonly current?: string;
  readonly contexts: Readonly<Record<string, Context>>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where sign-ins are stored: `VIRGATE_CONFIG`, else `virgate/contexts.json` in the user's folder for settings. */
export function contextsFile(environment: Environment): string {
  const named = environment['VIRGATE_CONFIG'];
  if (named !== undefined && named !== '') return named;
  const base = environment['XDG_CONFIG_HOME'];
  return join(
    base !== undefined && base.startsWith('/') ? base : join(environment['HOME'] ?? homedir(), '.config'),
    'virgate/contexts.json',
  );
}

/** @throws CliError contexts_unreadable */
// Read at once: a small file, and loading what reads in the background takes longer.
export function readContexts(file: string): Contexts {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { contexts: {} };
    throw unreadable(file, error);
  }
  try {
    const value = JSON.parse(text) as Contexts;
    if (typeof value !== 'object' || value === null || typeof value.contexts !== 'object') throw new TypeError('it holds no contexts');
    return value;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): CliError {
  return new CliError('command', 'contexts_unreadable', `The stored sign-ins in ${file} cannot be read.`, {
    field: file,
    cause: textOf(error),
    hint: 'Put the file right or remove it, then: virgate login',
  });
}

/** Stores sign-ins so that nobody else can read them, and never half a file. */
export function writeContexts(file: string, contexts: Contexts): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(beside, `${JSON.stringify(contexts, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(beside, 0o600);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new CliError('command', 'contexts_unwritable', `The sign-in cannot be stored in ${file}.`, { field: file, cause: textOf(error) });
  }
}
