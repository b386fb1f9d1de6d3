// Budget: 15 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, openDatabase } from '@virgate/database';
import { sql } from 'kysely';
import { columnTypes } from '../history/columns.ts';
import { recordHistory } from '../history/history.ts';
import { startTestEngine } from '../testing/engine.ts';
import { addObjects } from '../testing/objects.ts';
import { sumUp } from './sum.ts';

const start = Date.UTC(2030, 0, 15, 10, 0);
const minuteMs = 60_000;

test('the history of an engine is summed up, shown by the views, read from outside, rebuilt and set', async (t) => {
  const it = await startTestEngine(t, (db) =>
    sql`update history.history_configuration set var_datetime = ${new Date(start - 86_400_000)} where var_name = 'lastSampling'`.execute(
      db,
    ),
  );
  const { db } = it.engine;
  const ids = await addObjects(it);
  const [vm = '', host = ''] = [ids['vms'], ids['hosts']];
  const types = await columnTypes(db);
  await db.updateTable('vm_state').set({ status: 'up', host_id: host }).where('vm_id', '=', vm).execute();
  await db.updateTable('host_state').set({ status: 'up' }).where('host_id', '=', host).execute();
  const tag = (await it.post('/tags', { name: 'gold' })).body['id'] as string;
  await it.post(`/vms/${vm}/tags`, { name: 'gold' });
  for (let minute = 0; minute < 10; minute += 1) {
    const at = new Date(start + minute * minuteMs);
    await sql`insert into vm_statistics (vm_id, cpu_user_percent, cpu_system_percent, cpu_usage_percent, memory_usage_percent, disks, nics, file_systems, sampled_at)
      values (${vm}, 1, 1, ${minute * 10}, 50, ${json({})}, ${json({})}, ${json([{ path: '/' }])}, ${at})
      on conflict (vm_id) do update set cpu_usage_percent = excluded.cpu_usage_percent, sampled_at = excluded.sampled_at`.execute(db);
    // In the middle of an hour it has another name.
    if (minute === 5) await db.updateTable('vm').set({ name: 'renamed' }).where('id', '=', vm).execute();
    assert.equal(await recordHistory(db, types, at), true);
  }
  const later = new Date(start + 24 * 60 * minuteMs);
  assert.ok((await sumUp(db, later)).every(({ error }) => error === undefined));

  await t.test('views', async () => {
    const rows = async (query: string): Promise<Record<string, unknown>[]> =>
      (await sql.raw<Record<string, unknown>>(query).execute(db)).rows;
    const [hour, ...none] = await rows('select * from history.v4_5_statistics_vms_resources_usage_hourly');
    assert.equal(none.length, 0);
    assert.deepEqual(
      [hour?.['vm_status'], hour?.['minutes_in_status'], hour?.['seconds_in_status'], hour?.['cpu_usage_percent'], hour?.['max_cpu_usage']],
      [1, 10, 600, 45, 90],
    );
    assert.match(String(hour?.['disks_usage']), /path/);
    const [day] = await rows('select * from history.v4_5_statistics_vms_resources_usage_daily');
    assert.deepEqual([day?.['history_datetime'], day?.['max_cpu_usage']], ['2030-01-15', 45], 'the highest mean of its hours');
    const [own] = await rows('select peak_cpu_usage from history.vm_daily_history');
    assert.equal(own?.['peak_cpu_usage'], 90);
    assert.deepEqual(
      (await rows('select vm_name from history.v4_5_configuration_history_vms order by history_id')).map((row) => row['vm_name']),
      ['v', 'renamed'],
    );
    const latest = await rows('select vm_name from history.v4_5_latest_configuration_vms');
    assert.deepEqual(latest, [{ vm_name: 'renamed' }]);
    const joined = await rows(
      'select vm_name, device_type, vm_minutes_in_status, vm_disk_minutes_in_status from history.v4_5_fully_joined_statistics_vms_resources_usage_hourly order by device_type',
    );
    assert.deepEqual(joined, [
      { vm_name: 'renamed', device_type: 'disk', vm_minutes_in_status: 10, vm_disk_minutes_in_status: 10 },
      { vm_name: 'renamed', device_type: 'interface', vm_minutes_in_status: 10, vm_disk_minutes_in_status: null },
    ]);
    const hosts = await rows(
      'select host_name, host_minutes_in_status from history.v4_5_fully_joined_statistics_hosts_resources_usage_hourly',
    );
    assert.deepEqual(
      hosts.map((row) => row['host_minutes_in_status']),
      [10],
    );
    assert.deepEqual(await rows(`select value from history.v4_5_enum_translator where enum_type = 'VM_STATUS' and enum_key = 1`), [
      { value: 'Up' },
    ]);
    assert.deepEqual(await rows('select count(*) as hours, max(the_date) as last from history.calendar'), [
      { hours: 350_641, last: '2051-01-01' },
    ]);
    assert.deepEqual(await rows(`select tag_path, tag_level from history.v4_5_latest_tags_details where tag_name = 'gold'`), [
      { tag_path: '/root/gold', tag_level: 1 },
    ]);
    assert.deepEqual(await rows(`select entity_id, entity_type from history.v4_5_latest_tags_relations where parent_id = '${tag}'`), [
      { entity_id: vm, entity_type: 2 },
    ]);
    assert.equal((await rows(`select 1 from history.v4_5_latest_users_details where username = 'admin'`)).length, 1);
    await it.delete(`/vms/${vm}/tags/${tag}`);
    await it.delete(`/tags/${tag}`);
    await recordHistory(db, types, later);
    assert.equal((await rows(`select 1 from history.v4_5_latest_tags_details where tag_name = 'gold'`)).length, 0);
    assert.equal(
      (await rows(`select 1 from history.v4_5_tags_relations_history where parent_id = '${tag}' and detach_date is not null`)).length,
      1,
    );
  });

  await t.test('settings, progress and rebuild', async () => {
    const before = (await it.get('/virgate/api/warehouse')).body;
    assert.deepEqual([before['timeZone'], before['samplesHours'], before['hourlyHours'], before['dailyHours']], ['UTC', 24, 1440, 43_800]);
    assert.equal(before['progress'].length, 16);
    assert.ok(before['progress'].every((one: { failures: number }) => one.failures === 0));
    const basic = await it.put('/virgate/api/warehouse', { scale: 'basic', hourlyHours: 48, timeZone: 'Asia/Kolkata' });
    assert.deepEqual([basic.body['timeZone'], basic.body['hourlyHours'], basic.body['dailyHours']], ['Asia/Kolkata', 48, 0]);
    await sumUp(db, later);
    const hours = await sql<{ at: number }>`select distinct history_datetime as at from history.vm_hourly_history`.execute(db);
    assert.deepEqual(
      hours.rows.map(({ at }) => new Date(at).toISOString()),
      ['2030-01-15T09:30:00.000Z'],
    );
    for (const [body, field] of [
      [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
      [{ samplesHours: 0 }, 'samplesHours'],
    ] as const) {
      const answer = await it.put('/virgate/api/warehouse', body);
      assert.deepEqual([answer.status, answer.body['field']], [400, field]);
    }
    const wrong = await it.post('/virgate/api/warehouse/rebuild', { from: '2030-01-02T00:00:00Z', to: '2030-01-01T00:00:00Z' });
    assert.deepEqual([wrong.status, wrong.body['field']], [400, 'to']);
    const rebuilt = await it.post('/virgate/api/warehouse/rebuild', { from: start, to: start + minuteMs });
    assert.equal(rebuilt.status, 202);
    assert.ok(rebuilt.body['hours'] > 0, rebuilt.text);
    const ann = await it.user('ann');
    assert.equal((await ann.get('/virgate/api/warehouse')).status, 403);
    assert.equal((await ann.put('/virgate/api/warehouse/readers/grafana', { password: 'long enough' })).status, 403);
  });

  await t.test('a reader of the database', async () => {
    const name = `reader_${process.pid}`;
    const path = `/virgate/api/warehouse/readers/${name}`;
    for (const bad of ['Upper', 'a-b', 'x%22y', 'pg_x'])
      assert.equal((await it.put(`/virgate/api/warehouse/readers/${bad}`, { password: 'long enough' })).status, 400, bad);
    assert.equal((await it.put('/virgate/api/warehouse/readers/virgate', { password: 'long enough' })).status, 409);
    assert.equal((await it.put(path, { password: 'long enough' })).status, 204);
    assert.equal((await it.put(path, { password: 'another one' })).status, 204);
    const verifier = await sql<{ rolpassword: string }>`select rolpassword from pg_authid where rolname = ${name}`.execute(db);
    assert.match(verifier.rows[0]?.rolpassword ?? '', /^SCRAM-SHA-256\$4096:/);
    const options = it.engine.database.pool.options as { connectionString?: string };
    const outside = await openDatabase({ url: (options.connectionString ?? '').replace('//virgate@', `//${name}@`), maxConnections: 1 });
    const asked = (query: string): Promise<unknown[]> =>
      sql
        .raw(query)
        .execute(outside.db)
        .then(({ rows }) => rows);
    try {
      assert.deepEqual(await asked('select current_user::text as name'), [{ name }]);
      assert.equal((await asked('select * from v4_5_statistics_vms_resources_usage_hourly')).length, 1);
      await assert.rejects(asked('select * from public.app_user'), /permission denied/);
      await assert.rejects(asked('delete from vm_hourly_history'), /read-only/);
      await asked('set default_transaction_read_only = off');
      await assert.rejects(asked('delete from vm_hourly_history'), /permission denied/);
      await assert.rejects(asked('create table history.mine (a int)'), /permission denied/);
    } finally {
      await outside.close();
    }
    assert.equal((await it.delete(path)).status, 204);
    assert.equal((await it.delete(path)).status, 404);
  });
});
