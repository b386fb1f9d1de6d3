import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';
import { checkCertificates } from './watch.ts';

const dayMs = 86_400_000;

/** An engine with hosts of 398-day certificates that have some days left; the joined ones have an enrolment. */
async function start(t: TestContext, hosts: { name: string; daysLeft: number; joined: boolean; status: string }[]) {
  const admin = await startTestEngine(t);
  const { db } = admin.engine;
  for (const [index, { name, daysLeft, joined, status }] of hosts.entries()) {
    const id = randomUUID();
    const until = Date.now() + daysLeft * dayMs;
    await db
      .insertInto('host')
      .values({ id, name, address: `127.0.9.${index}`, cluster_id: defaultClusterId })
      .execute();
    await db
      .insertInto('host_state')
      .values({ host_id: id, status, certificate_from: new Date(until - 398 * dayMs), certificate_until: new Date(until) })
      .execute();
    if (!joined) continue;
    const token = randomUUID();
    await db
      .insertInto('host_enrolment_token')
      .values({ id: token, token_hash: Buffer.from(token), cluster_id: defaultClusterId, expires_at: new Date() })
      .execute();
    await db
      .insertInto('host_enrolment')
      .values({ id: randomUUID(), token_id: token, host_id: id, request_pem: '', state: 'approved' })
      .execute();
  }
  const begun: unknown[] = [];
  const parts = {
    db,
    jobs: { beginAlone: async (name: string, { params }: { params: object }) => String(begun.push([name, params])) },
    authority: admin.engine.authority,
    options: admin.engine.options,
    log: admin.engine.log,
  };
  const check = (now = Date.now()): Promise<void> => checkCertificates({ ...parts, now: () => now });
  const events = async (): Promise<string[]> => {
    const rows = await db.selectFrom('audit_log').select(['code', 'host_name']).where('code', 'in', codes).orderBy('code').execute();
    return rows.map((row) => `${row.code} ${row.host_name ?? ''}`.trim());
  };
  return { ...admin, check, events, begun };
}
const codes = [845, 846, 847, 848, 849, 877, 878, 879, 880, 883];

test('what nears its end is said once a day, the rest is renewed long before', async (t) => {
  const { check, events, begun, get } = await start(t, [
    { name: 'fresh', daysLeft: 390, joined: true, status: 'up' },
    { name: 'half', daysLeft: 190, joined: true, status: 'up' },
    { name: 'away', daysLeft: 190, joined: true, status: 'maintenance' },
    { name: 'ending', daysLeft: 100, joined: false, status: 'up' },
    { name: 'urgent', daysLeft: 20, joined: false, status: 'up' },
    { name: 'over', daysLeft: -1, joined: true, status: 'non_responsive' },
  ]);
  await check();
  const said = ['845 ending', '877 over', '879 urgent', '880 half'];
  assert.deepEqual(await events(), said);
  assert.equal(begun.length, 1);
  assert.match(JSON.stringify(begun), /^\[\["HostEnrollCertificate",\{"hostId":"[0-9a-f-]{36}","hostName":"half"/);
  await check();
  assert.deepEqual(await events(), said, 'nothing twice within a day');
  assert.equal(begun.length, 1);
  const texts = (await get('/events')).body['event'].map((event: { description: string }) => event.description) as string[];
  assert.ok(
    texts.some((text) => /^The certificate of host urgent ends on \d{4}-\d\d-\d\d; the engine cannot reach/.test(text)),
    texts.join('\n'),
  );
});

test("the engine's own certificate and the authority are watched as well", async (t) => {
  const { check, events } = await start(t, []);
  for (const [days, expected] of [
    [100, []],
    [300, ['847']],
    [380, ['847', '878']],
    [400, ['846', '847', '878']],
    [3400, ['846', '847', '849', '878']],
  ] as const) {
    await check(Date.now() + days * dayMs);
    assert.deepEqual(await events(), expected, `after ${days} days`);
  }
});

test('a host in a status in which it cannot be asked gets no certificate', async (t) => {
  const { post, get, user } = await start(t, [{ name: 'gone', daysLeft: 100, joined: true, status: 'non_responsive' }]);
  const id = (await get('/hosts')).body['host'][0].id as string;
  const refused = await post(`/hosts/${id}/enrollcertificate`, {});
  assert.equal(refused.status, 409, refused.text);
  assert.match(refused.text, /certificate/i);
  assert.equal((await (await user('nobody')).post(`/hosts/${id}/enrollcertificate`, {})).status, 403);
});
