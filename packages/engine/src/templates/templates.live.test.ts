import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';

test('templates are changed; what was made of them stays', async (t) => {
  const { get, post, put, user } = await startTestEngine(t);
  const whole = { expect: '201-created' };
  const vm = await post('/vms', { name: 'source', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } });
  assert.equal(vm.status, 201, vm.text);
  const made = await post('/templates', { name: 'mould', vm: { id: vm.body['id'] } }, whole);
  assert.equal(made.status, 201, made.text);
  const second = await post(
    '/templates',
    { name: 'mould', vm: { id: vm.body['id'] }, version: { base_template: { id: made.body['id'] }, version_name: 'two' } },
    whole,
  );
  assert.equal(second.status, 201, second.text);
  const other = await post('/templates', { name: 'other', vm: { id: vm.body['id'] } }, whole);
  const child = await post('/vms', { name: 'child', cluster: { id: defaultClusterId }, template: { id: made.body['id'] } });
  const path = `/templates/${made.body['id']}`;
  const mib = 1024 ** 2;
  const changed = await put(path, {
    description: 'better',
    memory: 512 * mib,
    cpu: { topology: { sockets: 2, cores: 2, threads: 1 } },
    high_availability: { enabled: true },
    display: { type: 'spice' },
  });
  assert.equal(changed.status, 200, changed.text);
  const seen = (await get(path)).body;
  assert.deepEqual(
    [seen['name'], seen['description'], seen['memory'], seen['cpu'].topology.sockets, seen['high_availability'].enabled],
    ['mould', 'better', String(512 * mib), '2', 'true'],
  );
  assert.ok(Number(seen['memory_policy'].guaranteed) <= 512 * mib);
  const event = (await get('/events?max=1')).body['event'][0];
  assert.deepEqual([event.code, event.template.id], ['49', made.body['id']]);
  assert.notEqual((await get(`/vms/${child.body['id']}`)).body['memory'], String(512 * mib));
  const later = await post('/vms', { name: 'later', cluster: { id: defaultClusterId }, template: { id: made.body['id'] } });
  assert.deepEqual([later.body['memory'], later.body['display'].type], [String(512 * mib), 'spice']);
  const vnc = await put(`/vms/${later.body['id']}`, { display: { type: 'vnc' } });
  assert.deepEqual([vnc.status, vnc.body['display'].type], [200, 'vnc']);
  assert.equal((await get(path)).body['display'].type, 'spice');

  assert.equal((await put(path, { name: 'form' })).status, 200);
  const versions = (await get('/templates?search=name%3Dform sortby version_number')).body['template'];
  assert.deepEqual(
    versions.map((one: { version: { version_number: string; version_name: string } }) => [
      one.version.version_number,
      one.version.version_name,
    ]),
    [
      ['1', 'base version'],
      ['2', 'two'],
    ],
  );
  assert.equal(
    (await put(`/templates/${second.body['id']}`, { version: { version_name: 'second' } })).body['version'].version_name,
    'second',
  );

  const taken = await put(path, { name: 'other' });
  assert.deepEqual([taken.status, /name/i.test(taken.text)], [409, true], taken.text);
  assert.equal((await put(path, { name: '' })).status, 400);
  assert.equal((await put(path, { id: other.body['id'] })).status, 409);
  assert.equal((await put(`/templates/${blankTemplateId}`, { name: 'White' })).status, 400);
  assert.equal((await get(path)).body['name'], 'form');
  const nobody = await user('nobody', [{ role: 'UserTemplateBasedVm', object: { type: 'template', id: made.body['id'] } }]);
  assert.equal((await nobody.put(path, { comment: 'x' })).status, 403);
  const keeper = await user('keeper', [{ role: 'TemplateOwner', object: { type: 'template', id: made.body['id'] } }]);
  assert.equal((await keeper.put(path, { comment: 'mine' })).status, 200);
});

test('a template stays as long as a VM is made of it; a clone is made of nothing', async (t) => {
  const { get, post, delete: del } = await startTestEngine(t);
  const add = async (path: string, body: object): Promise<string> => {
    const answer = await post(path, body, { expect: '201-created' });
    assert.equal(answer.status, 201, answer.text);
    return answer.body['id'] as string;
  };
  const cluster = { id: defaultClusterId };
  const source = await add('/vms', { name: 'source', cluster, template: { id: blankTemplateId } });
  const template = await add('/templates', { name: 'mould', vm: { id: source } });
  const child = await add('/vms', { name: 'child', cluster, template: { id: template } });
  const clone = await add('/vms?clone=true', { name: 'clone', cluster, template: { id: template } });
  const refused = await del(`/templates/${template}`);
  assert.equal(refused.status, 409, refused.text);
  assert.match(refused.text, /child/);
  assert.doesNotMatch(refused.text, /clone/);
  const made = (await get(`/vms/${clone}`)).body;
  assert.deepEqual([made['template'].id, made['original_template'].id], [blankTemplateId, template]);
  assert.equal((await del(`/vms/${child}`)).status, 200);
  assert.equal((await del(`/templates/${template}`)).status, 200);
  assert.equal((await get(`/templates/${template}`)).status, 404);
});
