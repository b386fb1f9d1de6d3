import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json } from '@virgate/database';
import { blankTemplateId, defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { addObjects } from '../testing/objects.ts';

test('hosts, pinned processors and custom properties of a VM take permits of their own', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  const pinned = { placement_policy: { affinity: 'pinned', hosts: { host: [{ id: ids['hosts'] }] } } };
  const tuned = { cpu: { cpu_tune: { vcpu_pins: { vcpu_pin: [{ vcpu: 0, cpu_set: '0' }] } } } };
  const custom = { custom_properties: { custom_property: [{ name: 'viodiskcache', value: 'writethrough' }] } };
  const owner = await test.user('owner', [
    { role: 'VmCreator', object: { type: 'cluster', id: defaultClusterId } },
    { role: 'UserTemplateBasedVm', object: { type: 'template', id: blankTemplateId } },
  ]);
  const vm = (name: string, more = {}) => ({ name, cluster: { id: defaultClusterId }, template: { id: blankTemplateId }, ...more });
  const made = await owner.post('/vms', vm('his'));
  assert.equal(made.status, 201, made.text);
  const path = `/vms/${made.body['id']}`;
  for (const [more, permit] of [
    [pinned, /edit_admin_vm_properties/],
    [tuned, /edit_admin_vm_properties/],
    [custom, /change_vm_custom_properties/],
  ] as const) {
    const added = await owner.post('/vms', vm('another', more));
    assert.deepEqual([added.status, permit.test(added.text)], [403, true], added.text);
  }
  for (const more of [pinned, tuned]) {
    const changed = await owner.put(path, more);
    assert.deepEqual([changed.status, /edit_admin_vm_properties/.test(changed.text)], [403, true], changed.text);
    assert.equal((await test.put(path, more)).status, 200);
    assert.equal((await owner.put(path, { ...more, comment: 'his' })).status, 200, 'what it is already');
  }
  assert.equal((await owner.get('/vms')).body['vm'].length, 1, 'nothing else was made');
});

test('what is protected from deletion stays, VM and template', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  for (const path of [`/vms/${ids['vms']}`, `/templates/${ids['templates']}`]) {
    assert.equal((await test.put(path, { delete_protected: true })).status, 200);
    const refused = await test.delete(path);
    assert.equal(refused.status, 409, refused.text);
    assert.match(refused.text, /\[Cannot remove (VM|Template)\. /);
    assert.equal((await test.get(path)).body['delete_protected'], 'true');
  }
});

test('a console that somebody looks at is his, in the portal too', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  const { db } = test.engine;
  const vm = ids['vms'] as string;
  const running = { status: 'up', host_id: ids['hosts'] as string, graphics: json([{ type: 'vnc', port: '5900', host: '' }]) };
  await db.updateTable('vm_state').set(running).where('vm_id', '=', vm).execute();
  const first = await test.user('first');
  const looks = { vm_id: vm, user_id: first.id, user_name: 'first', protocol: 'vnc', client_address: '192.0.2.7' };
  await db.insertInto('vm_console_user').values(looks).execute();
  const other = await test.user('other', [{ role: 'UserRole', object: { type: 'vm', id: vm } }]);
  // The portal's clients are known by a cookie.
  const origin = { origin: test.url };
  const signedIn = await test.client(null).post('/virgate/api/sessions', { username: 'other', password: 'secret' }, origin);
  const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? '';
  const open = [
    () => test.client(null).post(`/virgate/api/vms/${vm}/console-tickets`, {}, { ...origin, cookie }),
    () => other.post(`/vms/${vm}/ticket`, {}),
  ];
  const statuses = async (): Promise<number[]> => Promise.all(open.map(async (one) => (await one()).status));
  assert.deepEqual(await statuses(), [403, 403]);
});
