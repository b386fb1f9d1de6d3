import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { transaction } from '@virgate/database';
import { virgateServices, type WarehouseQuery } from '@virgate/contract/generated/virgate';
import { sql } from 'kysely';
import { SYSTEM_ID } from '../access/objects.ts';
import { Fault } from '../rest/fault.ts';
import { views } from '../warehouse/facts.ts';
import { viewNamed } from '../warehouse/queries/catalogue.ts';
import { checkQuery } from '../warehouse/queries/document.ts';
import { askView, queryLimits } from '../warehouse/queries/run.ts';
import type { Answer, TestEngine } from './engine.ts';

/** What the history has: ten samples of one VM from this time on, one a minute, with 0, 10 … 90 percent; an empty one a day later. */
interface Known {
  vm: string;
  start: number;
}

const place = '/virgate/api/warehouse/query';
const samples = 'v4_5_statistics_vms_resources_usage_samples';
const minuteMs = 60_000;

const byHour: WarehouseQuery = {
  view: samples,
  columns: [
    { name: 'history_datetime', step: 'hour' },
    { name: 'vm_status' },
    { aggregate: 'count' },
    { name: 'cpu_usage_percent', aggregate: 'avg' },
    { name: 'cpu_usage_percent', aggregate: 'max' },
    { name: 'vm_id', aggregate: 'distinct' },
  ],
  period: { from: '2030-01-15', to: '2030-01-15' },
  chart: 'line',
};
const download = (query: unknown, more: string): string =>
  `${place}/download?${new URLSearchParams({ query: JSON.stringify(query) }).toString()}&${more}`;

/** Asks the views of an engine's history as a power user does. */
export async function askQueries(t: TestContext, it: TestEngine, known: Known): Promise<void> {
  await t.test('views are told with their columns, and queries of them answered as reports', () => answers(it, known));
  await t.test('every view can be asked, and answers are files', () => files(it));
  await t.test('queries read the views and nothing else, within bounds', () => bounds(it));
  await t.test('bad queries are refused with their field, SQL in every place of reports and queries included', () => refusals(it));
  await t.test('queries are kept, for oneself', () => kept(it));
  // Roles are the server's: it outlives this database.
  const role = sql.id(await roleOf(it));
  await sql`drop owned by ${role}`.execute(it.engine.db);
  await sql`drop role ${role}`.execute(it.engine.db);
}

const rowsOf = ({ body }: Answer): unknown[][] => (body['tables'] as { rows: unknown[][] }[])[0]?.rows ?? [];

async function answers(it: TestEngine, { vm, start }: Known): Promise<void> {
  const list = (await it.get('/virgate/api/warehouse/views')).body as unknown as { name: string; description: string; timed: boolean }[];
  assert.deepEqual(
    list.map(({ name }) => name),
    views.map(({ view }) => view),
  );
  const { columns } = (await it.get(`/virgate/api/warehouse/views/${samples}`)).body as {
    columns: { name: string; kind: string; choices?: unknown[] }[];
  };
  assert.deepEqual(
    columns
      .filter(({ name }) => ['history_datetime', 'vm_id', 'vm_status', 'cpu_usage_percent', 'user_logged_in_to_guest'].includes(name))
      .map(({ kind }) => kind),
    ['time', 'id', 'choice', 'number', 'boolean'],
  );

  const answer = await it.post(place, byHour);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(rowsOf(answer), [[start, 'Up', 10, 45, 90, 1]]);
  assert.deepEqual(answer.body['points'], [start]);
  assert.deepEqual(
    (answer.body['charts'] as { unit: string; series: { name: string; values: number[] }[] }[]).map(({ unit, series }) => [
      unit,
      series.map(({ name, values }) => [name, values]),
    ]),
    [
      [
        'count',
        [
          ['Up: count', [10]],
          ['Up: distinct(vm_id)', [1]],
        ],
      ],
      [
        'percent',
        [
          ['Up: avg(cpu_usage_percent)', [45]],
          ['Up: max(cpu_usage_percent)', [90]],
        ],
      ],
    ],
  );
  const period = { from: '2030-01-15', to: '2030-01-15' };
  const plain = async (more: Partial<WarehouseQuery>): Promise<unknown[][]> =>
    rowsOf(
      await it.post(place, {
        view: samples,
        columns: [{ name: 'cpu_usage_percent' }],
        sort: [{ column: 0, descending: true }],
        period,
        ...more,
      }),
    );
  assert.deepEqual(await plain({ limit: 2 }), [[90], [80]]);
  assert.deepEqual(await plain({ filters: [{ column: 'cpu_usage_percent', operator: 'less', values: [20] }] }), [[10], [0]]);
  assert.deepEqual(await plain({ filters: [{ column: 'cpu_usage_percent', operator: 'is', values: [40, 60] }] }), [[60], [40]]);
  assert.deepEqual(
    await plain({ filters: [{ column: 'history_datetime', operator: 'greater', values: [new Date(start + 8 * minuteMs).toISOString()] }] }),
    [[90]],
  );
  assert.deepEqual(await plain({ filters: [{ column: 'vm_id', operator: 'is_not', values: [vm] }] }), []);
  assert.deepEqual(await plain({ filters: [{ column: 'vm_ip', operator: 'is_not_null' }] }), []);
  assert.equal(
    (await it.post(place, { view: samples, columns: [{ aggregate: 'count' }], period: { from: '2030-01-17' } })).body['tables'][0]
      .rows[0][0],
    0,
  );
  // In the middle of the hour it was renamed: texts are compared whatever their case, and each name has its own rows.
  const names = await it.post(place, {
    view: 'v4_5_fully_joined_statistics_vms_resources_usage_samples',
    columns: [{ name: 'vm_name' }, { name: 'history_datetime', aggregate: 'distinct' }],
    filters: [{ column: 'vm_name', operator: 'begins', values: ['V', 'REN'] }],
    period,
    sort: [{ column: 0 }],
    chart: 'bar',
  });
  assert.deepEqual(rowsOf(names), [
    ['renamed', 5],
    ['v', 5],
  ]);
  assert.deepEqual(names.body['charts'][0].categories, ['renamed', 'v']);
  // Days as days, and where they begin for the chart.
  const days = await it.post(place, {
    view: 'v4_5_statistics_vms_resources_usage_daily',
    columns: [{ name: 'history_datetime' }, { name: 'cpu_usage_percent', aggregate: 'max' }],
    chart: 'line',
  });
  assert.deepEqual([rowsOf(days), days.body['points']], [[['2030-01-15', 45]], [Date.UTC(2030, 0, 15)]]);
  const nothing = await it.post(place, { view: samples, columns: [{ name: 'vm_id' }], period: { to: '2029-12-31' } });
  assert.deepEqual([nothing.status, nothing.body['hasData'], rowsOf(nothing)], [200, false, []]);
}

async function files(it: TestEngine): Promise<void> {
  for (const { view, columns } of views) {
    const answer = await it.post(place, { view, columns: columns.slice(0, 30).map((name) => ({ name })), limit: 3 });
    assert.equal(answer.status, 200, `${view}: ${answer.text}`);
  }
  for (const [format, type, begin] of [
    ['csv', 'text/csv; charset=utf-8', /^\uFEFF?v4_5_/],
    ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', /^PK/],
    ['pdf', 'application/pdf', /^%PDF/],
    ['parquet', 'application/vnd.apache.parquet', /^PAR1[^]*avg_cpu_usage_percent[^]*PAR1$/],
    ['svg', 'image/svg+xml', /^<svg [^]*Up: count[^]*<\/svg>\n$/],
  ] as const) {
    const file = await it.get(download(byHour, `format=${format}`));
    assert.deepEqual([file.status, file.headers['content-type']], [200, type], file.text.slice(0, 200));
    assert.match(file.text, begin);
    assert.match(String(file.headers['content-disposition']), /filename="v4_5_|filename="Query/);
  }
  assert.match((await it.get(download(byHour, 'format=svg&chart=1'))).text, /Up: avg\(cpu_usage_percent\)/);
  const refused = async (path: string): Promise<unknown[]> => {
    const { status, body } = await it.get(path);
    return [status, body['code'], body['field']];
  };
  assert.deepEqual(await refused(download(byHour, 'format=svg&chart=2')), [400, 'invalid_value', 'chart']);
  assert.deepEqual(await refused(download({ ...byHour, more: 1 }, 'format=csv')), [400, 'invalid_value', 'query.more']);
  assert.deepEqual(await refused(download({ view: samples }, 'format=csv')), [400, 'incomplete', 'query.columns']);
  assert.deepEqual(await refused(`${place}/download?format=csv&query=%7B`), [400, 'invalid_value', 'query']);
  // A picture of a report's chart, and of one that it has not.
  const report = '/virgate/api/reports/BR7B/download?period=daily&startDate=2030-01-15&format=svg';
  const picture = await it.get(report);
  assert.deepEqual([picture.status, picture.headers['content-type']], [200, 'image/svg+xml'], picture.text);
  assert.match(picture.text, /^<svg [^]*<rect [^]*Uptime: 10 min/);
  assert.deepEqual(await refused(`${report}&chart=1`), [400, 'invalid_value', 'chart']);
}

async function roleOf({ engine: { db } }: TestEngine): Promise<string> {
  const found = await sql<{ name: string }>`select rolname as name from pg_roles
    where rolname = 'virgate_query_' || (select oid from pg_database where datname = current_database())`.execute(db);
  return found.rows[0]?.name ?? '';
}

const isRefusal = (status: number, code: string) => (error: unknown) =>
  error instanceof Fault && error.status === status && error.key === code;

async function bounds(it: TestEngine): Promise<void> {
  const { db } = it.engine;
  assert.equal((await (await it.user('asker')).post(place, byHour)).status, 403, 'only who may configure the engine, as with exports');
  const name = await roleOf(it);
  const asRole = (statement: string): Promise<unknown> =>
    transaction(db, async (trx) => {
      await sql`set local role ${sql.id(name)}`.execute(trx);
      await sql.raw(statement).execute(trx);
    });
  await asRole(`select * from history.${samples}`);
  for (const statement of [
    'select * from history.vm_samples_history',
    'select * from public.app_user',
    `delete from history.${samples}`,
    'create table history.mine (a int)',
  ])
    await assert.rejects(asRole(statement), /permission denied|cannot delete/, statement);
  // What the role may read is given to it again when it is gone: a view may be made anew.
  await sql`revoke select on ${sql.table(`history.${samples}`)} from ${sql.id(name)}`.execute(db);
  assert.equal((await it.post(place, byHour)).status, 200);

  const clock = { at: new Date(), timeZone: 'UTC' };
  const query = checkQuery(await viewNamed(db, samples), { view: samples, columns: [{ name: 'vm_id' }, { name: 'history_datetime' }] });
  const most = await askView(db, query, clock, 3);
  assert.deepEqual([most.rows.length, most.cut], [3, true]);
  const fewer = await askView(db, query, clock, 20);
  assert.deepEqual([fewer.rows.length, fewer.cut], [11, false]);
  const short = await askView(db, query, clock, 10, { ...queryLimits, characters: 100 });
  assert.deepEqual([short.rows.length, short.cut], [2, true]);
  // Somebody holds what it reads: it ends, and so many wait at once.
  await transaction(db, async (trx) => {
    await sql`lock table history.vm_samples_history in access exclusive mode`.execute(trx);
    const waiting = Array.from({ length: queryLimits.atOnce }, () => askView(db, query, clock, 10, { ...queryLimits, totalMs: 500 }));
    await assert.rejects(askView(db, query, clock, 10), isRefusal(503, 'unavailable'));
    for (const one of await Promise.allSettled(waiting))
      assert.ok(one.status === 'rejected' && isRefusal(400, 'query_too_long')(one.reason), one.status);
  });
  assert.equal((await askView(db, query, clock, 10)).rows.length, 10);
}

async function refusals(it: TestEngine): Promise<void> {
  const evil = "x' or 1=1; drop table vm; --";
  // Every criterion of reports and every parameter of their choices and of exports.
  for (const service of ['ReportService', 'ReportChoicesService', 'WarehouseExportService'] as const)
    for (const { params, action } of virgateServices[service].methods)
      for (const { name, type } of params) {
        const path = `/virgate/api${virgateServices[service].path}${action === undefined ? '' : `/${action}`}`
          .replace('{report}', 'BR18')
          .replace('{view}', samples);
        const needed = { format: 'csv', kind: 'vm', period: 'daily', startDate: '2030-01-15' };
        const own = Object.entries(needed).filter(([one]) => params.some((other) => other.name === one));
        const answer = await it.get(`${path}?${new URLSearchParams({ ...Object.fromEntries(own), [name]: evil }).toString()}`);
        if (name === 'search') assert.deepEqual([answer.status, answer.body], [200, []]);
        else assert.deepEqual([answer.status, answer.body['field']], [400, name], `${service} ${name} (${type}): ${answer.text}`);
      }
  for (const path of ['/virgate/api/reports/', '/virgate/api/warehouse/exports/', '/virgate/api/warehouse/views/'])
    assert.equal((await it.get(`${path}${encodeURIComponent(evil)}`)).status, 404, path);
  const refused = async (query: unknown): Promise<unknown[]> => {
    const { status, body } = await it.post(place, query);
    return [status, body['field']];
  };
  const column = { view: samples, columns: [{ name: 'vm_id' }] };
  const filter = (one: object): object => ({ ...column, filters: [{ column: 'vm_ip', operator: 'is', values: ['a'], ...one }] });
  for (const [query, status, field] of [
    [{ ...column, view: evil }, 404, 'view'],
    [{ ...column, view: 'app_user' }, 404, 'view'],
    [{ ...column, columns: [{ name: evil }] }, 400, 'columns.name'],
    [{ ...column, columns: [{ name: 'vm_id', aggregate: evil }] }, 400, 'columns.aggregate'],
    [{ ...column, columns: [{ name: 'history_datetime', step: evil }] }, 400, 'columns.step'],
    [{ ...column, columns: [] }, 400, 'columns'],
    [{ ...column, columns: Array.from({ length: 31 }, () => ({ aggregate: 'count' })) }, 400, 'columns'],
    [filter({ column: evil }), 400, 'filters.column'],
    [filter({ operator: evil }), 400, 'filters.operator'],
    [filter({ values: [{ sql: evil }] }), 400, 'filters.values'],
    [{ ...column, period: { last: evil } }, 400, 'period.last'],
    [{ ...column, period: { from: evil } }, 400, 'period.from'],
    [{ ...column, period: { from: '2030-01-02', to: '2030-01-01' } }, 400, 'period.to'],
    [{ ...column, sort: [{ column: evil }] }, 400, 'sort.column'],
    [{ ...column, limit: evil }, 400, 'limit'],
    [{ ...column, limit: 100_001 }, 400, 'limit'],
    [{ ...column, chart: evil }, 400, 'chart'],
    [{ ...column, sql: evil }, 400, 'sql'],
    // 10 MB of it.
    [filter({ values: ['x'.repeat(10 * 1024 ** 2)] }), 400, 'filters.values'],
  ] as const)
    assert.deepEqual(await refused(query), [status, field], JSON.stringify(query).slice(0, 200));
  // As a value it is a text that nothing has.
  assert.deepEqual(await refused(filter({ values: [evil] })), [200, undefined]);
  assert.ok((await sql`select 1 from vm`.execute(it.engine.db)).rows.length > 0);
}

async function kept(it: TestEngine): Promise<void> {
  const path = '/virgate/api/warehouse/saved-queries';
  const added = await it.post(path, { name: 'By hour', query: byHour });
  assert.equal(added.status, 201, added.text);
  const id = added.body['id'] as string;
  assert.deepEqual((await it.get(path)).body, [{ id, name: 'By hour', query: byHour }]);
  const other = await it.user('otherasker', [{ role: 'SuperUser', object: { type: 'system', id: SYSTEM_ID } }]);
  assert.deepEqual((await other.get(path)).body, [], 'nobody sees what others keep');
  assert.equal((await other.put(`${path}/${id}`, { name: 'mine', query: byHour })).status, 404);
  assert.equal((await other.delete(`${path}/${id}`)).status, 404);
  for (const [body, status, field] of [
    [{ name: 'By hour', query: byHour }, 409, 'name'],
    [{ name: '', query: byHour }, 400, 'name'],
    [{ name: 'x', query: { ...byHour, view: 'none' } }, 404, 'view'],
    [{ name: 'x', query: { ...byHour, columns: [{ name: 'none' }] } }, 400, 'columns.name'],
    [{ name: 'x', query: { ...byHour, sql: '' } }, 400, 'query.sql'],
  ] as const) {
    const answer = await it.post(path, body);
    assert.deepEqual([answer.status, answer.body['field']], [status, field], answer.text);
  }
  assert.equal((await it.put(`${path}/${id}`, { name: 'Hours', query: { ...byHour, limit: 5 } })).body['name'], 'Hours');
  assert.equal((await it.delete(`${path}/${id}`)).status, 204);
  assert.deepEqual((await it.get(path)).body, []);
}
