import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The release that the empty machine has: Debian 12. */
const RELEASE = 'bookworm';
/** The Node that it has, and the npm that such a Node brings. */
const NODE_VERSION = '^20';
const NPM_VERSION = '^10';
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const BUILD_TIMEOUT_MS = 900_000;
const NPM_TIMEOUT_MS = 300_000;
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

/** What `apt-get indextargets` is asked for, one package index a line. */
const INDEX_FORMAT = '$(REPO_URI)|$(ORIGIN)|$(CODENAME)|$(RELEASE)|$(COMPONENT)';

/**
 * Lines of a sources.list with what this machine's apt is configured with for a release of Debian; empty when it has none of it.
 * @param indexTargets output of `apt-get indextargets` in {@link INDEX_FORMAT}
 */
export function aptSources(indexTargets: string, release: string): string[] {
  const lines = indexTargets.split('\n').map((line) => line.split('|'));
  const wanted = lines.filter(
    ([, origin, codename]) => origin === 'Debian' && (codename === release || codename?.startsWith(`${release}-`)),
  );
  return [...new Set(wanted.map(([uri, , , suite, component]) => `deb ${uri} ${suite} ${component}`))];
}

/** How this machine's apt gets at its sources (proxies, certificates), as lines of an apt.conf. */
export function aptAcquireOptions(configuration: string): string[] {
  return configuration.split('\n').filter((line) => /^Acquire::(?:https?|ftp|Retries)(?:::\S+)? "[^"]+";$/.test(line));
}

/** Variables by which this machine reaches registries: proxies and certificates. */
export function networkEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.keys(environment).filter((name) => /^(?:(?:https?|all|no)_proxy|NODE_EXTRA_CA_CERTS)$/i.test(name));
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? '']));
}

async function output(program: string, args: readonly string[]): Promise<string> {
  return (await run(program, args, { maxBuffer: OUTPUT_LIMIT_BYTES, timeout: NPM_TIMEOUT_MS })).stdout;
}

function copyInto(root: string, from: string, to = from): void {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  copyFileSync(from, join(root, to));
}

/** A system with nothing but what Debian calls essential, git to clone with, and the certificates that this machine trusts. */
async function installDebian(root: string, work: string): Promise<void> {
  const sources = join(work, 'sources.list');
  const options = join(work, 'apt.conf');
  const known = aptSources(await output('apt-get', ['indextargets', '--format', INDEX_FORMAT, 'Created-By: Packages']), RELEASE);
  writeFileSync(sources, known.map((line) => `${line}\n`).join(''));
  writeFileSync(options, aptAcquireOptions(await output('apt-config', ['dump'])).join('\n'));
  const argv = ['--variant=minbase', '--include=ca-certificates,git', `--aptopt=${options}`, '--quiet', RELEASE, root];
  await run('mmdebstrap', known.length > 0 ? [...argv, sources] : argv, { maxBuffer: OUTPUT_LIMIT_BYTES, timeout: BUILD_TIMEOUT_MS });
  for (const file of new Set([CERTIFICATES, process.env['NODE_EXTRA_CA_CERTS'] ?? CERTIFICATES]))
    if (existsSync(file)) copyInto(root, file);
  const resolver = '/run/systemd/resolve/resolv.conf'; // where the machine's own one names a resolver on its loopback
  writeFileSync(join(root, 'etc/resolv.conf'), readFileSync(existsSync(resolver) ? resolver : '/etc/resolv.conf'));
  writeFileSync(join(root, 'etc/hostname'), 'empty\n');
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost\n127.0.1.1 empty\n::1 localhost\n');
}

/** Node 20 and its npm in /usr/local, with this machine's settings of npm (which registry, which certificates). */
async function installNode(root: string, work: string): Promise<string> {
  const packages = [`node-linux-${process.arch}@${NODE_VERSION}`, `npm@${NPM_VERSION}`];
  const packed = JSON.parse(await output('npm', ['pack', '--json', '--pack-destination', work, ...packages])) as { filename: string }[];
  const [node, npm] = packed.map(({ filename }) => join(work, filename));
  const npmFolder = join(root, 'usr/local/lib/node_modules/npm');
  mkdirSync(npmFolder, { recursive: true });
  await run('tar', ['-xf', node ?? '', '-C', join(root, 'usr/local'), '--strip-components=1', 'package/bin/node']);
  await run('tar', ['-xf', npm ?? '', '-C', npmFolder, '--strip-components=1']);
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  for (const [name, target] of [
    ['globalconfig', '/usr/local/etc/npmrc'],
    ['userconfig', '/root/.npmrc'],
  ] as const) {
    const file = (await output('npm', ['config', 'get', name, '--location=project'])).trim();
    if (existsSync(file)) copyInto(root, file, target);
  }
  const cafile = (await output('npm', ['config', 'get', 'cafile'])).trim();
  if (cafile !== 'null' && existsSync(cafile)) copyInto(root, cafile);
  return (await output('chroot', [root, '/usr/local/bin/node', '--version'])).trim();
}

/** Where the empty machine has the repository to clone from: what is committed here, as a server would offer it. */
export const CLONE_SOURCE = '/srv/virgate.git';

async function offerRepository(root: string, checkout: string): Promise<string> {
  await run('git', ['clone', '--quiet', '--bare', '--no-hardlinks', checkout, join(root, CLONE_SOURCE)]);
  // A server gives it to everybody; git distrusts a folder of another user.
  writeFileSync(join(root, 'etc/gitconfig'), `[safe]\n\tdirectory = ${CLONE_SOURCE}\n`);
  return (await output('git', ['-C', join(root, CLONE_SOURCE), 'log', '-1', '--format=%h %s'])).trim();
}

/** The file system of a machine that has only Node and git; as if just installed. */
export interface BaseSystem {
  readonly root: string;
  /** Such as `v20.20.0`. */
  readonly nodeVersion: string;
  /** Commit that it will clone. */
  readonly commit: string;
}

/**
 * Makes the file system below `work`. Mirrors and registries are those that this machine is configured with.
 * @param note is told what takes long
 */
export async function buildBaseSystem(work: string, checkout: string): Promise<BaseSystem> {
  const root = join(work, 'base');
  await installDebian(root, work);
  const nodeVersion = await installNode(root, work);
  return { root, nodeVersion, commit: await offerRepository(root, checkout) };
}

/** A machine of its own with the same contents. */
export async function copySystem(base: BaseSystem, to: string): Promise<string> {
  rmSync(to, { recursive: true, force: true });
  await run('cp', ['-a', '--reflink=auto', base.root, to], { timeout: BUILD_TIMEOUT_MS });
  return to;
}
