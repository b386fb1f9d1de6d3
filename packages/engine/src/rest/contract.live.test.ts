// Budget: 60 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJson, decodeJsonCollection, encodeJson } from '@virgate/contract/json';
import { actionsOf, locatorsOf, matchRoute, memberServiceOf, typeOfService } from '@virgate/contract/routes';
import { typeInfo } from '@virgate/contract/type-info';
import { decodeXml, decodeXmlCollection } from '@virgate/contract/xml';
import type { ServiceName } from '@virgate/contract/generated/services';
import type { TypeName, Types } from '@virgate/contract/generated/types';
import { SYSTEM_ID } from '../access/objects.ts';
import { hrefOf } from './represent.ts';
import { startTestEngine, type Answer } from '../testing/engine.ts';
import { addObjects, plausibleBody, rowCounts, type ObjectIds } from '../testing/objects.ts';
import { Places, refusedFirst, type PlacedRoute } from '../testing/places.ts';

const apiRoot = '/ovirt-engine/api';
const xml = { accept: 'application/xml', 'content-type': 'application/xml' };
const isWrite = ({ route }: PlacedRoute): boolean => route.http !== 'GET';
/** Only hosts that are up can tell. */
const needsHost = new Set(['HostStorageService.list']);

/** Each operation once, by the first of its paths. */
function onceEach(placed: readonly PlacedRoute[]): PlacedRoute[] {
  const seen = new Set<string>();
  return placed.filter(({ name }) => !seen.has(name) && seen.add(name));
}

/** A body that names objects that are there: who is refused is refused before it is judged. */
function bodyFor({ route }: PlacedRoute, ids: ObjectIds): { body?: object } {
  if (route.http !== 'POST' && route.http !== 'PUT') return {};
  if (route.action !== undefined) return { body: {} };
  const type = typeOfService(route.service);
  const body = type === undefined ? {} : plausibleBody(type, ids);
  if (route.service === 'AttachedStorageDomainsService' || route.service === 'AttachedStorageDomainDisksService')
    return { body: { ...body, id: ids['storagedomains'] } };
  if (route.service === 'ClusterNetworksService') return { body: { id: ids['networks'] } };
  return { body };
}
const faultOf = (answer: Answer): { reason?: string; detail?: string } => answer.body['fault'] ?? answer.body;

/** The service that an answer's objects are of. */
const shownService = ({ service, method }: { service: ServiceName; method: string }): ServiceName =>
  method === 'list' ? (memberServiceOf(service) ?? service) : service;

/** Every `href` in an answer. */
function* hrefsIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const member of value) yield* hrefsIn(member);
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value))
      if (key === 'href' && typeof member === 'string') yield member;
      else yield* hrefsIn(member);
}

/** Whether a place below the API's root is one of the contract. */
function leadsSomewhere(href: string): boolean {
  if (!href.startsWith(apiRoot)) return false;
  const path = href.slice(apiRoot.length).split('?')[0]?.split(';')[0] ?? '';
  const { kind } = matchRoute('GET', path.split('/').slice(1).map(decodeURIComponent));
  return kind === 'found' || kind === 'method_not_allowed' || kind === 'work_status';
}

test('every reading answers in the shape of the contract, alike in XML and JSON', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  const placed = await new Places(test, ids).all();
  const troubles: string[] = [];
  let checked = 0;
  const places = new Set<string>();
  for (const { route, path } of placed.filter((one) => !isWrite(one) && one.route.template !== '/' && !needsHost.has(one.name))) {
    const [json, text] = [await test.get(path), await test.get(path, { accept: 'application/xml' })];
    const type = typeOfService(route.service) as TypeName;
    const check = (condition: boolean, problem: string): void =>
      void (condition || troubles.push(`${route.http} ${route.template}: ${problem}`));
    if (json.status !== 200 || text.status !== 200) {
      check(false, `answers ${json.status} and ${text.status}: ${json.text.slice(0, 200)}`);
      continue;
    }
    checked += 1;
    const isList = route.method === 'list';
    let shown: Types[TypeName][];
    try {
      shown = isList ? decodeJsonCollection(json.text, type) : [decodeJson(json.text, type)];
      const inXml = isList ? decodeXmlCollection(text.text, type) : [decodeXml(text.text, type)];
      const plain = (objects: Types[TypeName][]): string => objects.map((one) => encodeJson(type, one)).join('\n');
      // Samples of a running system differ from one moment to the next.
      if (type !== 'Statistic') check(plain(shown) === plain(inXml), 'XML and JSON tell different things');
    } catch (error) {
      check(false, String(error));
      continue;
    }
    const service = shownService(route);
    const { resource } = typeInfo(type);
    for (const one of shown as { id?: string; href?: string; links?: { rel?: string }[]; actions?: { rel?: string }[] }[]) {
      if (!resource) break;
      check(one.id !== undefined, 'an object without id');
      check(one.href !== undefined && leadsSomewhere(one.href), `the place ${one.href} is none of the contract`);
      // Members of a label are shown at the place that they have anyway.
      if (!isList)
        check(one.href === `${apiRoot}${path}` || one.href === hrefOf(type, one.id ?? ''), `its place is said to be ${one.href}`);
      const rels = new Set((one.links ?? []).map((link) => link.rel));
      for (const locator of locatorsOf(service)) check(rels.has(locator.path), `no link to ${locator.path}`);
      const actions = (one.actions ?? []).map((link) => link.rel ?? '').toSorted((a, b) => (a < b ? -1 : 1));
      check(isList && actions.length === 0 ? true : actions.join() === actionsOf(service).join(), `its actions are ${actions.join()}`);
    }
    for (const href of hrefsIn(json.body)) {
      check(leadsSomewhere(href), `${href} is no place of the contract`);
      places.add(href);
    }
    const first = (shown as { href?: string; id?: string }[])[0]?.href;
    if (isList && resource && first !== undefined && leadsSomewhere(first)) {
      const member = await test.get(first);
      check([200, 405, 501].includes(member.status), `its first member's place answers ${member.status}`);
    }
  }
  let visited = 0;
  for (const href of [...places].filter(leadsSomewhere)) {
    const { status } = await test.get(href);
    visited += 1;
    // What only hosts that are up tell of has a place, and nothing to say here.
    if (![200, 405, 501].includes(status) && !/\/hosts\/[^/]+\/storage$/.test(href))
      troubles.push(`${href} is told, and answers ${status}`);
  }
  assert.ok(visited > 500, `${visited} places were visited`);
  assert.deepEqual([...new Set(troubles)], []);
  assert.ok(checked > 200, `${checked} readings were checked`);
});

/** Links to objects of tier 2, and such as only hosts that are up tell of. */
const unfollowed = /katello|external|gluster|openstack|\.brick$|^Host\.storages/i;

test('every link is followed to what stands at its place, and no list is longer than was asked for', async (t) => {
  const test = await startTestEngine(t);
  const placed = await new Places(test, await addObjects(test)).all();
  const readings = onceEach(
    placed.filter((one) => !isWrite(one) && one.route.template !== '/' && one.route.tier < 2 && !needsHost.has(one.name)),
  );
  const served = new Set<string>(placed.map(({ route }) => typeOfService(route.service) ?? ''));
  const troubles: string[] = [];
  const idsOf = (members: { id?: string }[]): string => members.map((one) => one.id ?? '').join();
  let followed = 0;
  for (const { route, path } of readings) {
    const type = typeOfService(route.service) as TypeName;
    if (route.method === 'list') {
      const { text } = await test.get(`${path}?max=1`);
      if (decodeJsonCollection(text, type).length > 1) troubles.push(`${route.template}: max is not heard`);
      continue;
    }
    for (const { name, link, item, rel, type: other } of typeInfo(type).attributes) {
      const isList = item !== undefined;
      const isBelow = locatorsOf(shownService(route)).some((locator) => locator.path === rel);
      const isServed = isList ? isBelow : served.has(other);
      if (!link || !isServed || unfollowed.test(`${type}.${name}`)) continue;
      const answer = await test.get(`${path}?follow=${name}`);
      if (answer.status !== 200) {
        troubles.push(`${path}?follow=${name}: ${answer.status} ${answer.text.slice(0, 160)}`);
        continue;
      }
      followed += 1;
      if (!isList) continue;
      const [own = []] = Object.values((await test.get(`${path}/${rel}`)).body as Record<string, { id?: string }[]>);
      const there = ((decodeJson(answer.text, type) as Record<string, unknown>)[name] ?? []) as { id?: string }[];
      if (idsOf(there) !== idsOf(own)) troubles.push(`${path}?follow=${name}: ${idsOf(there)} instead of ${idsOf(own)}`);
    }
  }
  assert.deepEqual(troubles, []);
  assert.ok(followed > 100, `${followed} links were followed`);
});

test('ids that nothing has are not found, whichever of a path they are', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  const placed = await new Places(test, ids).all();
  const before = await rowCounts(test);
  const troubles: string[] = [];
  for (const one of placed) {
    for (const path of one.strangers) {
      if (refusedFirst.has(one.name) && path === one.strangers[0]) continue;
      const answer = await test.call(one.route.http, path, bodyFor(one, ids));
      const incomplete =
        answer.status === 400 && /^(Incomplete parameters|Input validation failed\.)$/.test(String(faultOf(answer).reason));
      if (answer.status !== 404 && !(incomplete && one.route.http === 'POST'))
        troubles.push(`${one.route.http} ${one.route.template} at ${path}: ${answer.status} ${answer.text.slice(0, 160)}`);
      else if (answer.status === 404 && one.route.http === 'GET' && answer.text !== '')
        troubles.push(`GET ${path}: a body where the contract has none: ${answer.text.slice(0, 160)}`);
    }
  }
  assert.deepEqual(troubles, []);
  assert.deepEqual(await rowCounts(test), before, 'no row came or went');
});

test('nobody changes anything without a permit, and nothing is shown to who may see nothing', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  const placed = await new Places(test, ids).all();
  const viewer = await test.user('viewer', [{ role: 'ReadOnlyAdmin', object: { type: 'system', id: SYSTEM_ID } }]);
  const stranger = await test.user('stranger');
  const before = await rowCounts(test);
  const troubles: string[] = [];
  for (const one of placed.filter(isWrite)) {
    for (const [who, client, allowed] of [
      ['a viewer', viewer, [403]],
      // Who may not see an object need not be told that it is there.
      ['a stranger', stranger, [403, 404]],
    ] as const) {
      const answer = await client.call(one.route.http, one.path, bodyFor(one, ids));
      if (!allowed.includes(answer.status as never))
        troubles.push(`${who}: ${one.route.http} ${one.path}: ${answer.status} ${answer.text.slice(0, 120)}`);
    }
  }
  const anonymous = test.client(null);
  for (const one of onceEach(placed)) {
    const answer = await anonymous.call(one.route.http, one.path, bodyFor(one, ids));
    if (answer.status !== 401) troubles.push(`nobody: ${one.route.http} ${one.path}: ${answer.status}`);
  }
  assert.deepEqual(troubles, []);
  assert.deepEqual(await rowCounts(test), before, 'no row came or went');
});

test('bodies that are no documents of the contract are refused by every operation', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  const placed = await new Places(test, ids).all();
  const before = await rowCounts(test);
  const troubles: string[] = [];
  const bodies: readonly (readonly [string, Record<string, string>])[] = [
    ['<a', xml],
    ['<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><action>&e;</action>', xml],
    ['<no_such_thing/>', xml],
    ['{"name":', { 'content-type': 'application/json' }],
    ['{"no_such_attribute":1}', { 'content-type': 'application/json' }],
    ['[1]', { 'content-type': 'application/json' }],
  ];
  for (const { route, path } of onceEach(placed).filter(({ route: { http } }) => http === 'POST' || http === 'PUT')) {
    for (const [body, headers] of bodies) {
      const answer = await test.call(route.http, path, { body, headers });
      if (answer.status !== 400 || !/reason/.test(answer.text) || !/detail/.test(answer.text))
        troubles.push(`${route.http} ${path} with ${body}: ${answer.status} ${answer.text.slice(0, 160)}`);
    }
  }
  assert.deepEqual(troubles, []);
  assert.deepEqual(await rowCounts(test), before, 'no row came or went');
});
