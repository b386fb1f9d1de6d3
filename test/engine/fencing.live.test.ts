// Budget: 60 s
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Installation, defaultClusterId, eventually, expectStatus } from './installation.ts';
import type { Json, RestClient } from './rest-client.ts';

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
  const away = (id: string) =>
    installation.rows(`update host_state set status = 'non_responsive', status_changed_at = now() where host_id = $1`, [id]);

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

  for (const one of installation.hosts) await installation.powerOff(one.address);
  for (const one of installation.hosts) await away(one.id);
  await manage(installation, hostOf(installation, 1).id, hostOf(installation, 1).address);
  await eventually('both are left alone', async () => (await codes(rest, 20)).filter((code) => code === '9013').length === 2);
  assert.equal((await codes(rest, 40)).filter((code) => code === '9017').length, 1);
});
