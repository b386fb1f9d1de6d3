// Budget: 30 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql, type RawBuilder } from 'kysely';
import { seed } from '../seeding/seed.ts';
import { startTestEngine } from '../testing/engine.ts';

const size = { vms: 300, disksPerVm: 1, nicsPerVm: 0, hosts: 2, clusters: 2, dataCenters: 1, domainsPerDataCenter: 1, users: 1, events: 0 };
const xml = { accept: 'application/xml' };
const vmNamed = (number: number): RawBuilder<unknown> =>
  sql.raw(`(select id from vm where name = 'many-vm-${String(number).padStart(6, '0')}')`);

test('what is kept of texts is never older than the objects', async (t) => {
  const { get, engine, put } = await startTestEngine(t);
  await seed(engine.db, 'many', size);
  const { id } = (await get('/vms?search=name%3Dmany-vm-000200')).body['vm'][0];
  /** Everything as it is read anew for parameters that change texts, and as most ask for it. */
  const compare = async (what: string): Promise<void> => {
    for (const as of [{}, xml, { ...xml, filter: 'true' }]) {
      const [anew, list] = [await get('/vms?current=true', as), await get('/vms', as)];
      assert.equal(list.text, anew.text, `${what}: list`);
      assert.equal((await get('/vms', as)).text, anew.text, `${what}: list again`);
      const one = await get(`/vms/${id}`, as);
      const oneAnew = await get(`/vms/${id}?current=true`, as);
      assert.equal(one.text, oneAnew.text, `${what}: one`);
      const versionOf = ({ headers }: typeof one) => String(headers['etag']).replace(/(~c)?\..*/, '');
      assert.equal(versionOf(one), versionOf(oneAnew), what);
    }
  };
  await compare('at first');
  const changes: [what: string, change: RawBuilder<unknown>][] = [
    ['the VM itself', sql`update vm set comment = 'x' where id = ${id}`],
    ['of the last part', sql`update vm set comment = 'y' where id = ${vmNamed(299)}`],
    ['its state', sql`update vm_state set stop_reason = 'because' where vm_id = ${id}`],
    ['what its guest tells', sql`update vm_state set guest = '{"fqdn":"a.example"}' where vm_id = ${id}`],
    ['what waits for its next start', sql`insert into vm_next_run (vm_id, change) values (${id}, '{"comment":"z"}')`],
    ['no more of it', sql`delete from vm_next_run where vm_id = ${id}`],
    [
      'a disk that became illegal',
      sql`update disk set status = 'illegal' where id in (select disk_id from disk_attachment where vm_id = ${id})`,
    ],
    ['and is well again', sql`update disk set status = 'ok' where id in (select disk_id from disk_attachment where vm_id = ${id})`],
    ['the cluster that a VM runs in', sql`update cluster set bios_type = 'i440fx_sea_bios'`],
    ['a VM that is gone', sql`delete from vm where id = ${vmNamed(3)}`],
  ];
  for (const [what, change] of changes) {
    await change.execute(engine.db);
    await compare(what);
  }
  assert.equal((await put(`/vms/${id}`, { description: 'by the API' })).status, 200);
  assert.equal((await get(`/vms/${id}`)).body['description'], 'by the API');
  await compare('by the API');
  assert.equal((await get('/vms/00000000-0000-0000-0000-00000000dead')).status, 404);
  assert.equal((await get('/vms/nothing')).status, 404);
});

test('other roots of the API show their own places', async (t) => {
  const { get, call, engine } = await startTestEngine(t);
  await seed(engine.db, 'many', { ...size, vms: 3 });
  await get('/vms');
  const elsewhere = await call('GET', '/v4/vms');
  assert.equal(elsewhere.status, 200);
  assert.match(elsewhere.text, /"\/ovirt-engine\/api\/v4\/vms\//);
  assert.doesNotMatch(elsewhere.text, /"\/ovirt-engine\/api\/vms\//);
});

test('of what is asked for by fields nothing else is sent, and nothing old', async (t) => {
  const { get, engine, call } = await startTestEngine(t);
  await seed(engine.db, 'many', size);
  const wanted = '/vms?fields=name,status,cluster';
  const members = async (path: string) => (await get(path)).body['vm'] as Record<string, unknown>[];
  const whole = await members('/vms');
  const expected = whole.map(({ id, name, status, cluster }) => ({ id, name, status, cluster }));
  assert.ok(expected.length > 128);
  for (const path of [wanted, wanted, '/vms?fields=cluster,%20status,name', `${wanted}&current=true`])
    assert.deepEqual(await members(path), expected, path);
  const id = String(expected[0]?.id);
  await sql`update vm set name = 'renamed' where id = ${id}`.execute(engine.db);
  assert.equal((await members(`${wanted}&search=${encodeURIComponent('name=renamed')}`))[0]?.['id'], id);
  for (const parameters of ['fields=name,link', 'fields=name,link&current=true']) {
    const one = (await get(`/vms/${id}?${parameters}`)).body;
    assert.deepEqual([Object.keys(one).toSorted(), one['name']], [['href', 'id', 'link', 'name'], 'renamed'], parameters);
    assert.ok(one['link'].length > 5);
  }
  assert.deepEqual(Object.keys((await get(`/vms/${id}?fields=actions`)).body).toSorted(), ['actions', 'href', 'id']);
  assert.match((await get(`/vms/${id}?fields=name`, xml)).text, /<vm id="[^"]+">\n {4}<name>renamed<\/name>\n<\/vm>\n$/);
  assert.deepEqual(Object.keys((await get('/clusters?fields=name')).body['cluster'][0]).toSorted(), ['id', 'name']);
  assert.equal((await get(`/vms/${id}?fields=name&follow=cluster`)).status, 200);
  for (const path of ['/vms', `/vms/${id}`, '/clusters', '/events']) {
    const refused = await get(`${path}?fields=name,nmae`);
    assert.deepEqual([refused.status, /\[fields: \w+ has no attribute n\w+\]/.test(refused.body['detail'])], [400, true], path);
  }
  const elder = await call('GET', `/v3/vms/${id}?fields=name`);
  assert.ok('memory' in elder.body, 'version 3 has no such parameter');
});
