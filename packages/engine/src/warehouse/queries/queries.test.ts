import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WarehouseQuery } from '@virgate/contract/generated/virgate';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { Fault } from '../../rest/fault.ts';
import { tables, views } from '../facts.ts';
import { queryableColumn, viewEntries, type QueryableView } from './catalogue.ts';
import { statementOf } from './compile.ts';
import { checkQuery } from './document.ts';
import { daysOf, resultOf } from './result.ts';

const db = new Kysely({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (inner) => new PostgresIntrospector(inner),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const clock = { at: new Date('2030-01-15T12:00:00Z'), timeZone: 'Europe/Berlin' };

const viewOf = (columns: Readonly<Record<string, string>>): QueryableView => ({
  name: 'v4_5_statistics_vms_resources_usage_hourly',
  description: 'VMs',
  timed: true,
  columns: new Map(Object.entries(columns).map(([name, type]) => [name, queryableColumn(name, type)])),
});
const usage = {
  history_datetime: 'timestamp with time zone',
  vm_id: 'uuid',
  vm_name: 'character varying',
  vm_status: 'smallint',
  cpu_usage_percent: 'smallint',
  memory_size_mb: 'integer',
  high_availability: 'boolean',
};
const hourly = viewOf(usage);
const daily = viewOf({ ...usage, history_datetime: 'date' });

function compiled(view: QueryableView, query: Omit<WarehouseQuery, 'view'>): { sql: string; parameters: readonly unknown[] } {
  const { sql, parameters } = statementOf(checkQuery(view, { view: view.name, ...query }), clock, 10).compile(db);
  return { sql: sql.replace(/\s+/g, ' ').trim(), parameters };
}

test('every view and every column of the warehouse is described, and has a kind and a unit', () => {
  assert.equal(viewEntries().length, 53);
  for (const { description } of viewEntries()) assert.match(description, /^[A-Z].*\.$/);
  const types = new Map([...tables.values()].flatMap((columns) => Object.entries(columns)));
  for (const name of new Set(views.flatMap(({ columns }) => columns))) {
    const { description } = queryableColumn(name, (types.get(name) ?? 'text').replace(' not null', ''));
    assert.match(description, /^[\w].*\.$/, name);
    assert.doesNotMatch(description, /[{}]/, name);
  }
  const of = (name: string, type: string): unknown[] => {
    const { kind, unit, stored } = queryableColumn(name, type);
    return [kind, unit, stored];
  };
  assert.deepEqual(of('max_cpu_usage', 'smallint'), ['number', 'percent', 'integer']);
  assert.deepEqual(of('vm_status', 'smallint'), ['choice', 'text', 'integer']);
  assert.deepEqual(of('received_total_byte', 'numeric'), ['number', 'count', 'decimal']);
  assert.deepEqual(of('history_datetime', 'date'), ['day', 'text', 'time']);
  assert.equal(queryableColumn('operating_system', 'smallint').choices?.get(18), 'Red Hat Enterprise Linux 6.x');
});

test('a query becomes one statement: names of its view, everything else as values', () => {
  const { sql, parameters } = compiled(hourly, {
    columns: [
      { name: 'history_datetime', step: 'day' },
      { name: 'vm_name' },
      { aggregate: 'count' },
      { name: 'cpu_usage_percent', aggregate: 'avg' },
    ],
    filters: [
      { column: 'vm_name', operator: 'contains', values: ["50%_'; drop table vm; --"] },
      { column: 'vm_status', operator: 'is', values: [1, 2] },
      { column: 'cpu_usage_percent', operator: 'at_least', values: [5] },
      { column: 'vm_id', operator: 'is_not_null' },
    ],
    period: { from: '2030-01-01', to: '2030-01-31' },
    sort: [{ column: 3, descending: true }, { column: 1 }],
  });
  const day = `date_trunc('day', "v"."history_datetime", 'Europe/Berlin')`;
  assert.equal(
    sql,
    `select (extract(epoch from ${day}) * 1000)::float8 as "c0", "v"."vm_name"::text as "c1", count(*)::text as "c2", avg("v"."cpu_usage_percent")::float8 as "c3"` +
      ` from "history"."v4_5_statistics_vms_resources_usage_hourly" v where "v"."vm_name" ilike any($1::text[]) and "v"."vm_status" = any($2::int[])` +
      ` and "v"."cpu_usage_percent" >= ($3::float8[])[1] and "v"."vm_id" is not null` +
      ` and "v"."history_datetime" >= ($4::date)::timestamp at time zone $5 and "v"."history_datetime" < (($6::date + 1))::timestamp at time zone $7` +
      ` group by ${day}, "v"."vm_name" order by avg("v"."cpu_usage_percent") desc nulls last, "v"."vm_name" asc nulls last limit 10`,
  );
  assert.deepEqual(parameters, [
    ["%50\\%\\_'; drop table vm; --%"],
    [1, 2],
    [5],
    '2030-01-01',
    'Europe/Berlin',
    '2030-01-31',
    'Europe/Berlin',
  ]);
});

test('days are compared as days, and the last month begins with the day a month ago', () => {
  assert.match(
    compiled(daily, { columns: [{ name: 'vm_id' }], period: { last: 'month' } }).sql,
    />= \(\(\$1::timestamptz - '1 month'::interval\) at time zone \$2\)::date limit/,
  );
  assert.match(
    compiled(daily, { columns: [{ name: 'vm_id' }], period: { to: '2030-01-31' } }).sql,
    /"history_datetime" < \(\$1::date \+ 1\) limit/,
  );
  assert.match(
    compiled(hourly, { columns: [{ name: 'vm_id' }], period: { last: 'hour' } }).sql,
    />= \$1::timestamptz - '1 hour'::interval limit/,
  );
});

test('what makes no sense is refused with its field, SQL in every place included', () => {
  const column = { columns: [{ name: 'vm_name' }] };
  const sql = "x'; drop table vm; --";
  const cases: [Omit<WarehouseQuery, 'view'>, string][] = [
    [{ columns: [{}] }, 'columns.name'],
    [{ columns: [{ name: sql }] }, 'columns.name'],
    [{ columns: [{ name: '__proto__' }] }, 'columns.name'],
    [{ columns: [{ name: 'vm_name', aggregate: 'sum' }] }, 'columns.aggregate'],
    [{ columns: [{ name: 'vm_status', aggregate: 'avg' }] }, 'columns.aggregate'],
    [{ columns: [{ name: 'vm_id', aggregate: 'max' }] }, 'columns.aggregate'],
    [{ columns: [{ name: 'vm_name', step: 'day' }] }, 'columns.step'],
    [{ columns: [{ name: 'history_datetime', step: 'day', aggregate: 'max' }] }, 'columns.step'],
    [{ columns: [{ name: 'vm_name' }, { name: 'vm_name' }] }, 'columns'],
    [{ ...column, filters: [{ column: sql, operator: 'is', values: [1] }] }, 'filters.column'],
    [{ ...column, filters: [{ column: 'vm_status', operator: 'contains', values: [1] }] }, 'filters.operator'],
    [{ ...column, filters: [{ column: 'vm_name', operator: 'less', values: ['a'] }] }, 'filters.operator'],
    [{ ...column, filters: [{ column: 'vm_name', operator: 'is' }] }, 'filters.values'],
    [{ ...column, filters: [{ column: 'vm_name', operator: 'is_null', values: ['a'] }] }, 'filters.values'],
    [{ ...column, filters: [{ column: 'vm_name', operator: 'is', values: ['x'.repeat(1001)] }] }, 'filters.values'],
    [{ ...column, filters: [{ column: 'vm_name', operator: 'is', values: ['a\0'] }] }, 'filters.values'],
    [{ ...column, filters: [{ column: 'vm_id', operator: 'is', values: [sql] }] }, 'filters.values'],
    [{ ...column, filters: [{ column: 'vm_status', operator: 'is', values: [sql] }] }, 'filters.values'],
    [{ ...column, filters: [{ column: 'cpu_usage_percent', operator: 'less', values: ['1 or 1=1'] }] }, 'filters.values'],
    [{ ...column, filters: [{ column: 'cpu_usage_percent', operator: 'less', values: [1, 2] }] }, 'filters.values'],
    [{ ...column, filters: [{ column: 'high_availability', operator: 'is', values: ['true'] }] }, 'filters.values'],
    [{ ...column, filters: [{ column: 'history_datetime', operator: 'less', values: ['yesterday'] }] }, 'filters.values'],
    [{ ...column, period: { from: '2030-02-30' } }, 'period.from'],
    [{ ...column, period: { from: '2030-02-03', to: '2030-02-02' } }, 'period.to'],
    [{ ...column, period: { last: 'day', to: '2030-02-02' } }, 'period.last'],
    [{ ...column, sort: [{ column: 1 }] }, 'sort.column'],
    [{ ...column, chart: 'line' }, 'chart'],
    [{ columns: [{ aggregate: 'count' }], chart: 'bar' }, 'chart'],
  ];
  for (const [query, field] of cases)
    assert.throws(
      () => checkQuery(hourly, { view: hourly.name, ...query }),
      (error: unknown) => error instanceof Fault && error.status === 400 && error.field === field,
      JSON.stringify(query).slice(0, 200),
    );
  assert.throws(
    () => checkQuery({ ...hourly, timed: false }, { view: 'v', ...column, period: { last: 'day' } }),
    (error: unknown) => error instanceof Fault && error.field === 'period',
  );
});

test('a result is a report: words, days, gaps, a line for each name, a chart for each unit', () => {
  const query = checkQuery(daily, {
    view: daily.name,
    columns: [
      { name: 'history_datetime' },
      { name: 'vm_status' },
      { name: 'cpu_usage_percent', aggregate: 'max' },
      { name: 'memory_size_mb', aggregate: 'avg' },
    ],
    filters: [{ column: 'vm_status', operator: 'is_not', values: [0] }],
    period: { last: 'week' },
    chart: 'line',
  });
  const found = {
    cut: false,
    rows: [
      [Date.UTC(2030, 2, 31), 1, 40, 512.5],
      [Date.UTC(2030, 3, 1), 1, null, 513],
      [Date.UTC(2030, 3, 1), 77, 3, 1],
    ],
  };
  assert.deepEqual(daysOf(query, found), ['2030-03-31', '2030-04-01']);
  const begins = new Map([
    ['2030-03-31', Date.UTC(2030, 2, 30, 23)],
    ['2030-04-01', Date.UTC(2030, 2, 31, 22)],
  ]);
  const report = resultOf(query, found, begins, 'Europe/Berlin');
  assert.deepEqual(report.points, [...begins.values()]);
  assert.deepEqual(
    report.charts.map(({ type, unit, series }) => [type, unit, series.map(({ name, values }) => [name, values])]),
    [
      [
        'line',
        'percent',
        [
          ['Up', [40, null]],
          ['77', [null, 3]],
        ],
      ],
      [
        'line',
        'megabytes',
        [
          ['Up', [512.5, 513]],
          ['77', [null, 1]],
        ],
      ],
    ],
  );
  assert.deepEqual(report.tables[0]?.rows, [
    ['2030-03-31', 'Up', 40, 512.5],
    ['2030-04-01', 'Up', null, 513],
    ['2030-04-01', '77', 3, 1],
  ]);
  assert.deepEqual(
    report.criteria.map(({ label, value }) => [label, value]),
    [
      ['Period', 'Last week'],
      ['vm_status', 'is not Down'],
    ],
  );
});
