import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  downloadAddress,
  draftOf,
  emptyDraft,
  isComplete,
  orderOf,
  queryOf,
  querySearch,
  sorted,
  takenAs,
  taking,
  withoutColumn,
} from './draft.ts';
import type { WarehouseColumn, WarehouseQuery } from './query.ts';

const query: WarehouseQuery = {
  view: 'v4_5_statistics_vms_resources_usage_hourly',
  columns: [{ name: 'history_datetime', step: 'day' }, { aggregate: 'count' }, { name: 'cpu_usage_percent', aggregate: 'avg' }],
  filters: [
    { column: 'vm_status', operator: 'is', values: [1, 2] },
    { column: 'vm_name', operator: 'contains', values: ['a, b'] },
    { column: 'high', operator: 'is', values: [false] },
    { column: 'vm_ip', operator: 'is_null' },
  ],
  period: { last: 'month' },
  sort: [{ column: 2, descending: true }],
  limit: 50,
  chart: 'line',
};
const columns = [
  { name: 'vm_status', kind: 'choice' },
  { name: 'vm_name', kind: 'text' },
  { name: 'high', kind: 'boolean' },
].map((column) => ({ ...column, description: '', unit: 'text' })) as WarehouseColumn[];

test('a query becomes fields and the same query again', () => {
  assert.deepEqual(queryOf(draftOf(query), columns), query);
  assert.deepEqual(queryOf(draftOf({ view: 'v', columns: [{ name: 'a' }] }), columns), { view: 'v', columns: [{ name: 'a' }] });
  assert.equal(new URLSearchParams(downloadAddress(query, 'csv').split('?')[1]).get('query'), JSON.stringify(query));
});

test('an address that holds no query holds nothing', () => {
  assert.deepEqual(querySearch({ query }), { query });
  for (const value of [
    undefined,
    'x',
    1,
    [],
    {},
    { view: 1, columns: [] },
    { view: 'v', columns: ['a'] },
    { view: 'v', columns: [], filters: {} },
    { ...query, period: 'x' },
  ])
    assert.deepEqual(querySearch({ query: value }), {}, JSON.stringify(value));
});

test('what is sorted by stays so when columns go and come', () => {
  const draft = withoutColumn(draftOf(query), 0);
  assert.deepEqual([draft.columns.length, draft.sort], [2, [{ column: 1, descending: true }]]);
  assert.deepEqual(withoutColumn(draft, 1).sort, []);
  const both = sorted(sorted(draft, 0, 'ascending'), 1, 'ascending');
  assert.deepEqual(both.sort, [
    { column: 0, descending: false },
    { column: 1, descending: false },
  ]);
  assert.deepEqual([orderOf(draft, 1), orderOf(both, 1), orderOf(sorted(both, 1, 'none'), 1)], ['descending', 'ascending', 'none']);
});

test('a filter needs a value unless it asks for none, a query needs columns', () => {
  const filter = { column: 'vm_name', operator: 'contains', values: [''] } as const;
  const asked = { ...emptyDraft, view: 'v', columns: [{ name: 'vm_name' }] };
  assert.deepEqual(
    [
      isComplete(emptyDraft),
      isComplete(asked),
      isComplete({ ...asked, filters: [filter] }),
      isComplete({ ...asked, filters: [{ ...filter, operator: 'is_null' }] }),
    ],
    [false, true, false, true],
  );
});

test('of a column it is known what is made of it', () => {
  for (const [name, taken] of [
    ['a', 'plain'],
    ['a', 'day'],
    ['a', 'avg'],
    [undefined, 'count'],
  ] as const)
    assert.equal(takenAs(taking(name, taken)), taken);
  assert.deepEqual(taking('a', 'week'), { name: 'a', step: 'week' });
});
