import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const startTimeoutMs = 10_000;

/** A real northbound database of OVN on a unix socket; gone after the test. */
export interface TestNorthbound {
  /** Its address, as providers have it. */
  url: string;
  /** What OVN's own client answers. */
  nbctl(...args: string[]): Promise<string>;
  /** It answers no more, and its data stay. */
  stop(): Promise<void>;
}

/** Starts a northbound database, without the programs that make flows of it. */
export async function startNorthbound(t: TestContext): Promise<TestNorthbound> {
  const folder = await mkdtemp(join(tmpdir(), 'virgate-ovn-'));
  const [database, socket] = [join(folder, 'north.db'), join(folder, 'north.sock')];
  await run('ovsdb-tool', ['create', database, '/usr/share/ovn/ovn-nb.ovsschema']);
  const server: ChildProcess = spawn(
    'ovsdb-server',
    [database, `--remote=punix:${socket}`, `--unixctl=${join(folder, 'ctl')}`, '-vconsole:off', '-vsyslog:off'],
    { stdio: 'ignore' },
  );
  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null && server.kill('SIGKILL')) await once(server, 'exit');
  };
  t.after(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });
  const deadline = performance.now() + startTimeoutMs;
  while (!existsSync(socket)) {
    if (performance.now() > deadline) throw new Error('The northbound database does not start');
    await delay(20);
  }
  const url = `unix:${socket}`;
  return { url, stop, nbctl: async (...args) => (await run('ovn-nbctl', [`--db=${url}`, ...args])).stdout };
}
