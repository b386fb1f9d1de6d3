// Budget: 5 s
// Needs: openVSwitch
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from '../command.ts';
import { OpenVSwitch } from './open-vswitch.ts';
import { SwitchMirrors } from './switch-mirrors.ts';

/** An Open vSwitch whose ports are no devices: it says what it would do with a frame. */
async function dryRun(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'virgate-switch-'));
  const at = (name: string): string => join(folder, name);
  const children: ChildProcess[] = [];
  t.after(async () => {
    for (const child of children.toReversed())
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    await rm(folder, { recursive: true, force: true });
  });
  const start = async (ready: string, program: string, ...args: string[]): Promise<void> => {
    children.push(
      spawn(program, [...args, '-vconsole:off', '-vsyslog:off'], { stdio: 'ignore', env: { ...process.env, OVS_RUNDIR: folder } }),
    );
    for (let attempt = 0; !existsSync(at(ready)); attempt += 1) {
      assert.ok(attempt < 200, `${program} starts`);
      await delay(20);
    }
  };
  await runCommand(['ovsdb-tool', 'create', at('db'), '/usr/share/openvswitch/vswitch.ovsschema']);
  await start('db.sock', 'ovsdb-server', at('db'), `--remote=punix:${at('db.sock')}`, `--unixctl=${at('db.ctl')}`);
  const ask = async (...args: string[]): Promise<string> =>
    (await runCommand(['ovs-vsctl', `--db=unix:${at('db.sock')}`, '--timeout=10', ...args])).stdout.trim();
  await ask('--no-wait', 'init');
  await start(
    'sw.ctl',
    'ovs-vswitchd',
    `unix:${at('db.sock')}`,
    '--enable-dummy=override',
    '--disable-system',
    `--unixctl=${at('sw.ctl')}`,
  );
  const control = async (...args: string[]): Promise<string> => (await runCommand(['ovs-appctl', '-t', at('sw.ctl'), ...args])).stdout;
  return { ask, control, openVSwitch: new OpenVSwitch({ databaseSocket: at('db.sock') }) };
}

test('watchers get copies of what passes in their VLAN, and nothing of other VLANs', async (t) => {
  const { ask, control, openVSwitch } = await dryRun(t);
  await ask('add-br', 'br0', '--', 'set', 'bridge', 'br0', 'datapath_type=dummy');
  const ports = { p0: '', vnet7: 'tag=10', vnet8: 'tag=10', vnet9: '' };
  for (const [name, tag] of Object.entries(ports))
    await ask('add-port', 'br0', name, ...(tag === '' ? [] : [tag]), '--', 'set', 'Interface', name, 'type=dummy');
  await control('fdb/add', 'br0', 'vnet8', '10', '02:00:00:00:00:78');
  // `dpif/show` has lines such as: vnet7 3/7: (dummy)
  const shown = await control('dpif/show');
  const places = Object.fromEntries(Object.keys(ports).map((name) => [name, new RegExp(`${name} \\d+/(\\d+):`).exec(shown)?.[1] ?? '?']));
  /** The ports to which a frame would go. */
  const goesTo = async (frame: string): Promise<string[]> => {
    const actions = /Datapath actions: (.*)/.exec(await control('ofproto/trace', 'br0', frame))?.[1]?.split(',') ?? [];
    return Object.keys(places).filter((name) => actions.includes(places[name] ?? ''));
  };
  const toGuest = 'in_port=p0,dl_vlan=10,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:78';
  const fromGuest = 'in_port=vnet8,dl_src=02:00:00:00:00:78,dl_dst=02:00:00:00:00:01';
  const plain = 'in_port=p0,dl_src=02:00:00:00:00:01,dl_dst=02:00:00:00:00:02';
  assert.deepEqual(await goesTo(toGuest), ['vnet8']);
  const mirrors = new SwitchMirrors(openVSwitch);
  await mirrors.settle(['br0'], [{ bridge: 'br0', tag: 10, device: 'vnet7' }]);
  assert.deepEqual(await goesTo(toGuest), ['vnet7', 'vnet8']);
  assert.ok((await goesTo(fromGuest)).includes('vnet7'));
  assert.ok(!(await goesTo(plain)).includes('vnet7'));
  assert.deepEqual(await goesTo('in_port=vnet7,dl_src=02:00:00:00:00:77,dl_dst=02:00:00:00:00:02'), [], 'it only watches');
  await mirrors.settle(['br0'], [{ bridge: 'br0', tag: undefined, device: 'vnet9' }]);
  assert.deepEqual(await goesTo(toGuest), ['vnet8']);
  assert.ok((await goesTo(plain)).includes('vnet9'));
  assert.equal(await ask('--bare', '--columns=name', 'list', 'Mirror'), 'vnet9');
  await assert.rejects(mirrors.settle(['br0'], [{ bridge: 'br0', tag: 10, device: 'gone' }]), { code: 100 });
  // An agent that comes after this one takes away what it finds.
  await new SwitchMirrors(openVSwitch).settle(['br0'], []);
  assert.equal(await ask('list', 'Mirror'), '');
});
