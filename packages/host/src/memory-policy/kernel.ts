import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageSharing, PageSharingSample } from './ksm.ts';

/** In the order in which the kernel takes them: how pages are merged can change only while none are. */
const names = ['merge_across_nodes', 'pages_to_scan', 'sleep_millisecs', 'run'] as const;

/** How the kernel shares pages now; undefined on a kernel that does not. */
export async function readPageSharing(directory: string): Promise<PageSharingSample | undefined> {
  const read = (name: string): Promise<number | undefined> =>
    readFile(join(directory, name), 'utf8').then(
      (text) => Number(text.trim()) || 0,
      () => undefined,
    );
  const run = await read('run');
  if (run === undefined) return undefined;
  return {
    run,
    pages_to_scan: (await read('pages_to_scan')) ?? 0,
    sleep_millisecs: (await read('sleep_millisecs')) ?? 0,
    // A kernel without NUMA has no such file and merges all.
    merge_across_nodes: (await read('merge_across_nodes')) ?? 1,
    pages_sharing: (await read('pages_sharing')) ?? 0,
  };
}

/** Tells the kernel what differs. */
export async function writePageSharing(directory: string, wanted: PageSharing, now: PageSharing): Promise<void> {
  for (const name of names) if (wanted[name] !== now[name]) await writeFile(join(directory, name), String(wanted[name]));
}
