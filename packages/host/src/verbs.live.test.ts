// Budget: 40 s
// Needs: root, hypervisor
/** Verbs that engines call seldom, or that only tell: each on a real libvirt and real storage. */
import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { testDomain } from './agent-fixture/domain.ts';
import { LiveHost } from './agent-fixture/host.ts';
import { signInToVnc } from './agent-fixture/vnc.ts';
import { blankUuid } from './volume/volume-metadata.ts';

const mebibyte = 1024 ** 2;
let host: LiveHost;
const poolId = randomUUID();
const domainId = randomUUID();
const master = { storagepoolID: poolId, masterSdUUID: domainId, masterVersion: 1 };
const there = { storagepoolID: poolId, storagedomainID: domainId };

before(async () => {
  host = await LiveHost.start();
  await host.startAgent();
  const directory = join(host.directory, 'data');
  await mkdir(directory);
  await host.call('StoragePool.connectStorageServer', {
    storagepoolID: blankUuid,
    domainType: 4,
    connectionParams: [{ id: randomUUID(), connection: directory }],
  });
  await host.call('StorageDomain.create', {
    storagedomainID: domainId,
    domainType: 4,
    typeArgs: directory,
    name: 'data',
    domainClass: 1,
    version: '5',
    blockSize: 512,
    maxHosts: 250,
  });
  const times = { lockRenewalIntervalSec: 5, leaseTimeSec: 60, ioOpTimeoutSec: 10, leaseRetries: 3 };
  await host.call('StoragePool.create', { ...master, name: 'Default', domainList: [domainId], ...times });
  await host.call('StoragePool.connect', { ...master, hostID: 1, scsiKey: poolId, domainDict: { [domainId]: 'active' } });
  await host.task('StoragePool.spmStart', { storagepoolID: poolId, prevID: -1, prevLver: '-1', enableScsiFencing: 'false' });
});
after(() => host.close());

const withCode = (code: number) => (error: unknown) => error instanceof VdsmError && error.code === code;

/** A raw image of one MiB. */
async function newImage(): Promise<{ imageID: string; volumeID: string }> {
  const ids = { imageID: randomUUID(), volumeID: randomUUID() };
  await host.task('Volume.create', {
    ...there,
    ...ids,
    size: String(mebibyte),
    volFormat: 5,
    preallocate: 2,
    diskType: 'ISOF',
    desc: '',
    srcImgUUID: blankUuid,
    srcVolUUID: blankUuid,
  });
  return ids;
}

describe('host', () => {
  it('answers whether it is there', async () => {
    assert.equal(await host.call('Host.echo', { message: 'anybody?' }), 'anybody?');
    assert.equal(await host.call('Host.ping'), true);
  });

  it('tells of its network what its capabilities and statistics tell', async () => {
    const capabilities = await host.call<Record<string, object>>('Host.getCapabilities');
    const network = await host.call<Record<string, object>>('Host.getNetworkCapabilities');
    assert.deepEqual(Object.keys(network['networks'] ?? {}), ['ovirtmgmt']);
    assert.deepEqual(network['networks'], capabilities['networks']);
    const statistics = await host.call<{ network: Record<string, object> }>('Host.getNetworkStatistics');
    const whole = await host.call<{ network: Record<string, object> }>('Host.getStats');
    assert.deepEqual(Object.keys(statistics.network).toSorted(), Object.keys(whole.network).toSorted());
    const heard = await host.call<Record<string, { enabled: boolean }>>('Host.getLldp', { filter: { devices: [] } });
    assert.equal(typeof heard, 'object');
  });

  it('takes the policy of its cluster for memory', async () => {
    const policy = { balloonEnabled: true, ksmEnabled: false, ksmMergeAcrossNodes: true };
    assert.equal(await host.call('Host.setMOMPolicyParameters', { key_value_store: policy }), true);
    await assert.rejects(host.call('Host.setMOMPolicyParameters', { key_value_store: { ksmEnabled: 'perhaps' } }), withCode(91));
  });

  it('gets another certificate while its connections go on', async () => {
    const { request: asked } = await host.call<{ request: string }>('Virgate.makeCertificateRequest');
    const certificate = await host.authority.sign(asked);
    assert.equal(await host.call('Virgate.installCertificate', { certificate }), true);
    assert.equal((await readFile(join(host.directory, 'pki/cert.pem'), 'utf8')).trim(), certificate.trim());
    assert.equal(await host.call('Host.ping'), true);
  });
});

describe('storage', () => {
  it('is watched', async () => {
    const statuses = await host.call<Record<string, { valid: boolean }>>('Host.getStorageRepoStats');
    assert.equal(statuses[domainId]?.valid, true);
    assert.equal(await host.call('StorageDomain.validate', { storagedomainID: domainId }), true);
    await assert.rejects(host.call('StorageDomain.validate', { storagedomainID: randomUUID() }), withCode(358));
    assert.deepEqual(await host.call('StorageDomain.getFileStats', { storagedomainID: domainId, pattern: '*' }), {});
  });

  it('has volumes that are measured, looked at again and deleted; tasks tell what they did', async () => {
    const ids = await newImage();
    assert.equal((await host.call<Record<string, string>>('Volume.getSize', { ...there, ...ids }))['apparentsize'], String(mebibyte));
    assert.equal(await host.call('Volume.refresh', { ...there, ...ids }), true);
    const taskID = await host.call<string>('Volume.delete', { ...there, ...ids, postZero: false, force: false });
    await host.until('the task ends', async () => {
      const { taskState } = await host.call<{ taskState: string }>('Task.getStatus', { taskID });
      return taskState === 'finished';
    });
    assert.deepEqual(await host.call('Task.getInfo', { taskID }), { id: taskID, verb: 'deleteVolume' });
    assert.ok(Object.hasOwn(await host.call<object>('Host.getAllTasks'), taskID));
    await host.call('Task.revert', { taskID });
    await host.call('Task.clear', { taskID });
    assert.deepEqual(await host.call('Host.getAllTasks'), {});
    const image = join(host.directory, 'data', domainId, 'images', ids.imageID);
    assert.deepEqual(
      (await readdir(image).catch(() => [])).filter((name) => name.startsWith(ids.volumeID)),
      [],
    );
  });

  it('lets tickets for images live on', async () => {
    const ids = await newImage();
    const { path } = await host.call<{ path: string }>('Image.prepare', { ...there, ...ids });
    const uuid = randomUUID();
    await host.call('Host.add_image_ticket', { ticket: { uuid, timeout: 10, size: mebibyte, url: `file://${path}`, ops: ['read'] } });
    assert.equal(await host.call('Host.extend_image_ticket', { uuid, timeout: 300 }), true);
    await host.call('Host.remove_image_ticket', { uuid });
    await assert.rejects(host.call('Host.extend_image_ticket', { uuid, timeout: 300 }), VdsmError);
    await host.call('Image.teardown', { ...there, ...ids });
    await host.task('Image.delete', { ...there, imageID: ids.imageID, postZero: false, force: false });
  });
});

/** The bytes of a console at the host's server. */
async function openConsole(vmId: string, type: string): Promise<Duplex> {
  const { path } = await host.call<{ path: string }>('Virgate.openConsole', { vmID: vmId, type });
  const { imageServerPort } = await host.call<{ imageServerPort: number }>('Host.getCapabilities');
  const sent = request({
    host: '127.0.0.1',
    port: imageServerPort,
    path,
    ca: host.authority.certificate,
    headers: { connection: 'Upgrade', upgrade: 'virgate-console' },
  });
  sent.end();
  const [, socket, head] = (await once(sent, 'upgrade')) as [unknown, Duplex, Buffer];
  if (head.length > 0) socket.unshift(head);
  return socket;
}

describe('a VM that runs', () => {
  let vmId: string;
  before(async () => {
    vmId = randomUUID();
    await host.call('VM.create', {
      vmID: vmId,
      vmParams: { vmId, xml: testDomain({ vmId, paused: true, payload: { 'meta-data': 'x' } }) },
    });
    await host.untilStatus(vmId, 'Paused');
  });
  after(async () => {
    await host.call('VM.destroy', { vmID: vmId });
  });

  it('is told of in full', async () => {
    const [whole] = await host.call<Record<string, unknown>[]>('Host.getVMFullList', { vmList: [vmId] });
    assert.deepEqual([whole?.['vmId'], whole?.['status']], [vmId, 'Paused']);
  });

  it('gets another CD, and loses it', async () => {
    const ids = await newImage();
    const medium = { poolID: poolId, domainID: domainId, ...ids };
    const source = async (): Promise<string | undefined> => {
      const [dump] = await host.call<Record<string, string>[]>('Host.dumpxmls', { vmList: [vmId] });
      return /<disk type=.file. device=.cdrom.>(?:(?!<\/disk>)[^])*<source file=.([^'"]+)/.exec(dump?.[vmId] ?? '')?.[1];
    };
    const change = (drive: object) => host.call('VM.changeCD', { vmID: vmId, driveSpec: { iface: 'scsi', index: '3', ...drive } });
    await change({ drive_spec: medium });
    assert.match((await source()) ?? '', new RegExp(`${ids.imageID}/${ids.volumeID}$`));
    await change({ path: '' });
    assert.equal(await source(), undefined);
    await assert.rejects(change({ index: '9', path: '' }), withCode(91));
  });

  it('shows its screen by a ticket, and under TLS at the server for images', async () => {
    const { displayInfo } = (await host.stats(vmId)) as { displayInfo: { port: string }[] };
    const port = Number(displayInfo[0]?.port);
    const answer = await host.call('VM.setTicket', {
      vmID: vmId,
      password: 'Ticket14',
      ttl: 120,
      existingConnAction: 'disconnect',
      params: {},
    });
    assert.ok(answer);
    assert.notEqual(await signInToVnc(port, 'Ticket14'), undefined);
    const screen = await openConsole(vmId, 'vnc');
    assert.match(String(((await once(screen, 'data')) as [Buffer])[0]), /^RFB 003\.\d{3}\n$/);
    screen.destroy();
    (await openConsole(vmId, 'serial')).destroy();
    await assert.rejects(openConsole(vmId, 'spice'), withCode(91));
  });
});

describe('a pool', () => {
  it('is read again, gets its master made anew, and ends', async () => {
    assert.equal(await host.call('StoragePool.refresh', master), true);
    const again = { ...master, masterVersion: 2, domDict: { [domainId]: 'active' } };
    await host.call('StoragePool.spmStop', { storagepoolID: poolId });
    await host.call('StoragePool.disconnect', { storagepoolID: poolId, hostID: 1, scsiKey: poolId });
    assert.equal(await host.call('StoragePool.reconstructMaster', { ...again, hostId: 1 }), true);
    await host.call('StoragePool.connect', { ...again, hostID: 1, scsiKey: poolId, domainDict: { [domainId]: 'active' } });
    await host.task('StoragePool.spmStart', { storagepoolID: poolId, prevID: -1, prevLver: '-1', enableScsiFencing: 'false' });
    assert.equal(await host.call('StoragePool.destroy', { storagepoolID: poolId, hostID: 1, scsiKey: poolId }), true);
    assert.deepEqual((await host.call<{ pool: string[] }>('StorageDomain.getInfo', { storagedomainID: domainId })).pool, []);
  });
});
