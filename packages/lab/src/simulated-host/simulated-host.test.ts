import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { capabilityFields, hostStatisticsFields, vmStatisticsFields } from '@virgate/contract/generated/vdsm-fields';
import type { WireField } from '@virgate/contract/generated/vdsm-fields';
import { VdsmClient } from '@virgate/vdsm';
import type { AnyVerbs } from '@virgate/vdsm';
import { SimulatedStorage, startSimulatedHost } from '../simulated-host.ts';
import type { SimulatedHost } from '../simulated-host.ts';

const POOL = randomUUID();
const DOMAIN = randomUUID();

type Client = VdsmClient<AnyVerbs>;

function clientOf(host: SimulatedHost, events = false): Client {
  return new VdsmClient<AnyVerbs>({ host: host.address, port: host.port, tls: null, events });
}

async function until(condition: () => boolean | Promise<boolean>, what: string, timeoutMs = 5_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (await condition()) return;
    await sleep(5);
  }
  assert.fail(`${what} did not happen within ${timeoutMs} ms`);
}

async function task(client: Client, method: string, params: object): Promise<{ taskResult: string; code: number }> {
  const taskID = String(await client.call(method, params));
  let status = { taskState: '', taskResult: '', code: 0 };
  await until(async () => {
    status = (await client.call('Task.getStatus', { taskID })) as typeof status;
    return status.taskState === 'finished';
  }, method);
  await client.call('Task.clear', { taskID });
  return status;
}

/** Connects storage, makes a domain and a pool, and becomes its storage manager. */
async function setUpStorage(client: Client, hostID = 1): Promise<void> {
  await client.call('StoragePool.connectStorageServer', {
    storagepoolID: POOL,
    domainType: 6,
    connectionParams: [{ id: randomUUID(), connection: '/export' }],
  });
  const known = (await client.call('Host.getStorageDomains', { remotePath: '/export' })) as string[];
  if (!known.includes(DOMAIN))
    await client.call('StorageDomain.create', {
      storagedomainID: DOMAIN,
      domainType: 6,
      typeArgs: '/export',
      name: 'data',
      domainClass: 1,
      version: '5',
    });
  await client.call('StoragePool.connect', {
    storagepoolID: POOL,
    hostID,
    scsiKey: POOL,
    masterSdUUID: DOMAIN,
    masterVersion: 1,
    domainDict: { [DOMAIN]: 'active' },
  });
  if (hostID === 1)
    assert.equal(
      (await task(client, 'StoragePool.spmStart', { storagepoolID: POOL, prevID: -1, prevLver: '-1', enableScsiFencing: 'false' }))
        .taskResult,
      'success',
    );
}

function volume(imageID: string, volumeID: string, size = 1024 ** 3): object {
  return {
    storagepoolID: POOL,
    storagedomainID: DOMAIN,
    imageID,
    volumeID,
    size: String(size),
    volFormat: 5,
    preallocate: 2,
    diskType: 'DATA',
    desc: '{}',
    srcImgUUID: '00000000-0000-0000-0000-000000000000',
    srcVolUUID: '00000000-0000-0000-0000-000000000000',
  };
}

function domainXml(name: string, imageId: string, volumeId: string): string {
  return `<?xml version="1.0"?><domain type="kvm"><name>${name}</name><memory>131072</memory><vcpu current="2">16</vcpu><devices><disk type="file" device="disk"><source file="/rhev/data-center/${POOL}/${DOMAIN}/images/${imageId}/${volumeId}"/><target dev="vda" bus="virtio"/><alias name="ua-${imageId}"/></disk><interface type="bridge"><mac address="56:6f:00:00:00:01"/><source bridge="ovirtmgmt"/></interface><graphics type="vnc" port="-1"/></devices></domain>`;
}

const WIRE_TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  int: (value) => Number.isSafeInteger(value),
  bool: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: Array.isArray,
};

function checkFields(fields: readonly WireField[], answer: Record<string, unknown>): void {
  for (const field of fields) {
    const value = answer[field.name];
    assert.ok(field.need !== 'required' || value !== undefined, `${field.name} is required`);
    const check = WIRE_TYPES[field.wire.split(' ')[0] ?? ''];
    if (value !== undefined && check !== undefined)
      assert.ok(check(value), `${field.name} must be ${field.wire}, not ${JSON.stringify(value)}`);
  }
}

test('capabilities and statistics have the wire types of the contract', async () => {
  await using host = await startSimulatedHost({ tls: null });
  const client = clientOf(host);
  try {
    checkFields(capabilityFields, (await client.call('Host.getCapabilities', {})) as Record<string, unknown>);
    checkFields(hostStatisticsFields, (await client.call('Host.getStats', {})) as Record<string, unknown>);
    await client.call('VM.create', {
      vmID: 'a',
      vmParams: { vmId: 'a', xml: '<domain><name>a</name><memory>1024</memory><devices><graphics type="vnc"/></devices></domain>' },
    });
    await until(() => host.vms.get('a')?.status === 'Up', 'boot');
    const [row] = (await client.call('Host.getAllVmStats', {})) as Record<string, unknown>[];
    checkFields(vmStatisticsFields, row ?? {});
  } finally {
    client.close();
  }
});

test('a VM starts from a volume, tells its states by events, shuts down and is forgotten', async () => {
  await using host = await startSimulatedHost({ tls: null, bootDelayMs: 20, shutdownDelayMs: 5 });
  const client = clientOf(host, true);
  const seen: string[] = [];
  const [imageId, volumeId, vmID] = [randomUUID(), randomUUID(), randomUUID()];
  try {
    client.subscribe('|virt|VM_status|*', (params) => {
      seen.push((params as Record<string, { status: string }>)[vmID]?.status ?? '');
    });
    await setUpStorage(client);
    assert.equal((await task(client, 'Volume.create', volume(imageId, volumeId))).taskResult, 'success');
    const again = await task(client, 'Volume.create', volume(imageId, volumeId));
    assert.deepEqual([again.taskResult, again.code], ['cleanSuccess', 212]);

    await client.call('VM.create', { vmID, vmParams: { vmId: vmID, xml: domainXml('one', imageId, volumeId) } });
    await assert.rejects(client.call('VM.create', { vmID, vmParams: { vmId: vmID, xml: domainXml('one', imageId, volumeId) } }), {
      code: 4,
    });
    await until(() => seen.includes('Up'), 'the event Up');
    await client.call('VM.shutdown', { vmID, delay: '0', message: '' });
    await until(() => seen.includes('Down'), 'the event Down');
    assert.deepEqual(seen.slice(0, 4), ['Powering up', 'Up', 'Powering down', 'Down']);
    assert.deepEqual(host.counts, { createCalls: { [vmID]: 2 }, launches: { [vmID]: 1 }, lockedOut: 0, running: 0 });
    await client.call('VM.destroy', { vmID });
    assert.deepEqual(await client.call('Host.getAllVmStats', {}), []);
  } finally {
    client.close();
  }
});

test('two hosts with the same storage never run two QEMU processes on one disk', async () => {
  const storage = new SimulatedStorage();
  await using first = await startSimulatedHost({ tls: null, storage, name: 'first' });
  await using second = await startSimulatedHost({ tls: null, storage, name: 'second' });
  const [one, two] = [clientOf(first), clientOf(second)];
  const [imageId, volumeId, vmID] = [randomUUID(), randomUUID(), randomUUID()];
  try {
    await setUpStorage(one);
    await setUpStorage(two, 2);
    await assert.rejects(two.call('Volume.create', volume(imageId, volumeId)), { code: 654 });
    await task(one, 'Volume.create', volume(imageId, volumeId));
    await one.call('VM.create', { vmID, vmParams: { vmId: vmID, xml: domainXml('vm', imageId, volumeId) } });
    await until(() => first.counts.running === 1, 'the first QEMU');
    await two.call('VM.create', { vmID, vmParams: { vmId: vmID, xml: domainXml('vm', imageId, volumeId) } });
    await until(() => second.vms.get(vmID)?.status === 'Down', 'the refusal');
    assert.match(second.vms.get(vmID)?.exit?.message ?? '', /Failed to get "write" lock/);
    assert.equal(second.counts.lockedOut, 1);
    await first.powerOff();
    await two.call('VM.destroy', { vmID });
    await two.call('VM.create', { vmID, vmParams: { vmId: vmID, xml: domainXml('vm', imageId, volumeId) } });
    await until(() => second.counts.running === 1, 'the start after the power failure');
  } finally {
    one.close();
    two.close();
  }
});

test('faults: an error, a lost answer after the deed, a restart that guests survive', async () => {
  await using host = await startSimulatedHost({ tls: null, faults: [{ verb: 'Host.getStats', action: { kind: 'error', code: 99 } }] });
  const client = clientOf(host);
  const xml = '<domain><name>a</name><memory>1024</memory><devices/></domain>';
  try {
    await assert.rejects(client.call('Host.getStats', {}), { code: 99 });
    await client.call('Host.getStats', {});

    host.faults.add({ verb: 'VM.create', when: 'after', action: { kind: 'drop' }, containing: 'vm-1' });
    await assert.rejects(client.call('VM.create', { vmID: 'vm-1', vmParams: { vmId: 'vm-1', xml } }));
    assert.ok(host.vms.has('vm-1'), 'it was done although nobody heard so');
    await until(
      async () =>
        client.call('Host.ping2', {}, { timeoutMs: 500 }).then(
          () => true,
          () => false,
        ),
      'the connection after the drop',
    );

    host.faults.add({ verb: 'VM.create', when: 'before', action: { kind: 'restart', downMs: 20 } });
    await assert.rejects(client.call('VM.create', { vmID: 'vm-2', vmParams: { vmId: 'vm-2', xml } }));
    assert.ok(!host.vms.has('vm-2'));
    await until(
      async () =>
        client.call('Host.ping2', {}, { timeoutMs: 500 }).then(
          () => true,
          () => false,
        ),
      'the return of the agent',
    );
    assert.equal(host.vms.get('vm-1')?.running, true);
    assert.equal(host.counts.launches['vm-1'], 1);
    assert.equal(host.faults.pending, 0);
  } finally {
    client.close();
  }
});

test('a state file brings guests, volumes and ended tasks back', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'host-'));
  t.after(async () => rm(folder, { recursive: true, force: true }));
  const stateFile = join(folder, 'state.json');
  const [imageId, volumeId, vmID] = [randomUUID(), randomUUID(), randomUUID()];
  const uuid = randomUUID();
  {
    await using host = await startSimulatedHost({ tls: null, uuid, stateFile, bootDelayMs: 5 });
    const client = clientOf(host);
    await setUpStorage(client);
    await task(client, 'Volume.create', volume(imageId, volumeId));
    await client.call('VM.create', { vmID, vmParams: { vmId: vmID, xml: domainXml('kept', imageId, volumeId) } });
    await until(() => host.vms.get(vmID)?.status === 'Up', 'boot');
    client.close();
  }
  await using host = await startSimulatedHost({ tls: null, uuid, stateFile });
  assert.equal(host.vms.get(vmID)?.status, 'Up');
  assert.deepEqual(host.counts, { createCalls: {}, launches: {}, lockedOut: 0, running: 1 });
  assert.equal(host.storage.volume(DOMAIN, volumeId).imageId, imageId);
});
