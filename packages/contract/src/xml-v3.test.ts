import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TypeName, Types, Vm } from './generated/types.ts';
import { typeTable } from './generated/type-table.ts';
import { typeTableV3 } from './generated/type-table-v3.ts';
import { makeValue, randomSource } from './random-value.ts';
import { isTypeOfV3, typeInfoV3 } from './type-info-v3.ts';
import { decodeXml, decodeXmlCollection, DecodeError, EncodeError, encodeXml, encodeXmlCollection } from './xml.ts';

const v3 = { version: 3 } as const;

const vm: Vm = {
  id: '1',
  href: '/ovirt-engine/api/vms/1',
  name: 'a',
  status: 'paused',
  status_detail: 'eio',
  creation_status: 'complete',
  os: { type: 'other', boot: { devices: ['hd', 'network'] }, version: { major: 7, minor: 1 } },
  cpu: { type: 'Haswell', topology: { sockets: 1, cores: 2 }, cpu_tune: { vcpu_pins: [{ vcpu: 0, cpu_set: '1-2' }] } },
  time_zone: { name: 'Etc/GMT' },
  vm_pool: { id: 'p' },
  fqdn: 'a.example',
  nics: [{ mac: { address: '00:11' } }],
  affinity_labels: [],
  lease: {},
};

describe('the shape of version 3', () => {
  test('states, XML attributes, repeated elements, older names', () => {
    assert.equal(
      encodeXml('Vm', vm, v3),
      `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<vm href="/ovirt-engine/api/vms/1" id="1">
    <name>a</name>
    <creation_status>
        <state>complete</state>
    </creation_status>
    <status>
        <state>paused</state>
        <detail>eio</detail>
    </status>
    <cpu id="Haswell">
        <topology sockets="1" cores="2"/>
        <cpu_tune>
            <vcpu_pin vcpu="0" cpu_set="1-2"/>
        </cpu_tune>
    </cpu>
    <os type="other">
        <boot dev="hd"/>
        <boot dev="network"/>
        <version major="7" minor="1"/>
    </os>
    <timezone>Etc/GMT</timezone>
    <time_zone>
        <name>Etc/GMT</name>
    </time_zone>
    <nics>
        <nic>
            <mac address="00:11"/>
        </nic>
    </nics>
    <guest_info>
        <fqdn>a.example</fqdn>
    </guest_info>
    <vmpool id="p"/>
</vm>
`,
    );
  });

  test('comes back as the object of version 4', () => {
    const { affinity_labels: _labels, lease: _lease, ...kept } = vm;
    assert.deepEqual(decodeXml(encodeXml('Vm', vm, v3), 'Vm', v3), kept);
  });

  test('what only version 3 has is read and dropped, what nobody has is refused', () => {
    assert.deepEqual(decodeXml('<vm><guest_info><ips><ip address="1"/></ips></guest_info><name>a</name></vm>', 'Vm', v3), { name: 'a' });
    assert.throws(
      () => decodeXml('<vm><disk_attachments/></vm>', 'Vm', v3),
      (error: DecodeError) => error.code === 'unknown_element',
    );
    assert.throws(
      () => decodeXml('<vm><status><stat/></status></vm>', 'Vm', v3),
      (error: DecodeError) => error.code === 'unknown_element',
    );
    assert.throws(
      () => decodeXml('<vm><os><boot dev="tape"/></os></vm>', 'Vm', v3),
      (error: DecodeError) => error.code === 'invalid_value',
    );
    assert.throws(
      () => decodeXml(`<vm><guest_info><ips>${'<x>'.repeat(1000)}`, 'Vm', v3),
      (error: DecodeError) => error.code === 'too_deep',
    );
  });

  test('actions, faults, collections', () => {
    assert.match(encodeXml('Action', { status: 'complete' }, v3), /<status>\s+<state>complete<\/state>\s+<\/status>/);
    assert.equal(
      encodeXml('Fault', { reason: 'r', detail: 'd' }, v3),
      '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<fault>\n    <reason>r</reason>\n    <detail>d</detail>\n</fault>\n',
    );
    assert.match(encodeXmlCollection('VmPool', [{ id: '1' }], {}, v3), /<vmpools>\s+<vmpool id="1"\/>\s+<\/vmpools>/);
    assert.match(encodeXmlCollection('Vm', [], {}, v3), /<vms\/>/);
    assert.deepEqual(decodeXmlCollection('<vms><vm id="1"/></vms>', 'Vm', v3), [{ id: '1' }]);
  });

  test('types that version 3 has not are refused', () => {
    assert.throws(() => encodeXml('DiskAttachment', {}, v3), EncodeError);
    assert.throws(
      () => decodeXml('<disk_attachment/>', 'DiskAttachment', v3),
      (error: DecodeError) => error.code === 'unsupported_version',
    );
  });

  test('every row can be read, and refers to rows', () => {
    for (const name of Object.keys(typeTableV3)) {
      for (const attribute of typeInfoV3(name).attributes)
        if (attribute.kind === 'struct') assert.ok(isTypeOfV3(attribute.type), `${name}.${attribute.name}: ${attribute.type}`);
    }
    const roots = (Object.keys(typeTable) as TypeName[]).filter(isTypeOfV3);
    assert.ok(roots.length > 150, `only ${roots.length} types`);
    for (const [index, name] of roots.entries()) {
      const value = makeValue(name, randomSource(index), 1) as Types[typeof name];
      const text = encodeXml(name, value, v3);
      assert.equal(encodeXml(name, decodeXml(text, name, v3), v3), text, name);
    }
  });
});
