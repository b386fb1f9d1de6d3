import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { SYSTEM_ID } from '../access/objects.ts';
import { startTestEngine } from '../testing/engine.ts';

test('bookmarks are added, changed, removed, and refused where they must be', async (t) => {
  const { get, post, put, delete: remove, user } = await startTestEngine(t);
  const made = await post('/bookmarks', { name: 'busy', value: 'Vms: cpu_usage > 90' });
  assert.equal(made.status, 201, made.text);
  const path = `/bookmarks/${made.body['id']}`;
  assert.equal((await get(path)).body['value'], 'Vms: cpu_usage > 90');
  assert.equal((await get('/events?max=1')).body['event'][0].code, '350');
  const changed = await put(path, { value: 'Vms: status = up' });
  assert.deepEqual([changed.status, changed.body['name'], changed.body['value']], [200, 'busy', 'Vms: status = up']);
  for (const [body, status] of [
    [{ name: 'Busy', value: 'x' }, 409],
    [{ name: 'other' }, 400],
    [{ value: 'x' }, 400],
    [{ name: '', value: 'x' }, 400],
    [{ name: 'x'.repeat(41), value: 'x' }, 400],
    [{ name: 'long', value: 'x'.repeat(301) }, 400],
  ] as const)
    assert.equal((await post('/bookmarks', body)).status, status, JSON.stringify(body));
  const nobody = await user('nobody');
  assert.equal((await nobody.get('/bookmarks')).body['bookmark'].length, 1);
  assert.equal((await nobody.post('/bookmarks', { name: 'a', value: 'b' })).status, 403);
  assert.equal((await nobody.delete(path)).status, 403);
  const keeper = await user('keeper', [{ role: 'BookmarkManager', object: { type: 'system', id: SYSTEM_ID } }]);
  assert.equal((await keeper.delete(path)).status, 200);
  assert.equal((await get(path)).status, 404);
  assert.equal((await remove(`/bookmarks/${randomUUID()}`)).status, 404);
});
