import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { transaction } from '@virgate/database';
import { blankTemplateId, defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { addDefaultProfile } from '../profiles/defaults.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { startTestEngine, type TestEngine } from '../testing/engine.ts';

const gib = 1024 ** 3;
const quotas = `/datacenters/${defaultDataCenterId}/quotas`;

async function addDomain({ engine }: TestEngine, name: string): Promise<string> {
  const id = randomUUID();
  await engine.db.insertInto('storage_domain').values({ id, name, type: 'data', storage_type: 'nfs' }).execute();
  await engine.db
    .insertInto('data_center_storage_domain')
    .values({ data_center_id: defaultDataCenterId, storage_domain_id: id, status: 'active' })
    .execute();
  await transaction(engine.db, (trx) => addDefaultProfile(trx, diskProfiles, { id, name }));
  return id;
}

const setMode = async ({ put }: TestEngine, mode: string): Promise<void> => {
  const changed = await put(`/datacenters/${defaultDataCenterId}`, { quota_mode: mode });
  assert.equal(changed.body['quota_mode'], mode, changed.text);
};

const eventsOf = async ({ engine }: TestEngine, code: number): Promise<number> =>
  (await engine.db.selectFrom('audit_log').select('id').where('code', '=', code).execute()).length;

const diskOf = (name: string, domain: string, quota: string, sizeGib: number) => ({
  name,
  provisioned_size: sizeGib * gib,
  format: 'cow',
  storage_domains: { storage_domain: [{ id: domain }] },
  quota: { id: quota },
});

test('quotas and their limits are added, read, changed and removed', async (t) => {
  const engine = await startTestEngine(t);
  const { get, post, put, delete: remove } = engine;
  const [standard] = (await get(quotas)).body['quota'];
  assert.equal(standard.name, 'Default', 'every data center has a quota without limits');
  assert.equal((await get(`${quotas}/${standard.id}/quotaclusterlimits`)).body['quota_cluster_limit'][0].vcpu_limit, '-1');
  assert.match((await put(`${quotas}/${standard.id}`, { name: 'mine' })).body['detail'], /default quota of a data center stays/);

  const made = await post(quotas, { name: 'team', description: 'of the team', cluster_soft_limit_pct: 70, storage_hard_limit_pct: 10 });
  assert.equal(made.status, 201, made.text);
  const path = `${quotas}/${made.body['id']}`;
  const found = (await get(path)).body;
  assert.deepEqual(
    [found['cluster_soft_limit_pct'], found['cluster_hard_limit_pct'], found['storage_soft_limit_pct'], found['storage_hard_limit_pct']],
    ['70', '20', '80', '10'],
  );
  const domain = await addDomain(engine, 'data');
  const cluster = await post(`${path}/quotaclusterlimits`, { cluster: { id: defaultClusterId }, memory_limit: 1.5, vcpu_limit: 4 });
  assert.equal(cluster.status, 201, cluster.text);
  assert.deepEqual([cluster.body['id'], cluster.body['memory_limit'], cluster.body['vcpu_usage']], [defaultClusterId, 1.5, '0']);
  const both = await post(`${path}/quotaclusterlimits`, { memory_limit: 10 });
  assert.match(both.body['detail'], /one limit for all, or limits for single/);
  const storage = await post(`${path}/quotastoragelimits`, { limit: 10 });
  assert.equal(storage.status, 201, storage.text);
  assert.equal(storage.body['id'], made.body['id'], 'a limit of the whole data center has the id of its quota');
  assert.match(
    (await post(`${path}/quotastoragelimits`, { limit: 1, storage_domain: { id: domain } })).text,
    /one limit for all, or limits for single/,
  );
  const followed = (await get(`/datacenters/${defaultDataCenterId}?follow=quotas.quota_cluster_limits`)).body['quotas'].quota;
  assert.equal(followed.find((one: { name: string }) => one.name === 'team').quota_cluster_limits.quota_cluster_limit.length, 1);
  assert.equal((await remove(`${path}/quotastoragelimits/${storage.body['id']}`)).status, 200);
  assert.equal((await get(`${path}/quotastoragelimits/${storage.body['id']}`)).status, 404);
  assert.equal((await put(path, { name: 'crew' })).body['name'], 'crew');

  const vm = await post('/vms', {
    name: 'v',
    cluster: { id: defaultClusterId },
    template: { id: blankTemplateId },
    quota: { id: made.body['id'] },
  });
  assert.equal(vm.body['quota'].id, made.body['id'], vm.text);
  assert.match((await remove(path)).body['detail'] ?? '', /use the quota/);
  assert.equal((await put(`/vms/${vm.body['id']}`, { quota: { id: standard.id } })).body['quota'].id, standard.id);
  assert.equal((await remove(path)).status, 200);
  assert.equal((await get(path)).status, 404);

  const nobody = await engine.user('nobody');
  assert.equal((await nobody.post(quotas, { name: 'x' })).status, 403);
  assert.equal((await nobody.get(quotas)).status, 404);
  assert.match((await post(quotas, { name: '' })).text, /name/i);
  assert.equal((await post(quotas, { name: 'default' })).status, 409);
});

test('disks take of a quota, which refuses, warns or only notes', async (t) => {
  const engine = await startTestEngine(t);
  const { get, post } = engine;
  const domain = await addDomain(engine, 'data');
  const quota = (await post(quotas, { name: 'team' })).body['id'] as string;
  await post(`${quotas}/${quota}/quotastoragelimits`, { limit: 10 });

  assert.equal((await post('/disks', diskOf('free', domain, quota, 50))).status, 202, 'nothing is held to a quota that is disabled');
  await engine.engine.db.deleteFrom('disk').execute();
  await setMode(engine, 'enabled');
  assert.equal((await post('/disks', diskOf('a', domain, quota, 7))).status, 202);
  assert.equal((await get(`${quotas}/${quota}/quotastoragelimits/${quota}`)).body['usage'], 7);
  const within = await post('/disks', diskOf('b', domain, quota, 4));
  assert.equal(within.status, 202, 'within the grace');
  assert.equal(await eventsOf(engine, 3010), 1);
  const over = await post('/disks', diskOf('c', domain, quota, 2));
  assert.equal(over.status, 409, over.text);
  assert.match(over.body['detail'], /not enough room left on the storage domain/);
  assert.equal(await eventsOf(engine, 3009), 1, 'the refusal is in the log though nothing else of it is left');
  assert.equal((await engine.engine.db.selectFrom('disk').select('id').execute()).length, 2);

  await setMode(engine, 'audit');
  assert.equal((await post('/disks', diskOf('d', domain, quota, 2))).status, 202);
  assert.equal(await eventsOf(engine, 3016), 1);

  // A disk that changes its quota takes of the new one.
  await setMode(engine, 'enabled');
  const tiny = (await post(quotas, { name: 'tiny' })).body['id'] as string;
  await post(`${quotas}/${tiny}/quotastoragelimits`, { limit: 1 });
  const [a] = await engine.engine.db.updateTable('disk').set({ status: 'ok' }).where('name', '=', 'a').returning('id').execute();
  const tooLarge = await engine.put(`/disks/${a?.id}`, { quota: { id: tiny } });
  assert.equal(tooLarge.status, 409, tooLarge.text);
  assert.equal((await get(`/disks/${a?.id}`)).body['quota'].id, quota);

  // Of two at once that both fit alone only one gets the rest.
  await setMode(engine, 'enabled');
  const small = (await post(quotas, { name: 'small', storage_hard_limit_pct: 0 })).body['id'] as string;
  await post(`${quotas}/${small}/quotastoragelimits`, { limit: 5, storage_domain: { id: domain } });
  const both = await Promise.all(['e', 'f'].map((name) => post('/disks', diskOf(name, domain, small, 3))));
  assert.deepEqual(
    both.map((answer) => answer.status).toSorted((a, b) => a - b),
    [202, 409],
  );
  const other = await addDomain(engine, 'other');
  assert.match((await post('/disks', diskOf('g', other, small, 1))).text, /says nothing of the storage domain/);
  const user = await engine.user('user', [{ role: 'StorageAdmin', object: { type: 'storage_domain', id: domain } }]);
  const foreign = await user.post('/disks', diskOf('h', domain, small, 1));
  assert.match(foreign.text, /may not consume of this quota/);
});

test('a VM takes of its quota from the request to start on', async (t) => {
  const engine = await startTestEngine(t);
  const { get, post } = engine;
  const { db } = engine.engine;
  const quota = (await post(quotas, { name: 'team', cluster_hard_limit_pct: 0 })).body['id'] as string;
  const limit = `${quotas}/${quota}/quotaclusterlimits`;
  await post(limit, { vcpu_limit: 2, memory_limit: -1 });
  await setMode(engine, 'enabled');
  const vm = async (name: string, sockets: number): Promise<string> =>
    (
      await post('/vms', {
        name,
        cluster: { id: defaultClusterId },
        template: { id: blankTemplateId },
        cpu: { topology: { sockets } },
        quota: { id: quota },
      })
    ).body['id'];
  const [one, two] = [await vm('one', 2), await vm('two', 1)];
  await db.updateTable('vm_state').set({ status: 'up' }).where('vm_id', '=', one).execute();
  assert.equal((await get(`${limit}/${quota}`)).body['vcpu_usage'], '2');
  const refused = await post(`/vms/${two}/start`, {});
  assert.equal(refused.status, 409, refused.text);
  assert.match(refused.body['fault'].detail, /not enough memory or CPUs left/);
  assert.equal(await eventsOf(engine, 3006), 1);
  await db.updateTable('vm_state').set({ status: 'down' }).where('vm_id', '=', one).execute();
  const without = await post(`/vms/${two}/start`, {});
  assert.match(without.body['fault'].detail, /hosts/i, 'the quota lets it pass; there is only no host');
  assert.deepEqual(await db.selectFrom('quota_reservation').selectAll().execute(), [], 'a start that failed reserves nothing');
});
