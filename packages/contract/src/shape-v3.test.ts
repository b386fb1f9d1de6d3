import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeFromV3, diskOfAttachment, prepareForV3 } from './shape-v3.ts';
import { decodeXml, encodeXml } from './xml.ts';
import type { TypeName, Types } from './generated/types.ts';

const v3 = { version: 3 } as const;

function read<N extends TypeName>(type: N, text: string): Types[N] {
  const value = decodeXml(text, type, v3);
  completeFromV3(type, value);
  return value;
}

function written<N extends TypeName>(type: N, value: Types[N]): string {
  prepareForV3(type, value);
  return encodeXml(type, value, v3).replaceAll(/\n\s*/g, '');
}

test('statistics have upper case words, and the type of their values at the values', () => {
  assert.match(
    written('Statistic', { id: 's', name: 'memory.used', kind: 'gauge', type: 'integer', unit: 'bytes', values: [{ datum: 5 }] }),
    /<values type="INTEGER"><value><datum>5<\/datum><\/value><\/values><type>GAUGE<\/type><unit>BYTES<\/unit>/,
  );
});

test('the root names its special objects by links', () => {
  assert.match(
    written('Api', { special_objects: { blank_template: { href: '/t/0' }, root_tag: { href: '/tags/0' } } }),
    /<special_objects><link href="\/t\/0" rel="templates\/blank"\/><link href="\/tags\/0" rel="tags\/root"\/><\/special_objects>/,
  );
});

test('disks of VMs are attachments, also within an action', () => {
  const disks =
    '<disks><clone>true</clone><disk id="d"><interface>virtio</interface><bootable>true</bootable><size>5</size></disk></disks>';
  const attachment = { interface: 'virtio', bootable: true, disk: { id: 'd', provisioned_size: 5 } };
  assert.deepEqual(read('Vm', `<vm>${disks}</vm>`), { disk_attachments: [attachment] });
  assert.deepEqual(read('Template', `<template><vm>${disks}</vm></template>`), { vm: { disk_attachments: [attachment] } });
  assert.deepEqual(read('Snapshot', `<snapshot>${disks}</snapshot>`), { disk_attachments: [attachment] });
  assert.deepEqual(diskOfAttachment(attachment, { id: 'd', status: 'ok' }), { id: 'd', status: 'ok', interface: 'virtio', bootable: true });
});

test('policies, placement and kinds of storage by their older names', () => {
  assert.deepEqual(
    read(
      'Cluster',
      '<cluster><scheduling_policy><policy>p</policy><thresholds low="10" high="80" duration="2"/></scheduling_policy></cluster>',
    ),
    {
      scheduling_policy: { name: 'p' },
      custom_scheduling_policy_properties: [
        { name: 'LowUtilization', value: '10' },
        { name: 'HighUtilization', value: '80' },
        { name: 'CpuOverCommitDurationMinutes', value: '2' },
      ],
    },
  );
  assert.deepEqual(read('Vm', '<vm><placement_policy><host id="h"/></placement_policy></vm>'), {
    placement_policy: { hosts: [{ id: 'h' }] },
  });
  assert.deepEqual(read('DataCenter', '<data_center><storage_type>localfs</storage_type></data_center>'), { local: true });
  assert.deepEqual(read('DataCenter', '<data_center><storage_type>nfs</storage_type></data_center>'), { local: false });
  assert.deepEqual(read('Cluster', '<cluster><memory_policy><overcommit percent="150"/></memory_policy></cluster>'), {
    memory_policy: { over_commit: { percent: 150 } },
  });
});
