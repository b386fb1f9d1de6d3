import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OvfError, readOvf, writeOvf, type OvfEntity } from './ovf.ts';

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const volume = {
  alias: 'disk <1>',
  description: 'a & b',
  sizeBytes: 2 * 1024 ** 3,
  actualBytes: 4096,
  format: 'cow' as const,
  sparse: true,
  interface: 'virtio_scsi',
  bootable: true,
  readOnly: false,
  shareable: false,
  passDiscard: false,
  wipe: true,
  plugged: true,
  storageDomainId: id(90),
  dataCenterId: id(91),
};
const entity: OvfEntity = {
  kind: 'vm',
  id: id(1),
  name: 'größe "x"',
  description: 'line\nbreak',
  comment: '',
  createdMs: Date.UTC(2026, 10, 24, 0, 20, 23),
  clusterName: 'Default',
  templateId: id(2),
  templateName: 't',
  osType: 'rhel_9x64',
  memoryMib: 2048,
  sockets: 2,
  cores: 3,
  threads: 1,
  vmType: 'server',
  volumes: [
    { ...volume, volumeId: id(10), diskId: id(11), parentId: null, snapshotId: id(20) },
    { ...volume, volumeId: id(12), diskId: id(11), parentId: id(10), snapshotId: null },
  ],
  nics: [
    {
      id: id(30),
      name: 'nic1',
      mac: '56:6f:00:00:00:01',
      profileName: 'p',
      networkName: 'ovirtmgmt',
      interface: 'e1000e',
      linked: false,
      plugged: true,
    },
  ],
  snapshots: [{ id: id(20), type: 'regular', description: 'first', createdMs: Date.UTC(2026, 10, 24) }],
  definition: { any: ['thing', 1] },
};

test('what is written is read', () => {
  assert.deepEqual(readOvf(writeOvf(entity)), entity);
  const template: OvfEntity = { ...entity, kind: 'template', templateName: '', definition: null, snapshots: [], nics: [] };
  assert.deepEqual(readOvf(writeOvf(template)), template);
});

test('an archive describes the disks as they are now, without snapshots and template', () => {
  const text = writeOvf(entity, 'ova');
  for (const part of ['<VirtualSystem ovf:id="', '<DiskSection>', '<VirtualHardwareSection>', 'rasd:InstanceID', `ovf:/disk/${id(11)}`])
    assert.ok(text.includes(part), part);
  assert.doesNotMatch(text, /xsi:type/);
  const last = entity.volumes.filter((one) => one.volumeId === id(12)).map((one) => ({ ...one, parentId: null, snapshotId: null }));
  assert.deepEqual(readOvf(text), { ...entity, templateId: null, templateName: '', snapshots: [], volumes: last });
  const odd = readOvf(
    writeOvf(
      { ...entity, volumes: [{ ...volume, volumeId: id(10), diskId: id(11), parentId: null, snapshotId: null, sizeBytes: 1025 }] },
      'ova',
    ),
  );
  assert.equal(odd.volumes[0]?.sizeBytes, 1025, 'a size that is no whole GiB stays');
});

test('a description by another writer is read as far as it goes', () => {
  const text = `<?xml version='1.0'?><Envelope xmlns="x" xmlns:o="y"><Section o:type="ovf:DiskSection_Type"><Disk diskId="${id(10)}" size="3" fileRef="${id(11)}/${id(10)}" volume-format="RAW"/></Section>
    <Content><Name>n</Name><Section o:id="${id(1)}" o:type="ovf:OperatingSystemSection_Type"><Description>x</Description></Section></Content></Envelope>`;
  const read = readOvf(text);
  assert.deepEqual(
    [read.name, read.volumes[0]?.sizeBytes, read.volumes[0]?.format, read.memoryMib, read.definition],
    ['n', 3 * 1024 ** 3, 'raw', 1024, null],
  );
});

test('what is no description is refused', () => {
  for (const text of [
    '',
    '<a/>',
    '<Envelope/>',
    '<Envelope><Content><Name>x</Name></Content></Envelope>',
    '<!DOCTYPE Envelope [<!ENTITY e "x">]><Envelope>&e;</Envelope>',
    '<Envelope>',
    `<Envelope>${'<a>'.repeat(50)}${'</a>'.repeat(50)}</Envelope>`,
  ])
    assert.throws(() => readOvf(text), OvfError, text.slice(0, 40));
});
