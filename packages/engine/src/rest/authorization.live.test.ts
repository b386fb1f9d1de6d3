// Budget: 90 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { permits, type PermitName } from '@virgate/contract/generated/permits';
import { predefinedRoles } from '@virgate/contract/generated/roles';
import type { TypeName } from '@virgate/contract/generated/types';
import { matchRoute, routes, typeOfService } from '@virgate/contract/routes';
import { typeInfo } from '@virgate/contract/type-info';
import { SYSTEM_ID } from '../access/objects.ts';
import { holdsPermit } from '../access/permissions.ts';
import { findToken } from '../access/tokens.ts';
import { services } from '../services.ts';
import { startTestEngine, type Answer, type Client, type TestEngine } from '../testing/engine.ts';
import { addObjects, plausibleBody, type ObjectIds } from '../testing/objects.ts';
import { Places, isBuilt, nobodysId, refusedFirst, type PlacedRoute } from '../testing/places.ts';
import { addTenant } from '../testing/tenant.ts';
import type { Context } from './operation.ts';
import { Parameters } from './parameters.ts';

const system = { type: 'system', id: SYSTEM_ID };
const operationOf = ({ route }: PlacedRoute) => services[route.service]?.[route.method];

/** Writes that ask for one permit, each operation once. */
function guarded(placed: readonly PlacedRoute[]): (PlacedRoute & { permit: PermitName })[] {
  const seen = new Set<string>();
  return placed.flatMap((one) => {
    const operation = operationOf(one);
    if (one.route.http === 'GET' || !operation?.permit || operation.permitFor || seen.has(one.name)) return [];
    seen.add(one.name);
    return [{ ...one, permit: operation.permit as PermitName }];
  });
}

function bodyFor({ route }: PlacedRoute, ids: ObjectIds): { body?: Record<string, unknown> } {
  if (route.http !== 'POST' && route.http !== 'PUT') return {};
  if (route.action !== undefined) return { body: { async: true } };
  const type = typeOfService(route.service);
  const body = type === undefined ? {} : plausibleBody(type, ids);
  if (/^AttachedStorageDomain(s|Disks)Service$/.test(route.service)) return { body: { ...body, id: ids['storagedomains'] } };
  return { body: route.service === 'ClusterNetworksService' ? { id: ids['networks'] } : body };
}

/** A user whose one role, on the whole system, has these permits. */
async function userWith(test: TestEngine, name: string, held: readonly string[]): Promise<Client> {
  const role = randomUUID();
  await test.engine.db
    .insertInto('role')
    .values({
      id: role,
      name: `role-${name}`,
      description: '',
      administrative: true,
      mutable: true,
      permits: [...held],
      allows_viewing_children: true,
    })
    .execute();
  return test.user(name, [{ role: `role-${name}`, object: system }]);
}

test('each operation needs its permit, all others do not help, and it alone is enough to come to the point', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  const operations = guarded(await new Places(test, ids).all());
  const troubles: string[] = [];
  for (const [permit, group] of Map.groupBy(operations, (one) => one.permit)) {
    const [others, only] = [
      await userWith(
        test,
        `all-but-${permit}`,
        permits.map((one) => one.name).filter((name) => name !== permit),
      ),
      await userWith(test, `only-${permit}`, ['login', permit]),
    ];
    for (const one of group) {
      const refused = await others.call(one.route.http, one.path, bodyFor(one, ids));
      if (refused.status !== 403) troubles.push(`${one.name} without ${permit}: ${refused.status} ${refused.text.slice(0, 160)}`);
      // At a place that is not there: nothing happens, but who has the permit learns that it is not there.
      const passed = await only.call(
        one.route.http,
        one.strangers[0] ?? one.path,
        one.strangers.length > 0 ? bodyFor(one, ids) : { body: {} },
      );
      if (passed.status === 403) troubles.push(`${one.name} with ${permit} alone: ${passed.text.slice(0, 160)}`);
    }
  }
  assert.deepEqual(troubles, []);
  assert.ok(operations.length > 180, `${operations.length} operations were tried`);
});

/** The context of a request of a user, as far as the subjects of an operation read it. */
function contextFor(test: TestEngine, one: PlacedRoute, body: Record<string, unknown>, user: Context['user']): Context {
  const match = matchRoute(one.route.http, one.path.split('/').slice(1).map(decodeURIComponent));
  assert.equal(match.kind, 'found');
  return {
    engine: test.engine,
    db: test.engine.db,
    user,
    parameters: new Parameters(new URLSearchParams(), new Map(), {}),
    path: match.kind === 'found' ? match.params : {},
    body,
    filtered: false,
    correlationId: 'sweep',
    location: one.path,
    asynchronous: false,
    waits: false,
    accepts: '',
    host: 'localhost',
  };
}

test('every predefined role allows what its permits say: on the object, its parents and the system, and nowhere else', async (t) => {
  const test = await startTestEngine(t);
  const [ids, other] = [await addObjects(test), await addTenant(test, 'other')];
  const operations = guarded(await new Places(test, ids).all());
  const admin = await findToken(test.engine.db, test.token);
  assert.notEqual(admin, null);
  // What decides is the permit and the object: operations that share both are one case.
  const cases = new Map<string, { permit: PermitName; subject: { type: never; id: string } }>();
  for (const one of operations) {
    // Instance types belong to no data center.
    if (one.path.startsWith('/instancetypes')) continue;
    const subjects =
      (await operationOf(one)?.subjects?.(contextFor(test, one, bodyFor(one, ids).body ?? {}, admin as Context['user']))) ?? [];
    for (const subject of subjects)
      cases.set(`${one.permit} ${subject.type} ${subject.id}`, { permit: one.permit, subject: subject as never });
  }
  assert.ok(cases.size > 60, `${cases.size} cases`);
  const objects: Record<string, string | undefined> = {
    data_center: ids['datacenters'],
    cluster: ids['clusters'],
    storage_domain: ids['storagedomains'],
  };
  const strange: Record<string, string | undefined> = {
    data_center: other['datacenters'],
    cluster: other['clusters'],
    vm: other['vms'],
    storage_domain: other['storagedomains'],
  };
  const belowDataCenter = new Set([
    'cluster',
    'host',
    'vm',
    'template',
    'storage_domain',
    'disk',
    'network',
    'vnic_profile',
    'quota',
    'qos',
    'cpu_profile',
    'affinity_group',
  ]);
  const troubles: string[] = [];
  for (const role of predefinedRoles) {
    const held: ReadonlySet<string> = new Set(role.permits);
    const user = async (name: string, object: { type: string; id: string }): Promise<Context['user']> => {
      const client = await test.user(`${role.name}-${name}`, [{ role: role.name, object }]);
      return (await findToken(test.engine.db, client.token)) as Context['user'];
    };
    const everywhere = await user('system', system);
    const inDataCenter = await user('dc', { type: 'data_center', id: objects['data_center'] ?? '' });
    const elsewhere = await Promise.all(Object.entries(strange).map(([type, id]) => user(`strange-${type}`, { type, id: id ?? '' })));
    for (const { permit, subject } of cases.values()) {
      const what = `${role.name}: ${permit} on a ${(subject as { type: string }).type}`;
      const check = async (who: Context['user'], expected: boolean, where: string): Promise<void> => {
        if ((await holdsPermit(test.engine.db, who, permit, subject)) !== expected) troubles.push(`${what}, given ${where}: ${!expected}`);
      };
      await check(everywhere, held.has(permit), 'on the system');
      // What everybody has anyway does not tell.
      if (belowDataCenter.has((subject as { type: string }).type) && !everybodyHas.has(permit))
        await check(inDataCenter, held.has(permit), 'on its data center');
      if (!everybodyHas.has(permit)) for (const who of elsewhere) await check(who, false, 'on something else');
    }
  }
  assert.deepEqual(troubles.slice(0, 50), []);
});

/** Permits that the group of everybody has on something by default. */
const everybodyHas: ReadonlySet<string> = new Set([
  'create_vm',
  'configure_vm_network',
  'configure_template_network',
  'assign_cpu_profile',
  'edit_profile',
  'configure_mac_pool',
]);

/** Ids of a tenant by the type of the reference that may name them. */
const byType = (ids: ObjectIds): Partial<Record<TypeName, string | undefined>> => ({
  DataCenter: ids['datacenters'],
  Cluster: ids['clusters'],
  Host: ids['hosts'],
  StorageDomain: ids['storagedomains'],
  Network: ids['networks'],
  VnicProfile: ids['vnicprofiles'],
  MacPool: ids['macpools'],
  Vm: ids['vms'],
  Nic: ids['nics'],
  Template: ids['templates'],
  Disk: ids['disks'],
  DiskAttachment: ids['disks'],
  Quota: ids['quotas'],
  Qos: ids['qoss'],
  AffinityGroup: ids['affinitygroups'],
  CpuProfile: ids['cpuprofiles'],
  Snapshot: ids['snapshots'],
});

interface Reference {
  readonly where: string;
  readonly id: string;
  readonly body: Record<string, unknown>;
}

/** Every place in a body of a type, where another tenant's object can be named. */
function* references(
  type: string,
  foreign: Partial<Record<TypeName, string | undefined>>,
  only: ReadonlySet<string> | null,
  depth = 0,
): Generator<Reference> {
  for (const attribute of typeInfo(type).attributes) {
    if (attribute.kind !== 'struct' || (only !== null && !only.has(attribute.name))) continue;
    const wrap = (value: unknown): Record<string, unknown> => ({
      [attribute.element]: attribute.item === undefined ? value : { [attribute.item]: [value] },
    });
    const id = foreign[attribute.type as TypeName];
    if (id !== undefined) yield { where: attribute.name, id, body: wrap({ id }) };
    // Objects inside an object are read for their id alone; what has no id of its own is part of the object.
    if (depth < 2 && !typeInfo(attribute.type).resource)
      for (const below of references(attribute.type, foreign, null, depth + 1))
        yield { ...below, where: `${attribute.name}.${below.where}`, body: wrap(below.body) };
  }
}

test('a tenant can neither see nor name what is of another', async (t) => {
  const test = await startTestEngine(t);
  const [mine, theirs] = [await addTenant(test, 'mine'), await addTenant(test, 'theirs')];
  const admin = await test.user('dc-admin', [{ role: 'DataCenterAdmin', object: { type: 'data_center', id: mine['datacenters'] ?? '' } }]);
  const powerRoles = ['PowerUserRole', 'UserVmManager', 'TemplateOwner', 'DiskOperator', 'VnicProfileUser', 'QuotaConsumer'];
  const power = await test.user(
    'power-user',
    powerRoles.map((role) => ({ role, object: { type: 'data_center', id: mine['datacenters'] ?? '' } })),
  );
  const placed = await new Places(test, mine).all();
  const theirPlaces = await new Places(test, theirs).all();
  // The CPU profile that a cluster is made with is everybody's by the contract.
  const foreignIds = [...new Set(Object.entries(theirs).flatMap(([kind, id]) => (kind === 'cpuprofiles' ? [] : [id])))];
  const troubles: string[] = [];
  const tells = (answer: Answer): string | undefined => foreignIds.find((id) => answer.text.includes(id));
  for (const one of placed.filter(({ route }) => route.http === 'GET')) {
    const answer = await power.get(one.path);
    if (answer.status < 400 && !/\/cpuprofiles/.test(one.path) && tells(answer) !== undefined)
      troubles.push(`the power user sees ${tells(answer)} in ${one.path}`);
  }
  const isTheirs = ({ path }: PlacedRoute): boolean => foreignIds.some((id) => path.includes(id));
  for (const one of theirPlaces.filter(isTheirs)) {
    const [client, name] = one.route.http === 'GET' ? ([power, 'power user'] as const) : ([admin, 'administrator'] as const);
    const answer = await client.call(one.route.http, one.path, bodyFor(one, theirs));
    const refused = answer.status === 403 || answer.status === 404;
    const empty = answer.status === 200 && one.route.method === 'list' && tells(answer) === undefined;
    if (!refused && !empty) troubles.push(`the ${name}: ${one.route.http} ${one.path}: ${answer.status} ${answer.text.slice(0, 120)}`);
  }
  const tried = new Set<string>();
  let attempts = 0;
  const foreign = byType(theirs);
  for (const one of placed) {
    const { route, name, path } = one;
    if ((route.http !== 'POST' && route.http !== 'PUT') || tried.has(name)) continue;
    if (!Object.values(mine).some((id) => path.includes(id)) && path.split('/').length > 2) continue;
    tried.add(name);
    const type = route.action === undefined ? typeOfService(route.service) : 'Action';
    if (type === undefined) continue;
    const match = matchRoute(route.http, path.split('/').slice(1).map(decodeURIComponent));
    const only =
      route.action === undefined || match.kind !== 'found'
        ? null
        : new Set(match.methods.flatMap((method) => method.params.map((parameter) => parameter.name)));
    for (const reference of references(type, foreign, only)) {
      // It is the name of the guest: nothing but its address is read.
      if (reference.where === 'initialization.cloud_init.host') continue;
      const body = { ...bodyFor(one, mine).body, ...reference.body };
      for (const [client, who] of [
        [power, 'power user'],
        [admin, 'administrator'],
      ] as const) {
        const answer = await client.call(route.http, path, { body });
        attempts += 1;
        if (answer.status >= 500 && answer.status !== 501) troubles.push(`${name} with ${reference.where}: ${answer.status}`);
        const named = answer.status < 300 && route.action === undefined && answer.text.includes(reference.id);
        if (named)
          troubles.push(
            `the ${who}: ${route.http} ${path} with ${reference.where} of another tenant: ${answer.status}, it names ${reference.id}`,
          );
      }
    }
  }
  assert.deepEqual(troubles, []);
  assert.ok(attempts > 400, `${attempts} references were tried`);
});

test('what is below one object is not found below another', async (t) => {
  const test = await startTestEngine(t);
  const [mine, theirs] = [await addTenant(test, 'mine'), await addTenant(test, 'theirs')];
  const [places, theirPlaces] = [new Places(test, mine), new Places(test, theirs)];
  const troubles: string[] = [];
  let tried = 0;
  for (const route of routes) {
    const parameters = route.template.split('/').flatMap((segment, index) => (segment.startsWith('{') ? [index] : []));
    if (!isBuilt(route) || parameters.length < 2 || refusedFirst.has(`${route.service}.${route.method}`)) continue;
    const [own, their] = [await places.of(route.template), await theirPlaces.of(route.template)];
    if (own === undefined || their === undefined) continue;
    const last = parameters.at(-1) ?? 0;
    const child = their.split('/')[last] ?? '';
    if (own.split('/')[last] === child || child === nobodysId || sharedChildren.test(route.template)) continue;
    const path = `${own.split('/').with(last, child).join('/')}${route.action === undefined ? '' : `/${route.action}`}`;
    const body = route.http === 'POST' || route.http === 'PUT' ? { body: {} } : {};
    const answer = await test.call(route.http, path, body);
    tried += 1;
    const incomplete = answer.status === 400 && /Incomplete parameters|Input validation failed/.test(answer.text);
    if (answer.status !== 404 && !incomplete) troubles.push(`${route.http} ${path}: ${answer.status} ${answer.text.slice(0, 120)}`);
  }
  assert.deepEqual(troubles, []);
  assert.ok(tried > 60, `${tried} paths were tried`);
});

/** Paths whose last object does not lie below the one before it. */
const sharedChildren = /\/(roles|filters|weights|balances|networkfilters)\/\{/;
