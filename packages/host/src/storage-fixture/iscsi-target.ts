import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../command.ts';

/** For tests only: a real iSCSI target daemon on 127.0.0.1. Each target has LUN 1, of 64 MiB. */
export interface TestTargets {
  port: number;
  /** The file under the LUN of a target. */
  file(iqn: string): string;
  stop(): Promise<void>;
}

/** @param targets by name; with a login where nobody else is let in */
export async function startTargets(targets: Record<string, { user: string; password: string } | null>): Promise<TestTargets> {
  const folder = await mkdtemp(join(tmpdir(), 'virgate-iscsi-'));
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  const control = String(process.pid % 30_000);
  const daemon = spawn('setpriv', ['--pdeathsig', 'KILL', 'tgtd', '-f', '-C', control, '--iscsi', `portal=127.0.0.1:${port}`], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
  });
  const admin = (...args: string[]) => runCommand(['tgtadm', '-C', control, '--lld', 'iscsi', ...args]);
  const answers = () =>
    admin('--op', 'show', '--mode', 'sys').then(
      () => true,
      () => false,
    );
  for (let attempt = 0; attempt < 100 && !(await answers()); attempt += 1) await delay(50);
  const names = Object.keys(targets);
  const file = (iqn: string): string => join(folder, `${names.indexOf(iqn) + 1}.img`);
  for (const [iqn, login] of Object.entries(targets)) {
    const tid = String(names.indexOf(iqn) + 1);
    await runCommand(['truncate', '-s', '64M', file(iqn)]);
    await admin('--op', 'new', '--mode', 'target', '--tid', tid, '-T', iqn);
    await admin('--op', 'new', '--mode', 'logicalunit', '--tid', tid, '--lun', '1', '-b', file(iqn));
    await admin('--op', 'bind', '--mode', 'target', '--tid', tid, '-I', 'ALL');
    if (login === null) continue;
    await admin('--op', 'new', '--mode', 'account', '--user', login.user, '--password', login.password);
    await admin('--op', 'bind', '--mode', 'account', '--tid', tid, '--user', login.user);
  }
  return {
    port,
    file,
    async stop() {
      if (daemon.exitCode === null && daemon.kill('SIGKILL')) await once(daemon, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
