// Budget: 75 s
// Needs: root, hypervisor, machine
/** Two agents, each with a libvirtd of its own, move VMs between them. */
import { connect } from '@virgate/libvirt';
import { VdsmClient, VdsmError } from '@virgate/vdsm';
import type { AnyVerbs } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeAuthority } from './agent-fixture/certificates.ts';
import type { TestAuthority } from './agent-fixture/certificates.ts';
import { testDomain } from './agent-fixture/domain.ts';
import type { TestDomain } from './agent-fixture/domain.ts';
import { LiveHost } from './agent-fixture/host.ts';

let authority: TestAuthority;
let one: LiveHost;
let two: LiveHost;

before(async () => {
  authority = await makeAuthority();
  one = await LiveHost.start({ authority });
  two = await LiveHost.start({ authority });
  await Promise.all([one.startAgent(), two.startAgent()]);
});
after(async () => {
  await Promise.all([one?.close(), two?.close()]);
});

const withCode = (code: number) => (error: unknown) => error instanceof VdsmError && error.code === code;

async function create(domain: Partial<TestDomain> = {}): Promise<string> {
  const vmId = randomUUID();
  await one.call('VM.create', { vmID: vmId, vmParams: { vmId, xml: testDomain({ vmId, network: 'ovirtmgmt', ...domain }) } });
  await one.untilStatus(vmId, domain.paused ? 'Paused' : 'Powering up');
  return vmId;
}

const order = (vmId: string, to: LiveHost, more: object = {}): object => ({
  vmID: vmId,
  params: {
    vmId,
    src: '127.0.0.1',
    dst: `127.0.0.1:${to.port}`,
    method: 'online',
    tunneled: 'false',
    abortOnError: 'true',
    autoConverge: 'true',
    compressed: 'false',
    convergenceSchedule: {
      init: [{ name: 'setDowntime', params: ['100'] }],
      stalling: [{ limit: 1, action: { name: 'setDowntime', params: ['150'] } }],
    },
    incomingLimit: 2,
    outgoingLimit: 2,
    ...more,
  },
});

/** What libvirt has of a VM on a host. */
async function domainsOn(host: LiveHost): Promise<string[]> {
  const connection = await connect({ socketPath: host.libvirtd.socketPath, uri: 'qemu:///system' });
  try {
    const active = 1;
    return (await connection.listAllDomains(active)).map((domain) => domain.uuid);
  } finally {
    await connection.close();
  }
}

const told = (host: LiveHost, vmId: string): unknown[] =>
  host.events.filter((event) => event.id === `|virt|VM_status|${vmId}`).map((event) => (event.params[vmId] as { status: string }).status);

describe('a VM', () => {
  it('goes to the other host and back, with its payload, ticket and clock', async () => {
    const payload = { 'meta-data': 'instance-id: one\n' };
    const vmId = await create({ payload });
    const ticket = { deviceType: 'graphics', graphicsType: 'vnc', password: 'secret12', ttl: 600, disconnectAction: 'NONE' };
    await one.call('VM.updateDevice', { vmID: vmId, params: ticket });
    assert.equal(await one.call('VM.migrate', order(vmId, two)), true);
    const gone = await one.untilStatus(vmId, 'Down', 15_000);
    assert.deepEqual([gone['exitCode'], gone['exitReason']], [0, 4]);
    const here = await two.untilStatus(vmId, 'Up');
    assert.equal(here['vmName'], `vm-${vmId.slice(0, 8)}`);
    assert.deepEqual(await domainsOn(one), []);
    assert.deepEqual(await domainsOn(two), [vmId]);
    assert.deepEqual(told(two, vmId), ['Migration Destination', 'Up']);
    assert.ok(told(one, vmId).includes('Migration Source'));
    const image = (host: LiveHost): Promise<Buffer> => readFile(join(host.directory, 'run', 'payloads', `${vmId}.sdd.iso`));
    assert.ok((await image(two)).includes('instance-id: one'));
    const [dump] = await two.call<Record<string, string>[]>('Host.dumpxmls', { vmList: [vmId] });
    assert.match(dump?.[vmId] ?? '', new RegExp(`<source file='${two.directory}/run/payloads/${vmId}.sdd.iso'`));
    assert.match(dump?.[vmId] ?? '', new RegExp(`<source bridge='${two.bridge}'`));
    assert.match(dump?.[vmId] ?? '', /passwdValidTo='20/);
    const done = await one.until('the end of the migration', async () => {
      const status = await one.call<{ status: { message: string }; progress: number; downtime?: number }>('VM.getMigrationStatus', {
        vmID: vmId,
      });
      return status.status.message === 'Migration done' ? status : undefined;
    });
    assert.equal(done.progress, 100);
    assert.ok(Number(done.downtime) >= 0);

    await two.call('VM.migrate', order(vmId, one));
    await two.untilStatus(vmId, 'Migration Source');
    // As an engine does: what is left of the former run is collected while the VM is about to come back.
    await one.call('VM.destroy', { vmID: vmId });
    await two.untilStatus(vmId, 'Down');
    await one.untilStatus(vmId, 'Up');
    assert.deepEqual(await domainsOn(two), []);
    await one.call('VM.destroy', { vmID: vmId });
    await two.call('VM.destroy', { vmID: vmId });
  });
});

describe('a migration that does not succeed', () => {
  /** Memory that takes long at 1 MiB/s: the guest's firmware has written some of it. */
  const slow = { maxBandwidth: 1, convergenceSchedule: undefined };

  it('leaves the VM where it was when it is cancelled, and nothing on the other host', async () => {
    const vmId = await create({ memoryMib: 256 });
    await one.call('VM.migrate', order(vmId, two, slow));
    await one.untilStatus(vmId, 'Migration Source');
    await assert.rejects(one.call('VM.migrate', order(vmId, two)), withCode(51));
    await two.untilStatus(vmId, 'Migration Destination');
    await one.until('QEMU waits there', async () => (await domainsOn(two)).includes(vmId));
    await assert.rejects(one.call('VM.migrateChangeParams', { vmID: vmId, params: {} }), withCode(44));
    assert.equal(await one.call('VM.migrateChangeParams', { vmID: vmId, params: { maxBandwidth: 2 } }), true);
    assert.equal(await one.call('VM.migrateCancel', { vmID: vmId }), true);
    await one.until('it is up again', async () => ['Up', 'Powering up'].includes(String((await one.stats(vmId))?.['status'])));
    await two.until('the other host has forgotten it', async () => (await two.stats(vmId)) === undefined);
    assert.deepEqual([await domainsOn(one), await domainsOn(two)], [[vmId], []]);
    await assert.rejects(one.call('VM.migrateCancel', { vmID: vmId }), withCode(81));
    await one.call('VM.destroy', { vmID: vmId });
  });

  it('waits its turn where only so many may go or come at once', async () => {
    const [first, second] = [await create({ memoryMib: 256 }), await create()];
    await one.call('VM.migrate', order(first, two, { ...slow, outgoingLimit: 1 }));
    await two.untilStatus(first, 'Migration Destination');
    await one.call('VM.migrate', order(second, two, { outgoingLimit: 1 }));
    await one.untilStatus(second, 'Migration Source');
    assert.equal(await two.stats(second), undefined);
    assert.equal(await one.call('VM.migrateCancel', { vmID: second }), true);
    await one.until('it is up again', async () => ['Up', 'Powering up'].includes(String((await one.stats(second))?.['status'])));
    const definition = { vmId: second, _srcDomXML: testDomain({ vmId: second }) };
    const refused = two.call('VM.migrationCreate', { vmID: second, params: definition, incomingLimit: 1 });
    await assert.rejects(refused, withCode(82));
    await one.call('VM.migrateCancel', { vmID: first });
    for (const vmID of [first, second]) await one.call('VM.destroy', { vmID });
  });

  it('leaves the VM where it was when the other agent is killed, and is found again by agents that come after killed ones', async () => {
    const vmId = await create({ memoryMib: 256 });
    await one.call('VM.migrate', order(vmId, two, slow));
    await one.until('QEMU waits there', async () => (await domainsOn(two)).includes(vmId));
    await two.stopAgent('SIGKILL');
    await one.until('it is up again', async () => ['Up', 'Powering up'].includes(String((await one.stats(vmId))?.['status'])));
    await one.until('nothing is left there', async () => (await domainsOn(two)).length === 0);
    await two.startAgent();
    await two.until('the other host has nothing of it', async () => {
      const status = (await two.stats(vmId))?.['status'];
      return status === undefined || status === 'Down';
    });
    await two.call('VM.destroy', { vmID: vmId }).catch(() => undefined);

    await one.call('VM.migrate', order(vmId, two, slow));
    await one.until('QEMU waits there', async () => (await domainsOn(two)).includes(vmId));
    await one.stopAgent('SIGKILL');
    await one.startAgent();
    assert.equal((await one.stats(vmId))?.['status'], 'Migration Source');
    await one.call('VM.migrateChangeParams', { vmID: vmId, params: { maxBandwidth: 1000 } });
    const gone = await one.untilStatus(vmId, 'Down');
    assert.deepEqual([gone['exitCode'], gone['exitReason']], [0, 4]);
    await two.untilStatus(vmId, 'Up');
    assert.deepEqual([await domainsOn(one), await domainsOn(two)], [[], [vmId]]);
    await one.call('VM.destroy', { vmID: vmId });
    await two.call('VM.destroy', { vmID: vmId });
  });

  it('leaves the VM as it was when nobody is there', async () => {
    const vmId = await create();
    await one.call('VM.migrate', order(vmId, two, { dst: '127.0.0.1:1' }));
    await one.until('it is up again', async () => ['Up', 'Powering up'].includes(String((await one.stats(vmId))?.['status'])));
    await one.call('VM.destroy', { vmID: vmId });
  });
});

describe('another host', () => {
  it('may send VMs and nothing else', async () => {
    const tls = { ...(await authority.issue('stranger')), ca: authority.certificate };
    const client = new VdsmClient<AnyVerbs>({ host: '127.0.0.1', port: one.port, tls, responseQueue: randomUUID() });
    try {
      const vmId = await create({ paused: true });
      assert.equal(await client.call('Host.ping', {}), true);
      await assert.rejects(client.call('Host.getAllVmStats', {}), withCode(75));
      await assert.rejects(client.call('VM.create', { vmID: vmId, vmParams: {} }), withCode(75));
      await assert.rejects(client.call('VM.destroy', { vmID: vmId }), withCode(1));
      const xml = testDomain({ vmId });
      await assert.rejects(client.call('VM.migrationCreate', { vmID: vmId, params: { vmId, _srcDomXML: xml } }), withCode(4));
      await one.call('VM.destroy', { vmID: vmId });
    } finally {
      client.close();
    }
  });
});
