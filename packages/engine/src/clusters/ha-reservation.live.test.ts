// Budget: 15 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { addHostAndStorage } from '../testing/objects.ts';
import { checkHaReservations } from './ha-reservation-watch.ts';

const gib = 1024 ** 3;

test('a cluster that cannot start its highly available VMs elsewhere says so, and when it can again', async (t) => {
  const test = await startTestEngine(t);
  const { get, post, put, engine } = test;
  const { db } = engine;
  const told = async (): Promise<string[]> => {
    await checkHaReservations(db);
    const events = ((await get('/events')).body['event'] ?? []) as { code: string; description: string; cluster?: { id: string } }[];
    return events.filter((one) => one.code === '10300' || one.code === '10301').map((one) => `${one.code} ${one.description}`);
  };
  const { hosts: first } = await addHostAndStorage(test);
  await db
    .updateTable('host_state')
    .set({ status: 'up', memory_bytes: 16 * gib, cpu_cores: 4, cpu_threads: 4 })
    .execute();
  const vm = await post('/vms', {
    name: 'v',
    cluster: { id: defaultClusterId },
    template: { id: blankTemplateId },
    memory: 4 * gib,
    memory_policy: { guaranteed: 4 * gib },
    high_availability: { enabled: true },
  });
  await db.updateTable('vm_state').set({ status: 'up', host_id: first }).where('vm_id', '=', vm.body['id']).execute();

  assert.deepEqual(await told(), [], 'no cluster reserves');
  await put(`/clusters/${defaultClusterId}`, { ha_reservation: true });
  const [alert, ...more] = await told();
  assert.match(alert ?? '', /^10300 .*\bh\b/);
  assert.deepEqual(more, []);
  assert.equal((await told()).length, 1, 'not again so soon');

  const { hosts: second } = await addHostAndStorage(test, 'x');
  const state = { status: 'up', memory_bytes: 2 * gib, cpu_cores: 4, cpu_threads: 4 };
  await db.updateTable('host_state').set(state).where('host_id', '=', second).execute();
  await db.insertInto('host_statistics').values({ host_id: second, cpu_idle_percent: 95 }).execute();
  assert.equal((await told()).length, 1, 'too small');
  await db
    .updateTable('host_state')
    .set({ memory_bytes: 16 * gib })
    .where('host_id', '=', second)
    .execute();
  assert.match((await told())[0] ?? '', /^10301 /);
  assert.equal((await told()).length, 2, 'told once');
});
