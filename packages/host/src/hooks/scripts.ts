import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hookPoints } from './points.ts';
import type { HookPoint } from './points.ts';

/** Most programs of one point. */
const maximumScripts = 256;
const groupOrOthersMayWrite = 0o022;
const sticky = 0o1000;

/** A program of a hook point. */
export interface HookScript {
  name: string;
  path: string;
  /** Why it must not run although it is meant to; undefined when it may. */
  unsafe: string | undefined;
}

/**
 * Why a file must not be run as root, or undefined. Who can write it, or any folder above it, could run what he likes.
 *
 * @param owners ids of users that may own it
 */
async function unsafeBecause(path: string, owners: ReadonlySet<number>): Promise<string | undefined> {
  const real = await realpath(path);
  for (let current = real; ; current = dirname(current)) {
    const found = await lstat(current);
    if (!owners.has(found.uid)) return `${current} belongs to the user ${found.uid}, not to root`;
    // In a sticky folder nobody can put something in the place of what is root's.
    const isSafeFolder = found.isDirectory() && current !== dirname(real) && (found.mode & sticky) !== 0;
    if ((found.mode & groupOrOthersMayWrite) !== 0 && !isSafeFolder) return `others than root may write ${current}`;
    if (current === dirname(current)) return undefined;
  }
}

/** The programs of a point in the order in which they run: that of the bytes of their names. A folder that is not there has none. */
export async function hookScripts(directory: string, point: HookPoint): Promise<HookScript[]> {
  const folder = join(directory, point);
  const names = await readdir(folder, { encoding: 'buffer' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  const owners = new Set([0, process.getuid?.() ?? 0]);
  const scripts: HookScript[] = [];
  for (const name of names.sort((first, second) => Buffer.compare(first, second)).map(String)) {
    if (scripts.length >= maximumScripts) break;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() !== true || (found.mode & 0o111) === 0) continue;
    if (
      !(await access(path, constants.X_OK).then(
        () => true,
        () => false,
      ))
    )
      continue;
    scripts.push({ name, path, unsafe: await unsafeBecause(path, owners) });
  }
  return scripts;
}

async function checksum(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('hex');
}

/** The programs of all points, as capabilities tell them (VDSM schema, VdsmCapabilities.hooks). */
export async function installedHooks(directory: string): Promise<Record<string, Record<string, { checksum: string }>>> {
  const installed: Record<string, Record<string, { checksum: string }>> = {};
  for (const point of hookPoints) {
    const scripts = (await hookScripts(directory, point)).filter(({ unsafe }) => unsafe === undefined);
    if (scripts.length === 0) continue;
    const entries: [string, { checksum: string }][] = [];
    for (const { name, path } of scripts) entries.push([name, { checksum: await checksum(path) }]);
    installed[point] = Object.fromEntries(entries);
  }
  return installed;
}
