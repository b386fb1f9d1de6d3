// Budget: 30 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { SaxesParser } from 'saxes';
import { blankTemplateId, defaultClusterId } from '../installation/fixed-ids.ts';
import { seed } from '../seeding/seed.ts';
import { startTestEngine, type TestEngine } from '../testing/engine.ts';
import { addObjects } from '../testing/objects.ts';

const base = '/ovirt-engine/api';
const waitMs = 20_000;

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + waitMs; performance.now() < end;) if (await condition()) return;
  throw new Error('it took too long');
}

test('work that goes on tells where to ask how far it is', async (t) => {
  const { get, post, call, user } = await startTestEngine(t).then(async (test) => Object.assign(test, { ids: await addObjects(test) }));
  const { id } = (await post('/vms', { name: 'w', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } })).body;
  const started = await post(`/vms/${id}/start`, { async: true, pause: true });
  assert.equal(started.status, 202, started.text);
  const { job, href, async: asynchronous, link } = started.body;
  assert.equal(asynchronous, 'true');
  assert.equal(href, `${base}/vms/${id}/start/${job.id}`);
  assert.equal(started.body['id'], job.id);
  assert.deepEqual(link, [
    { href: `${base}/vms/${id}`, rel: 'parent' },
    { href: `${base}/vms/${id}/start`, rel: 'replay' },
  ]);
  // No host can run it: the job fails, and the action tells why.
  await until(async () => (await get(href)).body['status'] === 'failed');
  const ended = await get(href);
  assert.equal(ended.status, 200);
  assert.equal(ended.body['job'].href, `${base}/jobs/${job.id}`);
  assert.match(ended.body['fault'].detail, /^\[/);
  const unknown = await get(`/vms/${id}/start/${randomUUID()}`);
  assert.deepEqual([unknown.status, unknown.headers['location']], [301, `${base}/vms/${id}`]);
  const stranger = await user('stranger', [{ role: 'UserRole', object: { type: 'vm', id } }]);
  assert.equal((await stranger.get(href)).status, 301, "another's job is not told");
  assert.equal((await call('POST', href, { body: {} })).status, 405);
  // Creations: what is not known any more is complete.
  const status = `/vms/${id}/creation_status`;
  assert.deepEqual((await get(`${status}/${randomUUID()},${randomUUID()}`)).body['status'], 'complete');
  assert.deepEqual((await get(`${status}/${job.id}`)).body, {
    href: `${base}${status}/${job.id}`,
    id: job.id,
    status: 'failed',
    fault: ended.body['fault'],
  });
  const xml = await get(`${status}/${job.id}`, { accept: 'application/xml' });
  assert.match(
    xml.text,
    /^<\?xml version="1.0" encoding="UTF-8" standalone="yes"\?>\n<creation href="[^"]+" id="[^"]+">\n {4}<status>failed<\/status>\n {4}<fault>\n {8}<reason>Operation Failed<\/reason>\n {8}<detail>[^<]+<\/detail>\n {4}<\/fault>\n<\/creation>\n$/,
  );
  const elder = await get(`${base}/v3${status}/${job.id}`, { accept: 'application/xml' });
  assert.match(
    elder.text,
    /<creation href="\/ovirt-engine\/api\/v3\/vms\/[^"]+" id="[^"]+">\n {4}<status>\n {8}<state>failed<\/state>\n {4}<\/status>/,
  );
  const elderJson = await get(`${base}/v3${status}/${job.id}`, { accept: 'application/json' });
  assert.deepEqual(elderJson.body['status'], { state: 'failed' });
});

test('an addition that goes on has its creation status', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  const added = await test.post('/disks', {
    name: 'slow',
    provisioned_size: '1048576',
    format: 'cow',
    storage_domains: { storage_domain: [{ id: ids['storagedomains'] }] },
  });
  assert.equal(added.status, 202, added.text);
  assert.equal(added.body['creation_status'], 'in_progress');
  const link = added.body['link'].find(({ rel }: { rel: string }) => rel === 'creation_status');
  assert.ok(link.href.startsWith(`${base}/disks/${added.body['id']}/creation_status/`));
  assert.ok(['in_progress', 'failed'].includes((await test.get(link.href)).body['status']));
  const { id: vm } = (await test.post('/vms', { name: 'w', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } })).body;
  const place = `${base}/v3/vms/${vm}/disks/${added.body['id']}/creation_status/${link.href.split('/').at(-1)}`;
  const elder = await test.get(place, { accept: 'application/xml' });
  assert.ok(elder.text.includes(`<creation href="${place}"`), elder.text);
});

test('an action waits for its grace period, and is taken back by who goes away', async (t) => {
  const { post, get } = await startTestEngine(t);
  const { id } = (await post('/vms', { name: 'w', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } })).body;
  for (const expiry of ['-1', '99999999']) {
    const refused = await post(`/vms/${id}/stop`, { grace_period: { expiry } });
    assert.equal(refused.status, 400, refused.text);
    assert.match(refused.body['fault'].detail, /grace_period\.expiry/);
  }
  const begun = performance.now();
  assert.equal((await post(`/vms/${id}/stop`, { grace_period: { expiry: '300' } })).status, 409, 'it is down already');
  assert.ok(performance.now() - begun >= 299);
  assert.equal((await get(`/vms/${id}`)).status, 200);
});

test('the root describes itself', async (t) => {
  const { get } = await startTestEngine(t);
  const schema = await get('?schema');
  assert.match(String(schema.headers['content-type']), /^application\/octet-stream/);
  assert.match(String(schema.headers['content-disposition']), /ovirt-engine-api-schema\.xsd/);
  const rsdl = await get('?rsdl', { accept: 'application/xml' });
  for (const document of [schema.text, rsdl.text]) new SaxesParser().write(document).close();
  assert.match(schema.text, /<xs:element name="vm" type="Vm"\/>/);
  assert.match(rsdl.text, /<link href="\/ovirt-engine\/api\/vms\/\{vm:id\}\/start" rel="start">/);
});

/** Statements that a piece of work asks of the database. */
async function statementsOf(test: TestEngine, work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const { pool } = test.engine.database;
  const originals = new Map<object, unknown>();
  const watch = (client: { query: unknown }): void => {
    if (originals.has(client)) return;
    const plain = client.query as (...args: unknown[]) => unknown;
    originals.set(client, plain);
    client.query = (...args: unknown[]) => {
      count += 1;
      return plain.apply(client, args);
    };
  };
  pool.on('acquire', watch);
  await work();
  pool.off('acquire', watch);
  for (const [client, plain] of originals) (client as { query: unknown }).query = plain;
  return count;
}

test('follow asks one statement for each link, whatever the number of objects', async (t) => {
  const test = await startTestEngine(t);
  const size = {
    vms: 120,
    disksPerVm: 2,
    nicsPerVm: 2,
    hosts: 4,
    clusters: 2,
    dataCenters: 1,
    domainsPerDataCenter: 1,
    users: 2,
    events: 0,
  };
  await seed(test.engine.db, 'many', size);
  await test.engine.jobs.stop();
  const links = ['nics', 'nics.vnic_profile', 'disk_attachments', 'disk_attachments.disk', 'cluster', 'cluster.data_center', 'host'];
  const fewest = async (path: string): Promise<number> => {
    const counts: number[] = [];
    // The engine's own clocks may ask something meanwhile.
    for (let round = 0; round < 4; round += 1) counts.push(await statementsOf(test, () => test.get(path)));
    return Math.min(...counts);
  };
  const bare = await fewest('/vms?max=120');
  for (const max of [1, 5, 120]) {
    assert.equal(await fewest(`/vms?max=${max}`), bare);
    let followed: string[] = [];
    for (const link of links) {
      followed = [...followed, link];
      assert.equal(await fewest(`/vms?max=${max}&follow=${followed.join(',')}`), bare + followed.length, `max=${max} ${followed.join()}`);
    }
  }
});
