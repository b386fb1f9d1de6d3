import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeJson, encodeJsonCollection, framedJson, JsonCollectionWriter, ownJson } from './json.ts';
import { encodeXml, encodeXmlCollection, framedXml, ownXml, XmlCollectionWriter } from './xml.ts';
import type { Vm } from './generated/types.ts';

const href = '/ovirt-engine/api/vms/1&"';
const frame = { links: ['nics', 'tags'], actions: ['start', 'stop'] };
const own = { links: [{ href: '/x', rel: 'x' }], actions: [{ href: '/y', rel: 'y' }] };
const linked = (rels: readonly string[]) => rels.map((rel) => ({ href: `${href}/${rel}`, rel }));

test('links of a frame are written as if each object had them', () => {
  for (const vm of [{ href, id: '1', name: 'a' }, { href, ...own }, { href }] as Vm[]) {
    for (const part of [frame, { links: ['nics'], actions: [] }, { links: [], actions: ['start'] }, { links: [], actions: [] }]) {
      const links = [...(vm.links ?? []), ...linked(part.links)];
      const actions = [...(vm.actions ?? []), ...linked(part.actions)];
      const whole: Vm = { ...vm, ...(links.length === 0 ? {} : { links }), ...(actions.length === 0 ? {} : { actions }) };
      const options = { frame: part };
      assert.equal(encodeJson('Vm', vm, options), encodeJson('Vm', whole));
      assert.equal(encodeXml('Vm', vm, options), encodeXml('Vm', whole));
      assert.equal(encodeJsonCollection('Vm', [vm, vm], {}, options), encodeJsonCollection('Vm', [whole, whole]));
      assert.equal(encodeXmlCollection('Vm', [vm, vm], {}, options), encodeXmlCollection('Vm', [whole, whole]));
    }
  }
});

test('an own text in a frame is what is written of the object', () => {
  for (const vm of [{ href }, { href, id: '1', name: 'ä<&>"\n' }, { href, cluster: { id: '2' }, status: 'up' }] as Vm[]) {
    for (const part of [frame, { links: ['nics'], actions: [] }, { links: [], actions: ['start'] }, { links: [], actions: [] }]) {
      const options = { frame: part };
      assert.equal(framedJson(ownJson('Vm', vm), href, part), encodeJson('Vm', vm, options));
      assert.equal(framedXml('Vm', ownXml('Vm', vm), href, part), encodeXml('Vm', vm, options));
      const [json, xml] = [new JsonCollectionWriter('Vm', {}, { frame: part }), new XmlCollectionWriter('Vm', {}, options)];
      const twice = (writer: typeof json | typeof xml) =>
        writer.framed(writer.own(vm), href) + writer.framed(writer.own(vm), href) + writer.end();
      assert.equal(twice(json), encodeJsonCollection('Vm', [vm, vm], {}, options));
      assert.equal(twice(xml), encodeXmlCollection('Vm', [vm, vm], {}, options));
    }
  }
});
