// Budget: 90 s
// Needs: root, hypervisor, virsh, guestImage
/** A real guest moves between two hosts and back, is cancelled on its way, and outlives a destination whose agent or QEMU is killed. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { VirtualSwitch, buildGuestImage } from '@virgate/lab';
import { Installation, defaultClusterId, eventually, expectStatus } from './installation.ts';
import { JoiningHost } from './joining-host.ts';
import { addGuest, addSharedDomain, enrol, runInGuest } from './real-guest.ts';

/** A VM that comes back while its former run is being settled is where guests were lost once. */
const rounds = 4;
const bootTimeoutMs = 120_000;
const settleTimeoutMs = 60_000;

let network: VirtualSwitch;
let installation: Installation;
const machines: JoiningHost[] = [];
const hostIds: string[] = [];
let vmId: string;
/** Lies in the guest's memory alone: it is there as long as the guest has not started anew. */
const mark = `/tmp/${randomUUID()}`;

const rest = () => installation.rest;

async function addHost(number: number): Promise<void> {
  const machine = await JoiningHost.start({ name: `host-${number}`, number, folder: join(installation.folder, 'hosts'), network });
  machines.push(machine);
  hostIds.push(await enrol(installation, machine));
}

/** Runs a program in the guest on a host. @returns its exit code */
const inGuest = async (host: number, path: string, ...args: string[]): Promise<number> =>
  (await runInGuest(machines[host] as JoiningHost, vmId, path, ...args)).exitCode;

/** QEMU processes of the VM, wherever on this machine they run. */
async function emulators(): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map(async (pid) => ({ pid: Number(pid), words: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0') })),
  );
  return commands.filter(({ words }) => words[words.indexOf('-uuid') + 1] === vmId).map(({ pid }) => pid);
}

/** Waits until the VM is up on a host, by one QEMU, with the guest as it was. */
async function isWellOn(host: number): Promise<void> {
  let last: unknown;
  try {
    await eventually(
      'the VM is up there',
      async () => {
        const vm = (await rest().get(`/vms/${vmId}`)).body;
        const locks = await installation.rows('select 1 from object_lock where object_id = $1', [vmId]);
        const running = await emulators();
        last = [vm.status, vm.host?.id === hostIds[host], locks.length, running.length];
        return vm.status === 'up' && vm.host?.id === hostIds[host] && locks.length === 0 && running.length === 1;
      },
      settleTimeoutMs,
    );
  } catch (error) {
    throw new Error(`${String(error)}: ${JSON.stringify(last)}\n${await machines[0]?.log()}\n${await machines[1]?.log()}`, {
      cause: error,
    });
  }
  assert.equal(await inGuest(host, '/bin/busybox', 'test', '-e', mark), 0, 'the guest is the same');
}

const migrateTo = async (host: number): Promise<unknown> =>
  expectStatus(await rest().post(`/vms/${vmId}/migrate`, { host: { id: hostIds[host] } }), 200);

/** Gives all migrations so many Mbit/s. */
async function limit(mbps: number): Promise<void> {
  const { migration } = expectStatus(await rest().get(`/clusters/${defaultClusterId}`), 200);
  const bandwidth = { assignment_method: 'custom', custom_value: mbps };
  expectStatus(await rest().put(`/clusters/${defaultClusterId}`, { migration: { ...migration, bandwidth } }), 200);
}

/** Has the memory of all VMs that migrate encrypted on its way, or not. */
async function encrypt(encrypted: boolean): Promise<void> {
  const { migration } = expectStatus(await rest().get(`/clusters/${defaultClusterId}`), 200);
  expectStatus(await rest().put(`/clusters/${defaultClusterId}`, { migration: { ...migration, encrypted: String(encrypted) } }), 200);
}

/** Begins to move the VM slowly, and returns when QEMU waits for it on the other host. @returns the process there */
async function halfWay(): Promise<number> {
  const [here] = await emulators();
  await migrateTo(1);
  return eventually('QEMU waits there', async () => (await emulators()).find((pid) => pid !== here), settleTimeoutMs);
}

before(async () => {
  network = await VirtualSwitch.start();
  installation = await Installation.start({ hosts: 0, address: network.address });
  const image = await buildGuestImage({ outDir: join(installation.folder, 'image'), cacheDir: '/var/tmp/virgate-packages' });
  await installation.bearLoad();
  await addHost(1);
  const domain = await addSharedDomain(installation, hostIds[0] ?? '');
  await addHost(2);
  const placement = { placement_policy: { hosts: { host: [{ id: hostIds[0] }] } } };
  ({ vmId } = await addGuest(installation, image, domain, placement));
  expectStatus(await rest().post(`/vms/${vmId}/start`, {}), 200);
  await eventually(
    'the guest answers',
    async () => {
      const status = await inGuest(0, '/bin/busybox', 'touch', mark).catch(() => undefined);
      return status === 0;
    },
    bootTimeoutMs,
  );
});
after(async () => {
  await Promise.all(machines.map((machine) => machine.host.powerOff()));
  await installation?.stop();
  await network?.stop();
});

test('the guest goes to the other host and back, and again at once, at last encrypted', async () => {
  for (let round = 0; round < rounds; round++) {
    if (round === rounds - 1) await encrypt(true);
    await migrateTo(1);
    await isWellOn(1);
    await migrateTo(0);
    await isWellOn(0);
  }
  for (const { host } of machines) assert.match(await readFile(join(host.folder, 'agent.log'), 'utf8'), /"encrypted":true/);
  await encrypt(false);
});

test('cancelled half-way it stays, and the other host keeps nothing', async () => {
  await limit(16);
  await halfWay();
  assert.equal((await rest().get(`/vms/${vmId}`)).body.status, 'migrating');
  expectStatus(await rest().post(`/vms/${vmId}/cancelmigration`, {}), 200);
  await isWellOn(0);
});

test('it stays when QEMU is killed on the other host, and when the agent there is', async () => {
  process.kill(await halfWay(), 'SIGKILL');
  await isWellOn(0);
  await halfWay();
  await machines[1]?.killAgent();
  await isWellOn(0);
  await machines[1]?.startAgent();
  await eventually('the host is up', async () => (await rest().get(`/hosts/${hostIds[1]}`)).body.status === 'up', settleTimeoutMs);
  await limit(10_000);
  await migrateTo(1);
  await isWellOn(1);
});
