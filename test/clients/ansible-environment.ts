import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clientsCache, pythonSdk, pythonWith } from './python-environment.ts';

const run = promisify(execFile);
const downloadTimeoutMs = 300_000;

/** An Ansible with oVirt's collection. */
export interface Ansible {
  /** Python that has it: `-m ansible playbook`. */
  readonly python: string;
  /** Folder with the collection. */
  readonly collections: string;
}

/** Ansible with oVirt's collection and the SDK that this needs; made at first use. */
export async function ansible(): Promise<Ansible> {
  const collections = join(clientsCache, 'ansible');
  const sdk = await pythonWith(pythonSdk);
  const { stdout } = await run(sdk, [join(import.meta.dirname, 'ansible/collection.py'), collections], { timeout: downloadTimeoutMs });
  return { python: await pythonWith(pythonSdk, stdout.trim()), collections };
}
