// Plain JavaScript for any Node >= 20: installs the locked packages when they are missing or old, then runs a
// TypeScript program on the Node 24 that comes with them.
//
//   node packages/launcher/node24.mjs SCRIPT.ts [ARGUMENT...]

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const MINIMUM_NODE_MAJOR = 20;
const INSTALL_WAIT_MS = 600_000;
const INSTALL_POLL_MS = 500;
const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'];

/** Root of the checkout. */
export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Ends the program with a message that says what to do. */
function refuse(message) {
  process.stderr.write(`virgate: ${message}\n`);
  process.exit(1);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function fitsThisMachine(entry) {
  return (entry.os?.includes(process.platform) ?? true) && (entry.cpu?.includes(process.arch) ?? true);
}

/**
 * Whether node_modules holds what package-lock.json asks for. npm itself records what it installed in
 * node_modules/.package-lock.json, after everything else: no stamp of our own can be truer than that.
 * @returns {string | undefined} why packages have to be installed; undefined when nothing is missing
 */
export function missingPackages(root = repositoryRoot) {
  const wanted = readJson(join(root, 'package-lock.json'));
  if (wanted === undefined) return 'package-lock.json cannot be read';
  const installed = readJson(join(root, 'node_modules/.package-lock.json'));
  if (installed === undefined) return 'node_modules is missing or incomplete';
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (!path.includes('node_modules/') || !fitsThisMachine(entry)) continue;
    const found = installed.packages[path];
    if (found === undefined) {
      if (entry.optional || entry.peer || entry.devOptional) continue;
      return `${path} is not installed`;
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) return `${path} has another version than the lock file`;
  }
  return undefined;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Only one process installs; the others wait for it. The file lies outside node_modules, which npm empties. */
function acquireInstallLock(root) {
  const path = join(tmpdir(), `virgate-install-${createHash('sha256').update(root).digest('hex').slice(0, 12)}.lock`);
  const deadline = Date.now() + INSTALL_WAIT_MS;
  while (Date.now() < deadline) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number.parseInt(readJson(path) ?? '0', 10);
    if (owner > 0 && !isAlive(owner)) rmSync(path, { force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, INSTALL_POLL_MS);
  }
  return refuse(
    `another installation of packages has been running for ${INSTALL_WAIT_MS / 60_000} minutes; remove ${path} if that is not so`,
  );
}

/** Installs the locked packages (`npm ci`, no install scripts) when they are missing or old. */
export function ensurePackages({ allowed = process.env.VIRGATE_NO_INSTALL === undefined } = {}) {
  if (missingPackages() === undefined) return;
  if (!allowed) refuse(`${missingPackages()}, and installing is forbidden; run: npm ci --ignore-scripts`);
  const release = acquireInstallLock(repositoryRoot);
  try {
    const reason = missingPackages();
    if (reason === undefined) return;
    process.stdout.write(`virgate: installing the locked packages (${reason}) …\n`);
    const cli = process.env.npm_execpath;
    const byNode = cli !== undefined && cli.endsWith('.js') && existsSync(cli);
    const command = byNode ? [process.execPath, cli] : ['npm'];
    const result = spawnSync(
      command[0],
      [...command.slice(1), 'ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'],
      { cwd: repositoryRoot, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, NODE_ENV: undefined } },
    );
    if (result.error !== undefined) refuse(`npm cannot be run (${result.error.message}); install npm, then run: npm ci --ignore-scripts`);
    if (result.status !== 0)
      refuse(`npm ci failed with code ${result.status}; its messages are above. Check that the package registry can be reached.`);
  } finally {
    release();
  }
}

/** Path of a Node.js that runs TypeScript: the locked one, else the running one when it is new enough. */
export function findNode24(root = repositoryRoot) {
  const locked = join(root, `node_modules/node-linux-${process.arch}/bin/node`);
  if (process.platform === 'linux' && existsSync(locked)) return locked;
  const major = Number.parseInt(process.versions.node, 10);
  if (major >= 24) return process.execPath;
  return refuse(
    `Node 24 is not there: the package node-linux-${process.arch} is missing (Linux on x64 and arm64 are served). ` +
      'Run "npm ci --ignore-scripts --include=optional", or run this with Node 24 of your own.',
  );
}

/** The environment in which `node` means Node 24. Compiled code is kept beside the packages, where that can be written. */
export function node24Environment(node, environment = process.env, root = repositoryRoot) {
  return {
    NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'),
    ...environment,
    PATH: `${dirname(node)}${delimiter}${environment.PATH ?? '/usr/local/bin:/usr/bin:/bin'}`,
  };
}

/** Runs `script` on Node 24, hands signals on, and ends with its exit code. */
export function runWithNode24(script, args) {
  if (Number.parseInt(process.versions.node, 10) < MINIMUM_NODE_MAJOR)
    refuse(`Node ${process.versions.node} is too old: version ${MINIMUM_NODE_MAJOR} or newer is needed`);
  ensurePackages({ allowed: process.env.VIRGATE_NO_INSTALL === undefined && !args.includes('--no-install') });
  const node = findNode24();
  const child = spawn(node, [resolve(script), ...args], { stdio: 'inherit', env: node24Environment(node) });
  for (const signal of FORWARDED_SIGNALS) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => refuse(`${node} cannot be run: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  const [script, ...args] = process.argv.slice(2);
  if (script === undefined) refuse('usage: node packages/launcher/node24.mjs SCRIPT.ts [ARGUMENT...]');
  runWithNode24(script, args);
}
