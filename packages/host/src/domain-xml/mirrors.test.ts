import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mirrorsOf } from './mirrors.ts';

const domain = (
  metadata: string,
): string => `<domain type="qemu" xmlns:ovirt-vm="http://ovirt.org/vm/1.0"><metadata><ovirt-vm:vm>${metadata}</ovirt-vm:vm></metadata>
  <devices><interface type="bridge"><mac address="56:6f:00:00:00:01"/><target dev="vnet3"/></interface>
  <interface type="bridge"><mac address="56:6f:00:00:00:02"/></interface></devices></domain>`;
const mirroring = (mac: string): string =>
  `<ovirt-vm:device mac_address="${mac}"><ovirt-vm:portMirroring><ovirt-vm:network>red</ovirt-vm:network></ovirt-vm:portMirroring></ovirt-vm:device>`;

test('NICs that watch a network are found by what the metadata says of them', () => {
  assert.deepEqual(mirrorsOf(domain(mirroring('56:6F:00:00:00:01'))), [{ network: 'red', device: 'vnet3' }]);
  assert.deepEqual(mirrorsOf(domain(mirroring('56:6f:00:00:00:02'))), [], 'it has no device yet');
  assert.deepEqual(mirrorsOf(domain(mirroring('56:6f:00:00:00:03'))), []);
  assert.deepEqual(mirrorsOf(domain('')), []);
});
