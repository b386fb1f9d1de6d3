import { execFile } from 'node:child_process';
import { chown, readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './errors.ts';

const run = promisify(execFile);

/**
 * How the server's programs are run. PostgreSQL refuses to run as root.
 * - `self`: this process is not root.
 * - `namespace`: root in a user namespace of its own, where root's files belong to an ordinary user.
 * - `user`: a service user, where user namespaces are forbidden.
 */
export type RunAs = { kind: 'self' } | { kind: 'namespace'; uid: number; gid: number } | { kind: 'user'; uid: number; gid: number };

interface Account {
  name: string;
  uid: number;
  gid: number;
}

const serviceUsers = ['virgate', 'postgres', 'nobody'];

/**
 * Decides how to run, given a folder that belongs to whoever ran before.
 *
 * @throws EmbeddedPostgresError `no_service_user` when this is root, user namespaces are forbidden and there is no account to use.
 */
export async function chooseRunAs(clusterDir: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { kind: 'self' };
  const accounts = await readAccounts();
  const owner = await stat(clusterDir).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { kind: 'user', uid: owner.uid, gid: owner.gid };
  // initdb looks its user up by number, so the number must have a name.
  const ordinary = accounts.find((account) => account.uid !== 0) ?? { uid: 1000, gid: 1000 };
  const namespace: RunAs = { kind: 'namespace', uid: ordinary.uid, gid: ordinary.gid };
  const [command, args] = wrap(namespace, 'true', []);
  if (
    await run(command, args).then(
      () => true,
      () => false,
    )
  )
    return namespace;
  const account = serviceUsers.map((name) => accounts.find((each) => each.name === name)).find((each) => each !== undefined);
  if (account === undefined) {
    throw new EmbeddedPostgresError(
      'no_service_user',
      'PostgreSQL does not run as root, this system forbids user namespaces and has no account named virgate, postgres or nobody: add the user virgate.',
    );
  }
  return { kind: 'user', uid: account.uid, gid: account.gid };
}

/** Puts a command behind what drops root. The process keeps its id: every wrapper replaces itself. */
export function wrap(runAs: RunAs, command: string, args: string[], dieWithParent = false): [string, string[]] {
  const mortal = dieWithParent ? ['setpriv', '--pdeathsig', 'SIGQUIT', '--', command, ...args] : [command, ...args];
  if (runAs.kind === 'self') return [mortal[0] ?? command, mortal.slice(1)];
  if (runAs.kind === 'namespace') {
    return ['unshare', ['-U', `--map-user=${runAs.uid}`, `--map-group=${runAs.gid}`, '--', ...mortal]];
  }
  const drop = [`--reuid=${runAs.uid}`, `--regid=${runAs.gid}`, '--clear-groups', '--inh-caps=-all'];
  return ['setpriv', [...drop, '--', ...mortal]];
}

/** Gives a folder to the user that the server runs as. */
export async function giveTo(runAs: RunAs, path: string): Promise<void> {
  if (runAs.kind === 'user') await chown(path, runAs.uid, runAs.gid);
}

async function readAccounts(): Promise<Account[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const accounts: Account[] = [];
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === undefined || uid === undefined || gid === undefined) continue;
    accounts.push({ name, uid: Number(uid), gid: Number(gid) });
  }
  return accounts;
}
