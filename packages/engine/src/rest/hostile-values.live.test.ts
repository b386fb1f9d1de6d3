// Budget: 90 s
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { matchRoute, routes } from '@virgate/contract/routes';
import { typeInfo, type Attribute } from '@virgate/contract/type-info';
import type { Method } from '@virgate/contract/generated/services';
import type { TypeName } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { startTestEngine, type Answer } from '../testing/engine.ts';
import { isBuilt } from '../testing/places.ts';
import { addObjects, plausibleBody, rowCounts, type ObjectIds } from '../testing/objects.ts';

/** An operation with a body, at a path of objects that are there. */
interface Target {
  readonly http: string;
  readonly path: string;
  readonly name: string;
  readonly methods: readonly Method[];
  readonly type: TypeName;
  /** Parameters in the body of an action; of others every attribute of the type counts. */
  readonly only: ReadonlySet<string> | null;
}

/** The path of a template, with ids of objects that are there; undefined when none is known of a kind. */
function pathOf(template: string, ids: ObjectIds): string | undefined {
  const segments = template.split('/');
  const filled = segments.map((segment, index) => (segment.startsWith('{') ? ids[segments[index - 1] ?? ''] : segment));
  return filled.includes(undefined) ? undefined : filled.join('/').replace(/\/$/, '');
}

function targets(ids: ObjectIds): Target[] {
  return routes.flatMap((route): Target[] => {
    if ((route.http !== 'POST' && route.http !== 'PUT') || !isBuilt(route)) return [];
    const place = pathOf(route.template, ids);
    if (place === undefined) return [];
    const path = route.action === undefined || place.endsWith(`/${route.action}`) ? place : `${place}/${route.action}`;
    const match = matchRoute(route.http, path.split('/').slice(1));
    if (match.kind !== 'found') throw new Error(`${route.http} ${path} leads nowhere`);
    const [method] = match.methods;
    const bodies = method?.params.filter((parameter) => parameter.in === 'body') ?? [];
    const type = (route.action === undefined ? bodies[0]?.type : 'Action') as TypeName | undefined;
    if (type === undefined) return [];
    return [
      {
        http: route.http,
        path,
        name: `${route.service}.${route.method}`,
        methods: match.methods,
        type,
        only: route.action === undefined ? null : new Set(match.methods.flatMap((one) => one.params.map((parameter) => parameter.name))),
      },
    ];
  });
}

const long = 'x'.repeat(70_000);
/** Of an attribute's hostile values a run tries so many; all of them with `VIRGATE_LONG_RUN=1`. */
const valuesPerAttribute = process.env['VIRGATE_LONG_RUN'] === '1' ? Infinity : 2;
const parallelRequests = 8;

/** Some of the values, not the same for every attribute, but always the same for one. */
function sampleOf<T>(values: readonly T[], name: string): T[] {
  const start = createHash('sha1').update(name).digest().readUInt16BE() % Math.max(1, values.length);
  return [...values.slice(start), ...values.slice(0, start)].slice(0, valuesPerAttribute);
}

/** Values that the codec lets through for an attribute and that no operation may trip over. */
function hostileValues(attribute: Attribute): unknown[] {
  const one = (): unknown[] => {
    switch (attribute.kind) {
      case 'string':
        return ['', 'a\u0000b', "'; drop table vm; -- \u{1F600}\u202E%s", long];
      case 'int':
        return [-1, 0, 2 ** 31 - 1];
      case 'long':
        return [-1, 0, '9223372036854775807'];
      case 'unsignedInt':
        return [0, 4_294_967_295];
      case 'decimal':
      case 'double':
        return [-1, 1e300];
      case 'date':
        return [0, '9999-12-31T23:59:59Z'];
      case 'struct':
        return [{}, ...(typeInfo(attribute.type).resource ? [{ id: 'no id' }, { id: randomUUID() }, { name: 'no name' }] : [])];
      default:
        return [];
    }
  };
  const { item } = attribute;
  return item === undefined ? one() : [{}, ...one().map((value) => ({ [item]: [value] }))];
}

/** Refusals are faults that say something, and tell nothing of what is inside. */
function checkAnswer(answer: Answer, what: string): void {
  assert.equal(answer.status < 500 || answer.status === 501, true, `${what}: ${answer.status} ${answer.text.slice(0, 500)}`);
  if (answer.status < 400 || answer.text === '') return;
  const fault = answer.body['fault'] ?? answer.body;
  assert.equal(typeof fault.reason === 'string' && fault.reason !== '', true, `${what}: ${answer.text.slice(0, 500)}`);
  assert.equal(typeof fault.detail === 'string' && fault.detail.length > 3, true, `${what}: ${answer.text.slice(0, 500)}`);
  assert.doesNotMatch(fault.detail, /\brelation\b|syntax error|violates|undefined|\[object|Incident|\.ts:\d|node:internal/, what);
}

test('what an addition must have is asked for, and nothing is made without it', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  const before = await rowCounts(test);
  const asked: string[] = [];
  for (const { http, path, methods, name } of targets(ids)) {
    const needs = methods.map((method) => method.mandatory ?? []);
    if (needs.some((mandatory) => mandatory.length === 0)) continue;
    const answer = await test.call(http, path, { body: {} });
    const fault = answer.body['fault'] ?? answer.body;
    assert.equal(answer.status, 400, `${http} ${path}: ${answer.status} ${answer.text}`);
    assert.match(fault.reason, /^(Incomplete parameters|Input validation failed\.)$/, `${http} ${path}`);
    const last = needs.flat().map((place) => place.split('|')[0]?.replaceAll('[]', '').split('.').at(-1) ?? '');
    assert.equal(
      last.some((attribute) => fault.detail.includes(attribute)),
      true,
      `${name} names what is missing: ${fault.detail}`,
    );
    asked.push(`${http} ${path}`);
  }
  assert.equal(asked.length > 40, true, `${asked.length} operations were asked`);
  assert.equal(asked.includes(`POST /datacenters/${ids['datacenters']}/clusters`), true);
  assert.deepEqual(await rowCounts(test), before, 'no row came of it');
});

test('no value of an attribute breaks the engine', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  let requests = 0;
  const troubles: string[] = [];
  const tried = new Set<string>();
  for (const { http, path, type, name, only } of targets(ids)) {
    // An operation is the same by whichever path it is reached.
    if (tried.has(name)) continue;
    tried.add(name);
    const attempts = typeInfo(type)
      .attributes.filter((attribute) => attribute.element !== 'href' && (only === null || only.has(attribute.name)))
      .flatMap((attribute) => sampleOf(hostileValues(attribute), `${name} ${attribute.element}`).map((value) => ({ attribute, value })));
    const attempt = async ({ attribute, value }: (typeof attempts)[number]): Promise<void> => {
      // No host answers here: who waited for what one does would wait long.
      const body = { ...(only === null ? plausibleBody(type, ids) : { async: true }), [attribute.element]: value };
      const answer = await test.call(http, path, { body });
      requests += 1;
      try {
        checkAnswer(answer, `${name} (${http} ${path}) with ${attribute.element}: ${JSON.stringify(value).slice(0, 60)}`);
      } catch (error) {
        troubles.push((error as Error).message.split('\n')[0] ?? '');
      }
    };
    for (let at = 0; at < attempts.length; at += parallelRequests)
      await Promise.all(attempts.slice(at, at + parallelRequests).map(attempt));
  }
  assert.deepEqual(troubles, []);
  assert.equal(requests > 1000, true, `${requests} requests`);
  const stale = sql`select l.lock_group, s.name, s.status from object_lock l left join saga s on s.id = l.saga_id
    where s.id is null or s.status not in ('pending', 'running', 'undoing')`;
  assert.deepEqual((await stale.execute(test.engine.db)).rows, [], 'nothing is locked but by what is at work');
  assert.equal((await test.get('/vms')).status, 200);
});
