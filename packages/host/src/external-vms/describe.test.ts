import assert from 'node:assert/strict';
import { test } from 'node:test';
import { XmlError } from '../domain-xml/parse.ts';
import { describeVm, placesOf, readSizes } from './describe.ts';
import { parseXml } from '../domain-xml/parse.ts';

const xml = `<domain type='kvm'><name>web &amp; more</name><uuid>6b2c9f0e-0c5e-4b1e-8a43-000000000001</uuid>
  <memory unit='GiB'>2</memory><currentMemory unit='MiB'>1536</currentMemory><vcpu placement='static'>3</vcpu><os><type arch='x86_64'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/srv/one.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='cdrom'><source file='/srv/cd.iso'/><target dev='sda' bus='sata'/></disk>
    <disk type='volume'><driver name='qemu' type='raw'/><source pool='default' volume='two'/><target dev='sdb' bus='scsi'/></disk>
    <disk type='network' device='disk'><source protocol='rbd' name='x'/><target dev='vdc' bus='virtio'/></disk>
    <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><model type='e1000'/></interface>
    <graphics type='vnc'/><video><model type='vga'/></video>
  </devices></domain>`;
const sizes =
  ' Target   Capacity     Allocation   Physical\n---------\n vda      1073741824   200704       196616\n sdb      1048576      0            -\n';

test('a VM is told of as the contract has it', () => {
  const vm = describeVm(xml, { sizes: readSizes(sizes), running: false, snapshots: true });
  assert.deepEqual(vm, {
    vmId: '6b2c9f0e-0c5e-4b1e-8a43-000000000001',
    vmName: 'web & more',
    status: 'Down',
    arch: 'x86_64',
    memSize: 1536,
    smp: 3,
    disks: [
      { type: 'disk', dev: 'vda', bus: 'virtio', alias: '/srv/one.qcow2', format: 'COW', capacity: '1073741824', allocation: '200704' },
      { type: 'disk', dev: 'sdb', bus: 'scsi', alias: 'default/two', format: 'RAW' },
      { type: 'disk', dev: 'vdc', bus: 'virtio', alias: '' },
    ],
    networks: [{ type: 'bridge', macAddr: '52:54:00:00:00:01', bridge: 'br0', model: 'e1000' }],
    graphics: 'vnc',
    video: 'vga',
    has_snapshots: true,
  });
  assert.deepEqual(
    placesOf(parseXml(xml)).map(({ place }) => place),
    [{ path: '/srv/one.qcow2' }, { pool: 'default', volume: 'two' }, undefined],
  );
});

test('what another manager says is not trusted', () => {
  const silent = describeVm('<domain><name>x</name><memory unit="parsec">1</memory><vcpu>-7</vcpu></domain>', {
    sizes: new Map(),
    running: true,
    snapshots: false,
  });
  assert.deepEqual([silent.memSize, silent.smp, silent.disks, silent.status], [0, 1, [], 'Up']);
  const huge = describeVm('<domain><memory unit="TiB">99999999</memory><vcpu>1e9</vcpu></domain>', {
    sizes: new Map(),
    running: true,
    snapshots: false,
  });
  assert.deepEqual([huge.memSize, huge.smp], [64 * 1024 ** 2, 1024]);
  const entity = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/shadow">]><domain><name>&e;</name></domain>';
  assert.throws(() => describeVm(entity, { sizes: new Map(), running: false, snapshots: false }), XmlError);
});
