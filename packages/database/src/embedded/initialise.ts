import { execFile } from 'node:child_process';
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { embeddedLimits } from './limits.ts';
import { giveTo, wrap, type RunAs } from './run-as.ts';
import type { Durability } from './settings.ts';

const run = promisify(execFile);

/** The superuser of the embedded server. */
export const superuser = 'virgate';

/** Environment of the server's programs: nothing of the caller's that could change what they do. */
export function serverEnvironment(binaries: PostgresBinaries): Record<string, string> {
  const environment: Record<string, string> = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  if (binaries.libraryPath !== undefined) environment['LD_LIBRARY_PATH'] = binaries.libraryPath;
  return environment;
}

/**
 * Makes the cluster when there is none. It is made beside its place and moved there when whole, so a crash leaves no half cluster.
 *
 * @throws EmbeddedPostgresError `initdb_failed` with the program's words; `major_version_differs` when the cluster belongs to another release.
 */
export async function ensureCluster(
  dataDir: string,
  clusterDir: string,
  binaries: PostgresBinaries,
  runAs: RunAs,
  durability: Durability,
): Promise<void> {
  const version = await readFile(join(clusterDir, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version !== undefined) {
    if (Number(version) === binaries.major) return;
    throw new EmbeddedPostgresError(
      'major_version_differs',
      `The database in ${clusterDir} was made by PostgreSQL ${version.trim()} and this is ${binaries.major}: export it with the old release and import it with this one.`,
    );
  }
  for (const name of await readdir(dataDir)) {
    if (name.startsWith('cluster.new-')) await rm(join(dataDir, name), { recursive: true, force: true });
  }
  const fresh = join(dataDir, `cluster.new-${process.pid}`);
  await mkdir(fresh, { mode: 0o700 });
  await giveTo(runAs, fresh);
  await runInitdb(fresh, binaries, runAs, durability);
  await rename(fresh, clusterDir);
  await access(clusterDir);
}

async function runInitdb(target: string, binaries: PostgresBinaries, runAs: RunAs, durability: Durability): Promise<void> {
  const args = ['-D', target, '-U', superuser, '-A', 'trust', '-E', 'UTF8', '--no-instructions'];
  // The builtin provider sorts the same on every machine and after every upgrade of the C library.
  if (binaries.major >= 17) args.push('--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  else args.push('--locale=C.UTF-8');
  if (durability === 'fast') args.push('--no-sync');
  const [command, wrapped] = wrap(runAs, join(binaries.binDir, 'initdb'), args);
  try {
    await run(command, wrapped, { env: serverEnvironment(binaries), timeout: embeddedLimits.initialiseTimeoutMs, cwd: '/' });
  } catch (cause) {
    await rm(target, { recursive: true, force: true });
    const said = (cause as { stderr?: string }).stderr?.trim() ?? String(cause);
    throw new EmbeddedPostgresError('initdb_failed', `The database could not be initialised: ${said}`, { cause });
  }
}
