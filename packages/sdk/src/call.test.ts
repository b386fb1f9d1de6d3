import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routes } from '@virgate/contract/routes';
import { locate, query } from './call.ts';
import type { Link } from './call.ts';
import { services } from './generated/table.ts';
import { serviceEntry } from './service-table.ts';

test('a chain of locators becomes a path', () => {
  const at = (...links: Link[]): string => locate(links).path;
  assert.equal(at(), '/ovirt-engine/api');
  assert.equal(at({ name: 'vms' }), '/ovirt-engine/api/vms');
  assert.equal(
    at({ name: 'vms' }, { name: 'vm', args: ['12'] }, { name: 'diskAttachments' }, { name: 'attachment', args: ['a b/c'] }),
    '/ovirt-engine/api/vms/12/diskattachments/a%20b%2Fc',
  );
  assert.equal(at({ name: 'storageDomains' }), '/ovirt-engine/api/storagedomains');
});

test('a chain that the API does not have is refused before anything is sent', () => {
  assert.throws(() => locate([{ name: 'machines' }]), /SystemService has no machines$/);
  assert.throws(() => locate([{ name: 'vms' }, { name: 'host', args: ['1'] }]), /VmsService has no host\(\)/);
  for (const id of ['', '.', '..', 7, undefined]) assert.throws(() => locate([{ name: 'vms' }, { name: 'vm', args: [id] }]), /needs an id/);
});

test('parameters become snake case query parameters', () => {
  assert.equal(query({ allContent: true, max: 5, search: 'name=a*', follow: undefined }), '?all_content=true&max=5&search=name%3Da*');
  assert.equal(query(undefined), '');
  assert.throws(() => query({ search: { name: 'x' } }), /must be text/);
});

test('walking the tables reaches every path of the contract, and nothing else', () => {
  const mine = new Set<string>();
  walk('System', '', mine, 0);
  const theirs = new Set(
    routes.map(
      (route) =>
        `${route.http} ${route.template.replace(/\{[^}]*\}/g, '{}').replace(/^\/$/, '')}${route.action === undefined ? '' : `/${route.action}`}`,
    ),
  );
  const missing = [...theirs].filter((operation) => !mine.has(operation));
  const extra = [...mine].filter((operation) => !theirs.has(operation));
  assert.deepEqual({ missing, extra }, { missing: [], extra: [] });
});

test('every locator leads to a service that is in the table', () => {
  for (const name of Object.keys(services)) {
    const entry = serviceEntry(name);
    for (const next of [...entry.nodes.values(), ...entry.items.values()]) assert.ok(services[next] !== undefined, `${name} → ${next}`);
  }
});

const methods: Record<string, string> = { g: 'GET', l: 'GET', a: 'POST', u: 'PUT', r: 'DELETE' };

function walk(service: string, path: string, into: Set<string>, depth: number): void {
  if (depth > 12) throw new Error(`the tables have a circle at ${path}`);
  const entry = serviceEntry(service);
  for (const letter of entry.verbs.toLowerCase()) into.add(`${methods[letter] ?? letter} ${path}`);
  for (const action of entry.actions) into.add(`POST ${path}/${action.toLowerCase()}`);
  for (const [name, next] of entry.nodes) walk(next, `${path}/${name.toLowerCase()}`, into, depth + 1);
  for (const next of entry.items.values()) walk(next, `${path}/{}`, into, depth + 1);
}
