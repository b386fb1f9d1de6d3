// Budget: 40 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventTable } from '@virgate/contract/generated/events';
import { Installation, defaultDataCenterId, eventually, expectStatus, gib } from './installation.ts';
import { whole, type Answer, type Json } from './rest-client.ts';

let installation: Installation;
let domainId: string;
before(async () => {
  installation = await Installation.start();
});
after(() => installation.stop());

const unit = (id: string): Json => ({ id, address: 'storage.example', port: 3260, target: 'iqn.2026-11.com.example:one' });
const hostId = async (): Promise<string> => {
  const hosts = expectStatus(await installation.rest.get('/hosts'), 200).host as { id: string }[];
  return hosts[0]?.id ?? '';
};

function refused(answer: Answer, status: number, text: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(String((answer.body.fault ?? answer.body).detail ?? answer.text), text);
}

const domain = async (id = domainId): Promise<Json> => expectStatus(await installation.rest.get(`/storagedomains/${id}`), 200);
const unitsOf = async (): Promise<Json[]> => {
  const { storage } = await domain();
  return (storage as { volume_group: { logical_units: { logical_unit: Json[] } } }).volume_group.logical_units.logical_unit;
};
const add = async (body: Json): Promise<Answer> =>
  installation.rest.post('/storagedomains', { type: 'data', host: { id: await hostId() }, ...body });

test('a domain is made of a LUN, attached and active', async () => {
  const made = await add({ name: 'blocks', storage: { type: 'iscsi', logical_units: { logical_unit: [unit('36001')] } } });
  assert.equal(made.status, 201, made.text);
  domainId = String(made.body.id);
  await eventually('it is done', async () => (await unitsOf()).length === 1 && Number((await domain()).available) > 0);
  const [lun] = await unitsOf();
  assert.deepEqual([lun?.id, Number(lun?.size), lun?.storage_domain_id], ['36001', 100 * gib, domainId]);
  refused(
    await add({ name: 'again', storage: { type: 'iscsi', logical_units: { logical_unit: [unit('36001')] } } }),
    409,
    /36001|part of/i,
  );
  refused(await add({ name: 'none', storage: { type: 'fcp' } }), 400, /logical_units/);
  refused(
    await add({
      name: 'two',
      storage: {
        type: 'iscsi',
        logical_units: { logical_unit: [unit('36002'), { ...unit('36003'), target: 'iqn.2026-11.com.example:two' }] },
      },
    }),
    400,
    /one target/,
  );
  expectStatus(await installation.rest.post(`/datacenters/${defaultDataCenterId}/storagedomains`, { id: domainId }), 201);
  await eventually(
    'it is done',
    async () =>
      expectStatus(await installation.rest.get(`/datacenters/${defaultDataCenterId}/storagedomains/${domainId}`), 200).status === 'active',
  );
});

test('hosts sign in at a guarded target whenever they come to a domain behind it, and nobody else learns with what', async () => {
  const { rest } = installation;
  const guarded = { ...unit('36007'), target: 'iqn.2026-11.com.example:guarded', username: 'virgate' };
  const storage = (password: string): Json => ({ type: 'iscsi', logical_units: { logical_unit: [{ ...guarded, password }] } });
  refused(await add({ name: 'guarded', storage: storage('wrong-secret') }), 409, /464/);
  await eventually('the failed one is forgotten', async () => {
    const there = (expectStatus(await rest.get('/storagedomains'), 200).storage_domain ?? []) as Json[];
    return there.every((one) => one.name !== 'guarded');
  });
  const made = expectStatus(await add({ name: 'guarded', storage: storage('guarded-secret') }), 201);
  await eventually('it is done', async () => Number((await domain(String(made.id))).available) > 0);
  const attached = `/datacenters/${defaultDataCenterId}/storagedomains/${made.id}`;
  const untilIs = (status: string) =>
    eventually(`the domain is ${status}`, async () => expectStatus(await rest.get(attached), 200).status === status);
  expectStatus(await rest.post(`/datacenters/${defaultDataCenterId}/storagedomains`, { id: made.id }), 201);
  await untilIs('active');
  const host = `/hosts/${await hostId()}`;
  const untilHostIs = (status: string) =>
    eventually(`the host is ${status}`, async () => expectStatus(await rest.get(host), 200).status === status);
  await rest.post(`${host}/deactivate`, {});
  await untilHostIs('maintenance');
  await rest.post(`${host}/activate`, {});
  await untilHostIs('up');
  const told = await installation.rows(
    `select (select count(*)::int from saga s where s::text like '%guarded-secret%') + (select count(*)::int from storage_connection c where c::text like '%guarded-secret%') as n`,
  );
  assert.deepEqual(told, [{ n: 0 }]);
  expectStatus(await rest.post(`${attached}/deactivate`, {}), 200);
  await untilIs('maintenance');
  expectStatus(await rest.delete(attached), 200);
  await eventually('it is detached', async () => (await rest.get(attached)).status === 404);
  const removed = await rest.delete(`/storagedomains/${made.id}?format=true&host=${await hostId()}`);
  assert.ok([200, 202].includes(removed.status), removed.text);
  await eventually('it is gone', async () => (await rest.get(`/storagedomains/${made.id}`)).status === 404);
});

test('disks on LUNs are thin as qcow2, or preallocated', async () => {
  const { rest } = installation;
  const disk = (body: Json): Promise<Answer> =>
    rest.post('/disks', { name: 'd', provisioned_size: gib, storage_domains: { storage_domain: [{ id: domainId }] }, ...body });
  refused(await disk({ format: 'raw', sparse: true }), 409, /raw|sparse|not supported/i);
  for (const [body, format, sparse] of [
    [{ format: 'raw' }, 'raw', 'false'],
    [{ format: 'cow', wipe_after_delete: true }, 'cow', 'true'],
  ] as const) {
    const made = expectStatus(await disk(body), 202);
    await eventually('it is done', async () => expectStatus(await rest.get(`/disks/${made.id}`), 200).status === 'ok');
    const found = expectStatus(await rest.get(`/disks/${made.id}`), 200);
    assert.deepEqual([found.format, String(found.sparse)], [format, sparse]);
    const reduced = await rest.post(`/disks/${made.id}/reduce`, {});
    if (format === 'raw') refused(reduced, 409, /preallocated/);
    else expectStatus(reduced, 200);
    const removed = await rest.delete(`/disks/${made.id}`);
    assert.ok(removed.status === 200 || removed.status === 202, removed.text);
    await eventually('it is done', async () => (await rest.get(`/disks/${made.id}`)).status === 404);
  }
});

test('a raw sparse disk of a domain of files is preallocated once it lies on LUNs', async () => {
  const { rest } = installation;
  await installation.addStorage('data');
  const body = {
    name: 'mover',
    format: 'raw',
    sparse: true,
    provisioned_size: gib,
    storage_domains: { storage_domain: [{ name: 'data' }] },
  };
  const { id } = expectStatus(await rest.post('/disks', body, whole), 201);
  refused(await rest.post(`/disks/${id}/reduce`, {}), 400, /file/i);
  expectStatus(await rest.post(`/disks/${id}/move`, { storage_domain: { id: domainId } }, whole), 200);
  assert.equal(String(expectStatus(await rest.get(`/disks/${id}`), 200).sparse), 'false');
  expectStatus(await rest.delete(`/disks/${id}`), 200);
});

test('a domain takes in further LUNs, and what they have grown by', async () => {
  const { rest } = installation;
  const before = Number((await domain()).available);
  expectStatus(await rest.put(`/storagedomains/${domainId}`, { storage: { logical_units: { logical_unit: [{ id: '36002' }] } } }), 200);
  await eventually('it is done', async () => (await unitsOf()).length === 2 && Number((await domain()).available) > before);
  const answer = await rest.post(`/storagedomains/${domainId}/refreshluns`, { logical_units: { logical_unit: [{ id: '36002' }] } });
  assert.ok([200, 202].includes(answer.status), answer.text);
  await eventually('it is done', async () => (await unitsOf()).some((lun) => lun.id === '36002' && Number(lun.size) === 110 * gib));
  refused(
    await rest.post(`/storagedomains/${domainId}/refreshluns`, { logical_units: { logical_unit: [{ id: 'other' }] } }),
    400,
    /part of/i,
  );
  refused(
    await rest.post(`/storagedomains/${domainId}/reduceluns`, { logical_units: { logical_unit: [{ id: '36002' }] } }),
    409,
    /status|active/i,
  );
  const events = expectStatus(await rest.get('/events?max=60'), 200).event as { code: string }[];
  for (const name of ['USER_EXTENDED_STORAGE_DOMAIN', 'USER_REFRESH_LUN_STORAGE_DOMAIN']) {
    const code = eventTable.find(([known]) => known === name)?.[1];
    assert.ok(
      events.some((event) => Number(event.code) === code),
      name,
    );
  }
});

test('a domain that the engine forgot is found on the LUNs, and imported', async () => {
  const { rest } = installation;
  const made = expectStatus(await add({ name: 'lost', storage: { type: 'fcp', logical_units: { logical_unit: [{ id: '36009' }] } } }), 201);
  await eventually('it is done', async () => Number((await domain(String(made.id))).available) > 0);
  const found = async (): Promise<Json[]> => {
    const answer = expectStatus(await rest.post(`/hosts/${await hostId()}/unregisteredstoragedomainsdiscover`, {}), 200);
    return (answer.storage_domains as { storage_domain?: Json[] } | undefined)?.storage_domain ?? [];
  };
  assert.deepEqual(await found(), []);
  const removed = await rest.delete(`/storagedomains/${made.id}?destroy=true`);
  assert.ok([200, 202].includes(removed.status), removed.text);
  await eventually('it is done', async () => (await rest.get(`/storagedomains/${made.id}`)).status === 404);
  const [lost] = await found();
  assert.deepEqual([lost?.id, lost?.name], [made.id, 'lost']);
  refused(await add({ name: 'x', id: defaultDataCenterId, import: true, storage: { type: 'fcp' } }), 400, /is not there/);
  expectStatus(await add({ name: 'lost', id: String(made.id), import: true, storage: { type: 'fcp' } }), 201);
  await eventually('it is done', async () => Number((await domain(String(made.id))).available) > 0);
  const gone = await rest.delete(`/storagedomains/${made.id}?host=${await hostId()}&format=true`);
  assert.ok([200, 202].includes(gone.status), gone.text);
  await eventually('it is done', async () => (await rest.get(`/storagedomains/${made.id}`)).status === 404);
  assert.deepEqual(await found(), []);
});

test('a LUN that holds something leaves nothing behind, unless it may be lost', async () => {
  const { rest } = installation;
  const storage = { type: 'fcp', logical_units: { logical_unit: [{ id: '36010' }] } };
  const first = expectStatus(await add({ name: 'first', storage }), 201);
  await eventually('it is there', async () => Number((await domain(String(first.id))).available) > 0);
  await rest.delete(`/storagedomains/${first.id}?destroy=true`);
  await eventually('it is gone', async () => (await rest.get(`/storagedomains/${first.id}`)).status === 404);
  refused(await add({ name: 'second', storage }), 409, /volume group|LUN/i);
  const domains = expectStatus(await rest.get('/storagedomains'), 200).storage_domain as { name: string }[];
  assert.ok(!domains.some(({ name }) => name === 'second'));
  expectStatus(await add({ name: 'second', storage: { ...storage, override_luns: true } }), 201);
});
