// Budget: 30 s
// Needs: fencing
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createFenceVerbs } from './verbs.ts';

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** An IPMI management board whose host is a file with 1 or 0. */
async function startBoard(t: TestContext): Promise<{ port: number; isOn: () => Promise<boolean> }> {
  const folder = await mkdtemp(join(tmpdir(), 'board-'));
  const port = await freePort();
  await mkdir(join(folder, 'state'));
  await writeFile(join(folder, 'power'), '1');
  await writeFile(
    join(folder, 'chassis'),
    `#!/bin/sh
op=$1; shift
while [ $# -gt 0 ]; do
  case $op:$1 in
    get:power) echo "power:$(cat "${folder}/power")"; shift ;;
    get:*) echo "$1:default"; shift ;;
    set:power) printf %s "$2" > "${folder}/power"; shift 2 ;;
    set:shutdown) printf 0 > "${folder}/power"; shift 2 ;;
    *) shift; [ $# -eq 0 ] || shift ;;
  esac
done
`,
  );
  await chmod(join(folder, 'chassis'), 0o755);
  const levels = ['callback', 'user', 'operator', 'admin'].map((level) => `  allowed_auths_${level} none md2 md5 straight`).join('\n');
  await writeFile(
    join(folder, 'lan.conf'),
    `name "board"\nset_working_mc 0x20\nstartlan 1\n  addr 127.0.0.1 ${port}\n  priv_limit admin\n${levels}\n  guid a123456789abcdefa123456789abcdef\nendlan
chassis_control "${folder}/chassis"
user 1 true "" "lab123" user 10 none md2 md5 straight
user 2 true "admin" "lab123" admin 10 none md2 md5 straight
`,
  );
  await writeFile(
    join(folder, 'emulation'),
    'mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr\nsel_enable 0x20 1000 0x0a\nmc_enable 0x20\n',
  );
  const board = spawn('ipmi_sim', ['-n', '-c', join(folder, 'lan.conf'), '-f', join(folder, 'emulation'), '-s', join(folder, 'state')], {
    stdio: 'ignore',
  });
  t.after(async () => {
    board.kill('SIGKILL');
    await once(board, 'exit');
  });
  return { port, isOn: async () => (await readFile(join(folder, 'power'), 'utf8')).trim() === '1' };
}

test('a real fence agent switches a host off and on by its management board', async (t) => {
  const { port, isOn } = await startBoard(t);
  const verbs = createFenceVerbs({ isActiveOnStorage: () => Promise.resolve(false), log: { info: () => undefined } });
  const fence = async (action: string, password = 'lab123'): Promise<unknown> =>
    verbs['Host.fenceNode']?.(
      { addr: '127.0.0.1', port: 0, agent: 'ipmilan', username: 'admin', password, action, options: `lanplus=1\ncipher=3\nipport=${port}` },
      undefined as never,
    );
  const status = async (): Promise<unknown> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await fence('status');
      } catch (error) {
        if (attempt > 10) throw error;
        await delay(300);
      }
    }
  };
  assert.deepEqual(await status(), { power: 'on' });
  assert.deepEqual(await fence('off'), { operationStatus: 'initiated', power: 'unknown' });
  assert.equal(await isOn(), false);
  assert.deepEqual(await fence('status'), { power: 'off' });
  assert.deepEqual(await fence('on'), { operationStatus: 'initiated', power: 'unknown' });
  assert.equal(await isOn(), true);
  await assert.rejects(fence('off', 'wrong'), { code: 1 });
  assert.equal(await isOn(), true);
});
