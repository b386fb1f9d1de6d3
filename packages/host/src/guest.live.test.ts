// Budget: 110 s
// Needs: root, hypervisor, guestImage
// oxlint-disable-next-line no-restricted-imports -- the lab builds the image of the guest
import { buildGuestImage, KERNEL_COMMAND_LINE } from '@virgate/lab';
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { testDomain } from './agent-fixture/domain.ts';
import { startDhcp, uploadGuest } from './agent-fixture/guest.ts';
import type { GuestDisk } from './agent-fixture/guest.ts';
import { guestRunner } from './agent-fixture/guest-command.ts';
import { LiveHost } from './agent-fixture/host.ts';
import { signInToVnc } from './agent-fixture/vnc.ts';
import { newVolume } from './storage-fixture/host.ts';
import type { PoolFixture } from './storage-fixture/host.ts';

const bootTimeoutMs = 180_000;

let host: LiveHost;
let pool: PoolFixture;
let dhcp: ChildProcess;
let disk: GuestDisk;
let image: Awaited<ReturnType<typeof buildGuestImage>>;

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
  dhcp = await startDhcp(host);
  image = await buildGuestImage({ outDir: join(host.directory, 'import'), cacheDir: '/var/tmp/virgate-packages' });
  ({ pool, disk } = await uploadGuest(host, image));
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

  it('takes NICs and disks while it runs, and lets them go', async () => {
    const plug = (device: string, metadata = ''): object => ({
      vmID: vmId,
      params: {
        vmId,
        xml: `<?xml version="1.0"?><hotplug xmlns:ovirt-vm="http://ovirt.org/vm/1.0"><devices>${device}</devices><metadata><ovirt-vm:vm>${metadata}</ovirt-vm:vm></metadata></hotplug>`,
      },
    });
    const domain = async (): Promise<string> =>
      (await host.call<Record<string, string>[]>('Host.dumpxmls', { vmList: [vmId] }))[0]?.[vmId] ?? '';
    const mac = '56:6f:00:00:01:01';
    const nicId = randomUUID();
    const nic = (link: string, network = 'ovirtmgmt'): string =>
      `<interface type="bridge"><model type="virtio"/><link state="${link}"/><source bridge="${network}"/><alias name="ua-${nicId}"/><mac address="${mac}"/></interface>`;
    await host.call('VM.hotplugNic', plug(nic('up')));
    await host.call('VM.hotplugNic', plug(nic('up')));
    assert.equal((await domain()).split(mac).length, 2, 'asked twice, there once');
    await host.until('the guest sees the NIC', async () => {
      const nics = ((await host.stats(vmId))?.['netIfaces'] ?? []) as { hw: string }[];
      return nics.some((one) => one.hw.toLowerCase() === mac);
    });
    await host.call('VM.updateDevice', { vmID: vmId, params: { deviceType: 'interface', xml: nic('down', ';vdsmdummy;') } });
    assert.match(await domain(), /<link state=["']down["']/);
    await assert.rejects(host.call('VM.hotplugNic', plug(nic('up', 'nowhere').replaceAll('01:01', '01:02'))), { code: 49 });
    await host.call('VM.hotunplugNic', plug(nic('up')));
    assert.ok(!(await domain()).includes(mac));
    await host.call('VM.hotunplugNic', plug(nic('up')));

    const volume = newVolume(pool, { size: String(64 * 1024 * 1024) });
    await host.task('Volume.create', volume);
    const path = `/rhev/data-center/${pool.poolId}/${pool.domainId}/images/${volume.imageID}/${volume.volumeID}`;
    const second = plug(
      `<disk type="file" device="disk" snapshot="no"><target dev="vdb" bus="virtio"/><source file="${path}"/><driver name="qemu" io="threads" type="raw" error_policy="stop" cache="none"/><alias name="ua-${volume.imageID}"/><serial>${volume.imageID}</serial></disk>`,
      `<ovirt-vm:device devtype="disk" name="vdb"><ovirt-vm:poolID>${pool.poolId}</ovirt-vm:poolID><ovirt-vm:volumeID>${volume.volumeID}</ovirt-vm:volumeID><ovirt-vm:imageID>${volume.imageID}</ovirt-vm:imageID><ovirt-vm:domainID>${pool.domainId}</ovirt-vm:domainID></ovirt-vm:device>`,
    );
    await host.call('VM.hotplugDisk', second);
    await host.until('the disk has statistics', async () => {
      const disks = (await host.stats(vmId))?.['disks'] as Record<string, { imageID: string }> | undefined;
      return disks?.['vdb']?.imageID === volume.imageID;
    });
    // Limits of the running VM, as its domain has them then.
    const none = { total_bytes_sec: 0, read_bytes_sec: 0, write_bytes_sec: 0, total_iops_sec: 0, read_iops_sec: 0, write_iops_sec: 0 };
    const maximum = { ...none, total_iops_sec: 100, read_bytes_sec: 1_048_576 };
    const ioTune = [{ imageID: volume.imageID, domainID: pool.domainId, maximum, guaranteed: maximum }];
    const limit = (params: object) => host.call('VM.updateVmPolicy', { vmID: vmId, params });
    assert.deepEqual(await limit({ vmId, ioTune }), { code: 0, message: 'Done' });
    assert.match(await domain(), /<iotune>\s*<read_bytes_sec>1048576<\/read_bytes_sec>\s*<total_iops_sec>100</);
    // The libvirtd of this test has no control of CPUs.
    await assert.rejects(limit({ vcpuLimit: '50' }), { code: 63, message: /CPU controller/ });
    const free = [{ imageID: volume.imageID, maximum: none, guaranteed: none }];
    await limit({ ioTune: free });
    assert.doesNotMatch(await domain(), /<iotune>/);
    await assert.rejects(limit({ ioTune: [{ imageID: randomUUID(), maximum: none, guaranteed: none }] }), { code: 63 });
    await assert.rejects(limit({ vcpuLimit: '0' }), { code: 91 });
    await assert.rejects(limit({ ioTune: [{ imageID: volume.imageID, maximum: { total_iops_sec: -1 } }] }), { code: 91 });

    await host.call('VM.hotunplugDisk', second);
    const after = await domain();
    assert.ok(!after.includes(volume.imageID), 'neither the disk nor its metadata is left');
    await assert.rejects(
      host.call('VM.hotplugDisk', plug('<disk type="file" device="disk"><target dev="vdc"/><source file="/etc/passwd"/></disk>')),
      { code: 45 },
    );
    assert.equal(await host.call('VM.freeze', { vmID: vmId }), true);
    assert.equal(await host.call('VM.thaw', { vmID: vmId }), true);
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

  it('reboots when its console is left, if it shall', async () => {
    const display = ((await host.untilStatus(vmId, 'Up'))['displayInfo'] as { port: string }[])[0];
    const ticket = { deviceType: 'graphics', graphicsType: 'vnc', password: 'Secret14', ttl: 120, params: {} };
    const update = (change: object) => host.call('VM.updateDevice', { vmID: vmId, params: { ...ticket, ...change } });
    await assert.rejects(update({ disconnectAction: 'EXPLODE' }), /disconnectAction/);
    await update({ disconnectAction: 'SHUTDOWN', consoleDisconnectActionDelay: 1 });
    assert.ok(await signInToVnc(Number(display?.port), 'Secret14'));
    // Whoever comes back before the minute is over finds it running, and what is said last counts.
    await update({ disconnectAction: 'REBOOT' });
    assert.ok(await signInToVnc(Number(display?.port), 'Secret14'));
    await host.untilStatus(vmId, 'RebootInProgress');
    await host.untilStatus(vmId, 'Up', bootTimeoutMs);
    await update({ disconnectAction: 'NONE' });
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

  it('boots a kernel from a volume with an initrd of a folder that is allowed, and ends on the reboot when it shall', async () => {
    const { size } = await stat(image.kernelPath);
    const ids = await createVolume(Math.ceil(size / 4096) * 4096);
    const place = { storagepoolID: pool.poolId, storagedomainID: pool.domainId, imageID: ids.imageId, volumeID: ids.volumeId };
    await host.task('Image.download', { ...place, methodArgs: { method: 'file', url: `file://${image.kernelPath}` } });
    const kernel = `/rhev/data-center/${pool.poolId}/${pool.domainId}/images/${ids.imageId}/${ids.volumeId}`;
    const boot = { kernel, initrd: image.initrdPath, cmdline: `${KERNEL_COMMAND_LINE} virgate.test=arrived` };
    const machine = { vmId, name, memoryMib: 128, disk, payload: { 'sysprep.inf': '[Unattended]' }, floppy: true };
    // What the host does not let VMs have.
    await host.call('VM.create', {
      vmID: vmId,
      vmParams: { vmId, xml: testDomain({ ...machine, boot: { ...boot, initrd: '/etc/shadow' } }) },
    });
    const refused = await host.untilStatus(vmId, 'Down');
    assert.match(String(refused['exitMessage']), /initrd \/etc\/shadow is no file beneath the folders.*boot\.directories/);
    await host.call('VM.destroy', { vmID: vmId });

    await host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml: testDomain({ ...machine, boot }) } });
    await host.untilStatus(vmId, 'Up', bootTimeoutMs);
    const inGuest = guestRunner(host, vmId);
    await host.until('the agent in the guest', () => inGuest('true').catch(() => undefined), bootTimeoutMs);
    assert.match(await inGuest('cat /proc/cmdline'), /virgate\.test=arrived/);
    const [document] = await host.call<Record<string, string>[]>('Host.dumpxmls', { vmList: [vmId] });
    assert.match(document?.[vmId] ?? '', /<target dev=["']fda["'] bus=["']fdc["']/);
    await host.call('VM.setDestroyOnReboot', { vmID: vmId });
    await host.call('VM.shutdown', { vmID: vmId, reboot: true });
    const down = await host.untilStatus(vmId, 'Down');
    assert.deepEqual([down['exitCode'], down['exitReason']], [0, 13]);
    await host.call('VM.destroy', { vmID: vmId });
  });
});
