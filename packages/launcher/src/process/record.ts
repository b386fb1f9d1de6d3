import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { DataFolder } from '../data-folder.ts';
import { endProcess, identifyProcess, isRunning } from './identity.ts';
import type { ProcessIdentity } from './identity.ts';

/** Processes of which a data folder keeps a record. */
export type RecordedProcess = 'launcher' | 'engine' | 'host-agent' | 'dnsmasq' | 'ovn-northbound' | 'ovn-southbound' | 'ovn-northd';

function nameOf(which: RecordedProcess): string {
  return `run/${which}.json`;
}

/** Keeps who runs. */
export function recordProcess(folder: DataFolder, which: RecordedProcess, pid: number): ProcessIdentity | undefined {
  const identity = identifyProcess(pid);
  if (identity !== undefined) folder.write(nameOf(which), identity);
  return identity;
}

/** The recorded process when it still runs. */
export function recordedProcess(folder: DataFolder, which: RecordedProcess): ProcessIdentity | undefined {
  const path = folder.at(nameOf(which));
  if (!existsSync(path)) return undefined;
  try {
    const identity = JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
    return isRunning(identity) ? identity : undefined;
  } catch {
    return undefined;
  }
}

export function forgetProcess(folder: DataFolder, which: RecordedProcess): void {
  rmSync(folder.at(nameOf(which)), { force: true });
}

/** Processes that a launcher supervises, in the order in which they are ended. */
const SUPERVISED: readonly RecordedProcess[] = ['host-agent', 'engine', 'ovn-northd', 'ovn-southbound', 'ovn-northbound'];
const END_TIMEOUT_MS = 20_000;

/** Ends what a launcher left running that was killed. Guests and their network are no part of it. */
export async function endLeftProcesses(folder: DataFolder): Promise<void> {
  for (const which of SUPERVISED) {
    const left = recordedProcess(folder, which);
    if (left !== undefined) await endProcess(left, END_TIMEOUT_MS);
    forgetProcess(folder, which);
  }
}
