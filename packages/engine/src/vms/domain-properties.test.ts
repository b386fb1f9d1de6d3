import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customPropertiesOf, domainPropertiesOf, withDiskProperties, withNicProperties } from './domain-properties.ts';
import { diskElement, type DiskDevice } from './domain-xml/disks.ts';
import { serialize } from './domain-xml/element.ts';
import { nicElement, type NicDevice } from './domain-xml/interfaces.ts';

const disk: DiskDevice = {
  diskId: 'd',
  volumeId: 'v',
  storageDomainId: 's',
  poolId: 'p',
  storage: 'file',
  interface: 'virtio',
  format: 'raw',
  readOnly: false,
  shareable: false,
  passDiscard: false,
  propagateErrors: false,
  bootOrder: null,
  qos: null,
  index: 0,
};
const nic: NicDevice = {
  id: 'n',
  mac: '02:00:00:00:00:01',
  model: 'virtio',
  network: 'green',
  linked: true,
  mtu: null,
  filter: null,
  inbound: null,
  outbound: null,
  portIsolation: false,
  ovnPort: null,
  portMirroring: false,
  virtualFunction: null,
  bootOrder: null,
  customProperties: {},
  queues: 1,
};
const of = (name: string, value: string) => domainPropertiesOf(customPropertiesOf({ custom_properties: [{ name, value }] }));
const driverOf = (device: DiskDevice): string => /<driver [^>]*>/.exec(serialize(diskElement(device, { ioThreads: 0 })))?.[0] ?? '';

test('disks of virtio are cached as the VM is told, those that are shared are not', () => {
  const cached = of('viodiskcache', 'writeback');
  assert.match(driverOf(withDiskProperties(disk, cached)), /io="threads".* cache="writeback"/);
  assert.match(driverOf(withDiskProperties({ ...disk, storage: 'block' }, cached)), /io="threads".* cache="writeback"/);
  for (const other of [
    { ...disk, shareable: true },
    { ...disk, interface: 'virtio_scsi' as const },
  ])
    assert.match(driverOf(withDiskProperties(other, cached)), /cache="none"/);
  assert.match(driverOf(withDiskProperties({ ...disk, storage: 'block' }, of('viodiskcache', 'none'))), /io="native".* cache="none"/);
});

test('packets of a network are moved by the kernel or by QEMU', () => {
  const vhost = of('vhost', 'green:false,red:true');
  const xml = (more: Partial<NicDevice>) => serialize(nicElement(withNicProperties({ ...nic, ...more }, vhost)));
  assert.match(xml({}), /<driver name="qemu"\/>/);
  assert.match(xml({ network: 'red', queues: 4 }), /<driver name="vhost" queues="4"\/>/);
  for (const other of [{ network: 'blue' }, { network: null }, { model: 'e1000' as const }]) assert.doesNotMatch(xml(other), /<driver/);
  assert.match(serialize(nicElement(withNicProperties(nic, of('sndbuf', '0')))), /<tune><sndbuf>0<\/sndbuf><\/tune>/);
});

test('features and pages of the machine', () => {
  assert.deepEqual(of('extra_cpu_flags', '+md-clear,-svm,pcid').cpuFlags, ['+md-clear', '-svm', 'pcid']);
  assert.deepEqual([of('hugepages', '2048').hugePageKib, of('nvram_template', '/x.fd').nvramTemplate], [2048, '/x.fd']);
  assert.deepEqual(domainPropertiesOf({}), {
    diskCache: 'none',
    sendBufferBytes: null,
    vhost: {},
    nvramTemplate: null,
    cpuFlags: [],
    hugePageKib: null,
  });
});
