import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SaxesParser } from 'saxes';
import { capabilitiesJson, capabilitiesXml, capabilityJson, capabilityXml } from './capabilities-v3.ts';
import { rsdlV3, xmlSchemaV3 } from './descriptions-v3.ts';
import { schemaV3 } from './generated/schema-v3.ts';
import { operationsV3 } from './generated/operations-v3.ts';
import type { Types } from './generated/types.ts';
import { makeValue, randomSource } from './random-value.ts';
import { jsonOfXml, schemaRoots, schemaType, type SchemaType, writtenInV3 } from './schema-v3-types.ts';
import { completeFromV3, prepareForV3 } from './shape-v3.ts';
import { typeInfoV3 } from './type-info-v3.ts';
import { decodeXml, encodeXml, encodeXmlCollection } from './xml.ts';

const v3 = { version: 3 } as const;

/** What of a document the schema does not have, or has in another order. */
function problemsOf(text: string): string[] {
  const problems: string[] = [];
  const open: { path: string; type: SchemaType | undefined; at: number }[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const parent = open.at(-1);
    const path = `${parent?.path ?? ''}/${name}`;
    let type = parent === undefined ? schemaRoots.get(name) : undefined;
    if (parent === undefined && type === undefined) problems.push(`${path}: no root`);
    if (parent?.type !== undefined) {
      const at = parent.type.elements.findIndex((one, index) => one.name === name && index >= parent.at);
      const member = parent.type.elements[at];
      if (member === undefined) problems.push(`${path}: not here`);
      else {
        parent.at = member.many ? at : at + 1;
        if (Object.hasOwn(schemaV3, member.type)) type = schemaType(member.type);
      }
    }
    for (const attribute of Object.keys(attributes))
      if (type !== undefined && !type.attributes.has(attribute)) problems.push(`${path}@${attribute}: unknown`);
    open.push({ path, type, at: 0 });
  });
  parser.on('closetag', () => void open.pop());
  parser.write(text).close();
  return problems;
}

test('every type is written as the schema of version 3 has it, alone and in its collection', () => {
  assert.ok(writtenInV3.length > 110, `only ${writtenInV3.length} types`);
  for (const [index, name] of writtenInV3.entries()) {
    const value = makeValue(name, randomSource(index), 2) as Types[typeof name];
    prepareForV3(name, value);
    assert.deepEqual(problemsOf(encodeXml(name, value, v3)).slice(0, 5), [], name);
    if (typeInfoV3(name).listTag !== '') assert.deepEqual(problemsOf(encodeXmlCollection(name, [value], {}, v3)).slice(0, 5), [], name);
  }
});

test('every type comes back as what was written: version 3 to 4 and to 3 again', () => {
  for (const [index, name] of writtenInV3.entries()) {
    const made = makeValue(name, randomSource(index), 2) as Types[typeof name];
    const text = encodeXml(name, made, v3);
    const value = decodeXml(text, name, v3);
    completeFromV3(name, value);
    assert.equal(encodeXml(name, value, v3), text, name);
  }
});

test('the documents that version 3 has of itself', () => {
  const version = { major: 4, minor: 5, build: 8, revision: 0, full: '4.5.8-0' };
  const description = rsdlV3('/api', version);
  assert.deepEqual(problemsOf(description).slice(0, 5), []);
  assert.equal(description.match(/<link /g)?.length, operationsV3.length);
  const level = {
    level: '4.7',
    current: true,
    cpus: [{ name: 'A & B', level: 1, architecture: 'x86_64' }],
    fenceAgents: ['apc'],
    permits: [{ id: '1', name: 'create_vm', administrative: false }],
    schedulingPolicies: ['none'],
  };
  const place = '/api/capabilities';
  assert.deepEqual(problemsOf(capabilitiesXml(place, [level])).slice(0, 5), []);
  assert.deepEqual(JSON.parse(capabilitiesJson(place, [level])), jsonOfXml(capabilitiesXml(place, [level])));
  assert.deepEqual(JSON.parse(capabilityJson(place, level)), jsonOfXml(capabilityXml(place, level)));
  const schema = xmlSchemaV3();
  for (const name of Object.keys(schemaV3)) assert.match(schema, new RegExp(`<xs:complexType name="${name}">`));
  assert.deepEqual(problemsOf('<vm id="1"><status><state>up</state></status><name>late</name></vm>'), ['/vm/name: not here']);
});
