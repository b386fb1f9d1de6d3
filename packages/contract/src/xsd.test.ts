import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SaxesParser } from 'saxes';
import { typeTable } from './generated/type-table.ts';
import type { TypeName, Types } from './generated/types.ts';
import { makeValue, randomSource } from './random-value.ts';
import { typeInfo } from './type-info.ts';
import { encodeXml, encodeXmlCollection } from './xml.ts';
import { xmlSchema } from './xsd.ts';

interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  text: string;
}

function parse(text: string): Node {
  const top: Node = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  const parser = new SaxesParser();
  parser.on('opentag', (tag) => {
    const node: Node = { name: tag.name, attributes: tag.attributes, children: [], text: '' };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  parser.on('text', (part) => {
    const node = open.at(-1);
    if (node !== undefined) node.text += part;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(text).close();
  return top.children[0] ?? top;
}

const schema = parse(xmlSchema());
const declared = (kind: string): Map<string, Node> =>
  new Map(schema.children.filter(({ name }) => name === kind).map((node) => [node.attributes['name'] ?? '', node]));
const [roots, complex, simple] = [declared('xs:element'), declared('xs:complexType'), declared('xs:simpleType')];

/** The content of a type, or of an element that has its own. */
const contentOf = (element: Node): Node | undefined =>
  element.children.find(({ name }) => name === 'xs:complexType') ?? complex.get(element.attributes['type'] ?? '');

/** What is wrong with a document by the schema; empty when nothing is. */
function problems(node: Node, element: Node, path: string): string[] {
  const content = contentOf(element);
  if (content === undefined) {
    const values = simple.get(element.attributes['type'] ?? '')?.children[0]?.children.map(({ attributes }) => attributes['value']);
    return values !== undefined && !values.includes(node.text) ? [`${path}: ${node.text} is no value`] : [];
  }
  const sequence = content.children.find(({ name }) => name === 'xs:sequence')?.children ?? [];
  const attributes = new Set(content.children.filter(({ name }) => name === 'xs:attribute').map((one) => one.attributes['name']));
  const found = Object.keys(node.attributes).flatMap((name) => (attributes.has(name) ? [] : [`${path}: attribute ${name}`]));
  let at = 0;
  for (const child of node.children) {
    const place = sequence.findIndex((one, index) => index >= at && one.attributes['name'] === child.name);
    const member = sequence[place];
    if (member === undefined) return [...found, `${path}: ${child.name} is not expected here`];
    at = member.attributes['maxOccurs'] === 'unbounded' ? place : place + 1;
    found.push(...problems(child, member, `${path}/${child.name}`));
  }
  return found;
}

test('what is written is valid by the schema', () => {
  const random = randomSource(7);
  for (const name of Object.keys(typeTable) as TypeName[]) {
    const info = typeInfo(name);
    const sample = makeValue(name, random, 0) as Types[TypeName];
    const documents = [
      encodeXml(name, sample),
      ...(info.listTag === '' ? [] : [encodeXmlCollection(name, [sample, sample], { size: 2, total: 2 })]),
    ];
    for (const document of documents) {
      const root = parse(document);
      const element = roots.get(root.name);
      assert.ok(element, root.name);
      // Two types share a tag: the schema can tell of one of them only.
      if (contentOf(element)?.attributes['name']?.replace(/List$/, '').replace('BaseDevice', 'Device') !== name) continue;
      assert.deepEqual(problems(root, element, root.name), [], name);
    }
  }
});

test('the schema refuses what is not of the contract', () => {
  const element = roots.get('vm') as Node;
  for (const wrong of [
    '<vm><colour>red</colour></vm>',
    '<vm colour="red"/>',
    '<vm><status>sideways</status></vm>',
    '<vm><name>a</name><actions/></vm>',
  ])
    assert.equal(problems(parse(wrong), element, 'vm').length, 1, wrong);
});

test('every type that the schema names is declared once', () => {
  const names = schema.children.flatMap((node) => (node.name === 'xs:element' ? [] : [node.attributes['name'] ?? '']));
  assert.equal(new Set(names).size, names.length);
  const used = (node: Node): string[] => [
    ...(node.attributes['type'] === undefined ? [] : [node.attributes['type']]),
    ...node.children.flatMap(used),
  ];
  for (const type of used(schema)) assert.ok(type.startsWith('xs:') || names.includes(type), type);
});
