import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchRoute } from './routes.ts';
import { checkMandatory } from './validate.ts';

function check(http: string, path: string, body: unknown): string | null {
  const match = matchRoute(http, path.split('/'));
  if (match.kind !== 'found') return assert.fail(path);
  const problem = checkMandatory(match.service, match.methods, body);
  return problem === null ? null : `${problem.reason}: ${problem.detail}`;
}

test('VMs: one of three ways must be complete', () => {
  assert.equal(check('POST', 'vms', { name: 'a', template: { id: '0' } }), 'Incomplete parameters: Vm [cluster.id|name] required for add');
  assert.equal(
    check('POST', 'vms', { cluster: { name: 'c' }, template: { name: 'Blank' } }),
    'Incomplete parameters: Vm [name] required for add',
  );
  assert.equal(check('POST', 'vms', { name: 'a', cluster: { name: 'c' }, template: { name: 'Blank' } }), null);
  assert.equal(check('POST', 'vms', { cluster: { id: 'c' }, initialization: { configuration: { data: 'x', type: 'ovf' } } }), null);
  assert.equal(check('POST', 'vms', { name: 'a', cluster: { id: 'c' }, snapshots: [{ id: 's' }] }), null);
  assert.equal(
    check('POST', 'vms', { name: 'a', cluster: { id: 'c' }, snapshots: [] }),
    'Incomplete parameters: Vm [template.id|name] required for add',
  );
});

test('a drive without a disc is given, one of which nothing is said is not', () => {
  assert.equal(check('POST', 'vms/1/cdroms', { file: { id: '' } }), null);
  assert.match(check('POST', 'vms/1/cdroms', { file: {} }) ?? '', /cdrom\.file\.id/);
});

test('hosts, storage domains, permissions: what the engine asks for', () => {
  assert.equal(check('POST', 'hosts', { name: 'h' }), 'Incomplete parameters: Host [address] required for add');
  assert.equal(check('POST', 'hosts', { name: 'h', address: 'a' }), null);
  assert.equal(
    check('POST', 'storagedomains', { type: 'data', storage: { type: 'localfs' } }),
    'Incomplete parameters: StorageDomain [host.id|name] required for add',
  );
  assert.equal(
    check('POST', 'vms/1/permissions', { role: { name: 'UserRole' } }),
    'Incomplete parameters: Permission [user.id|group.id] required for add',
  );
  assert.equal(check('POST', 'vms/1/permissions', { role: { name: 'UserRole' }, group: { id: 'g' } }), null);
  assert.equal(check('POST', 'disks', { provisioned_size: 0, format: 'cow' }), null);
});

test('everything else follows the model', () => {
  assert.equal(
    check('POST', 'vms/1/nics', {}),
    'Input validation failed.: Parameter [nic.name] is mandatory for add but was not provided.',
  );
  assert.equal(check('POST', 'clusters', { name: 'c', data_center: { name: 'd' } }), null);
  assert.equal(
    check('POST', 'clusters', { name: '' }),
    'Input validation failed.: Parameter [cluster.data_center.id|name, cluster.name] is mandatory for add but was not provided.',
  );
  assert.equal(check('POST', 'vms/1/migrate', {}), null);
  assert.equal(
    check('POST', 'vms/1/clone', {}),
    'Input validation failed.: Parameter [vm.name] is mandatory for clone but was not provided.',
  );
  assert.equal(check('POST', 'vms/1/clone', { vm: { name: 'x' } }), null);
  assert.equal(
    check('POST', 'roles', { name: 'r', permits: [{ id: '1' }, {}] }),
    'Input validation failed.: Parameter [role.permits.id] is mandatory for add but was not provided.',
  );
  assert.equal(check('POST', 'imagetransfers', {}), 'Incomplete parameters: ImageTransfer [disk.id] required for add');
  assert.equal(check('POST', 'templates', { name: 't' }), 'Incomplete parameters: Template [vm.id|name] required for add');
});
