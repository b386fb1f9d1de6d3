import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchEntity, searchableEntities, type SearchField } from '@virgate/contract/search/language';
import { parseSearch } from '@virgate/contract/search/parse';
import { sql } from 'kysely';
import { startTestEngine, type Answer } from '../testing/engine.ts';
import { compileQuery, orderedRows, type SearchContext } from './compile.ts';
import { searchTables, type SearchTable } from './entities.ts';

const always = sql`true`;
const context: SearchContext = { now: new Date(), caseSensitive: false, visible: () => always };
/** Kinds that this engine has no objects of. */
const absent = new Set(['volume', 'provider', 'imagetype', 'provider_network', 'errata', 'cluster_feature']);

/** A value that makes sense for a field. */
const sample = (field: SearchField): string =>
  field.values?.[0] ??
  {
    text: '"a b*"',
    integer: '7',
    decimal: '1.5',
    boolean: 'true',
    date: 'today',
    duration: '3:30',
    id: '5e8b6f2a-0000-4000-8000-000000000001',
    enum: 'up',
    os: 'other',
    nullable: 'null',
  }[field.kind];

/** Whole queries of a kind: every field with every operator, free text, every relation, every order. */
function* queriesOf(table: SearchTable, name: Parameters<typeof searchEntity>[0]): Generator<string> {
  const facts = searchEntity(name);
  for (const field of facts.fields) {
    for (const operator of field.operators) yield `${field.name}${operator}${sample(field)}`;
    yield `sortby ${field.name}`;
    yield `sortby ${field.name} desc page 2`;
  }
  yield 'word';
  for (const reference of facts.references) {
    if (table.related[reference] === undefined) continue;
    const related = searchEntity(reference);
    yield `${related.singular}=word`;
    yield `${related.singular}!=word`;
    for (const field of related.fields)
      for (const operator of field.operators) yield `${related.singular}.${field.name}${operator}${sample(field)}`;
  }
}

test('every query of the language is a statement that the database runs', async (t) => {
  const { engine } = await startTestEngine(t);
  const troubles: string[] = [];
  let ran = 0;
  const run = async (name: Parameters<typeof searchEntity>[0], table: SearchTable, text: string): Promise<void> => {
    try {
      const plan = compileQuery(parseSearch(name, text), context);
      await sql`select 1 from ${orderedRows(name, table.table)} where ${table.only?.('t') ?? always} and ${plan.condition}
        order by ${plan.order ?? table.defaultOrder('t')} limit 1`.execute(engine.db);
      ran += 1;
    } catch (error) {
      troubles.push(`${name}: ${text}: ${String(error)}`);
    }
  };
  for (const facts of searchableEntities()) {
    const table = searchTables[facts.name];
    if (table === undefined) {
      if (!absent.has(facts.name)) troubles.push(`${facts.name} has no table`);
      continue;
    }
    for (const field of facts.fields)
      if (table.fields[field.name] === undefined) troubles.push(`${facts.name}.${field.name} has no meaning`);
    for (const reference of facts.references)
      if (table.related[reference] === undefined && !absent.has(reference)) troubles.push(`${facts.name} has no relation to ${reference}`);
    const queries = [...queriesOf(table, facts.name)];
    await Promise.all(queries.map((text) => run(facts.name, table, text)));
  }
  assert.deepEqual(troubles, []);
  assert.ok(ran > 1500, `${ran} queries ran`);
});

test('queries find what they mean', async (t) => {
  const { get, post, user } = await startTestEngine(t);
  const dataCenter = await post('/datacenters', { name: 'Berlin', local: false });
  assert.equal(dataCenter.status, 201, dataCenter.text);
  for (const name of ['web', 'Mail']) {
    const made = await post('/clusters', { name, cpu: { architecture: 'x86_64', type: '' }, data_center: { id: dataCenter.body['id'] } });
    assert.equal(made.status, 201, made.text);
  }
  const machines: [string, string, number][] = [
    ['web1', 'web', 512],
    ['web2', 'web', 1024],
    ['WEB3', 'web', 2048],
    ['mail_1', 'Mail', 1024],
    ['mailx1', 'Mail', 1024],
  ];
  for (const [name, cluster, memory] of machines) {
    const made = await post('/vms', {
      name,
      description: name === 'web2' ? 'front of the shop' : '',
      memory: memory * 1024 * 1024,
      cluster: { name: cluster },
      template: { name: 'Blank' },
    });
    assert.equal(made.status, 201, made.text);
  }
  const found = async (query: string, more = ''): Promise<string> => {
    const answer = await get(`/vms?search=${encodeURIComponent(query)}${more}`);
    assert.equal(answer.status, 200, answer.text);
    return ((answer.body['vm'] ?? []) as { name: string }[]).map(({ name }) => name).join(' ');
  };
  const expectations: [query: string, names: string, more?: string][] = [
    ['name=web1', 'web1'],
    ['name=WEB1', 'web1'],
    ['name=WEB1', '', '&case_sensitive=true'],
    ['name=WEB*', 'WEB3', '&case_sensitive=true'],
    ['name=web* sortby memory desc', 'WEB3 web2 web1'],
    ['name=mail_1', 'mail_1'],
    ['name!=web* and name!=*x1', 'mail_1'],
    ['memory>512 and cluster=web sortby memory', 'web2 WEB3'],
    ['(name=web1 or name=mailx1) and memory<=1024 sortby memory', 'web1 mailx1'],
    ['shop', 'web2'],
    ['datacenter=berlin and memory=2048', 'WEB3'],
    ['status=down and name=web1', 'web1'],
    ['Template.name=Blank and name=web1', 'web1'],
    ['name=* sortby memory page 1', 'web1', '&max=1'],
    ['name=* sortby memory page 5', 'WEB3', '&max=1'],
    ['name=* sortby memory page 6', '', '&max=1'],
    // What makes no sense finds nothing.
    ['nosuch=1', ''],
    ['name=', ''],
    ['memory=much', ''],
    ["name='web1'", ''],
    ['(name=web1', ''],
    ['name=web1 sortby nosuch', ''],
  ];
  for (const [query, names, more] of expectations) assert.equal(await found(query, more), names, query);

  const whole = async (query: string, path = 'search', as = get): Promise<Answer> =>
    as(`/virgate/api/${path}?query=${encodeURIComponent(query)}`);
  const two = await whole('Vms: name=web* sortby memory desc');
  assert.equal(two.status, 200, JSON.stringify(two.body));
  assert.deepEqual(
    [two.body['kind'], two.body['total'], two.body['results'].map((one: { name: string }) => one.name)],
    ['vm', 3, ['WEB3', 'web2', 'web1']],
  );
  assert.equal((await get(two.body['results'][0].href.replace('/ovirt-engine/api', ''))).body['name'], 'WEB3');
  for (const [query, code, from, to] of [
    ['Vmz: name=a', 'INVALID_SEARCH_OBJECT', 0, 3],
    ['Vms: Host.nosuch=1', 'INVALID_CONDITION_FILED', 10, 16],
    ['Vms: memory=much', 'INVALID_CONDITION_VALUE', 12, 16],
    ["Vms: name='a'", 'INVALID_CHARECTER', 10, 11],
  ] as const) {
    const refused = await whole(query);
    assert.deepEqual(
      [refused.status, refused.body['code'], refused.body['from'], refused.body['to'], refused.body['field']],
      [400, code, from, to, 'query'],
      query,
    );
  }
  const completion = await whole('Vms: na', 'search/complete');
  assert.deepEqual(completion.body, { from: 5, suggestions: [{ text: 'name', kind: 'field' }] });
  assert.equal((await get('/virgate/api/search')).status, 400);

  // Nobody finds what he may not see: neither itself nor by what it belongs to.
  const nobody = await user('nobody');
  assert.deepEqual((await whole('Vms: name=web*', 'search', nobody.get)).body['results'], []);
  assert.equal((await whole('Sessions:', 'search', nobody.get)).status, 403);
});
