// Budget: 20 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { drawIcon } from './draw.ts';

const picture = (letters: string, width = 150): object => ({
  media_type: 'image/png',
  data: drawIcon({ width, height: 120, letters, colour: [10, 20, 200] }).toString('base64'),
});

test('VMs and templates are shown with the pictures that they were given', async (t) => {
  const { get, post, put, engine } = await startTestEngine(t);
  const vm = { cluster: { id: defaultClusterId }, template: { id: blankTemplateId } };
  const made = await post('/vms', { ...vm, name: 'pictured', large_icon: picture('A') });
  assert.equal(made.status, 201, made.text);
  const { id, large_icon: large, small_icon: small } = made.body;
  const icon = (await get(`/icons/${large.id}`)).body;
  assert.deepEqual({ media_type: icon['media_type'], data: icon['data'] }, picture('A'));
  assert.equal(small.id, large.id, 'the small one is the large one where it is not given');
  const changed = await put(`/vms/${id}`, { small_icon: picture('B', 40) });
  assert.equal(changed.body['large_icon'].id, large.id);
  assert.notEqual(changed.body['small_icon'].id, large.id);
  const template = await post('/templates', { name: 'mould', vm: { id } }, { expect: '201-created' });
  assert.equal(template.body['large_icon'].id, large.id);
  assert.equal((await put(`/templates/${template.body['id']}`, { large_icon: { id: changed.body['small_icon'].id } })).status, 200);
  const child = await post('/vms', { ...vm, name: 'child', template: { id: template.body['id'] } });
  assert.equal(child.body['large_icon'].id, changed.body['small_icon'].id);
  assert.equal((await post('/vms', { ...vm, name: 'same', large_icon: picture('A') })).body['large_icon'].id, large.id, 'stored once');

  const icons = async () => (await engine.db.selectFrom('icon').select('id').execute()).length;
  const before = await icons();
  for (const [wrong, text] of [
    [{ media_type: 'image/png', data: 'AAAA' }, /PNG, JPEG or GIF/],
    [{ ...picture('C'), media_type: 'image/gif' }, /media_type: /],
    [picture('D', 151), /150 pixels wide/],
    [{ media_type: 'image/png', data: 'no base 64!' }, /image in Base64/],
    [{ media_type: 'image/png', data: Buffer.alloc(25_000).toString('base64') }, /at most 24 KiB/],
    [{ id: id as string }, /no icon of this id/],
  ] as const) {
    const answer = await put(`/vms/${id}`, { large_icon: wrong });
    assert.deepEqual([answer.status, (await post('/vms', { ...vm, name: 'wrong', large_icon: wrong })).status], [400, 400], answer.text);
    assert.match(answer.body['detail'], text);
  }
  assert.equal(await icons(), before);
  assert.equal((await get(`/vms/${id}`)).body['large_icon'].id, large.id);
});
