// Budget: 75 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { transaction } from '@virgate/database';
import { sql } from 'kysely';
import pino from 'pino';
import { recordEvent, type EventRecord } from '../events/record.ts';
import { defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine, type TestEngine } from '../testing/engine.ts';
import { startSmtpServer, type SmtpServer } from '../testing/smtp-server.ts';
import { Notifier } from './notifier.ts';

const path = '/virgate/api/mail';
const log = pino({ level: 'silent' });
const hostId = randomUUID();
const host = { id: hostId, name: 'host1' };

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await holds()); await delay(50)) assert.ok(Date.now() < end, what);
}

const happen = (test: TestEngine, event: EventRecord): Promise<void> => transaction(test.engine.db, (trx) => recordEvent(trx, event));

async function addHost(test: TestEngine): Promise<void> {
  await sql`insert into host (id, name, address, cluster_id) values (${hostId}, 'host1', 'h.example', ${defaultClusterId})`.execute(
    test.engine.db,
  );
}

const subjectOf = (mail: { text: string }): string => /^Subject: (.*(?:\n[ \t].*)*)/m.exec(mail.text)?.[1]?.replace(/\n[ \t]/g, ' ') ?? '';
const to = (server: SmtpServer, address: string) => server.mails.filter((mail) => mail.to.includes(address));

test('who subscribed to an event gets a mail of it and of its end, and nobody else', async (t) => {
  const test = await startTestEngine(t);
  await addHost(test);
  const smtp = await startSmtpServer(t);
  const ann = await test.user('ann', [{ role: 'ClusterAdmin', object: { type: 'cluster', id: defaultClusterId } }]);
  const bob = await test.user('bob', [{ role: 'UserRole', object: { type: 'host', id: hostId } }]);
  const eve = await test.user('eve');
  for (const [client, name] of [
    [ann, 'ann'],
    [bob, 'bob'],
    [eve, 'eve'],
  ] as const)
    assert.equal(
      (await client.post(`/users/${client.id}/eventsubscriptions`, { event: 'host_install_failed', address: `${name}@example.org` }))
        .status,
      201,
    );
  await ann.post(`/users/${ann.id}/eventsubscriptions`, {
    event: 'host_failure',
    notification_method: 'snmp',
    address: 'trap.example.org',
  });
  // What happened before a server was set is not sent.
  await happen(test, { name: 'VDS_INSTALL_FAILED', host, values: { FailedInstallMessage: 'too early' } });
  await delay(3000);
  assert.equal((await test.get(path)).status, 404);
  const settings = { server: '127.0.0.1', port: smtp.port, from: 'engine@example.org', replyTo: 'admin@example.org' };
  const set = await test.call('PUT', path, { body: settings });
  assert.equal(set.status, 200, set.text);
  assert.deepEqual(set.body, { ...settings, encryption: 'none', caPem: null, user: null, html: false, retries: 4, historyDays: 7 });
  await happen(test, { name: 'VDS_INSTALL_FAILED', host, values: { FailedInstallMessage: 'no\r\nBcc: x@example.org' } });
  await happen(test, { name: 'VDS_FAILURE', host });
  await happen(test, { name: 'VDS_INSTALL', host });
  await until('both are sent', () => smtp.mails.length >= 4);
  assert.equal(to(smtp, 'eve@example.org').length, 0, 'he may not see the host');
  for (const address of ['ann@example.org', 'bob@example.org']) {
    const [failed, settled] = to(smtp, address);
    assert.match(subjectOf(failed ?? { text: '' }), /^alertMessage \(.+\), \[.*host1.*\]$/);
    assert.match(subjectOf(settled ?? { text: '' }), /^resolveMessage \(.+\), \[.*host1.*\]$/);
    assert.match(failed?.text ?? '', /\nSeverity: ERROR\n[^]*Host Name: host1\n/);
    assert.match(failed?.text ?? '', /^From: engine@example\.org$/m);
    assert.match(failed?.text ?? '', /^Reply-To: admin@example\.org$/m);
    assert.deepEqual([failed?.from, failed?.to], ['engine@example.org', [address]]);
    assert.doesNotMatch((failed?.text ?? '').split('\n\n')[0] ?? '', /^Bcc:/m, 'no event writes a header');
  }
  assert.equal(smtp.mails.length, 4, 'and nothing twice');
  await test.call('PUT', path, { body: { ...settings, html: true } });
  await happen(test, { name: 'VDS_INSTALL_FAILED', host: { ...host, name: '<b>host1' } });
  await until('it is sent', () => smtp.mails.length === 6);
  assert.match(smtp.mails.at(-1)?.text ?? '', /text\/html[^]*&#60;b&#62;host1/);
});

test('several engines send each mail once; a server that refuses is asked again, and at last left alone', async (t) => {
  const test = await startTestEngine(t);
  await addHost(test);
  const { db, authority } = test.engine;
  const smtp = await startSmtpServer(t);
  await test.call('PUT', path, { body: { server: '127.0.0.1', port: smtp.port, from: 'engine@example.org', retries: 20 } });
  const admin = await db.selectFrom('app_user').select('id').where('principal', '=', 'admin').executeTakeFirstOrThrow();
  await db.updateTable('app_user').set({ email: 'root@example.org' }).where('id', '=', admin.id).execute();
  await test.post(`/users/${admin.id}/eventsubscriptions`, { event: 'host_failure' });
  const parts = { db, secretKey: authority.secretKey, engineName: 'e', installationId: 'i', log };
  const others = [new Notifier(parts), new Notifier(parts), new Notifier(parts)];
  t.after(() => Promise.all(others.map((other) => other.stop())));
  for (const other of others) other.start();
  const many = 120;
  for (let at = 0; at < many; at += 1) await happen(test, { name: 'VDS_FAILURE', host });
  await until('all are sent', () => smtp.mails.length >= many);
  await delay(2500);
  assert.equal(smtp.mails.length, many);
  assert.equal(new Set(smtp.mails.map((mail) => /^Message-ID:\s*(\S+)/im.exec(mail.text)?.[1])).size, many);
  for (const mail of smtp.mails) assert.deepEqual(mail.to, ['root@example.org'], 'the address of the user where he said none');
  await Promise.all(others.map((other) => other.stop()));

  // An engine that ends does not wait for a server that says nothing, and leaves the rest to the others.
  const asked: string[] = [];
  smtp.answer = (address) => (asked.push(address), null);
  const ending = new Notifier({ ...parts, engineName: 'ending' });
  for (let at = 0; at < 3; at += 1) await happen(test, { name: 'VDS_FAILURE', host });
  ending.start();
  await until('a mail is being sent', () => asked.length > 0);
  const begun = performance.now();
  await ending.stop();
  assert.ok(performance.now() - begun < 5000);
  smtp.answer = () => 250;
  smtp.hangUp();
  const again = () => sql`update event_notification set next_at = now() where status = 'waiting'`.execute(db);
  await until('all is sent by another', async () => {
    await again();
    return smtp.mails.length >= many + 3;
  });
  await test.call('PUT', path, { body: { server: '127.0.0.1', port: smtp.port, from: 'engine@example.org', retries: 2 } });

  smtp.answer = () => 451;
  await happen(test, { name: 'VDS_FAILURE', host });
  const last = () => db.selectFrom('event_notification').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirstOrThrow();
  await until('it was tried', async () => (await last()).attempts === 1 && (await last()).error !== null);
  assert.equal((await last()).status, 'waiting');
  assert.ok((await last()).next_at > Date.now() + 10_000, 'and is tried again later');
  await again();
  await until('it is given up', async () => (await last()).status === 'failed');
  assert.match((await last()).error ?? '', /451/);
  assert.equal((await last()).attempts, 2);
  // A server that is not there hurts nothing, and what was sent is forgotten in time.
  await test.call('PUT', path, { body: { server: '127.0.0.1', port: 1, from: 'engine@example.org', retries: 1, historyDays: 1 } });
  await sql`update event_notification set ended_at = now() - interval '2 days' where status = 'sent'`.execute(db);
  await happen(test, { name: 'VDS_FAILURE', host });
  await until('it failed', async () => (await last()).status === 'failed' && (await last()).attempts === 1);
  const kept = await db.selectFrom('event_notification').select('status').distinct().execute();
  assert.deepEqual(kept.map((row) => row.status).sort(), ['failed']);
});

test('the mail server is set, tried and taken back by who may configure the engine; its password is told to nobody', async (t) => {
  const test = await startTestEngine(t);
  const { key, certificate } = { key: test.engine.authority.engine.keyPem, certificate: test.engine.authority.engine.certificatePem };
  const smtp = await startSmtpServer(t, { tls: { key, cert: certificate }, auth: { user: 'mailer', password: 'swordfish' } });
  const nobody = await test.user('nobody');
  for (const method of ['GET', 'PUT', 'DELETE'])
    assert.equal((await nobody.call(method, path, method === 'PUT' ? { body: { server: 's', from: 'a@b' } } : {})).status, 403, method);
  for (const [body, field] of [
    [{ from: 'a@b' }, 'server'],
    [{ server: 's', from: 'nobody' }, 'from'],
    [{ server: 's', from: 'a@b', replyTo: 'x y@z' }, 'replyTo'],
    [{ server: 's', from: 'a@b', port: 0 }, 'port'],
    [{ server: 's', from: 'a@b', encryption: 'rot13' }, 'encryption'],
    [{ server: 's', from: 'a@b', password: 'p' }, 'user'],
    [{ server: 's', from: 'a@b', caPem: 'x' }, 'caPem'],
  ] as const) {
    const answer = await test.call('PUT', path, { body });
    assert.deepEqual([answer.status, answer.body['field']], [400, field], answer.text);
  }
  assert.equal((await test.get(path)).status, 404);
  const settings = {
    server: 'localhost',
    port: smtp.port,
    encryption: 'tls',
    from: 'engine@example.org',
    user: 'mailer',
    caPem: test.caPem,
  };
  const set = await test.call('PUT', path, { body: { ...settings, password: 'swordfish' } });
  assert.equal(set.status, 200, set.text);
  assert.ok(!set.text.includes('swordfish'));
  const row = await test.engine.db.selectFrom('mail_settings').selectAll().executeTakeFirstOrThrow();
  assert.ok(!row.password?.toString('latin1').includes('swordfish'), 'nor does the database have it in clear');
  const attempt = () => test.call('POST', `${path}/test`, { body: { address: 'me@example.org' } });
  assert.deepEqual((await attempt()).body, { works: true });
  const [mail] = smtp.mails;
  assert.deepEqual([mail?.isEncrypted, mail?.user, mail?.to], [true, 'mailer', ['me@example.org']]);
  // The password stays where nothing is said of it, but goes to no other server.
  await test.call('PUT', path, { body: { ...settings, html: true } });
  assert.deepEqual((await attempt()).body, { works: true });
  await test.call('PUT', path, { body: { ...settings, server: '127.0.0.1' } });
  assert.equal((await attempt()).body['works'], false);
  await test.call('PUT', path, { body: { ...settings, password: 'wrong' } });
  const refused = await attempt();
  assert.equal(refused.body['works'], false);
  assert.match(refused.body['reason'], /535/);
  await test.call('PUT', path, { body: { ...settings, password: 'swordfish', caPem: null } });
  assert.equal((await attempt()).body['works'], false, 'who the server is is checked');
  assert.equal((await test.call('DELETE', path)).status, 204);
  assert.equal((await test.call('DELETE', path)).status, 404);
  assert.equal((await attempt()).status, 404);
});
