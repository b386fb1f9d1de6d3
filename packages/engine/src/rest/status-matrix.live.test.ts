import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { enumValues } from '@virgate/contract/generated/enums';
import { refusedByStatus, type StatusOf } from '@virgate/contract/status-rules';
import { sql } from 'kysely';
import { defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine, type Answer, type TestEngine } from '../testing/engine.ts';

/** One kind of object: how its status is set, and its actions by the contract's names. */
interface Row<Kind extends keyof StatusOf = keyof StatusOf> {
  readonly kind: Kind;
  readonly statuses: readonly string[];
  readonly actions: Readonly<Record<string, () => Promise<Answer>>>;
  set(status: string): Promise<unknown>;
  get(): Promise<string | undefined>;
}

const farAway = new Date(Date.now() + 3_600_000);

/** A host that another engine looks after, a storage domain that it manages, a VM on neither, a template of it. */
async function furnish({ engine, post }: TestEngine) {
  const host = randomUUID();
  await engine.db.insertInto('host').values({ id: host, name: 'h', address: '127.0.9.9', cluster_id: defaultClusterId }).execute();
  await engine.db
    .insertInto('host_state')
    .values({ host_id: host, status: 'maintenance', lease_owner: 'another', lease_until: farAway })
    .execute();
  const connection = randomUUID();
  const domain = randomUUID();
  await engine.db.insertInto('storage_connection').values({ id: connection, type: 'localfs', path: '/nowhere' }).execute();
  await engine.db
    .insertInto('storage_domain')
    .values({ id: domain, name: 'd', type: 'data', storage_type: 'localfs', storage_connection_id: connection })
    .execute();
  await engine.db
    .insertInto('data_center_storage_domain')
    .values({ data_center_id: defaultDataCenterId, storage_domain_id: domain, status: 'active' })
    .execute();
  await engine.db.updateTable('data_center').set({ spm_host_id: host }).where('id', '=', defaultDataCenterId).execute();
  const made = await post('/vms', { name: 'v', cluster: { name: 'Default' }, template: { name: 'Blank' } }, { expect: '201-created' });
  assert.equal(made.status, 201, made.text);
  const vm = made.body['id'] as string;
  const nic = await post(`/vms/${vm}/nics`, { name: 'nic1' });
  assert.equal(nic.status, 201, nic.text);
  assert.equal((await post('/tags', { name: 'mark' })).status, 201);
  const template = await post('/templates', { name: 't', vm: { id: vm } }, { expect: '201-created' });
  assert.equal(template.status, 201, template.text);
  return { host, domain, vm, nic: nic.body['id'] as string, template: template.body['id'] as string };
}

function rows({ engine, post, put, delete: remove }: TestEngine, ids: Awaited<ReturnType<typeof furnish>>): Row[] {
  const vm = `/vms/${ids.vm}`;
  const host = `/hosts/${ids.host}`;
  const domain = `/datacenters/${defaultDataCenterId}/storagedomains/${ids.domain}`;
  return [
    {
      kind: 'vm',
      statuses: enumValues.VmStatus,
      set: (status) => engine.db.updateTable('vm_state').set({ status }).where('vm_id', '=', ids.vm).execute(),
      get: async () => (await engine.db.selectFrom('vm_state').select('status').where('vm_id', '=', ids.vm).executeTakeFirst())?.status,
      actions: {
        RunVm: () => post(`${vm}/start`, {}),
        RunVmOnce: () => post(`${vm}/start`, { vm: { os: { boot: { devices: { device: ['hd'] } } } } }),
        StopVm: () => post(`${vm}/stop`, {}),
        ShutdownVm: () => post(`${vm}/shutdown`, {}),
        RebootVm: () => post(`${vm}/reboot`, {}),
        ResetVm: () => post(`${vm}/reset`, {}),
        HibernateVm: () => post(`${vm}/suspend`, {}),
        RemoveVm: () => remove(vm),
        AddVmTemplate: () => post('/templates', { name: 'u', vm: { id: ids.vm } }),
        CreateSnapshotForVm: () => post(`${vm}/snapshots`, { description: 's' }),
        AddVmInterface: () => post(`${vm}/nics`, { name: 'nic2' }),
        UpdateVmInterface: () => put(`${vm}/nics/${ids.nic}`, { name: 'nic3' }),
        RemoveVmInterface: () => remove(`${vm}/nics/${ids.nic}`),
      },
    },
    {
      kind: 'host',
      statuses: enumValues.HostStatus,
      set: (status) => engine.db.updateTable('host_state').set({ status }).where('host_id', '=', ids.host).execute(),
      get: async () =>
        (await engine.db.selectFrom('host_state').select('status').where('host_id', '=', ids.host).executeTakeFirst())?.status,
      actions: {
        ActivateVds: () => post(`${host}/activate`, {}),
        MaintenanceVds: () => post(`${host}/deactivate`, {}),
        ApproveVds: () => post(`${host}/approve`, {}),
        RemoveVds: () => remove(host),
        UpdateVds: () => put(host, { comment: 'x' }),
        RefreshHostCapabilities: () => post(`${host}/refresh`, {}),
        AttachVdsToTag: () => post(`${host}/tags`, { name: 'mark' }),
      },
    },
    {
      kind: 'template',
      statuses: enumValues.TemplateStatus,
      set: (status) => engine.db.updateTable('vm').set({ template_status: status }).where('id', '=', ids.template).execute(),
      get: async () =>
        (await engine.db.selectFrom('vm').select('template_status').where('id', '=', ids.template).executeTakeFirst())?.template_status ??
        undefined,
      actions: { RemoveVmTemplate: () => remove(`/templates/${ids.template}`) },
    },
    {
      kind: 'storageDomain',
      statuses: enumValues.StorageDomainStatus,
      set: (status) =>
        engine.db.updateTable('data_center_storage_domain').set({ status }).where('storage_domain_id', '=', ids.domain).execute(),
      get: async () =>
        (
          await engine.db
            .selectFrom('data_center_storage_domain')
            .select('status')
            .where('storage_domain_id', '=', ids.domain)
            .executeTakeFirst()
        )?.status,
      actions: {
        ActivateStorageDomain: () => post(`${domain}/activate`, {}),
        DeactivateStorageDomainWithOvfUpdate: () => post(`${domain}/deactivate`, {}),
        DetachStorageDomainFromPool: () => remove(domain),
      },
    },
  ];
}

test('what the contract refuses by status is refused, and nothing comes of it', async (t) => {
  const test = await startTestEngine(t);
  const { db } = test.engine;
  const ids = await furnish(test);
  const traces = async () =>
    (
      await sql`select (select count(*) from saga) as jobs, (select count(*) from object_lock) as locks, (select count(*) from nic) as nics, (select count(*) from snapshot) as snapshots,
        (select count(*) from vm) as vms, (select count(*) from host) as hosts, (select count(*) from audit_log) as events,
        (select md5(string_agg(v::text, '|' order by v.id)) from vm v) as vm_rows, (select md5(string_agg(s::text, '|')) from vm_state s) as vm_states`.execute(
        db,
      )
    ).rows[0];
  let refusals = 0;
  for (const row of rows(test, ids)) {
    const original = await row.get();
    for (const status of row.statuses) {
      await row.set(status);
      for (const [action, call] of Object.entries(row.actions)) {
        if (!refusedByStatus(row.kind, status as never, action)) continue;
        const what = `${action} of a ${row.kind} that is ${status}`;
        const before = await traces();
        const answer = await call();
        assert.equal(answer.status, 409, `${what}: ${answer.status} ${answer.text}`);
        const { detail, reason } = answer.body['fault'] ?? answer.body;
        assert.equal(reason, 'Operation Failed', what);
        assert.match(detail, /^\[Cannot [a-z ]+ [A-Z][A-Za-z ]+\. .+\]$/, what);
        assert.equal(await row.get(), status, `${what}: the status stays`);
        assert.deepEqual(await traces(), before, `${what} leaves nothing behind`);
        refusals += 1;
      }
    }
    await row.set(original ?? '');
  }
  assert.equal(refusals > 200, true, `${refusals} refusals of the table were tried`);
});
