// Budget: 15 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { sql } from 'kysely';
import { blankTemplateId, defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine, type TestEngine } from '../testing/engine.ts';
import { repairAffinity } from './affinity-repairs.ts';
import { balanceLoads } from './load-balancing.ts';

const gib = 1024 ** 3;
const cluster = `/clusters/${defaultClusterId}`;

/** A host that serves, and has been so loaded for ten minutes. */
async function addHost({ engine: { db } }: TestEngine, name: string, load: number): Promise<string> {
  const id = randomUUID();
  await db.insertInto('host').values({ id, name, address: name, cluster_id: defaultClusterId }).execute();
  await db
    .insertInto('host_state')
    .values({
      host_id: id,
      status: 'up',
      lease_owner: 'another',
      lease_until: new Date(Date.now() + 3_600_000),
      cluster_levels: ['4.7', '4.8'],
      cpu_sockets: 1,
      cpu_cores: 4,
      cpu_threads: 4,
      memory_bytes: 32 * gib,
      emulated_machines: ['pc-q35-4.1'],
      networks: ['ovirtmgmt'],
    })
    .execute();
  await db
    .insertInto('host_statistics')
    .values({ host_id: id, cpu_idle_percent: 100 - load, cpu_loads: Array.from({ length: 40 }, () => load), memory_free_bytes: 16 * gib })
    .execute();
  return id;
}

async function addVm({ post, engine: { db } }: TestEngine, name: string, host: string, cpuPercent: number, more = {}): Promise<string> {
  const made = await post('/vms', { name, cluster: { id: defaultClusterId }, template: { id: blankTemplateId }, memory: gib, ...more });
  assert.equal(made.status, 201, made.text);
  const id = made.body['id'] as string;
  await db
    .updateTable('vm_state')
    .set({ status: 'up', host_id: host, commanded_at: new Date(0) })
    .where('vm_id', '=', id)
    .execute();
  await db.insertInto('vm_statistics').values({ vm_id: id, cpu_usage_percent: cpuPercent }).execute();
  return id;
}

test('the balance of a policy moves one VM of a cluster at a time, and none that is to stay', async (t) => {
  const one = await startTestEngine(t);
  const { put, post, engine } = one;
  const { db, jobs, uuid, log } = engine;
  const [busy, calm] = [await addHost(one, 'busy', 95), await addHost(one, 'calm', 5)];
  await addVm(one, 'pinned', busy, 1, { placement_policy: { affinity: 'pinned', hosts: { host: [{ id: busy }] } } });
  await addVm(one, 'by-hand', busy, 1, { placement_policy: { affinity: 'user_migratable' } });
  const light = await addVm(one, 'light', busy, 5);
  await addVm(one, 'heavy', busy, 60);
  /** Moves that were begun: `VM cause > hosts`. */
  const moved = async (round = balanceLoads): Promise<string[]> => {
    await round({ db, jobs, uuid, log });
    const found = await sql<{ move: string }>`
      select (params ->> 'vmName') || ' ' || (params ->> 'cause') || ' > ' || (select string_agg(h.name, ' ') from host h where params -> 'onlyHosts' ? h.id::text) as move
      from saga where name = 'MigrateVm' order by created_at`.execute(db);
    return found.rows.map((row) => row.move);
  };
  const settle = async (): Promise<void> => {
    await sql`delete from object_lock`.execute(db);
    await sql`delete from saga`.execute(db);
  };

  assert.deepEqual(await moved(), [], 'the default policy balances nothing');
  assert.equal((await put(cluster, { scheduling_policy: { name: 'evenly_distributed' } })).status, 200);
  assert.equal((await post(`${cluster}/upgrade`, { upgrade_action: 'start' })).status, 200);
  assert.deepEqual(await moved(), [], 'while the cluster is upgraded');
  assert.equal((await post(`${cluster}/upgrade`, { upgrade_action: 'finish' })).status, 200);
  await db.updateTable('host_state').set({ status: 'maintenance' }).where('host_id', '=', calm).execute();
  assert.deepEqual(await moved(), [], 'nowhere to go');
  await db.updateTable('host_state').set({ status: 'up' }).where('host_id', '=', calm).execute();

  const movers = { db, jobs, uuid, log };
  await Promise.all([balanceLoads(movers), balanceLoads(movers)]);
  assert.deepEqual(await moved(), ['light balance > calm'], 'also when engines look at once, and not another while it is on its way');
  await sql`delete from object_lock`.execute(db);
  await sql`update saga set status = 'failed', ended_at = now(), lease_owner = null, lease_until = null, wake_at = null`.execute(db);
  assert.deepEqual(await moved(), ['light balance > calm', 'heavy balance > calm'], 'one that could not go is left alone for a while');
  await settle();

  const group = {
    name: 'here',
    hosts_rule: { positive: true, enforcing: false },
    vms: { vm: [{ id: light }] },
    hosts: { host: [{ id: busy }] },
  };
  assert.equal((await post(`${cluster}/affinitygroups`, group)).status, 201);
  assert.deepEqual(await moved(), ['heavy balance > calm'], 'none against a wish of affinity, which would bring it back');
  await settle();
  await db.updateTable('vm_state').set({ host_id: calm }).where('vm_id', '=', light).execute();
  assert.deepEqual(await moved(repairAffinity), [], 'a host that is overloaded takes none back');
  await db
    .updateTable('host_statistics')
    .set({ cpu_loads: [5] })
    .where('host_id', '=', busy)
    .execute();
  assert.deepEqual(await moved(repairAffinity), ['light affinity > busy']);
});
