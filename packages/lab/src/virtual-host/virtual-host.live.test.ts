// Budget: 20 s
// Needs: root, hypervisor, virsh
/** A host in namespaces: what it shares with this machine, and what not. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { VirtualHost } from './virtual-host.ts';
import { VirtualSwitch } from './virtual-switch.ts';

const run = promisify(execFile);
let folder: string;
let network: VirtualSwitch;
const hosts: VirtualHost[] = [];

/** Ids of this machine's processes that are in a namespace of process ids. */
function processesIn(namespace: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/ns/pid`) === namespace;
    } catch {
      return false;
    }
  });
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vh-'));
  network = await VirtualSwitch.start();
  for (const number of [1, 2])
    hosts.push(await VirtualHost.start({ name: `virtual-${number}`, folder: join(folder, String(number)), network, number }));
});
after(async () => {
  await Promise.all(hosts.map((host) => host.powerOff()));
  await network.stop();
  await rm(folder, { recursive: true, force: true });
});

test('a host has a name, an address, mounts and processes of its own', async () => {
  const [one, two] = hosts as [VirtualHost, VirtualHost];
  assert.equal((await one.run(['hostname'])).stdout.trim(), 'virtual-1');
  assert.notEqual(hostname(), 'virtual-1');
  const mark = join('/run', `mark-${process.pid}`);
  await one.run(['touch', mark]);
  await assert.rejects(two.run(['test', '-e', mark]));
  assert.ok(!existsSync(mark));
  await one.run(['mount', '-t', 'tmpfs', 'none', folder]);
  assert.equal((await one.run(['ls', folder])).stdout, '');
  assert.deepEqual((await readdir(folder)).toSorted(), ['1', '2']);
  await one.run(['umount', folder]);
  const interfaces = JSON.parse((await two.run(['ip', '-j', 'link'])).stdout) as { ifname: string }[];
  assert.deepEqual(interfaces.map((link) => link.ifname).toSorted(), ['em1', 'lo', 'ovirtmgmt']);
  assert.ok(!(await run('ip', ['-j', 'link'])).stdout.includes('"ovirtmgmt"'));
});

test('hosts reach one another and this machine', async () => {
  const [one, two] = hosts as [VirtualHost, VirtualHost];
  const connect = (address: string, port: number) =>
    one.run([
      process.execPath,
      '-e',
      `require('net').connect(${port}, '${address}').on('data', (d) => { process.stdout.write(d); process.exit(); })`,
    ]);
  const listener = await two.spawn(
    [process.execPath, '-e', `require('net').createServer((s) => s.end('hello')).listen(7000, '${two.address}')`],
    'listener.log',
  );
  try {
    await two.run(['sh', '-c', `for i in $(seq 50); do ss -ltn | grep -q ':7000 ' && exit 0; sleep 0.1; done; exit 1`]);
    assert.equal((await connect(two.address, 7000)).stdout, 'hello');
  } finally {
    assert.equal(await listener.stop(), null);
  }
});

test('its libvirtd is its own, and ends with it', async () => {
  const [one] = hosts as [VirtualHost, VirtualHost];
  const hostUuid = 'd3f1a6de-8f7b-4e57-9f0e-3c1b7f7b5a01';
  await one.startLibvirtd({ hostUuid });
  const { stdout } = await one.run(['virsh', '-c', `qemu:///system?socket=${one.libvirtSocket}`, 'capabilities'], { timeoutMs: 60_000 });
  assert.match(stdout, new RegExp(`<uuid>${hostUuid}</uuid>`));
  const namespace = (await one.run(['readlink', '/proc/self/ns/pid'])).stdout.trim();
  assert.ok(processesIn(namespace).length > 2);
  await one.powerOff();
  assert.deepEqual(processesIn(namespace), [], 'nothing of the host runs any more');
  await assert.rejects(one.run(['true']));
});
