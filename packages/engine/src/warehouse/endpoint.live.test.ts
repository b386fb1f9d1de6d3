// Budget: 45 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { json, openDatabase, transaction } from '@virgate/database';
import { sql } from 'kysely';
import { columnTypes } from '../history/columns.ts';
import { recordHistory } from '../history/history.ts';
import { startTestEngine, type Answer } from '../testing/engine.ts';
import { askQueries } from '../testing/asked-queries.ts';
import { addObjects } from '../testing/objects.ts';
import { readPdf } from '../testing/pdf-text.ts';
import { startSmtpServer } from '../testing/smtp-server.ts';
import { checkPriceLists, checkTrendRequests } from '../testing/trend-requests.ts';
import { views } from './facts.ts';
import { ensurePart } from './partitions.ts';
import { ReportSender } from './reports/schedule.ts';
import { sumUp } from './sum.ts';

const start = Date.UTC(2030, 0, 15, 10, 0);
const minuteMs = 60_000;

test('the history of an engine is summed up, shown by the views, read from outside, rebuilt and set', async (t) => {
  const it = await startTestEngine(t, undefined, { samples: false });
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

  await t.test('views as files', async () => {
    const place = '/virgate/api/warehouse/exports/v4_5_statistics_vms_resources_usage_samples';
    const csv = await it.get(`${place}?format=csv&from=${start + 3 * minuteMs}&to=${start + 6 * minuteMs}`);
    assert.equal(csv.status, 200, csv.text);
    const [head = '', ...lines] = csv.text.trim().split('\r\n');
    const at = head.split(',').indexOf('history_datetime');
    assert.deepEqual(
      lines.map((line) => line.split(',')[at]),
      [3, 4, 5].map((minute) => new Date(start + minute * minuteMs).toISOString()),
    );
    for (const { view } of views) {
      const answer = await it.get(`/virgate/api/warehouse/exports/${view}`);
      assert.deepEqual([answer.status, answer.text.slice(0, 4), answer.text.slice(-4)], [200, 'PAR1', 'PAR1'], view);
    }
    const refused = async (path: string): Promise<unknown[]> => {
      const { status, body } = await it.get(path);
      return [status, body['code'], body['field']];
    };
    assert.deepEqual(await refused('/virgate/api/warehouse/exports/app_user'), [404, 'unknown_view', 'view']);
    assert.deepEqual(await refused(`${place}?from=2&to=1`), [400, 'invalid_value', 'to']);
    assert.deepEqual(await refused(`${place}?format=exe`), [400, 'invalid_value', 'format']);
    assert.deepEqual(await refused('/virgate/api/warehouse/exports/v4_5_configuration_history_vms?from=1'), [400, 'invalid_value', 'from']);
    assert.equal((await (await it.user('reader')).get(place)).status, 403);
  });

  await askQueries(t, it, { vm, start });

  await t.test('the report of operating systems', async () => {
    const list = (await it.get('/virgate/api/reports')).body as unknown as { code: string; kind: string }[];
    assert.deepEqual(
      [list.length, list.filter(({ kind }) => kind === 'dashboard').map(({ code }) => code)],
      [42, ['CLUSTER', 'DATACENTER', 'SYSTEM', 'INVENTORY', 'OVERVIEW', 'TRENDS', 'UPTIME']],
    );
    // Two of Red Hat (one vanished), two of Windows (one down for good), one Linux, in two hours of another day.
    const [cluster, dataCenter] = [randomUUID(), randomUUID()];
    await sql`insert into history.datacenter_configuration (datacenter_id, datacenter_name, datacenter_description) values (${dataCenter}, 'far', '')`.execute(
      db,
    );
    await sql`insert into history.cluster_configuration (cluster_id, cluster_name, compatibility_version, datacenter_id) values (${cluster}, 'away', '4.7', ${dataCenter})`.execute(
      db,
    );
    const day = Date.UTC(2030, 1, 3, 6);
    await transaction(db, (trx) => ensurePart(trx, 'vm_samples_history', 'day', day));
    for (const [index, [os, status, type, gone]] of (
      [
        [18, 1, 1, false],
        [13, 1, 1, true],
        [17, 1, 0, false],
        [23, 0, 1, false],
        [1252, 1, 1, false],
      ] as const
    ).entries()) {
      const id = randomUUID();
      const added = await sql<{
        history_id: number;
      }>`insert into history.vm_configuration (vm_id, vm_name, cluster_id, template_id, operating_system, vm_type, create_date, delete_date)
        values (${id}, ${`vm${index}`}, ${cluster}, ${id}, ${os}, ${type}, ${new Date(day)}, ${gone ? new Date(day) : null}) returning history_id`.execute(
        db,
      );
      for (const hour of [0, 1])
        await sql`insert into history.vm_samples_history (history_datetime, vm_id, vm_status, vm_configuration_version, seconds_in_status)
          values (${new Date(day + hour * 60 * minuteMs)}, ${id}, ${status}, ${added.rows[0]?.history_id ?? 0}, 60)`.execute(db);
    }
    await sumUp(db, new Date(day + 3 * 24 * 60 * minuteMs));
    const get = (client: Pick<typeof it, 'get'>, query: string) => client.get(`/virgate/api/reports/BR18?${query}`);
    const lines = (answer: Answer, at: number): Record<string, unknown> =>
      Object.fromEntries(
        (answer.body['charts'] as { title: string; series: { name: string; values: number[] }[] }[]).map(({ title, series }) => [
          title,
          series.map(({ name, values }) => `${name} ${values[at]}`).join(', '),
        ]),
      );
    const ofDay = await get(it, `period=daily&startDate=2030-02-03&cluster=${cluster}`);
    assert.equal(ofDay.status, 200, ofDay.text);
    assert.deepEqual(
      [ofDay.body['points'].length, ofDay.body['heading'], ofDay.body['hasData']],
      [24, 'Virtual Machines by OS in Cluster away of Data Center All', true],
    );
    const today = {
      'RHEL vs Other Linux OS': 'Other Linux 1, RHEL 1',
      'Distribution of Windows Versions': 'Windows 2008 R2 x64 1, Windows 2012 x64 0',
      'Known vs Unknown OS': 'Known OS 4',
      'RHEL vs Windows OS': 'RHEL 1, Windows 1',
    };
    assert.deepEqual(lines(ofDay, 6), today);
    assert.equal(lines(ofDay, 8)['Known vs Unknown OS'], 'Known OS 0', 'a point without data');
    assert.equal(
      lines(await get(it, `period=daily&startDate=2030-02-03&dataCenter=${dataCenter}&showDeleted=true`), 7)['RHEL vs Windows OS'],
      'RHEL 2, Windows 1',
    );
    assert.equal(lines(await get(it, `period=daily&startDate=2030-02-03&vmType=desktop`), 6)['RHEL vs Windows OS'], 'Windows 1');
    for (const [period, length, at] of [
      ['monthly', 28, 2],
      ['quarterly', 89, 2],
      ['yearly', 365, 2],
    ] as const) {
      const longer = await get(it, `period=${period}&startDate=2030-02-01&cluster=${cluster}`);
      assert.equal(longer.body['points'].length, length, period);
      assert.deepEqual(lines(longer, at), today, period);
    }
    const none = await get(it, 'period=daily&startDate=2029-01-01');
    assert.deepEqual(
      [none.body['hasData'], none.body['charts'].map((chart: { series: unknown[] }) => chart.series.length)],
      [false, [0, 0, 0, 0]],
    );

    // What was sampled of the engine itself, and who sees it.
    const own = 'period=daily&startDate=2030-01-15&showDeleted=true';
    assert.equal(lines(await get(it, own), 10)['Known vs Unknown OS'], 'Unknown OS 1');
    const bob = await it.user('bob', [{ role: 'UserRole', object: { type: 'vm', id: vm } }]);
    assert.equal(lines(await get(bob, own), 10)['Known vs Unknown OS'], 'Unknown OS 1');
    assert.equal((await get(bob, 'period=daily&startDate=2030-02-03')).body['hasData'], false);
    assert.equal((await get(bob, `period=daily&startDate=2030-02-03&cluster=${cluster}`)).status, 404);
    assert.equal((await get(await it.user('eve'), own)).body['hasData'], false);

    for (const [query, status, field] of [
      ['period=weekly&startDate=2030-02-03', 400, 'period'],
      ['startDate=2030-02-03', 400, 'period'],
      ['period=daily&startDate=2030-02-30', 400, 'startDate'],
      [`period=daily&startDate=${encodeURIComponent("2030-02-03'; drop table vm; --")}`, 400, 'startDate'],
      [`period=daily&startDate=2030-02-03&cluster=${encodeURIComponent("' or true --")}`, 400, 'cluster'],
      ['period=daily&startDate=2030-02-03&showDeleted=perhaps', 400, 'showDeleted'],
      [`period=daily&startDate=2030-02-03&dataCenter=${cluster}`, 404, 'dataCenter'],
      ['period=daily', 400, 'startDate'],
      ['period=monthly&startDate=2030-02-03&endDate=2030-02-02', 400, 'endDate'],
      ['period=monthly&startDate=2030-02-03&endDate=2040-02-02', 400, 'endDate'],
      ['period=daily&startDate=2030-02-03&startHour=3', 400, 'startHour'],
      ['period=hourly&startDate=2030-02-03&startHour=25', 400, 'startHour'],
      [`period=daily&startDate=2030-02-03&host=${cluster}`, 400, 'host'],
      [`period=daily&startDate=2030-02-03&vmType=${encodeURIComponent("desktop' or '1'='1")}`, 400, 'vmType'],
      [`period=daily&startDate=2030-02-03&operatingSystem=${encodeURIComponent('1 or 1=1')}`, 400, 'operatingSystem'],
    ] as const) {
      const answer = await get(it, query);
      assert.deepEqual([answer.status, answer.body['field']], [status, field], query);
    }
    // 10 MB of criteria are refused by the server itself, before anything is looked at.
    const huge = await it
      .get(`/virgate/api/reports/BR18?period=daily&startDate=2030-02-03&cluster=${'x'.repeat(10 * 1024 ** 2)}`)
      .then(({ status }) => status)
      .catch((error: unknown) => (error as { code?: string }).code);
    assert.ok([431, 'ECONNRESET', 'EPIPE'].includes(huge ?? ''), String(huge));
    assert.equal((await it.get('/virgate/api/reports/BR99?period=daily&startDate=2030-02-03')).status, 404);
    assert.equal((await it.client(null).get(`/virgate/api/reports/BR18?${own}`)).status, 401);
    await sql`delete from history.vm_samples_history where history_datetime >= ${later}`.execute(db);
    await sql`delete from history.vm_hourly_history where history_datetime >= ${later}`.execute(db);
  });

  await t.test('every report opens, over an hour, a day and longer, and as a file', async () => {
    const list = (await it.get('/virgate/api/reports')).body as unknown as { code: string; criteria: string[]; needs: string[] }[];
    const domain = (await it.get('/virgate/api/report-choices?kind=storage_domain&showDeleted=true')).body as unknown as { id: string }[];
    const place = await sql<{
      cluster: string;
      center: string;
    }>`select cluster_id as cluster, datacenter_id as center from history.cluster_configuration
      where cluster_id = (select cluster_id from history.vm_configuration where vm_id = ${vm} limit 1) limit 1`.execute(db);
    const { cluster = '', center = '' } = place.rows[0] ?? {};
    const prices = await checkPriceLists(it, { cluster, domain: domain[0]?.id ?? '' });
    const chosen: Record<string, string> = {
      priceList: prices,
      host,
      hosts: host,
      vm,
      vms: vm,
      storageDomain: domain[0]?.id ?? '',
      cluster,
      dataCenter: center,
    };
    for (const { code, criteria, needs } of list) {
      const needed = needs.map((name) => `&${name}=${chosen[name]}`).join('');
      for (const period of criteria.includes('period') ? ['hourly', 'daily', 'monthly', 'yearly'] : ['']) {
        const time = period === '' ? '' : `period=${period}&startDate=2030-01-15${period === 'hourly' ? '&startHour=10' : ''}`;
        const answer = await it.get(`/virgate/api/reports/${code}?${time}${needed}`);
        assert.equal(answer.status, 200, `${code} ${period}: ${answer.text}`);
        // Nobody used a session, nothing is highly available, the figures of the dashboards are of today.
        if (!['BR14', 'BR45', 'BR21', 'CLUSTER', 'DATACENTER'].includes(code))
          assert.equal(answer.body['hasData'], true, `${code} ${period}: ${answer.text}`);
        const file = await it.get(`/virgate/api/reports/${code}/download?format=csv&${time}${needed}`);
        assert.deepEqual([file.status, file.headers['content-type']], [200, 'text/csv; charset=utf-8'], code);
        assert.ok(file.text.includes(String(answer.body['heading'])), file.text);
      }
      if (['BR49', 'BR48', 'SYSTEM', 'STORAGE-FORECAST'].includes(code))
        for (const [format, begin] of [
          ['pdf', '%PDF'],
          ['xlsx', 'PK'],
        ]) {
          const file = await it.get(
            `/virgate/api/reports/${code}/download?format=${format}&${criteria.includes('period') ? 'period=daily&startDate=2030-01-15' : ''}`,
          );
          assert.ok(file.status === 200 && file.text.startsWith(begin ?? ''), `${code} ${format} ${file.status}`);
        }
      for (const name of needs) {
        const without = await it.get(`/virgate/api/reports/${code}?period=daily&startDate=2030-01-15`);
        assert.deepEqual([without.status, without.body['field']], criteria.includes('period') ? [400, name] : [400, 'period'], code);
      }
    }
    await checkTrendRequests(it, { vm, domain: domain[0]?.id ?? '', priceList: prices, day: '2030-01-15' });
    assert.equal((await it.delete(`/virgate/api/price-lists/${prices}`)).status, 204);
  });

  await t.test('reports are kept with their criteria, for oneself, and sent by mail as their keeper may see them', async () => {
    const path = '/virgate/api/saved-reports';
    const schedule = { every: 'month', hour: 6, format: 'pdf', to: ['ann@example.org', 'boss@example.org'] };
    const kept = { name: 'Uptime', report: 'BR7', criteria: { period: 'monthly', startDate: '2030-01-01', showDeleted: true }, schedule };
    const ann = await it.user('annekeeps');
    const added = await ann.post(path, kept);
    assert.equal(added.status, 201, added.text);
    const id = added.body['id'] as string;
    assert.ok((added.body['nextSending'] as number) > Date.now());
    assert.deepEqual(new Date(added.body['nextSending'] as number).toISOString().slice(8), '01T06:00:00.000Z');
    assert.equal(((await it.get(path)).body as unknown as unknown[]).length, 0, 'nobody sees what others keep');
    assert.equal((await it.put(`${path}/${id}`, kept)).status, 404);
    assert.equal((await it.delete(`${path}/${id}`)).status, 404);
    for (const [body, status, field] of [
      [{ ...kept }, 409, 'name'],
      [{ ...kept, name: 'x', report: 'BR99' }, 400, 'report'],
      [{ ...kept, name: 'x', criteria: [] }, 400, 'criteria'],
      [{ ...kept, name: 'x', criteria: { ...kept.criteria, vm: host } }, 400, 'vm'],
      [{ ...kept, name: 'x', criteria: { ...kept.criteria, period: 'hourly' } }, 400, 'criteria.period'],
      [{ ...kept, name: 'x', criteria: { ...kept.criteria, cluster: "' or true --" } }, 400, 'criteria.cluster'],
      [{ ...kept, name: 'x', criteria: { ...kept.criteria, 'a; drop table vm': 1 } }, 400, 'criteria.a; drop table vm'],
      [{ ...kept, name: 'x', criteria: { ...kept.criteria, cluster: 'x'.repeat(10 * 1024 ** 2) } }, 400, 'criteria.cluster'],
      [{ ...kept, name: 'x', criteria: {}, schedule: null }, 400, 'period'],
      [{ ...kept, name: 'x', schedule: { ...schedule, to: ['a@b\r\nBcc: c@d'] } }, 400, 'schedule.to'],
      [{ ...kept, name: 'x', schedule: { ...schedule, hour: 24 } }, 400, 'schedule.hour'],
    ] as const) {
      const answer = await ann.post(path, body);
      assert.deepEqual([answer.status, answer.body['field']], [status, field], answer.text);
    }

    const smtp = await startSmtpServer(t);
    await it.put('/virgate/api/mail', { server: '127.0.0.1', port: smtp.port, from: 'engine@example.org' });
    const sender = new ReportSender({
      db,
      secretKey: it.engine.authority.secretKey,
      engineName: 'engine',
      installationId: 'here',
      log: it.engine.log,
    });
    assert.equal(await sender.sendDue(), 0, 'not yet');
    smtp.answer = (to) => (to === 'boss@example.org' ? 550 : 250);
    assert.equal((await ann.post(`${path}/${id}/send`, {})).status, 202);
    assert.equal(await sender.sendDue(), 1);
    const failed = ((await ann.get(path)).body as unknown as Record<string, unknown>[])[0];
    assert.match(String(failed?.['error']), /550/);
    smtp.answer = () => 250;
    await ann.post(`${path}/${id}/send`, {});
    // Two engines at once send it once.
    const tried = await Promise.all([sender.sendDue(), sender.sendDue()]);
    assert.deepEqual(
      tried.toSorted((left, right) => left - right),
      [0, 1],
    );
    const mail = smtp.mails.findLast(({ to }) => to.includes('boss@example.org'));
    assert.match(mail?.text ?? '', /^Subject: Uptime \(engine\)$/m);
    const [, attached = ''] = /Content-Type: application\/pdf[^]*?\n\n([A-Za-z0-9+/=\n]+)/.exec(mail?.text ?? '') ?? [];
    const pdf = readPdf(Buffer.from(attached, 'base64'));
    assert.match(pdf.text, /Uptime of Hosts/);
    assert.match(pdf.text, /There is no data for these criteria/, 'she may see no host');
    const after = ((await ann.get(path)).body as unknown as Record<string, unknown>[])[0];
    assert.ok(after?.['error'] === null && Number(after['lastSending']) > 0 && Number(after['nextSending']) > Date.now());
    assert.equal((await ann.put(`${path}/${id}`, { ...kept, schedule: null })).body['nextSending'], null);
    assert.equal((await ann.post(`${path}/${id}/send`, {})).status, 404, 'without a schedule nothing is sent');
    assert.equal((await ann.delete(`${path}/${id}`)).status, 204);
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
      [{ alertDays: 366 }, 'alertDays'],
      [{ alertPercent: 0 }, 'alertPercent'],
    ] as const) {
      const answer = await it.put('/virgate/api/warehouse', body);
      assert.deepEqual([answer.status, answer.body['field']], [400, field]);
    }
    assert.deepEqual([before['alertDays'], before['alertPercent']], [30, 95]);
    const alerts = await it.put('/virgate/api/warehouse', { alertDays: 0, alertPercent: 90 });
    assert.deepEqual([alerts.body['alertDays'], alerts.body['alertPercent'], alerts.body['timeZone']], [0, 90, 'Asia/Kolkata']);
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
