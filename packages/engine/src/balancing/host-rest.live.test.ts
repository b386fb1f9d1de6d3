// Budget: 15 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import { blankTemplateId, defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { restHosts } from './host-rest.ts';

const cluster = `/clusters/${defaultClusterId}`;

test('a policy that saves power sends spare hosts to rest and wakes them, one step at a time', async (t) => {
  const one = await startTestEngine(t);
  const { put, post, engine } = one;
  const { db, jobs, uuid, log } = engine;
  const addHost = async (name: string): Promise<string> => {
    const id = randomUUID();
    await db.insertInto('host').values({ id, name, address: name, cluster_id: defaultClusterId }).execute();
    await db
      .insertInto('host_state')
      .values({ host_id: id, status: 'up', lease_owner: 'another', lease_until: new Date(Date.now() + 3_600_000) })
      .execute();
    return id;
  };
  const [busy, spare, byHand] = [await addHost('busy'), await addHost('spare'), await addHost('by-hand')];
  const agent = { type: 'ipmilan', address: '192.0.2.9', username: 'admin', password: 'secret', order: 1 };
  for (const id of [busy, spare, byHand]) {
    assert.equal((await post(`/hosts/${id}/fenceagents`, agent)).status, 201);
    const managed = await put(`/hosts/${id}`, { power_management: { enabled: true, automatic_pm_enabled: id !== byHand } });
    assert.equal(managed.status, 200, managed.text);
  }
  const vm = await post('/vms', { name: 'runs', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } });
  await db
    .updateTable('vm_state')
    .set({ status: 'up', host_id: busy })
    .where('vm_id', '=', vm.body['id'] as string)
    .execute();
  const movers = { db, jobs, uuid, log };
  const statusOf = async (id: string): Promise<string> =>
    (await db.selectFrom('host_state').select('status').where('host_id', '=', id).executeTakeFirstOrThrow()).status;
  const become = (status: string) => db.updateTable('host_state').set({ status }).where('host_id', '=', spare).execute();
  /** Jobs that switch power, and who rests. */
  const switched = async (): Promise<string[]> => {
    await restHosts(movers);
    const found = await sql<{ text: string }>`
      select name || ' ' || (params ->> 'hostName') as text from saga where name in ('StartVds', 'StopVds') order by created_at`.execute(
      db,
    );
    return found.rows.map((row) => row.text);
  };
  const settle = async (): Promise<void> => {
    await sql`delete from object_lock`.execute(db);
    await sql`delete from saga`.execute(db);
  };
  const policy = async (reserve: number, enabled = true): Promise<void> => {
    const property = [
      { name: 'EnableAutomaticHostPowerManagement', value: String(enabled) },
      { name: 'HostsInReserve', value: String(reserve) },
    ];
    const answer = await put(cluster, { scheduling_policy: { name: 'power_saving' }, custom_scheduling_policy_properties: { property } });
    assert.equal(answer.status, 200, answer.text);
  };

  await policy(0, false);
  assert.deepEqual([await switched(), await statusOf(spare)], [[], 'up'], 'it is not switched on by itself');
  await policy(2);
  assert.deepEqual([await switched(), await statusOf(spare)], [[], 'up'], 'as many as are to be in reserve');
  await policy(1);
  await Promise.all([restHosts(movers), restHosts(movers)]);
  assert.deepEqual(
    [await statusOf(busy), await statusOf(spare), await statusOf(byHand)],
    ['up', 'preparing_for_maintenance', 'up'],
    'only the one whose power the engine may switch',
  );
  assert.deepEqual(await switched(), [], 'it is on its way');
  await become('maintenance');
  assert.deepEqual(await switched(), ['StopVds spare']);
  await settle();
  await become('down');
  assert.deepEqual(await switched(), [], 'it rests');
  await policy(2);
  assert.deepEqual(await switched(), ['StartVds spare']);
  await sql`delete from object_lock`.execute(db);
  await sql`update saga set status = 'failed', ended_at = now(), lease_owner = null, lease_until = null, wake_at = null`.execute(db);
  assert.deepEqual(await switched(), ['StartVds spare'], 'one that cannot be switched is left alone for a while');
  await settle();
  await become('maintenance');
  await switched();
  assert.equal(await statusOf(spare), 'unassigned', 'one that is still on is back soonest');

  await become('up');
  assert.equal((await post(`/hosts/${spare}/deactivate`, {})).status, 200);
  await become('maintenance');
  assert.deepEqual([await switched(), await statusOf(spare)], [[], 'maintenance'], 'what a person put to rest is left there');
  const told = await sql<{ code: number }>`select code from audit_log where code between 10250 and 10252 order by time, id`.execute(db);
  assert.deepEqual(
    told.rows.map((row) => row.code),
    [10250, 10251, 10252, 10252],
  );
});
