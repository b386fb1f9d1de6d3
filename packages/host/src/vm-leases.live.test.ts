// Budget: 75 s
// Needs: root, hypervisor, machine
/** Two hosts, each with its own sanlock and libvirtd, on one storage domain: a VM with a lease runs on one of them. */
// oxlint-disable-next-line no-restricted-imports -- the hosts are those of the lab
import { VirtualSwitch } from '@virgate/lab';
import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeAuthority } from './agent-fixture/certificates.ts';
import { testDomain } from './agent-fixture/domain.ts';
import { LeasingHost } from './agent-fixture/leasing-host.ts';
import { connectStorage, createPool, makeDomain, managePool } from './storage-fixture/host.ts';
import type { StorageHost } from './storage-fixture/host.ts';

const local = 4;

let folder: string;
let network: VirtualSwitch;
let one: LeasingHost;
let two: LeasingHost;
let domainId: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vl-'));
  network = await VirtualSwitch.start();
  const authority = await makeAuthority();
  [one, two] = await Promise.all([
    LeasingHost.start({ number: 1, folder, network, authority }),
    LeasingHost.start({ number: 2, folder, network, authority }),
  ]);
  const shared = join(folder, 'shared');
  const [first, second] = [one, two] as unknown as StorageHost[];
  domainId = await makeDomain(first!, shared);
  const poolId = await createPool(first!, domainId);
  await connectStorage(second!, { domainType: local, connection: shared });
  const pool = { storagepoolID: poolId, masterSdUUID: domainId, masterVersion: 1, domainDict: { [domainId]: 'active' } };
  await Promise.all([managePool(first!, poolId, domainId), two.call('StoragePool.connect', { ...pool, hostID: 2, scsiKey: poolId })]);
  for (const host of [one, two]) await host.until('its place on the storage domain', () => hasJoined(host));
});
after(async () => {
  await Promise.all([one?.close(), two?.close()]);
  await network?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function hasJoined(host: LeasingHost): Promise<boolean> {
  const { storageDomains } = await host.call<{ storageDomains: Record<string, { acquired: boolean }> }>('Host.getStats');
  return storageDomains[domainId]?.acquired === true;
}

/** The document of a VM with a lease, as an engine leaves its place open. */
function leased(vmId: string): string {
  const target = `<target path="LEASE-PATH:${vmId}:${domainId}" offset="LEASE-OFFSET:${vmId}:${domainId}"/>`;
  const lease = `<lease><key>${vmId}</key><lockspace>${domainId}</lockspace>${target}</lease>`;
  return testDomain({ vmId }).replace('</devices>', `${lease}</devices>`);
}

const leaseOf = (vmId: string) => ({ lease_id: vmId, sd_id: domainId });
const makeLease = (vmId: string): Promise<void> => one.task('Lease.create', { lease: leaseOf(vmId) });
const owners = async (vmId: string): Promise<number[]> =>
  (await one.call<{ owners: number[] }>('Lease.status', { lease: leaseOf(vmId) })).owners;
const create = (host: LeasingHost, vmId: string): Promise<unknown> =>
  host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml: leased(vmId) } });
const withCode = (code: number) => (error: unknown) => error instanceof VdsmError && error.code === code;

async function run(host: LeasingHost, vmId: string): Promise<void> {
  await create(host, vmId);
  await host.untilStatus(vmId, 'Powering up', 'Up');
}

test('a VM does not start where its lease is not there', async () => {
  const vmId = randomUUID();
  await create(one, vmId);
  assert.match(String((await one.untilStatus(vmId, 'Down'))['exitMessage']), /No such lease/);
  await one.call('VM.destroy', { vmID: vmId });
});

test('a VM with a lease runs on one host, and on the other once the first QEMU is killed', async () => {
  const vmId = randomUUID();
  await makeLease(vmId);
  await run(one, vmId);
  assert.deepEqual(await owners(vmId), [1]);

  await refused(two, vmId);
  await one.untilStatus(vmId, 'Powering up', 'Up');

  await one.machine.run(['pkill', '-KILL', '-f', `uuid ${vmId}`]);
  await one.untilStatus(vmId, 'Down');
  await run(two, vmId);
  assert.deepEqual(await owners(vmId), [2]);
  await two.call('VM.destroy', { vmID: vmId });
  await one.call('VM.destroy', { vmID: vmId });
  assert.deepEqual(await owners(vmId), []);
});

test('a running VM lets its lease go and takes one, unless somebody else has it', async () => {
  const [vmId, other] = [randomUUID(), randomUUID()];
  await Promise.all([makeLease(vmId), makeLease(other)]);
  await run(one, vmId);
  await run(two, other);
  const change = (verb: string, id = vmId): Promise<{ xml: string }> =>
    one.call(verb, { vmID: vmId, lease: { type: 'lease', ...leaseOf(id) } });
  for (let round = 0; round < 2; round++) assert.doesNotMatch((await change('VM.hotunplugLease')).xml, /<lease>/);
  assert.deepEqual(await owners(vmId), []);
  for (let round = 0; round < 2; round++) assert.equal((await change('VM.hotplugLease')).xml.match(/<lease>/g)?.length, 1);
  assert.deepEqual(await owners(vmId), [1]);
  await assert.rejects(change('VM.hotplugLease', other), withCode(86));
  await assert.rejects(change('VM.hotplugLease', randomUUID()), withCode(936));
  assert.deepEqual([await owners(vmId), await owners(other)], [[1], [2]]);
  await Promise.all([one.call('VM.destroy', { vmID: vmId }), two.call('VM.destroy', { vmID: other })]);
});

/** Asks a host for a VM whose lease another one holds. */
async function refused(host: LeasingHost, vmId: string): Promise<void> {
  await create(host, vmId);
  assert.match(String((await host.untilStatus(vmId, 'Down'))['exitMessage']), /lease/i);
  await host.call('VM.destroy', { vmID: vmId });
}

test('a lease goes with its VM to another host, which keeps it while nobody reaches it, until it loses its place on the storage', async () => {
  const vmId = randomUUID();
  await makeLease(vmId);
  await run(one, vmId);
  await one.call('VM.migrate', {
    vmID: vmId,
    params: { vmId, src: one.machine.address, dst: two.machine.address, method: 'online', abortOnError: 'true' },
  });
  await one.untilStatus(vmId, 'Down');
  const { elapsedTime: before } = await two.untilStatus(vmId, 'Powering up', 'Up');
  assert.deepEqual(await owners(vmId), [2]);
  await one.call('VM.destroy', { vmID: vmId });

  await network.cut(2, 'em1');
  await assert.rejects(two.client.call('Host.ping2', {}, { timeoutMs: 1000 }));
  await refused(one, vmId);
  await refused(one, vmId);
  await network.cut(2, 'em1', true);
  const { elapsedTime: after } = await two.untilStatus(vmId, 'Powering up', 'Up');
  assert.ok(Number(after) > Number(before), 'it is the same run');
  assert.deepEqual(await owners(vmId), [2]);

  await network.cut(2, 'em1');
  const { stdout } = await two.machine.run(['sanlock', 'client', 'gets']);
  const lockspace = /^s (\S+)/m.exec(stdout)?.[1] ?? '';
  await two.machine.run(['sanlock', 'client', 'rem_lockspace', '-s', lockspace], { timeoutMs: 60_000 });
  await run(one, vmId);
  assert.deepEqual(await owners(vmId), [1]);
  await network.cut(2, 'em1', true);
  assert.equal((await two.untilStatus(vmId, 'Down'))['exitCode'], 1);
  await two.call('VM.destroy', { vmID: vmId });
  await one.untilStatus(vmId, 'Powering up', 'Up');
  await one.call('VM.destroy', { vmID: vmId });
});
