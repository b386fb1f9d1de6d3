import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { LiveList, type ReadPart } from './live-list.ts';

type Row = { id: string; n?: number };
const query = { kind: 'vm', search: '', sort: 'name', descending: false } as const;
const idsOf = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, at) => String(from + at));

/** A list of so many rows, and what of it was asked for. */
function listOf(count: number): { list: LiveList<Row>; asked: string[]; rows: string[]; ranges: () => number } {
  const asked: string[] = [];
  const rows = idsOf(0, count);
  let ranges = 0;
  const read: ReadPart = async (part) => {
    asked.push('ids' in part ? part.ids.join() : `${part.from}+${part.count}`);
    const ids = 'ids' in part ? part.ids : rows.slice(part.from, part.from + part.count);
    return { seq: 7, total: rows.length, from: 'from' in part ? part.from : 0, ids, rows: ids.map((id) => ({ id })) };
  };
  return { list: new LiveList<Row>(query, 'k', read, () => (ranges += 1)), asked, rows, ranges: () => ranges };
}
const settled = async (): Promise<void> => {
  for (let turns = 0; turns < 20; turns += 1) await turn();
};

test('a list begins with its first page and loads those around what is in sight, no others', async () => {
  const { list, asked } = listOf(1000);
  list.start();
  assert.equal(list.total, undefined);
  await settled();
  assert.deepEqual([asked, list.total, list.at(99)?.id, list.at(100)], [['0+100'], 1000, '99', undefined]);
  list.want(0, 30);
  await settled();
  assert.deepEqual(asked, ['0+100', '100+100']);
  list.want(520, 550);
  await settled();
  assert.deepEqual(asked.slice(2).toSorted(), ['400+100', '500+100', '600+100']);
  assert.deepEqual([list.at(0), list.at(520)?.id], [undefined, '520'], 'what is out of sight is not held');
  assert.deepEqual(list.watched(), { key: 'k.400-300', ...query, from: 400, count: 300, since: 7 });
});

test('what a frame tells is shown; of other places than are watched it is not', async () => {
  const { list } = listOf(150);
  list.start();
  await settled();
  list.want(0, 30);
  await settled();
  const key = 'k.0-200';
  const before = list.version();
  list.take('k.0-100', { total: 1, ids: [] }, 8);
  assert.equal(list.version(), before);
  const row = list.at(3);
  list.take(key, { total: 150, rows: [{ id: '2', n: 1 }] }, 9);
  assert.deepEqual([list.at(2)?.n, list.at(3) === row], [1, true], 'rows that are the same stay the same');
  list.take(key, { total: 149, ids: idsOf(1, 150) }, 10);
  assert.deepEqual([list.total, list.at(0)?.id, list.at(148)?.id, list.at(149)], [149, '1', '149', undefined]);
  assert.equal(list.watched()?.key, key);
  list.take(key, { total: 150, ids: ['new', ...idsOf(1, 150)], rows: [{ id: 'new' }] }, 11);
  assert.deepEqual([list.at(0)?.id, list.at(1)?.id], ['new', '1']);
});

test('a row that moved in without having changed is read', async () => {
  const { list, asked } = listOf(50);
  list.start();
  await settled();
  list.take('k.0-100', { total: 50, ids: [...idsOf(0, 49), 'other'] }, 8);
  assert.equal(list.at(49), undefined);
  await settled();
  assert.deepEqual([asked.at(-1), list.at(49)?.id], ['other', 'other']);
});

test('a list that shrank keeps no places beyond its end', async () => {
  const { list, rows } = listOf(300);
  list.start();
  await settled();
  list.want(200, 299);
  await settled();
  rows.length = 0;
  list.take('k.100-200', { total: 0, ids: [] }, 8);
  assert.deepEqual([list.total, list.at(200)], [0, undefined]);
  list.want(0, 0);
  await settled();
  assert.equal(list.total, 0);
});

test('after a break what is held is read again, and shown meanwhile', async () => {
  const { list, asked } = listOf(50);
  list.start();
  await settled();
  list.reload();
  assert.equal(list.at(0)?.id, '0');
  assert.equal(list.watched()?.key, 'k.0-100');
  await settled();
  assert.deepEqual(asked, ['0+100', '0+100']);
});

test('a first page that fails is told, and asked for again', async () => {
  let fails = true;
  const read: ReadPart = async () => {
    if (fails) throw new Error('no');
    return { seq: 1, total: 0, from: 0, ids: [], rows: [] };
  };
  const list = new LiveList<Row>(query, 'k', read, () => undefined);
  list.start();
  await settled();
  assert.match(String(list.error), /no/);
  fails = false;
  list.reload();
  await settled();
  assert.deepEqual([list.error, list.total], [null, 0]);
});
