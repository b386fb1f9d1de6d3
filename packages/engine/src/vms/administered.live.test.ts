import assert from 'node:assert/strict';
import { test } from 'node:test';
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
