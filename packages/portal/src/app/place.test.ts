import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basePath, homePath, listSearch } from './place.ts';

test('both addresses of the portal are a base path, and nothing that merely begins like one', () => {
  assert.equal(basePath('/ovirt-engine/webadmin/vms/1'), '/ovirt-engine/webadmin');
  assert.equal(basePath('/ovirt-engine/web-ui'), '/ovirt-engine/web-ui');
  assert.equal(basePath('/ovirt-engine/webadmin2/vms'), '/');
  assert.equal(basePath('/other'), '/');
});

test('of the address only what the page knows is taken', () => {
  assert.deepEqual(listSearch({ search: 'name=a', sort: '-time', tab: 'nics', other: 'x' }), {
    search: 'name=a',
    sort: '-time',
    tab: 'nics',
  });
  assert.deepEqual(listSearch({ search: 42, sort: { a: 1 }, tab: '' }), { search: '42' });
  assert.deepEqual(listSearch({ search: 'x'.repeat(1001) }), {});
});

test('administrators begin with the dashboard, where they administer', () => {
  assert.equal(homePath('/ovirt-engine/webadmin', true), '/dashboard');
  assert.equal(homePath('/ovirt-engine/web-ui', true), '/vms');
  assert.equal(homePath('/ovirt-engine/webadmin', false), '/vms');
});
