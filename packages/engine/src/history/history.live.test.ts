// Budget: 15 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { json } from '@virgate/database';
import { sql } from 'kysely';
import { startTestEngine } from '../testing/engine.ts';
import { addObjects } from '../testing/objects.ts';
import { columnTypes } from './columns.ts';
import { recordHistory } from './history.ts';

interface Warehouse {
  tables: { table: string; kind: string; columns: Record<string, string> }[];
}
type Row = Record<string, unknown>;

const minuteMs = 60_000;
const start = Date.UTC(2030, 0, 31, 23, 58);
const mac = '02:00:00:00:00:07';

/** Starts an engine that writes no samples of its own. */
const quietEngine = (t: TestContext): ReturnType<typeof startTestEngine> => startTestEngine(t, undefined, { samples: false });

test('the history has the names, columns and types of the warehouse', async (t) => {
  const { engine } = await quietEngine(t);
  const types = await columnTypes(engine.db);
  const file = new URL('../../../contract/data/dwh/warehouse.json', import.meta.url);
  const { tables } = JSON.parse(readFileSync(file, 'utf8')) as Warehouse;
  const found = await sql<{ name: string }>`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'history' and c.relkind in ('r', 'p') and not c.relispartition order by 1`.execute(engine.db);
  assert.ok(found.rows.length >= 18);
  const full: Record<string, string> = { varchar: 'character varying', timestamptz: 'timestamp with time zone' };
  for (const { name } of found.rows) {
    const wanted = tables.find((one) => one.table === name);
    assert.ok(wanted, `${name} is a table of the warehouse`);
    for (const [column, type] of Object.entries(wanted.columns))
      assert.equal(
        types(name, column),
        type.replace(' not null', '').replace(/^[a-z]+/, (word) => full[word] ?? word),
        `${name}.${column}`,
      );
  }
});

test('samples and configurations are written once a minute, by whichever engine', async (t) => {
  const it = await quietEngine(t);
  const { db } = it.engine;
  const ids = await addObjects(it);
  const vm = ids['vms'] ?? '';
  const host = ids['hosts'] ?? '';
  const disk = ids['disks'] ?? '';
  const types = await columnTypes(db);
  const at = (minutes: number): Date => new Date(start + minutes * minuteMs);
  const rows = async (table: string): Promise<Row[]> =>
    (await sql<Row>`select * from ${sql.table(`history.${table}`)} order by history_id`.execute(db)).rows;
  const hostNic = randomUUID();
  await db.updateTable('nic').set({ mac }).where('vm_id', '=', vm).execute();
  await sql`insert into host_nic (id, host_id, name) values (${hostNic}, ${host}, 'eno1')`.execute(db);
  const nic = { mac, speedMbps: 1000, rxBytesPerSecond: 12_500_000, txBytesPerSecond: 0, rxBytes: 5_000, txBytes: 6_000, rxDropped: 1 };
  await sql`insert into host_statistics (host_id, memory_used_percent, cpu_user_percent, cpu_system_percent, cpu_load_percent, active_vms, total_vms,
    swap_total_bytes, swap_free_bytes, raw, sampled_at) values (${host}, 40, 30.4, 10, 150, 1, 1, 2097152, 1048576, ${json({ nics: { eno1: nic } })}, ${at(0)})`.execute(
    db,
  );
  await sql`insert into vm_statistics (vm_id, cpu_user_percent, cpu_system_percent, cpu_usage_percent, memory_usage_percent, memory_bytes, disks, nics, file_systems, sampled_at)
    values (${vm}, 20, 5, 25, 61, ${json({ bufferedBytes: 2048 })}, ${json({ [disk]: { readBytesPerSecond: 77, writeLatencySeconds: 0.5, readOps: 9 } })},
      ${json({ vnet0: nic })}, ${json([{ path: '/', total: '10', used: '4', fs: 'xfs' }])}, ${at(0)})`.execute(db);
  const guest = { user: 'ann', interfaces: [{ name: 'eth0', ipv4: ['10.0.0.5'], ipv6: [] }] };
  await db
    .updateTable('vm_state')
    .set({ status: 'up', host_id: host, guest: json(guest) })
    .where('vm_id', '=', vm)
    .execute();
  await db.updateTable('host_state').set({ status: 'up' }).where('host_id', '=', host).execute();

  const both = await Promise.all([recordHistory(db, types, at(0)), recordHistory(db, types, at(0))]);
  assert.equal(both.filter(Boolean).length, 1, 'one of two engines writes it');

  const [ofHost] = await rows('host_samples_history');
  assert.deepEqual(
    [ofHost?.['host_id'], ofHost?.['host_status'], ofHost?.['memory_usage_percent'], ofHost?.['cpu_usage_percent'], ofHost?.['cpu_load']],
    [host, 1, 40, 40, 150],
  );
  assert.deepEqual([ofHost?.['swap_used_mb'], ofHost?.['seconds_in_status'], ofHost?.['active_vms']], [1, 60, 1]);
  const [ofVm] = await rows('vm_samples_history');
  assert.deepEqual(
    [
      ofVm?.['vm_id'],
      ofVm?.['vm_status'],
      ofVm?.['cpu_usage_percent'],
      ofVm?.['memory_usage_percent'],
      ofVm?.['currently_running_on_host'],
    ],
    [vm, 1, 25, 61, host],
  );
  assert.deepEqual(
    [ofVm?.['vm_ip'], ofVm?.['current_user_name'], ofVm?.['user_logged_in_to_guest'], Number(ofVm?.['memory_buffered_kb'])],
    ['10.0.0.5', 'ann', true, 2],
  );
  for (const table of ['host_interface', 'vm_interface']) {
    const [ofNic] = await rows(`${table}_samples_history`);
    assert.deepEqual([ofNic?.['receive_rate_percent'], ofNic?.['received_total_byte']].map(Number), [10, 5_000], table);
  }
  const [ofDisk] = await rows('vm_disk_samples_history');
  assert.deepEqual(
    [
      ofDisk?.['vm_disk_id'],
      ofDisk?.['vm_disk_status'],
      Number(ofDisk?.['read_rate_bytes_per_second']),
      Number(ofDisk?.['write_latency_seconds']),
    ],
    [disk, 1, 77, 0.5],
  );
  assert.match(String((await rows('vm_disks_usage_samples_history'))[0]?.['disks_usage']), /xfs/);
  const [ofDomain] = await rows('storage_domain_samples_history');
  assert.deepEqual([ofDomain?.['storage_domain_id'], ofDomain?.['storage_domain_status']], [ids['storagedomains'], 1]);

  const [first, ...none] = await rows('vm_configuration');
  assert.equal(none.length, 0);
  assert.equal(ofVm?.['vm_configuration_version'], first?.['history_id']);
  assert.deepEqual([first?.['vm_name'], first?.['update_date'], first?.['delete_date']], ['v', null, null]);
  for (const table of ['datacenter', 'cluster', 'host', 'host_interface', 'storage_domain', 'vm_interface', 'vm_disk'])
    assert.equal((await rows(`${table}_configuration`)).length, 1, table);
  assert.equal((await rows('datacenter_storage_domain_map')).length, 1);
  assert.deepEqual(
    (await rows('vm_device_history')).map((row) => String(row['type'])).toSorted((a, b) => a.localeCompare(b)),
    ['disk', 'interface'],
  );

  // Nothing changed but the time: more samples, no other configuration; what is old by now is unknown, not zero.
  assert.equal(await recordHistory(db, types, at(0.5)), false, 'not twice in a minute');
  assert.equal(await recordHistory(db, types, at(5)), true);
  assert.equal((await rows('vm_configuration')).length, 1);
  const later = (await rows('vm_samples_history')).at(-1);
  assert.deepEqual([later?.['vm_status'], later?.['cpu_usage_percent']], [1, null]);

  await db
    .updateTable('vm')
    .set({ name: 'renamed', memory_bytes: 3 * 1024 ** 3 })
    .where('id', '=', vm)
    .execute();
  await recordHistory(db, types, at(6));
  const changed = (await rows('vm_configuration')).at(-1);
  assert.deepEqual(
    [changed?.['vm_name'], changed?.['memory_size_mb'], Number(changed?.['update_date'])],
    ['renamed', 3072, at(6).getTime()],
  );
  assert.equal((await rows('vm_samples_history')).at(-1)?.['vm_configuration_version'], changed?.['history_id']);
  await db.deleteFrom('vm').where('id', '=', vm).execute();
  await recordHistory(db, types, at(7));
  const gone = await rows('vm_configuration');
  assert.deepEqual(
    gone.map((row) => (row['delete_date'] === null ? null : Number(row['delete_date']))),
    [null, at(7).getTime()],
    'the newest row tells when it vanished',
  );

  // The clock goes back: a little is waited for; set back by an hour it goes on from there, and forward again.
  const count = (await rows('host_samples_history')).length;
  assert.equal(await recordHistory(db, types, at(3)), false, 'as if it had been slow');
  assert.equal(await recordHistory(db, types, at(-60)), true);
  assert.equal(await recordHistory(db, types, at(-60)), false, 'not twice');
  assert.equal(await recordHistory(db, types, at(-59)), true);
  assert.deepEqual(
    (await rows('host_samples_history')).slice(count).map((row) => Number(row['history_datetime'])),
    [at(-60).getTime(), at(-59).getTime()],
  );

  // What was sampled before the clock was set back is sampled once more: the newest takes its place.
  const ofMinute = async (): Promise<unknown[]> =>
    (await rows('host_samples_history'))
      .filter((row) => Number(row['history_datetime']) === at(6).getTime())
      .map((row) => row['history_id']);
  const before = await ofMinute();
  assert.equal(before.length, 1);
  assert.equal(await recordHistory(db, types, at(6)), true);
  const again = await ofMinute();
  assert.equal(again.length, 1);
  assert.notDeepEqual(again, before);
});

test('partitions are there ahead of time', async (t) => {
  const { engine } = await quietEngine(t);
  const { db } = engine;
  const types = await columnTypes(db);
  const days = async (): Promise<string[]> =>
    (
      await sql<{ day: string }>`select right(c.relname, 8) as day from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'history' and c.relispartition and c.relname like 'vm_samples_history%' and c.relkind = 'r' order by 1`.execute(
        db,
      )
    ).rows.map((row) => row.day);
  await recordHistory(db, types, new Date(start));
  assert.deepEqual(await days(), ['20300131', '20300201', '20300202']);
  await recordHistory(db, types, new Date(start + minuteMs * 2));
  assert.deepEqual(await days(), ['20300131', '20300201', '20300202', '20300203'], 'midnight has passed');
});
