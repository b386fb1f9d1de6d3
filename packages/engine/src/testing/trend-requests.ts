import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { TestEngine } from './engine.ts';

const injection = "1'); drop table price_list; --";

/** Price lists as requests: who may, what comes back, what is refused. @returns the id of one that stays */
export async function checkPriceLists(it: TestEngine, of: { cluster: string; domain: string }): Promise<string> {
  const path = '/virgate/api/price-lists';
  const list = {
    name: 'Prices of 2030',
    currency: 'EUR',
    vcpuHour: '0.0125',
    memoryGibHour: '123456789012.123456789',
    gibMonth: '0.10',
    clusters: [{ cluster: of.cluster, vcpuHour: '1', memoryGibHour: '0' }],
    storage: [
      { storageType: 'nfs', gibMonth: '0.2' },
      { storageDomain: of.domain, gibMonth: '7.000000001' },
    ],
  };
  const added = await it.post(path, list);
  assert.equal(added.status, 201, added.text);
  const id = added.body['id'] as string;
  const shown = { id, ...list, gibMonth: '0.1' };
  assert.deepEqual(added.body, shown, 'digit for digit');
  assert.deepEqual((await it.get(`${path}/${id}`)).body, shown);
  assert.deepEqual((await it.get(path)).body, [shown]);
  const ann = await it.user('annpays');
  assert.deepEqual((await ann.get(`${path}/${id}`)).body, { ...shown, clusters: [], storage: [list.storage[0]] }, 'what she may not see');
  for (const [method, at] of [
    ['POST', path],
    ['PUT', `${path}/${id}`],
    ['DELETE', `${path}/${id}`],
  ] as const)
    assert.equal((await ann.call(method, at, { body: list })).status, 403, method);

  const other = { ...list, name: 'other' };
  const price = { cluster: of.cluster, vcpuHour: '1', memoryGibHour: '1' };
  for (const [body, status, field] of [
    [list, 409, 'name'],
    [{ ...other, name: '' }, 400, 'name'],
    [{ ...other, currency: 'ZZZ' }, 400, 'currency'],
    [{ ...other, currency: 'euro' }, 400, 'currency'],
    [{ ...other, vcpuHour: '-1' }, 400, 'vcpuHour'],
    [{ ...other, vcpuHour: 0.5 }, 400, 'vcpuHour'],
    [{ ...other, memoryGibHour: '1e9' }, 400, 'memoryGibHour'],
    [{ ...other, memoryGibHour: '0.0000000001' }, 400, 'memoryGibHour'],
    [{ ...other, gibMonth: 'NaN' }, 400, 'gibMonth'],
    [{ ...other, gibMonth: injection }, 400, 'gibMonth'],
    [{ ...other, currency: injection }, 400, 'currency'],
    [{ ...other, clusters: [{ ...price, vcpuHour: '-0.01' }] }, 400, 'clusters.vcpuHour'],
    [{ ...other, clusters: [{ ...price, cluster: injection }] }, 400, 'clusters.cluster'],
    [{ ...other, clusters: [{ ...price, cluster: randomUUID() }] }, 400, 'clusters'],
    [{ ...other, clusters: [price, price] }, 400, 'clusters'],
    [{ ...other, storage: [{ gibMonth: '1' }] }, 400, 'storage'],
    [{ ...other, storage: [{ storageDomain: of.domain, storageType: 'nfs', gibMonth: '1' }] }, 400, 'storage'],
    [{ ...other, storage: [{ storageType: injection, gibMonth: '1' }] }, 400, 'storage.storageType'],
    [{ ...other, storage: [{ storageDomain: randomUUID(), gibMonth: '1' }] }, 400, 'storage'],
    [{ ...other, storage: [list.storage[0], list.storage[0]] }, 400, 'storage'],
  ] as const) {
    const answer = await it.post(path, body);
    assert.deepEqual([answer.status, answer.body['field']], [status, field], answer.text);
  }
  assert.equal(((await it.get(path)).body as unknown as unknown[]).length, 1, 'nothing of it is left');
  // A name is a text, whatever it says.
  const named = await it.post(path, { ...other, name: injection });
  assert.deepEqual([named.status, named.body['name']], [201, injection]);
  const second = `${path}/${named.body['id'] as string}`;
  assert.deepEqual((await it.put(second, list)).body['field'], 'name');
  const { clusters: _, storage: __, ...plain } = other;
  assert.deepEqual((await it.put(second, plain)).body, { ...plain, id: named.body['id'], gibMonth: '0.1', clusters: [], storage: [] });
  assert.equal((await it.delete(second)).status, 204);
  assert.deepEqual(
    [(await it.get(second)).status, (await it.put(second, plain)).status, (await it.delete(second)).status],
    [404, 404, 404],
  );
  return id;
}

/** What forecasts, sizes and costs are asked for: refused with the field, and shown to each as he may see it. */
export async function checkTrendRequests(
  it: TestEngine,
  of: { vm: string; domain: string; priceList: string; day: string },
): Promise<void> {
  const place = '/virgate/api/reports';
  const { priceList, day } = of;
  const costs = `SHOWBACK?period=daily&startDate=${day}&priceList=${priceList}`;
  const bad = encodeURIComponent(injection);
  for (const [query, status, field] of [
    [`SHOWBACK?period=daily&startDate=${day}`, 400, 'priceList'],
    [`SHOWBACK?period=daily&startDate=${day}&priceList=${randomUUID()}`, 404, 'priceList'],
    [`SHOWBACK?period=daily&startDate=${day}&priceList=${bad}`, 400, 'priceList'],
    [`SHOWBACK?period=monthly&startDate=${day}&endDate=2020-01-01&priceList=${priceList}`, 400, 'endDate'],
    [`SHOWBACK?period=${bad}&startDate=${day}&priceList=${priceList}`, 400, 'period'],
    [`${costs}&costBy=${bad}`, 400, 'costBy'],
    [`${costs}&showDeleted=true`, 400, 'showDeleted'],
    [`${costs}&vm=${randomUUID()}`, 404, 'vm'],
    ['STORAGE-FORECAST?historyDays=6', 400, 'historyDays'],
    ['STORAGE-FORECAST?historyDays=366', 400, 'historyDays'],
    [`STORAGE-FORECAST?historyDays=${bad}`, 400, 'historyDays'],
    ['STORAGE-FORECAST?horizonDays=0', 400, 'horizonDays'],
    ['STORAGE-FORECAST?fullPercent=0', 400, 'fullPercent'],
    ['STORAGE-FORECAST?fullPercent=101', 400, 'fullPercent'],
    [`STORAGE-FORECAST?storageDomain=${bad}`, 400, 'storageDomain'],
    ['STORAGE-FORECAST?period=daily', 400, 'period'],
    [`CLUSTER-FORECAST?cluster=${bad}`, 400, 'cluster'],
    ['CLUSTER-FORECAST?costBy=vm', 400, 'costBy'],
    ['RIGHT-SIZING?horizonDays=30', 400, 'horizonDays'],
    [`RIGHT-SIZING?operatingSystem=${bad}`, 400, 'operatingSystem'],
  ] as const) {
    const answer = await it.get(`${place}/${query}`);
    assert.deepEqual([answer.status, answer.body['field']], [status, field], `${query}: ${answer.text}`);
  }
  assert.equal((await sql`select 1 from price_list`.execute(it.engine.db)).rows.length, 1);

  const table = async (client: Pick<TestEngine, 'get'>, query: string): Promise<unknown[][]> => {
    const answer = await client.get(`${place}/${query}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.body['tables'][0].rows as unknown[][];
  };
  const all = await table(it, costs);
  assert.deepEqual([all[0]?.[0], all.length], ['Total', 2]);
  const owner = await it.user('carlpays', [{ role: 'UserRole', object: { type: 'vm', id: of.vm } }]);
  assert.deepEqual(await table(owner, costs), all);
  const stranger = await it.user('evepays');
  assert.equal((await stranger.get(`${place}/${costs}`)).body['hasData'], false);
  assert.deepEqual(await table(stranger, 'STORAGE-FORECAST'), []);
  assert.ok((await table(it, 'STORAGE-FORECAST')).some((row) => /Too little data/.test(String(row[9]))));
  assert.equal((await stranger.get(`${place}/STORAGE-FORECAST?storageDomain=${of.domain}`)).status, 404);
  assert.deepEqual(await table(stranger, 'CLUSTER-FORECAST'), []);
  assert.equal((await stranger.get(`${place}/RIGHT-SIZING`)).body['hasData'], false);

  // Money is a decimal in a text, in every form of it.
  assert.match(String(all[0]?.[8]), /^\d+\.\d\d$/);
  const csv = await it.get(`${place}/${costs.replace('?', '/download?format=csv&')}`);
  assert.ok(csv.text.includes(`Total,${all[0]?.slice(1).join(',') ?? ''}\r\n`), csv.text);
  assert.ok(csv.text.includes('Price List,Prices of 2030'), csv.text);

  // Kept and sent like any other report.
  const kept = await it.post('/virgate/api/saved-reports', {
    name: 'Costs of the month',
    report: 'SHOWBACK',
    criteria: { period: 'monthly', startDate: day, priceList, costBy: 'user' },
    schedule: { every: 'month', hour: 6, format: 'xlsx', to: ['boss@example.org'] },
  });
  assert.equal(kept.status, 201, kept.text);
  assert.equal((await it.delete(`/virgate/api/saved-reports/${kept.body['id'] as string}`)).status, 204);
  const wrong = await it.post('/virgate/api/saved-reports', { name: 'x', report: 'STORAGE-FORECAST', criteria: { historyDays: 1000 } });
  assert.deepEqual([wrong.status, wrong.body['field']], [400, 'criteria.historyDays']);
}
