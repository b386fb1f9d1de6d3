// Budget: 60 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChangeType } from '@virgate/contract/generated/virgate';
import { openDatabase } from '@virgate/database';
import { testDatabase } from '@virgate/database/testing';
import { sql } from 'kysely';
import pino from 'pino';
import { revokeToken } from '../access/tokens.ts';
import { defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { engineMigrations } from '../tables/migrations.ts';
import type { Tables } from '../tables/schema.ts';
import { startTestEngine, type Answer, type Client, type TestEngine } from '../testing/engine.ts';
import { addHostAndStorage } from '../testing/objects.ts';
import { openStream, type EventStream } from '../testing/event-stream.ts';
import { noteChange } from './outbox.ts';
import { startPublisher } from './publisher.ts';

const log = pino({ level: 'silent' });
const path = '/virgate/api/changes';
const changesOf = (stream: EventStream) => stream.events.filter((event) => event.event === 'change').map((event) => event.data);
const bearer = (client: Client) => ({ authorization: `Bearer ${client.token}` });

async function follow(
  t: TestContext,
  engine: TestEngine,
  client: Client,
  query = '',
  headers: Record<string, string> = {},
): Promise<EventStream> {
  const stream = await openStream(t, engine, path + query, { ...bearer(client), ...headers });
  assert.equal(stream.response.statusCode, 200);
  await stream.until('the stream is open', ({ events }) => events.length > 0);
  return stream;
}

test('numbers are in the order of commits, not in that of ids', async (t) => {
  const test = await startTestEngine(t);
  const { db } = test.engine;
  const stream = await follow(t, test, test);
  const [early, late] = [randomUUID(), randomUUID()];
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const first = db.transaction().execute(async (trx) => {
    await noteChange(trx, 'vm', early, 'update');
    begun.resolve();
    await go.promise;
  });
  await begun.promise;
  await db.transaction().execute((trx) => noteChange(trx, 'vm', late, 'update'));
  await stream.until('the second transaction is told', () => changesOf(stream).some((one) => one.id === late));
  assert.ok(!changesOf(stream).some((one) => one.id === early), 'what is not committed is not told');
  go.resolve();
  await first;
  await stream.until('the first transaction is told', () => changesOf(stream).some((one) => one.id === early));
  const seen = changesOf(stream).filter((one) => one.id === early || one.id === late);
  assert.deepEqual(
    seen.map((one) => one.id),
    [late, early],
  );
  assert.ok(seen[0].seq < seen[1].seq);
  const ids = await db.selectFrom('change').select(['object_id', 'id']).where('object_id', 'in', [early, late]).orderBy('id').execute();
  assert.deepEqual(
    ids.map((one) => one.object_id),
    [early, late],
    'although its id is the lower one',
  );
});

test('a subscriber resumes where it was, and is told when that is gone', async (t) => {
  const test = await startTestEngine(t);
  const { db } = test.engine;
  const stream = await follow(t, test, test);
  const ids = Array.from({ length: 5 }, () => randomUUID());
  for (const id of ids) await db.transaction().execute((trx) => noteChange(trx, 'disk', id, 'add'));
  await stream.until('all are told', () => changesOf(stream).filter((one) => one.type === 'disk').length === 5);
  const third = changesOf(stream).find((one) => one.id === ids[2]);
  stream.close();
  const byQuery = await follow(t, test, test, `?since=${third.seq}`);
  await byQuery.until('the rest comes', () => changesOf(byQuery).length >= 2);
  assert.deepEqual(
    changesOf(byQuery)
      .map((one) => one.id)
      .slice(0, 2),
    ids.slice(3),
  );
  const byHeader = await follow(t, test, test, '', { 'last-event-id': String(third.seq) });
  await byHeader.until('the rest comes', () => changesOf(byHeader).length >= 2);

  const future = await test.get(`${path}?since=999999999`);
  assert.deepEqual([future.status, future.body['code']], [410, 'resync']);
  assert.equal((await test.get(`${path}?since=yesterday`)).status, 400);
  const keepingNothing = randomUUID();
  const publisher = await startPublisher({ database: test.engine.database, engineId: keepingNothing, log, retentionMs: 1 });
  const deadline = Date.now() + 10_000;
  while (await db.selectFrom('change').select('sequence').where('sequence', '<=', third.seq).executeTakeFirst()) {
    assert.ok(Date.now() < deadline, 'old changes are removed');
    await db
      .updateTable('publisher_lease')
      .set({ lease_until: new Date(0) })
      .where('owner', 'not like', `${keepingNothing}/%`)
      .execute();
    await delay(100);
  }
  const old = await test.get(`${path}?since=${third.seq - 1}`);
  assert.deepEqual([old.status, old.body['code']], [410, 'resync']);
  await publisher.stop();
});

test('of two publishers one numbers; the other takes over, and no number is given twice', async (t) => {
  const database = await testDatabase<Tables>(t, { migrations: engineMigrations });
  const second = await openDatabase<Tables>({ url: database.url });
  const publishers = await Promise.all(
    [database, second].map((one, index) => startPublisher({ database: one, engineId: `engine-${index}`, log })),
  );
  try {
    const note = (count: number) =>
      Promise.all(
        Array.from({ length: count }, () => database.db.transaction().execute((trx) => noteChange(trx, 'vm', randomUUID(), 'update'))),
      );
    const numbered = async (count: number) => {
      for (let tries = 0; tries < 200; tries += 1) {
        const rows = await database.db
          .selectFrom('change')
          .select('sequence')
          .where('sequence', 'is not', null)
          .orderBy('sequence')
          .execute();
        if (rows.length === count) return rows.map((row) => row.sequence);
        await delay(50);
      }
      return assert.fail('the changes were not numbered');
    };
    await note(20);
    assert.deepEqual(
      await numbered(20),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    const lease = await database.db.selectFrom('publisher_lease').selectAll().executeTakeFirstOrThrow();
    await publishers[lease.owner.startsWith('engine-0') ? 0 : 1]?.stop();
    await note(20);
    assert.deepEqual(
      await numbered(40),
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    const after = await database.db.selectFrom('publisher_lease').selectAll().executeTakeFirstOrThrow();
    assert.notEqual(after.owner, lease.owner);
    assert.ok(after.fence > lease.fence);
  } finally {
    await Promise.all(publishers.map((publisher) => publisher.stop()));
    await second.close();
  }
});

test('everybody is told of what he may see, and of what no longer', async (t) => {
  const test = await startTestEngine(t);
  const made = await test.post('/clusters', { name: 'hidden', data_center: { id: defaultDataCenterId } });
  const hidden = made.body['id'];
  const user = await test.user('watcher', [{ role: 'ClusterAdmin', object: { type: 'cluster', id: defaultClusterId } }]);
  const plain = await test.user('plain', [{ role: 'UserRole', object: { type: 'cluster', id: defaultClusterId } }]);
  const admin = await follow(t, test, user);
  const stream = await follow(t, test, plain);
  await test.put(`/clusters/${hidden}`, { comment: 'a' });
  await test.put(`/clusters/${defaultClusterId}`, { comment: 'a' });
  await stream.until('the visible cluster is told', () => changesOf(stream).some((one) => one.type === 'cluster'));
  assert.deepEqual(
    changesOf(stream)
      .filter((one) => one.type === 'cluster')
      .map((one) => [one.id, one.op]),
    [[defaultClusterId, 'update']],
  );
  await admin.until('an administrator is told of both', () => changesOf(admin).filter((one) => one.type === 'cluster').length === 2);

  await test.delete(`/clusters/${hidden}`);
  await test.engine.db.transaction().execute(async (trx) => {
    await trx.deleteFrom('permission').where('principal_id', '=', plain.id).execute();
    await noteChange(trx, 'permission', randomUUID(), 'remove');
  });
  await stream.until('the change of roles is told', ({ events }) => events.some((event) => event.event === 'resync'));
  await test.put(`/clusters/${defaultClusterId}`, { comment: 'b' });
  await admin.until(
    'the administrator is told',
    () => changesOf(admin).filter((one) => one.type === 'cluster' && one.id === defaultClusterId).length === 2,
  );
  assert.equal(
    changesOf(stream).filter((one) => one.type === 'cluster').length,
    1,
    'neither the removal of what was never shown nor what is hidden now',
  );
});

test('a subscription ends with its token', async (t) => {
  const test = await startTestEngine(t);
  assert.equal((await test.client(null).get(path)).status, 401);
  assert.equal((await test.client('nonsense').get(path)).status, 401);
  const user = await test.user('leaving');
  const [one, other] = [await follow(t, test, user), await follow(t, test, test)];
  await revokeToken(test.engine.db, user.token);
  await one.until('it has ended', ({ ended }) => ended);
  assert.ok(!other.ended);
  await test.engine.db
    .updateTable('access_token')
    .set({ expires_at: new Date(0) })
    .execute();
  await other.until('it has ended', ({ ended }) => ended);
});

test('the latest figures come to who may see their object, and only what is new after that', async (t) => {
  const test = await startTestEngine(t);
  const { db } = test.engine;
  const vms = [];
  for (const name of ['watched', 'other', 'off']) {
    vms.push((await test.post('/vms', { name, cluster: { id: defaultClusterId }, template: { name: 'Blank' } })).body['id']);
  }
  const [watched, other, off] = vms;
  const hostId = randomUUID();
  await sql`insert into host (id, name, address, cluster_id) values (${hostId}, 'h', 'h.example', ${defaultClusterId})`.execute(db);
  await sql`insert into host_state (host_id, status) values (${hostId}, 'up')`.execute(db);
  await sql`insert into host_statistics (host_id, memory_used_percent, cpu_user_percent, cpu_system_percent) values (${hostId}, 40, 10.2, 5.1)`.execute(
    db,
  );
  await sql`update vm_state set host_id = ${hostId} where vm_id in (${watched}, ${other})`.execute(db);
  await sql`insert into vm_statistics (vm_id, cpu_usage_percent, memory_usage_percent) values (${watched}, 7, null), (${other}, 8, 20), (${off}, 9, 30)`.execute(
    db,
  );
  const user = await test.user('watcher', [{ role: 'UserRole', object: { type: 'vm', id: watched } }]);
  const open = (client: Client) => openStream(t, test, '/virgate/api/statistics', bearer(client));
  const figuresOf = (stream: EventStream) => stream.events.filter((event) => event.event === 'statistics').flatMap((event) => event.data);
  const [all, own] = [await open(test), await open(user)];
  await all.until('everything is told', () => figuresOf(all).length === 3);
  await own.until('what he may see is told', () => figuresOf(own).length === 1);
  assert.deepEqual(figuresOf(own), [{ type: 'vm', id: watched, cpuPercent: 7 }], 'what is unknown is left out, never zero');
  assert.deepEqual(
    figuresOf(all).find((one) => one.type === 'host'),
    { type: 'host', id: hostId, cpuPercent: 15, memoryPercent: 40 },
  );
  assert.ok(!figuresOf(all).some((one) => one.id === off), 'a VM that runs nowhere has no figures');

  await sql`update vm_statistics set memory_usage_percent = 21 where vm_id = ${other}`.execute(db);
  await all.until('what changed is told', () => figuresOf(all).length === 4);
  assert.deepEqual(figuresOf(all).at(-1), { type: 'vm', id: other, cpuPercent: 8, memoryPercent: 21 });
  await sql`update vm_statistics set memory_usage_percent = 50 where vm_id = ${watched}`.execute(db);
  await own.until('his own is told', () => figuresOf(own).length === 2);
  assert.ok(figuresOf(own).every((one) => one.id === watched));
  assert.equal((await test.client(null).get('/virgate/api/statistics')).status, 401);
});

const versionInTag = (answer: Answer): string => /^"([^".]+)\./.exec(String(answer.headers['etag']))?.[1] ?? '';

test('a change tells the version of the entity tag, and which attributes changed', async (t) => {
  const test = await startTestEngine(t);
  const { db } = test.engine;
  const made = await test.post('/vms', { name: 'told', cluster: { id: defaultClusterId }, template: { name: 'Blank' } });
  const vm: string = made.body['id'];
  await delay(300);
  const unheard = await db.selectFrom('change').select(['version', 'fields']).where('object_id', '=', vm).execute();
  assert.ok(unheard.length > 0 && unheard.every((one) => one.version === null && one.fields === null), 'nobody follows: nothing is read');

  const user = await test.user('owner', [{ role: 'UserRole', object: { type: 'vm', id: vm } }]);
  const [stream, own] = [await follow(t, test, test), await follow(t, test, user)];
  const ofVm = (of = stream) => changesOf(of).filter((one) => one.type === 'vm' && one.id === vm);
  const after = async (count: number, of = stream) => {
    await of.until(`change ${count} is told`, () => ofVm(of).length >= count);
    return ofVm(of)[count - 1];
  };
  await test.put(`/vms/${vm}`, { comment: 'first' });
  const first = await after(1);
  assert.equal(first.fields, undefined, 'what it was before, nobody knows');
  assert.equal(first.version, versionInTag(await test.get(`/vms/${vm}`)));

  const changed = await test.put(`/vms/${vm}`, {
    description: 'other',
    memory: 2 ** 31,
    memory_policy: { guaranteed: 2 ** 30, max: 2 ** 33 },
  });
  const second = await after(2);
  assert.deepEqual(second.fields, ['description', 'memory', 'memory_policy']);
  assert.equal(second.version, versionInTag(changed));
  assert.notEqual(second.version, first.version);

  const nic = await test.post(`/vms/${vm}/nics`, { name: 'nic1' });
  const third = await after(3);
  assert.deepEqual([third.fields, third.version], [[], second.version], 'a NIC is none of the attributes of its VM');
  await stream.until('the NIC is told', () => changesOf(stream).some((one) => one.type === 'nic'));
  const added = changesOf(stream).find((one) => one.type === 'nic');
  assert.deepEqual([added.op, added.fields], ['add', undefined]);
  assert.equal(added.version, versionInTag(await test.get(`/vms/${vm}/nics/${nic.body['id']}`)));
  await test.put(`/vms/${vm}/nics/${nic.body['id']}`, { name: 'nic2' });
  await stream.until('its name is told', () => changesOf(stream).some((one) => one.type === 'nic' && one.fields?.[0] === 'name'));

  const hostId = randomUUID();
  await sql`insert into host (id, name, address, cluster_id) values (${hostId}, 'h', 'h.example', ${defaultClusterId})`.execute(db);
  const before = ofVm().length;
  await db.transaction().execute(async (trx) => {
    await sql`update vm_state set host_id = ${hostId}, status = 'up' where vm_id = ${vm}`.execute(trx);
    await noteChange(trx, 'vm', vm, 'update');
  });
  assert.deepEqual((await after(before + 1)).fields, ['host', 'status']);
  const filtered = await after(before + 1, own);
  assert.deepEqual([filtered.fields, filtered.version], [['status'], undefined], 'a filtered view has no host, and another version');

  await sql`update vm_state set host_id = null, status = 'down' where vm_id = ${vm}`.execute(db);
  await test.delete(`/vms/${vm}`);
  await stream.until('the removal is told', () => ofVm().some((one) => one.op === 'remove'));
  const removal = ofVm().find((one) => one.op === 'remove');
  assert.deepEqual([removal.version, removal.fields], [undefined, undefined]);
  assert.equal(await db.selectFrom('change_state').select('object_id').where('object_id', '=', vm).executeTakeFirst(), undefined);
});

test('versions of the feed are those of the tags, for every kind of object that has a place at the root', async (t) => {
  const test = await startTestEngine(t);
  const { db } = test.engine;
  const at = `/datacenters/${defaultDataCenterId}`;
  await test.post('/vms', { name: 'v', cluster: { id: defaultClusterId }, template: { name: 'Blank' } });
  await test.post('/bookmarks', { name: 'b', value: 'Vms:' });
  await test.post('/tags', { name: 't' });
  await test.post('/jobs', { description: 'j', auto_cleared: false });
  await test.post('/affinitylabels', { name: 'l' });
  await test.post(`${at}/quotas`, { name: 'q' });
  await test.post(`${at}/qoss`, { name: 's', type: 'cpu', cpu_limit: 5 });
  await test.post(`/clusters/${defaultClusterId}/affinitygroups`, { name: 'g' });
  const { hosts } = await addHostAndStorage(test);
  await sql`insert into directory_group (id, name, domain, external_id) values (${randomUUID()}, 'people', 'ldap', 'x')`.execute(db);
  const places: Record<string, [string, string][]> = {};
  const roots: [string, string][] = [
    ['data_center', '/datacenters'],
    ['cluster', '/clusters'],
    ['host', '/hosts'],
    ['vm', '/vms'],
    ['template', '/templates'],
    ['instance_type', '/instancetypes'],
    ['storage_domain', '/storagedomains'],
    ['network', '/networks'],
    ['vnic_profile', '/vnicprofiles'],
    ['user', '/users'],
    ['role', '/roles'],
    ['group', '/groups'],
    ['tag', '/tags'],
    ['bookmark', '/bookmarks'],
    ['mac_pool', '/macpools'],
    ['cpu_profile', '/cpuprofiles'],
    ['affinity_label', '/affinitylabels'],
    ['scheduling_policy', '/schedulingpolicies'],
    ['job', '/jobs'],
    ['quota', `${at}/quotas`],
    ['qos', `${at}/qoss`],
    ['affinity_group', `/clusters/${defaultClusterId}/affinitygroups`],
  ];
  for (const [type, collection] of roots) {
    const listed = Object.values((await test.get(collection)).body)[0] as { id: string }[] | undefined;
    assert.ok(listed?.[0] !== undefined, `${collection} has a member`);
    places[type] = listed.slice(0, 2).map((one) => [one.id, `${collection}/${one.id}`]);
  }
  const stream = await follow(t, test, test);
  for (const [type, members] of Object.entries(places))
    await noteChange(
      db,
      type as ChangeType,
      members.map(([id]) => id),
      'update',
    );
  for (const [type, members] of Object.entries(places)) {
    for (const [id, path] of members) {
      const told = () => changesOf(stream).find((one) => one.type === type && one.id === id);
      await stream.until(`${type} is told`, () => told() !== undefined);
      assert.equal(told().version, versionInTag(await test.get(path)), path);
    }
  }
  await noteChange(db, 'host', hosts, 'update');
  await stream.until('it is told again', () => changesOf(stream).filter((one) => one.id === hosts).length === 2);
  assert.deepEqual(changesOf(stream).findLast((one) => one.id === hosts).fields, [], 'nothing of it has changed');
});

test('what cannot be read is told without its attributes', async (t) => {
  const test = await startTestEngine(t);
  const stream = await follow(t, test, test);
  const nothing = randomUUID();
  // What the engine itself makes at its start may still be on its way.
  const told = () => changesOf(stream).filter((one) => one.id === nothing || one.id === 'no id at all');
  await noteChange(test.engine.db, 'vm', nothing, 'update');
  await noteChange(test.engine.db, 'vm', 'no id at all', 'update');
  await stream.until('both are told', () => told().length === 2);
  assert.ok(told().every((one) => one.version === undefined && one.fields === undefined));
  await sql`alter table bookmark rename to elsewhere`.execute(test.engine.db);
  await noteChange(test.engine.db, 'bookmark', nothing, 'update');
  await stream.until('the feed goes on', () => told().length === 3);
});
