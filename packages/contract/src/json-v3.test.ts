import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Types, Vm } from './generated/types.ts';
import { decodeJson, decodeJsonCollection, encodeJson, encodeJsonCollection } from './json.ts';
import { makeValue, randomSource } from './random-value.ts';
import { jsonOfXml, writtenInV3 } from './schema-v3-types.ts';
import { prepareForV3 } from './shape-v3.ts';
import { shapeV3, typeInfoV3 } from './type-info-v3.ts';
import { DecodeError, EncodeError, encodeXml, encodeXmlCollection } from './xml.ts';

const v3 = { shape: shapeV3 };

describe('JSON of version 3', () => {
  const vm: Vm = {
    id: '1',
    href: '/ovirt-engine/api/vms/1',
    links: [{ href: '/ovirt-engine/api/vms/1/nics', rel: 'nics' }],
    actions: [{ href: '/ovirt-engine/api/vms/1/start', rel: 'start' }],
    name: 'a',
    status: 'paused',
    status_detail: 'eio',
    memory: 1073741824,
    delete_protected: false,
    creation_time: 1423490033647,
    os: { type: 'other', boot: { devices: ['hd', 'network'] } },
    cpu: { type: 'Haswell', topology: { sockets: 1, cores: 2 } },
    time_zone: { name: 'Etc/GMT' },
    fqdn: 'a.example',
    nics: [],
    lease: {},
  };

  test('states, attributes and older names as members, 64 bits as numbers, lists by the name of one', () => {
    assert.deepEqual(JSON.parse(encodeJson('Vm', vm, v3)), {
      actions: { link: [{ href: '/ovirt-engine/api/vms/1/start', rel: 'start' }] },
      link: [{ href: '/ovirt-engine/api/vms/1/nics', rel: 'nics' }],
      href: '/ovirt-engine/api/vms/1',
      id: '1',
      name: 'a',
      status: { state: 'paused', detail: 'eio' },
      memory: 1073741824,
      delete_protected: 'false',
      creation_time: 1423490033647,
      os: { type: 'other', boot: [{ dev: 'hd' }, { dev: 'network' }] },
      cpu: { id: 'Haswell', topology: { sockets: '1', cores: '2' } },
      timezone: 'Etc/GMT',
      time_zone: { name: 'Etc/GMT' },
      guest_info: { fqdn: 'a.example' },
      nics: {},
    });
    assert.equal(encodeJsonCollection('Vm', [], {}, v3), '{}');
    assert.equal(encodeJsonCollection('VmPool', [{ id: '1' }], { size: 1 }, v3), '{"size":"1","vmpool":[{"id":"1"}]}');
    assert.equal(encodeJson('Action', { status: 'complete' }, v3), '{"status":{"state":"complete"}}');
  });

  test('comes back as the object of version 4', () => {
    const { lease: _lease, ...kept } = vm;
    assert.deepEqual(decodeJson(encodeJson('Vm', vm, v3), 'Vm', v3), kept);
    assert.deepEqual(decodeJsonCollection('{"size":"1","vmpool":[{"id":"1"}]}', 'VmPool', v3), [{ id: '1' }]);
  });

  test('what only version 3 has is read and dropped, what nobody has is refused where it stands', () => {
    assert.deepEqual(decodeJson('{"guest_info":{"ips":{"ip":[{"address":"1"}]}},"name":"a","status":null}', 'Vm', v3), { name: 'a' });
    const refused: [string, DecodeError['code'], string][] = [
      ['{"disk_attachments":{}}', 'unknown_element', 'vm.disk_attachments'],
      ['{"status":"up"}', 'invalid_shape', 'vm.status'],
      ['{"status":{"stat":"up"}}', 'unknown_element', 'vm.status.stat'],
      ['{"status":{"state":"upp"}}', 'invalid_value', 'vm.status.state'],
      ['{"status":{"state":["up"]}}', 'invalid_shape', 'vm.status.state'],
      ['{"os":{"boot":{"dev":"hd"}}}', 'invalid_shape', 'vm.os.boot'],
      ['{"os":{"boot":["hd"]}}', 'invalid_shape', 'vm.os.boot[0]'],
      ['{"os":{"boot":[{}]}}', 'invalid_shape', 'vm.os.boot[0].dev'],
      ['{"os":{"boot":[{"dev":"hd","at":1}]}}', 'unknown_element', 'vm.os.boot[0].at'],
      ['{"os":{"boot":[{"dev":"tape"}]}}', 'invalid_value', 'vm.os.boot[0].dev'],
      ['{"guest_info":[]}', 'invalid_shape', 'vm.guest_info'],
      [`${'{"template":{"vm":'.repeat(40)}{}${'}}'.repeat(40)}`, 'too_deep', ''],
      [`{"os":{"boot":[${'{"dev":"hd"},'.repeat(200_000)}{"dev":"hd"}]}}`, 'too_many', ''],
    ];
    for (const [text, code, path] of refused)
      assert.throws(
        () => decodeJson(text, 'Vm', v3),
        (error: DecodeError) => error.code === code && (path === '' || error.path === path),
        text.slice(0, 80),
      );
  });

  test('types that version 3 has not are refused', () => {
    assert.throws(() => encodeJson('DiskAttachment', {}, v3), EncodeError);
    assert.throws(
      () => decodeJson('{}', 'DiskAttachment', v3),
      (error: DecodeError) => error.code === 'unsupported_version',
    );
  });

  test('every type is written as the schema of version 3 has it, alone and in its collection, and comes back', () => {
    // As a document of its own the schema means the list of words of the capabilities; within clusters it is tried.
    for (const [index, name] of writtenInV3.filter((one) => one !== 'ErrorHandling').entries())
      for (const [depth, prepared] of [
        [0, true],
        [2, false],
      ] as const) {
        const value = makeValue(name, randomSource(index), depth) as Types[typeof name];
        if (prepared) prepareForV3(name, value);
        const text = encodeJson(name, value, v3);
        assert.deepEqual(JSON.parse(text), jsonOfXml(encodeXml(name, value, { version: 3 })), name);
        assert.equal(encodeJson(name, decodeJson(text, name, v3), v3), text, name);
        if (typeInfoV3(name).listTag === '') continue;
        const list = encodeJsonCollection(name, [value, value], {}, v3);
        assert.deepEqual(JSON.parse(list), jsonOfXml(encodeXmlCollection(name, [value, value], {}, { version: 3 })), name);
        assert.equal(decodeJsonCollection(list, name, v3).length, 2, name);
      }
  });
});
