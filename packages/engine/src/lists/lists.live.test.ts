// Budget: 25 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { defaultClusterId } from '../installation/fixed-ids.ts';
import { noteChange } from '../changes/outbox.ts';
import { startTestEngine, type Client, type TestEngine } from '../testing/engine.ts';
import { openStream, type EventStream } from '../testing/event-stream.ts';
import { listed } from './kinds.ts';

const add = async (test: TestEngine, name: string, more: object = {}): Promise<string> =>
  (await test.post('/vms', { name, cluster: { id: defaultClusterId }, template: { name: 'Blank' }, ...more })).body['id'];
const namesOf = (rows: { name: string }[]): string[] => rows.map((row) => row.name);
const list = async (client: Client, query: string) => (await client.get(`/virgate/api/lists?kind=vm&${query}`)).body;

async function watch(t: Parameters<typeof openStream>[0], test: TestEngine, client: Client, windows: object[], since?: number) {
  const query = new URLSearchParams({ windows: JSON.stringify(windows), ...(since === undefined ? {} : { since: String(since) }) });
  const stream = await openStream(t, test, `/virgate/api/changes?${query}`, { authorization: `Bearer ${client.token}` });
  assert.equal(stream.response.statusCode, 200);
  await stream.until('the first frame is there', () => frames(stream).length > 0);
  return stream;
}
const frames = (stream: EventStream) => stream.events.filter((event) => event.event === 'frame').map((event) => event.data);
/** What a client that takes in all frames knows of a window. */
function known(stream: EventStream, key = 'w'): { total: number; names: (string | undefined)[] } {
  const rows = new Map<string, { name: string }>();
  let [total, ids]: [number, string[]] = [-1, []];
  for (const part of frames(stream).flatMap((frame) => frame.lists?.[key] ?? [])) {
    total = part.total;
    ids = part.ids ?? ids;
    for (const row of part.rows ?? []) rows.set(row.id, row);
  }
  return { total, names: ids.map((id) => rows.get(id)?.name) };
}
const window = { key: 'w', kind: 'vm', from: 0, count: 3 };

test('parts of a list: order, search, places, ids and single objects', async (t) => {
  const test = await startTestEngine(t);
  const ids = new Map<string, string>();
  for (const name of ['vm10', 'vm2', 'VM1', 'other']) ids.set(name, await add(test, name, { description: name === 'vm2' ? 'wanted' : '' }));
  const first = await list(test, 'count=2');
  assert.deepEqual([first['total'], first['from'], namesOf(first['rows'])], [4, 0, ['other', 'VM1']], 'numbers in names count as numbers');
  assert.deepEqual(namesOf((await list(test, 'from=2&count=2'))['rows']), ['vm2', 'vm10']);
  assert.deepEqual(namesOf((await list(test, 'descending=true&count=1'))['rows']), ['vm10']);
  const found = await list(test, `search=${encodeURIComponent('name=vm* and description=wanted')}`);
  assert.deepEqual([found['total'], namesOf(found['rows'])], [1, ['vm2']]);
  assert.equal(found['rows'][0].cluster.id, defaultClusterId);
  assert.equal(found['rows'][0].os, undefined, 'lists do not show it');
  assert.equal((await list(test, 'search=nonsense%20%3D%20%3D'))['total'], 0);
  const all = (await test.get('/virgate/api/lists/ids?kind=vm&sort=description&descending=true')).body;
  assert.deepEqual([all['ids'].length, all['ids'][0]], [4, ids.get('vm2')]);
  assert.deepEqual(namesOf((await list(test, `ids=${ids.get('vm10')},${ids.get('VM1')}`))['rows']), ['vm10', 'VM1']);
  for (const [kind, { orders }] of Object.entries(listed))
    for (const sort of Object.keys(orders))
      assert.equal((await test.get(`/virgate/api/lists?kind=${kind}&sort=${sort}&descending=true`)).status, 200, `${kind} by ${sort}`);
  for (const [query, field] of [
    ['sort=taste', 'sort'],
    ['count=501', 'count'],
    ['from=-1', 'from'],
    ['ids=x', 'ids'],
  ]) {
    const answer = await test.get(`/virgate/api/lists?kind=vm&${query}`);
    assert.deepEqual([answer.status, answer.body['code'], answer.body['field']], [400, 'invalid_value', field], query);
  }

  const user = await test.user('owner', [{ role: 'UserRole', object: { type: 'vm', id: ids.get('vm2') ?? '' } }]);
  assert.deepEqual(namesOf((await list(user, ''))['rows']), ['vm2']);
  assert.deepEqual((await list(user, `ids=${ids.get('vm10')}`))['rows'], []);
  const counts = async (client: Client, query: string) =>
    (await client.get(`/virgate/api/counts?${query}`)).body.map((one: Record<string, unknown>) => Object.values(one));
  await sql`update vm_state set status = 'up' where vm_id = ${ids.get('vm2')}`.execute(test.engine.db);
  const gib = 1024 ** 3;
  assert.deepEqual(await counts(test, 'kind=vm&by=cluster'), [[defaultClusterId, 4, 1, 4, 4 * gib]]);
  assert.deepEqual(await counts(test, 'kind=vm&by=status'), [
    ['down', 3, 0, 3, 3 * gib],
    ['up', 1, 1, 1, gib],
  ]);
  assert.deepEqual(await counts(user, 'kind=vm&by=cluster'), [[defaultClusterId, 1, 1, 1, gib]]);
  assert.equal((await user.get('/virgate/api/counts?kind=vm&by=host')).status, 400, 'a filtered view shows no hosts');
  assert.equal((await test.get('/virgate/api/counts?kind=host&by=pool')).body['field'], 'by');
});

test('names alone: those that begin so, each once, what is seen, and of many the outermost', async (t) => {
  const test = await startTestEngine(t);
  const ids = new Map<string, string>();
  for (const name of ['web10', 'web2', 'Web3', 'we_b', 'a']) ids.set(name, await add(test, name));
  const names = async (client: Client, query: string) => (await client.get(`/virgate/api/names?${query}`)).body;
  assert.deepEqual(await names(test, 'kind=vm&beginning=we'), { total: 3, names: ['web10', 'web2', 'we_b'].toSorted() });
  assert.deepEqual(await names(test, 'kind=vm&beginning=we_'), { total: 1, names: ['we_b'] }, 'signs of patterns stand for themselves');
  const few = await names(test, 'kind=vm&max=1');
  assert.equal(few['total'], 5);
  assert.ok(
    ['Web3', 'web2'].every((name) => few['names'].includes(name)) && few['names'].length <= 3,
    `first and outermost: ${few['names'].join(' ')}`,
  );
  const user = await test.user('owner', [{ role: 'UserRole', object: { type: 'vm', id: ids.get('web2') ?? '' } }]);
  assert.deepEqual(await names(user, 'kind=vm'), { total: 1, names: ['web2'] });
  assert.deepEqual(await names(test, 'kind=template'), { total: 1, names: ['Blank'] }, 'templates are no VMs');
  for (const kind of ['instance_type', 'host', 'cluster', 'data_center', 'storage_domain', 'disk', 'network', 'vnic_profile', 'vm_pool'])
    assert.ok(Array.isArray((await names(test, `kind=${kind}`))['names']), kind);
  assert.equal((await names(test, 'kind=nothing'))['field'], 'kind');
});

test('a window is told what comes into it, leaves it and changes in it, and of nothing else', async (t) => {
  const test = await startTestEngine(t);
  const ids = new Map<string, string>();
  for (const name of ['b', 'c', 'd', 'e']) ids.set(name, await add(test, name));
  const stream = await watch(t, test, test, [window, { key: 'one', kind: 'vm', ids: [ids.get('e')] }]);
  assert.deepEqual(known(stream), { total: 4, names: ['b', 'c', 'd'] });
  ids.set('a', await add(test, 'a'));
  await stream.until('a comes in', () => known(stream).names.join() === 'a,b,c' && known(stream).total === 5);
  await test.put(`/vms/${ids.get('c')}`, { name: 'z' });
  await stream.until('c has left', () => known(stream).names.join() === 'a,b,d');
  await test.put(`/vms/${ids.get('b')}`, { comment: 'changed' });
  await stream.until('its row is told', () => frames(stream).some((frame) => frame.lists?.w?.rows?.[0]?.comment === 'changed'));
  const before = frames(stream).length;
  await test.put(`/vms/${ids.get('c')}`, { comment: 'out of sight' });
  await stream.until('something changed', () => frames(stream).length > before);
  assert.deepEqual([frames(stream).at(-1).lists, frames(stream).at(-1).touched], [undefined, ['vm']]);
  await test.put(`/vms/${ids.get('e')}`, { comment: 'watched' });
  await stream.until('the watched one is told', () =>
    frames(stream).some((frame) => frame.changes?.some((one: { id: string }) => one.id === ids.get('e'))),
  );
  assert.ok(
    !frames(stream).some((frame) =>
      frame.changes?.some((one: { type: string; id: string }) => one.type === 'vm' && one.id !== ids.get('e')),
    ),
  );
  await test.delete(`/vms/${ids.get('a')}`);
  await stream.until('a is gone', () => known(stream).total === 4 && !known(stream).names.includes('a'));
  await test.put(`/clusters/${defaultClusterId}`, { comment: 'told as ever' });
  await stream.until('other kinds are told', () =>
    frames(stream).some((frame) => frame.changes?.some((one: { type: string }) => one.type === 'cluster')),
  );
});

test('who comes back is told what he missed, and only that', async (t) => {
  const test = await startTestEngine(t);
  const ids = [await add(test, 'a'), await add(test, 'b'), await add(test, 'c')];
  const stream = await watch(t, test, test, [window]);
  await test.put(`/vms/${ids[0]}`, { comment: 'seen' });
  await stream.until('it is told', () => frames(stream).some((frame) => frame.lists?.w?.rows?.[0]?.comment === 'seen'));
  const { seq } = frames(stream).at(-1);
  stream.close();
  await test.put(`/vms/${ids[1]}`, { comment: 'missed' });
  await test.put(`/clusters/${defaultClusterId}`, { comment: 'missed' });
  await delay(1000);
  const again = await watch(t, test, test, [{ ...window, since: seq }], seq);
  const [first] = frames(again);
  assert.deepEqual(first.lists.w.ids, ids);
  assert.deepEqual(
    first.lists.w.rows.map((row: { comment: string }) => row.comment),
    ['missed'],
  );
  assert.deepEqual(
    first.changes.map((one: { type: string }) => one.type).filter((type: string) => type !== 'event'),
    ['cluster'],
  );
  const anew = await watch(t, test, test, [window], seq);
  assert.equal(frames(anew)[0].lists.w.rows.length, 3, 'who has read nothing gets all rows');
  assert.equal((await test.get(`/virgate/api/changes?windows=[]&since=99999999`)).status, 410);
  for (const windows of [
    'x',
    '{}',
    '[{"key":"a b","kind":"vm","count":1}]',
    '[{"key":"a","kind":"host","count":1}]',
    '[{"key":"a","kind":"vm","count":501}]',
    '[{"key":"a","kind":"vm","count":1,"sort":"taste"}]',
    '[{"key":"a","kind":"vm","ids":["x"]}]',
  ])
    assert.equal((await test.get(`/virgate/api/changes?windows=${encodeURIComponent(windows)}`)).status, 400, windows);
});

test('everybody is told of what he sees; who sees other things than before begins anew', async (t) => {
  const test = await startTestEngine(t);
  const [mine, other] = [await add(test, 'mine'), await add(test, 'other')];
  const user = await test.user('owner', [{ role: 'UserRole', object: { type: 'vm', id: mine } }]);
  const boss = await test.user('boss', [{ role: 'SuperUser', object: { type: 'system', id: 'aaa00000-0000-0000-0000-123456789aaa' } }]);
  const [own, all] = [await watch(t, test, user, [window]), await watch(t, test, boss, [window])];
  assert.deepEqual([known(own).names, known(all).names], [['mine'], ['mine', 'other']]);
  await test.put(`/vms/${other}`, { comment: 'hidden' });
  await test.put(`/vms/${mine}`, { comment: 'shown' });
  await own.until('his own is told', () => frames(own).some((frame) => frame.lists?.w?.rows?.[0]?.comment === 'shown'));
  assert.ok(!JSON.stringify(own.events).includes('hidden'));
  for (const [stream, { id }] of [
    [own, user],
    [all, boss],
  ] as const) {
    for (const { id: permission } of (await test.get(`/users/${id}/permissions`)).body['permission'] ?? [])
      await test.delete(`/users/${id}/permissions/${permission}`);
    await stream.until('it is told and the stream ends', ({ events, ended }) => ended && events.some((event) => event.event === 'resync'));
  }
  await test.put(`/vms/${mine}`, { comment: 'no longer' });
  assert.equal((await list(user, ''))['total'], 0);
  const again = await watch(t, test, user, [window]);
  assert.deepEqual(known(again), { total: 0, names: [] });
});

test('who takes less than is sent holds nobody up, and is told later that something was left out', async (t) => {
  const test = await startTestEngine(t);
  const ids: string[] = [];
  for (let n = 0; n < 20; n += 1) ids.push(await add(test, `vm${n}`));
  await sql`update vm set description = repeat('x', 100000) where id = any(${ids}::uuid[])`.execute(test.engine.db);
  const wide = { ...window, count: 20 };
  const slow = await watch(t, test, test, [wide]);
  slow.response.pause();
  const quick = await watch(t, test, test, [wide]);
  const hears = (stream: EventStream, round: number) => frames(stream).at(-1)?.lists?.w?.rows?.at(-1)?.comment === `round ${round}`;
  const touch = async (round: number): Promise<void> => {
    await sql`update vm set comment = ${`round ${round}`} where id = any(${ids}::uuid[])`.execute(test.engine.db);
    await noteChange(test.engine.db, 'vm', ids, 'update');
    // On a machine that is busy he may fall behind for a moment as well.
    await quick.until(`round ${round} is told`, () => hears(quick, round) || frames(quick).at(-1)?.reload === true);
  };
  // As much as the sockets between the two hold, and more.
  for (let round = 0; round < 12; round += 1) await touch(round);
  slow.response.resume();
  await slow.until('he is told', () => frames(slow).some((frame) => frame.reload === true));
  await touch(12);
  await slow.until('he hears again', () => hears(slow, 12));
  assert.ok(frames(slow).length < frames(quick).length);
});
