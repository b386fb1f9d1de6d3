// Budget: 30 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { addObjects, plausibleBody } from '../testing/objects.ts';
import { typeOfService } from '@virgate/contract/routes';
import { Places } from '../testing/places.ts';

const xml = { accept: 'application/xml' };

test('what a client has already is not sent again', async (t) => {
  const { get, put } = await startTestEngine(t);
  const path = `/clusters/${defaultClusterId}`;
  const first = await get(path);
  const tag = String(first.headers['etag']);
  assert.match(tag, /^"[\w.-]+"$/);
  assert.equal((await get(path)).headers['etag'], tag, 'the same object has the same tag');
  assert.notEqual((await get(path, xml)).headers['etag'], tag, 'another form has another tag');
  for (const named of [tag, `"x", W/${tag}`, '*']) {
    const again = await get(path, { 'if-none-match': named });
    assert.deepEqual([again.status, again.text, again.headers['etag']], [304, '', tag], named);
  }
  const coded = await get(path, { 'accept-encoding': 'gzip' });
  assert.notEqual(coded.headers['etag'], tag);
  assert.equal((await get(path, { 'accept-encoding': 'gzip', 'if-none-match': String(coded.headers['etag']) })).status, 304);
  const list = await get('/clusters');
  assert.equal((await get('/clusters', { 'if-none-match': String(list.headers['etag']) })).status, 304);
  const changed = await put(path, { comment: 'another' });
  assert.equal(changed.status, 200);
  assert.equal(String(changed.headers['etag']).split('.')[0], String((await get(path)).headers['etag']).split('.')[0]);
  assert.equal((await get(path, { 'if-none-match': tag })).status, 200);
  assert.equal((await get('/clusters', { 'if-none-match': String(list.headers['etag']) })).status, 200);
});

test('nobody overwrites what another has changed since', async (t) => {
  const { call, get, post, put } = await startTestEngine(t);
  const { id } = (await post('/vms', { name: 'v', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } })).body;
  const path = `/vms/${id}`;
  const read = async (as: Record<string, string> = {}, query = ''): Promise<string> =>
    String((await get(`${path}${query}`, as)).headers['etag']);
  const change = (tag: string, body: object) => call('PUT', path, { body, headers: { 'if-match': tag } });
  const seen = await read();
  assert.equal((await change(seen, { comment: 'mine' })).status, 200);
  const late = await change(seen, { comment: 'yours' });
  assert.equal(late.status, 412);
  assert.equal(late.body['reason'], 'Precondition Failed');
  assert.equal((await get(path)).body['comment'], 'mine');
  // Whatever form it was read in, with whatever inline.
  for (const tag of [
    await read(xml),
    await read({}, '?follow=nics,disk_attachments'),
    await read({ 'accept-encoding': 'br' }),
    await read({}, '?all_content=true'),
  ])
    assert.equal((await change(`"nothing", ${tag}`, {})).status, 200, tag);
  for (const tag of ['"nothing"', `W/${await read()}`, 'nothing']) assert.equal((await change(tag, { comment: 'x' })).status, 412, tag);
  assert.equal((await change('*', { comment: 'any' })).status, 200);
  // Two at once that have seen the same: one of them wins, each time.
  for (let round = 0; round < 12; round += 1) {
    const tag = await read();
    const answers = await Promise.all([0, 1, 2].map((who) => change(tag, { comment: `${round}-${who}` })));
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 412, 412],
      `round ${round}`,
    );
    const winner = answers.findIndex(({ status }) => status === 200);
    assert.equal((await get(path)).body['comment'], `${round}-${winner}`);
  }
  // One who sends no condition, and one who does: if the second is told 200, he had seen the first's change or overtook it.
  for (let round = 0; round < 6; round += 1) {
    const tag = await read();
    const [plain, careful] = await Promise.all([
      put(path, { description: `plain-${round}` }),
      change(tag, { comment: `careful-${round}` }),
    ]);
    assert.equal(plain.status, 200);
    const { comment, description } = (await get(path)).body;
    assert.equal(description, `plain-${round}`, 'the change without a condition stays');
    assert.equal(comment === `careful-${round}`, careful.status === 200);
  }
  const old = await read();
  assert.equal((await put(path, { comment: 'newer' })).status, 200);
  const start = await call('POST', `${path}/start`, { body: {}, headers: { 'if-match': old } });
  assert.equal(start.status, 412);
  assert.equal(start.body['status'], 'failed');
  assert.equal((await call('DELETE', path, { headers: { 'if-match': old } })).status, 412);
  assert.equal((await get(path)).status, 200);
  assert.equal((await call('DELETE', path, { headers: { 'if-match': await read() } })).status, 200);
  assert.equal((await call('DELETE', path, { headers: { 'if-match': old } })).status, 404);
});

test('every change of an object that can be read honours the version that a client has seen', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  const places = new Places(test, ids);
  const tried: string[] = [];
  for (const { route, path, name } of await places.all()) {
    if (route.http !== 'PUT' || tried.includes(name)) continue;
    const read = await test.get(path);
    if (read.status !== 200) continue;
    const type = typeOfService(route.service);
    const body = type === undefined ? {} : plausibleBody(type, ids);
    const refused = await test.call('PUT', path, { body, headers: { 'if-match': '"nothing.nothing"' } });
    tried.push(name);
    if (![400, 404, 409, 501].includes(refused.status)) assert.equal(refused.status, 412, `${name}: ${refused.text.slice(0, 200)}`);
    assert.equal((await test.get(path)).headers['etag'], read.headers['etag'], `${name} has changed nothing`);
  }
  assert.ok(tried.length > 15, tried.join());
});
