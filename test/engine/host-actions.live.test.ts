import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Installation, defaultDataCenterId, eventually, expectStatus } from './installation.ts';
import type { Json } from './rest-client.ts';

test('a host is refreshed, and made the storage manager instead of another', async (t) => {
  const installation = await Installation.start({ hosts: 2 });
  t.after(() => installation.stop());
  const { rest } = installation;
  await installation.addStorage();
  const [host] = installation.hosts;
  assert.ok(host);
  await installation.rows(`update host_state set cpu_model = 'forgotten' where host_id = $1`, [host.id]);
  expectStatus(await rest.call('POST', `/hosts/${host.id}/refresh`, { body: {} }), 200);
  assert.equal(expectStatus(await rest.get(`/hosts/${host.id}`), 200).cpu.name, 'Simulated CPU');

  const manager = async (): Promise<string> =>
    (await installation.rows('select spm_host_id as id from data_center where id = $1', [defaultDataCenterId]))[0].id as string;
  const before = await eventually('a storage manager', manager);
  const other = installation.hosts.find(({ id }) => id !== before);
  assert.ok(other);
  const again = await rest.call('POST', `/hosts/${before}/forceselectspm`, { body: {} });
  assert.equal(again.status, 409, again.text);
  expectStatus(await rest.call('PUT', `/hosts/${other.id}`, { body: { spm: { priority: -1 } } }), 200);
  assert.equal((await rest.call('POST', `/hosts/${other.id}/forceselectspm`, { body: {} })).status, 400, 'never chosen to be one');
  expectStatus(await rest.call('PUT', `/hosts/${other.id}`, { body: { spm: { priority: 5 } } }), 200);
  expectStatus(await rest.call('POST', `/hosts/${other.id}/forceselectspm`, { body: {} }), 200);
  assert.equal(await manager(), other.id);
  assert.equal(expectStatus(await rest.get(`/hosts/${other.id}`), 200).spm.status, 'spm');
  const codes = (expectStatus(await rest.get('/events?max=5'), 200).event as Json[]).map((one) => one.code as string);
  assert.ok(codes.includes('159'), codes.join(' '));
  expectStatus(await rest.call('POST', `/hosts/${other.id}/deactivate`, { body: {} }), 200);
  await eventually('maintenance', async () => expectStatus(await rest.get(`/hosts/${other.id}`), 200).status === 'maintenance');
  assert.equal((await rest.call('POST', `/hosts/${other.id}/forceselectspm`, { body: {} })).status, 409);
});
