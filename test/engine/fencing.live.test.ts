// Budget: 90 s
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Installation, defaultClusterId, eventually, expectStatus } from './installation.ts';
import { whole, type Json, type RestClient } from './rest-client.ts';

const systemId = 'aaa00000-0000-0000-0000-123456789aaa';

async function started(t: TestContext, hosts: number): Promise<Installation> {
  const installation = await Installation.start({ hosts });
  t.after(() => installation.stop());
  return installation;
}

const hostOf = (installation: Installation, index: number) => {
  const host = installation.hosts[index];
  assert.ok(host);
  return host;
};

/** Gives a host a fence agent for the board at an address, and switches its power management on. */
async function manage({ rest }: Installation, hostId: string, address: string): Promise<void> {
  const agent = {
    type: 'ipmilan',
    address,
    username: 'admin',
    password: 'lab123',
    order: 1,
    options: { option: [{ name: 'lanplus', value: '1' }] },
  };
  expectStatus(await rest.post(`/hosts/${hostId}/fenceagents`, agent), 201);
  expectStatus(await rest.call('PUT', `/hosts/${hostId}`, { body: { power_management: { enabled: true } } }), 200);
}

const fence = (rest: RestClient, hostId: string, type: string) =>
  rest.call('POST', `/hosts/${hostId}/fence`, { body: { fence_type: type } });
const statusOf = async (rest: RestClient, hostId: string): Promise<string> => expectStatus(await rest.get(`/hosts/${hostId}`), 200).status;
const waitFor = (rest: RestClient, hostId: string, status: string, ms = 30_000) =>
  eventually(`host is ${status}`, async () => (await statusOf(rest, hostId)) === status, ms);
const powerOf = async (rest: RestClient, hostId: string): Promise<string> =>
  expectStatus(await fence(rest, hostId, 'status'), 200).power_management.status;
const codes = async (rest: RestClient, max = 10): Promise<string[]> =>
  (expectStatus(await rest.get(`/events?max=${max}`), 200).event as Json[]).map((one) => one.code as string);

test('a host is stopped, started and restarted by its management board, through another host', async (t) => {
  const installation = await started(t, 2);
  const { rest } = installation;
  const host = hostOf(installation, 0);
  const refused = await fence(rest, host.id, 'status');
  assert.equal(refused.status, 409, 'no power management yet');
  assert.match(refused.text, /not enabled/);
  await manage(installation, host.id, host.address);
  const viewer = await installation.addUser('viewer', [{ role: 'ReadOnlyAdmin', type: 'system', id: systemId }]);
  assert.equal((await fence(viewer, host.id, 'stop')).status, 403);
  assert.equal(await powerOf(rest, host.id), 'on');
  assert.ok((await codes(rest, 1)).includes('496'));

  const whileUp = await fence(rest, host.id, 'stop');
  assert.equal(whileUp.status, 409, whileUp.text);
  expectStatus(await rest.call('POST', `/hosts/${host.id}/deactivate`, { body: {} }), 200);
  await waitFor(rest, host.id, 'maintenance');
  expectStatus(await fence(rest, host.id, 'stop'), 200);
  assert.equal(await statusOf(rest, host.id), 'down');
  assert.equal(await powerOf(rest, host.id), 'off');
  assert.ok((await codes(rest)).includes('21'));
  assert.equal((await fence(rest, host.id, 'stop')).status, 409, 'not again so soon');
  expectStatus(await fence(rest, host.id, 'start'), 200);
  await waitFor(rest, host.id, 'up');
  assert.equal(await powerOf(rest, host.id), 'on');
  assert.ok((await codes(rest)).includes('20'));

  expectStatus(await rest.call('POST', `/hosts/${host.id}/deactivate`, { body: {} }), 200);
  await waitFor(rest, host.id, 'maintenance');
  expectStatus(await fence(rest, host.id, 'restart'), 200);
  assert.equal(await statusOf(rest, host.id), 'maintenance', 'it goes back to where it was');
  assert.ok((await codes(rest)).includes('41'));
});

test('a board that does not answer, or switches another machine, takes nothing for down', async (t) => {
  const installation = await started(t, 3);
  const { rest } = installation;
  const [host, other] = [hostOf(installation, 0), hostOf(installation, 1)];
  await manage(installation, host.id, host.address);
  const vm = expectStatus(
    await rest.post('/vms', {
      name: 'runs',
      cluster: { id: defaultClusterId },
      template: { name: 'Blank' },
      memory: 64 * 1024 ** 2,
      placement_policy: { hosts: { host: [{ id: host.id }] }, affinity: 'pinned' },
    }),
    201,
  );
  await installation.vmStatus(vm.id, 'down');
  expectStatus(await rest.call('POST', `/vms/${vm.id}/start`, { body: {} }), 200, 202);
  await installation.vmStatus(vm.id, 'up');

  await installation.plan({ verb: 'Host.fenceNode', action: { kind: 'error', code: 1, message: 'no route to the board' } });
  const unreachable = await fence(rest, host.id, 'restart');
  assert.equal(unreachable.status, 409, unreachable.text);
  assert.match(unreachable.text, /no route to the board/);
  assert.equal(expectStatus(await rest.get(`/vms/${vm.id}`), 200).status, 'up');
  assert.equal((await codes(rest)).filter((code) => code === '9021').length, 2, 'it was tried through both other hosts');
  assert.ok((await codes(rest)).includes('107'));

  await installation.wire(host.address, other.address);
  const wrong = await fence(rest, host.id, 'restart');
  assert.equal(wrong.status, 409, wrong.text);
  assert.match(wrong.text, /the host answers/);
  assert.ok((await codes(rest)).includes('9005'));
  assert.equal(expectStatus(await rest.get(`/vms/${vm.id}`), 200).status, 'up');
  assert.equal((await installation.look()).vms.filter((one) => one.vmId === vm.id && one.running).length, 1);
});

test('a host that stays away is restarted by the engine once, and none when all are away', async (t) => {
  const installation = await started(t, 2);
  const { rest } = installation;
  const host = hostOf(installation, 0);
  await manage(installation, host.id, host.address);
  const away = (...ids: string[]) =>
    installation.rows(`update host_state set status = 'non_responsive', status_changed_at = now() where host_id = any($1)`, [ids]);

  await installation.powerOff(host.address);
  await away(host.id);
  await eventually('the engine says why it does nothing', async () => (await codes(rest)).includes('9003'));
  assert.equal(await statusOf(rest, host.id), 'non_responsive', 'the engine has just started');

  expectStatus(
    await rest.call('PUT', '/virgate/api/options/DisableFenceAtStartupInSec', { body: { value: '0', version: 'general' } }),
    200,
    204,
  );
  expectStatus(await rest.call('POST', '/reloadconfigurations', { body: {} }), 200);
  await waitFor(rest, host.id, 'up', 40_000);
  const all = await codes(rest, 40);
  assert.equal(all.filter((code) => code === '9017').length, 1, all.join(' '));
  assert.equal(all.filter((code) => code === '41').length, 1);

  // Both at once, and with what they could be restarted by: the engine decides when it looks at them.
  await manage(installation, hostOf(installation, 1).id, hostOf(installation, 1).address);
  for (const one of installation.hosts) await installation.powerOff(one.address);
  await away(...installation.hosts.map(({ id }) => id));
  await eventually('both are left alone', async () => (await codes(rest, 20)).filter((code) => code === '9013').length === 2);
  assert.equal((await codes(rest, 40)).filter((code) => code === '9017').length, 1);
});

test('a VM with a lease is started elsewhere when its host does not answer, once the lease is free, and runs once ever', async (t) => {
  const installation = await started(t, 3);
  const { rest } = installation;
  const storage = await installation.addStorage();
  for (const name of ['TimeoutToResetVdsInSeconds', 'RetryToRunAutoStartVmShortIntervalInSeconds'])
    expectStatus(await rest.call('PUT', `/virgate/api/options/${name}`, { body: { value: '1', version: 'general' } }), 200, 204);
  expectStatus(await rest.call('POST', '/reloadconfigurations', { body: {} }), 200);
  const list = expectStatus(await rest.get('/hosts'), 200).host as Json[];
  const host = installation.hosts.find(({ id }) => list.some((one) => one.id === id && one.spm?.status !== 'spm'));
  assert.ok(host);
  // Whether it holds its place on the storage it says when it is asked.
  expectStatus(await rest.post(`/hosts/${host.id}/refresh`, {}), 200);
  const run = async (name: string, more: object): Promise<string> => {
    const body = { name, cluster: { id: defaultClusterId }, template: { name: 'Blank' }, memory: 64 * 1024 ** 2, ...more };
    const { id } = expectStatus(await rest.post('/vms', { high_availability: { enabled: true }, ...body }, whole), 201);
    const there = { vm: { placement_policy: { hosts: { host: [{ id: host.id }] } } } };
    await eventually('the host has its place on the storage', async () => (await rest.post(`/vms/${id}/start`, there)).status === 200);
    await installation.vmStatus(id as string, 'up');
    return id as string;
  };
  const leased = await run('leased', { lease: { storage_domain: { id: storage.id } } });
  const plain = await run('plain', {});
  const runs = async (vmId: string): Promise<string[]> =>
    (await installation.look()).vms.filter((vm) => vm.vmId === vmId && vm.running).map((vm) => vm.host);
  const events = (vmId: string, code: number): Promise<Json[]> =>
    installation.rows('select description from audit_log where vm_id = $1 and code = $2', [vmId, code]);

  await installation.silence(host.address);
  await waitFor(rest, host.id, 'non_responsive');
  assert.equal(expectStatus(await rest.get(`/vms/${leased}`), 200).status, 'unknown');
  assert.equal((await rest.post(`/vms/${leased}/start`, {})).status, 409, 'a person does not start it elsewhere');
  await eventually('it is tried twice, and the lease is held', async () => {
    const told = (await events(leased, 9603)).filter(({ description }) => /lease is held by another host/.test(description as string));
    return told.length > 1;
  });
  await eventually('it is back where it was', async () => {
    const [row] = await installation.rows('select status, host_id, run_once from vm_state where vm_id = $1', [leased]);
    return row.status === 'unknown' && row.host_id === host.id && row.run_once === true;
  });
  assert.deepEqual([await runs(leased), await runs(plain)], [[host.name], [host.name]]);

  await installation.answerAgain(host.address);
  await waitFor(rest, host.id, 'up');
  await installation.vmStatus(leased, 'up');
  assert.equal(expectStatus(await rest.get(`/vms/${leased}`), 200).host.id, host.id);
  const { launches } = await installation.look();
  assert.deepEqual([launches[leased], launches[plain]], [1, 1]);
  await eventually('nothing is left of the attempts', async () => (await installation.rows('select 1 from vm_restart')).length === 0);
  assert.deepEqual(await installation.rows('select 1 from vm_elsewhere'), []);

  // It loses its storage as well: what stands still there holds no lease.
  await installation.silence(host.address);
  await installation.pauseVm(leased, 'EIO');
  await waitFor(rest, host.id, 'non_responsive');
  const { host: other } = await installation.vmStatus(leased, 'up');
  assert.notEqual(other.id, host.id);
  assert.equal(expectStatus(await rest.get(`/vms/${plain}`), 200).status, 'unknown', 'without a lease nobody knows whether it runs');
  assert.equal((await events(leased, 506)).length, 1);

  await installation.answerAgain(host.address);
  await waitFor(rest, host.id, 'up');
  await installation.vmStatus(plain, 'up');
  await eventually('what stood still is gone', async () => (await runs(leased)).length === 1);
  assert.equal(expectStatus(await rest.get(`/vms/${leased}`), 200).host.id, other.id);
  await eventually('nothing of it is left', async () => (await installation.rows('select 1 from vm_elsewhere')).length === 0);
  const end = await installation.look();
  assert.deepEqual([end.launches[leased], end.launches[plain], end.lockedOut], [2, 1, 0]);
});
