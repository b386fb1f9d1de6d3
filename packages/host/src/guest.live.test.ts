// Needs: root, hypervisor, guestImage
// oxlint-disable-next-line no-restricted-imports -- only this test boots a guest, and the lab builds the image for it
import { buildGuestImage } from '@virgate/lab';
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { testDomain } from './agent-fixture/domain.ts';
import { LiveHost } from './agent-fixture/host.ts';
import { signInToVnc } from './agent-fixture/vnc.ts';
import { makePool, newVolume } from './storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from './storage-fixture/host.ts';

const run = promisify(execFile);
const bootTimeoutMs = 180_000;

let host: LiveHost;
let pool: PoolFixture;
let dhcp: ChildProcess;
let disk: { poolId: string; domainId: string; imageId: string; volumeId: string; format: 'qcow2' };

async function startDhcp(): Promise<ChildProcess> {
  const { stdout } = await run('ip', ['-4', '-j', 'address', 'show', 'dev', host.bridge]);
  const address = (JSON.parse(stdout) as { addr_info: { local: string }[] }[])[0]?.addr_info[0]?.local ?? '';
  const network = address.replace(/\.1$/, '');
  const options = [
    `--interface=${host.bridge}`,
    '--bind-interfaces',
    '--except-interface=lo',
    '--port=0',
    `--dhcp-range=${network}.10,${network}.99,1h`,
    `--dhcp-leasefile=${host.directory}/leases`,
  ];
  return spawn('dnsmasq', ['--keep-in-foreground', '--conf-file=/dev/null', '--pid-file=', ...options], { stdio: 'ignore' });
}

async function uploadGuest(): Promise<void> {
  const directory = join(host.directory, 'import');
  await mkdir(directory);
  const image = await buildGuestImage({ outDir: directory, cacheDir: '/var/tmp/virgate-packages' });
  const storage = {
    call: (verb: string, params: object = {}) => host.call(verb, params),
    task: (verb: string, params: object) => host.task(verb, params),
    root: host.directory,
  };
  pool = await makePool(storage as unknown as StorageHost);
  const volume = newVolume(pool, { size: String(image.virtualSizeBytes) });
  await host.task('Volume.create', volume);
  await host.task('Image.download', {
    storagepoolID: pool.poolId,
    storagedomainID: pool.domainId,
    imageID: volume.imageID,
    volumeID: volume.volumeID,
    methodArgs: { method: 'file', url: `file://${image.path}` },
  });
  disk = { poolId: pool.poolId, domainId: pool.domainId, imageId: volume.imageID, volumeId: volume.volumeID, format: 'qcow2' };
}

async function addressOf(vmId: string): Promise<string> {
  return await host.until(
    'an address of the guest',
    async () => {
      const row = await host.stats(vmId);
      const nics = (row?.['netIfaces'] ?? []) as { inet: string[] }[];
      return nics.flatMap((nic) => nic.inet)[0];
    },
    bootTimeoutMs,
  );
}

async function createVolume(sizeBytes: number): Promise<{ imageId: string; volumeId: string }> {
  const volume = newVolume(pool, { size: String(sizeBytes), volFormat: 5, preallocate: 2, diskType: 'MEMD' });
  await host.task('Volume.create', volume);
  return { imageId: volume.imageID, volumeId: volume.volumeID };
}

before(async () => {
  host = await LiveHost.start();
  await host.startAgent();
  dhcp = await startDhcp();
  await uploadGuest();
});
after(async () => {
  dhcp.kill();
  await host.close();
});

describe('VM with a guest', () => {
  const vmId = randomUUID();
  const name = 'guest-one';
  const payload = { 'meta-data': 'instance-id: one\nlocal-hostname: from-payload\n', 'user-data': '#!/bin/sh\n' };

  it('boots from its volume, reads its payload and tells of itself', async () => {
    const xml = testDomain({ vmId, name, memoryMib: 128, network: 'ovirtmgmt', disk, payload });
    await host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml } });
    await host.untilStatus(vmId, 'Up', bootTimeoutMs);
    assert.match(await addressOf(vmId), /^10\.97\./);
    const row = await host.stats(vmId);
    assert.equal(row?.['guestFQDN'], 'from-payload');
    assert.equal((row['guestOsInfo'] as { type: string }).type, 'linux');
    assert.ok((row['appsList'] as string[]).some((app) => app.startsWith('qemu-guest-agent-')));
    const disks = row['disks'] as Record<string, { imageID: string; readOps: string }>;
    assert.equal(disks['vda']?.imageID, disk.imageId);
    await host.until('statistics of the guest', async () => {
      const later = await host.stats(vmId);
      const memory = later?.['memoryStats'] as { mem_total?: string } | undefined;
      const read = later?.['disks'] as typeof disks | undefined;
      return memory?.mem_total !== undefined && Number(read?.['vda']?.readOps) > 0;
    });
  });

  it('shows its screen to who has the ticket, as long as it is valid', async () => {
    const display = ((await host.untilStatus(vmId, 'Up'))['displayInfo'] as { port: string }[])[0];
    const port = Number(display?.port);
    assert.equal(await signInToVnc(port, '*****'), undefined, 'no ticket yet');
    const ticket = {
      deviceType: 'graphics',
      graphicsType: 'vnc',
      password: 'Secret12',
      ttl: 120,
      disconnectAction: 'NONE',
      params: { userName: 'admin', userId: '1' },
    };
    assert.deepEqual(await host.call('VM.updateDevice', { vmID: vmId, params: ticket }), { vmList: {} });
    const screen = await signInToVnc(port, 'Secret12');
    assert.ok(screen && screen.width >= 640);
    assert.equal(await signInToVnc(port, 'Secret13'), undefined);
    await host.call('VM.updateDevice', { vmID: vmId, params: { ...ticket, password: 'Short123', ttl: 1 } });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.equal(await signInToVnc(port, 'Short123'), undefined, 'the ticket has run out');
    assert.ok(!(await host.log()).includes('Secret12'));
    const picture = await host.call<{ data: string; mime_type: string }>('VM.screenshot', { vmID: vmId });
    assert.ok(Buffer.from(picture.data, 'base64').length > 1000);
    await assert.rejects(host.call('VM.updateDevice', { vmID: vmId, params: { ...ticket, password: '' } }), { code: 91 });
    await assert.rejects(host.call('VM.updateDevice', { vmID: vmId, params: { ...ticket, graphicsType: 'spice' } }), { code: 18 });
  });

  it('is found again, with its guest, by an agent that comes after a killed one', async () => {
    await host.stopAgent('SIGKILL');
    await host.startAgent();
    assert.equal((await host.stats(vmId))?.['status'], 'Up');
    assert.match(await addressOf(vmId), /^10\.97\./);
  });

  it('reboots', async () => {
    await host.call('VM.shutdown', { vmID: vmId, delay: '30', message: 'reboot', reboot: true });
    await host.untilStatus(vmId, 'RebootInProgress');
    await host.untilStatus(vmId, 'Up', bootTimeoutMs);
  });

  it('is suspended into volumes and goes on from there', async () => {
    const [dump, configuration] = [await createVolume(256 * 1024 * 1024), await createVolume(1024 * 1024)];
    const handle = [pool.domainId, pool.poolId, dump.imageId, dump.volumeId, configuration.imageId, configuration.volumeId].join(',');
    assert.equal(await host.call('VM.hibernate', { vmID: vmId, hibernationVolHandle: handle }), true);
    const down = await host.untilStatus(vmId, 'Down');
    assert.deepEqual([down['exitCode'], down['exitReason']], [0, 5]);
    await host.call('VM.destroy', { vmID: vmId });
    const ids = { poolID: pool.poolId, domainID: pool.domainId };
    const xml = testDomain({ vmId, name, memoryMib: 128, network: 'ovirtmgmt', disk });
    await host.call('VM.create', {
      vmID: vmId,
      vmParams: {
        vmId,
        xml,
        memoryDumpVolume: { ...ids, imageID: dump.imageId, volumeID: dump.volumeId },
        memoryConfVolume: { ...ids, imageID: configuration.imageId, volumeID: configuration.volumeId },
      },
    });
    await host.untilStatus(vmId, 'Up');
    assert.match(await addressOf(vmId), /^10\.97\./);
  });

  it('shuts down when it is asked to', async () => {
    await host.call('VM.shutdown', { vmID: vmId, delay: '30', message: 'bye' });
    const down = await host.untilStatus(vmId, 'Down');
    assert.deepEqual([down['exitCode'], down['exitReason']], [0, 6]);
    await host.call('VM.destroy', { vmID: vmId });
    assert.equal(await host.stats(vmId), undefined);
  });

  it('ends on the reboot when it shall', async () => {
    await host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml: testDomain({ vmId, name, memoryMib: 128, disk }) } });
    await host.untilStatus(vmId, 'Up', bootTimeoutMs);
    await host.call('VM.setDestroyOnReboot', { vmID: vmId });
    await host.call('VM.shutdown', { vmID: vmId, reboot: true });
    const down = await host.untilStatus(vmId, 'Down');
    assert.deepEqual([down['exitCode'], down['exitReason']], [0, 13]);
    await host.call('VM.destroy', { vmID: vmId });
  });
});
