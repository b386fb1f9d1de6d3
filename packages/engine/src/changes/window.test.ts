import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from './feed.ts';
import { gathered } from './gather.ts';
import { Window } from './window.ts';

const range = { kind: 'vm', search: '', sort: 'name', descending: false, from: 0, count: 2 } as const;
const change = (id: string, op: Change['op'], fields: string[] | null = null): Change => ({
  seq: 1,
  type: 'vm',
  id,
  op,
  version: null,
  fields,
});
const rowOf = (id: string): string => `{"id":"${id}"}`;

/** A window in which the first two of some ids stand, and how often it was looked. */
async function looking(
  first: string[],
  over: object = {},
): Promise<{ window: Window; now: (ids: string[]) => Promise<void>; looks: () => number }> {
  const window = new Window({ ...range, ...over });
  let looks = 0;
  const now = (ids: string[]): Promise<void> =>
    window.look(async ({ from, count }) => {
      looks += 1;
      return { total: ids.length, ids: ids.slice(from, from + count) };
    });
  await now(first);
  window.news(rowOf);
  return { window, now, looks: () => looks };
}
const later = (): number => performance.now() + 60_000;

test('a row that changes is told without a look, unless what it is ordered by changed', async () => {
  const { window } = await looking(['a', 'b', 'c']);
  window.note(change('a', 'update', ['status']));
  window.note(change('c', 'update', ['status']));
  assert.equal(window.isDue(later()), false, 'the order is by name');
  assert.equal(window.news(rowOf), '{"total":3,"rows":[{"id":"a"}]}', 'nothing is told of a row that stands elsewhere');
  assert.equal(window.news(rowOf), undefined, 'it is told once');
  window.note(change('c', 'update', ['name']));
  assert.equal(window.isDue(later()), true);
});

test('an object that comes into the window is told with its row, and one that leaves it is not told of any more', async () => {
  const { window, now } = await looking(['b', 'c', 'd']);
  window.note(change('c', 'update', ['status']));
  window.note(change('a', 'add'));
  await now(['a', 'b', 'c', 'd']);
  assert.equal(window.news(rowOf), '{"total":4,"ids":["a","b"],"rows":[{"id":"a"}]}');
  window.note(change('c', 'update', ['status']));
  assert.equal(window.news(rowOf), undefined);
  window.note(change('a', 'remove'));
  await now(['b', 'c', 'd']);
  assert.equal(window.news(rowOf), '{"total":3,"ids":["b","c"],"rows":[{"id":"c"}]}');
});

test('a search may find other objects after any change; an order by what lies elsewhere as well', async () => {
  for (const over of [{ search: 'status=up' }, { sort: 'ip' }]) {
    const { window } = await looking(['a', 'b'], over);
    window.note(change('z', 'update', []));
    assert.equal(window.isDue(later()), true);
  }
});

test('what is not known of a change may be anything; a look is not taken again at once', async () => {
  const { window } = await looking(['a', 'b']);
  window.note(change('z', 'update', null));
  assert.equal(window.isDue(performance.now()), false);
  assert.equal(window.isDue(later()), true);
});

test('the number of all is told although nothing in sight moved', async () => {
  const { window, now } = await looking(['a', 'b']);
  window.note(change('c', 'add'));
  await now(['a', 'b', 'c']);
  assert.equal(window.news(rowOf), '{"total":3}');
});

test('changes of one object are told as one', () => {
  const told = gathered([
    change('a', 'add'),
    change('a', 'update', ['name']),
    change('b', 'update', ['name']),
    change('b', 'update', ['host', 'name']),
    change('c', 'update', ['name']),
    change('c', 'update'),
    change('d', 'update', ['name']),
    change('d', 'remove'),
  ]);
  assert.deepEqual(
    told.map(({ id, op, fields }) => [id, op, fields]),
    [
      ['a', 'add', null],
      ['b', 'update', ['host', 'name']],
      ['c', 'update', null],
      ['d', 'remove', null],
    ],
  );
});
