import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestEngine } from '../testing/engine.ts';

test('operating systems and cluster levels are read, and nothing else', async (t) => {
  const { get, post, user } = await startTestEngine(t);
  const systems = (await get('/operatingsystems')).body['operating_system'];
  assert.equal(systems.length, 61);
  assert.equal((await get('/operatingsystems?max=3')).body['operating_system'].length, 3);
  const windows = systems.find((one: { name: string }) => one.name === 'windows_11');
  assert.deepEqual([windows.tpm_support, windows.architecture], ['required', 'x86_64']);
  assert.equal((await get(`/operatingsystems/${windows.id}`)).body['name'], 'windows_11');
  const unknown = await get('/operatingsystems/987654');
  assert.deepEqual([unknown.status, unknown.text], [404, '']);
  assert.equal((await post('/operatingsystems', {})).status, 405);

  const someone = await user('someone');
  const levels = (await someone.get('/clusterlevels')).body['cluster_level'];
  assert.deepEqual(
    levels.map((one: { id: string }) => one.id),
    ['4.2', '4.3', '4.4', '4.5', '4.6', '4.7', '4.8'],
  );
  const level = (await get('/clusterlevels/4.7')).body;
  assert.ok(
    level['cpu_types'].cpu_type.some(
      (one: { name: string; architecture: string }) => one.name === 'Intel Nehalem Family' && one.architecture === 'x86_64',
    ),
  );
  assert.equal((await get('/clusterlevels/9.9')).status, 404);
});
