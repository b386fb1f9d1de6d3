import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enumValues } from '@virgate/contract/generated/enums';
import { refusedByStatus, type StatusOf } from '@virgate/contract/status-rules';
import { sql } from 'kysely';
import { defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine, type Answer, type TestEngine } from '../testing/engine.ts';
import { addObjects, type ObjectIds } from '../testing/objects.ts';

/** One kind of object: how its status is set, and its actions by the contract's names. */
interface Row<Kind extends keyof StatusOf = keyof StatusOf> {
  readonly kind: Kind;
  readonly statuses: readonly string[];
  readonly actions: Readonly<Record<string, () => Promise<Answer>>>;
  set(status: string): Promise<unknown>;
  get(): Promise<string | undefined>;
}

function rows({ engine, post, put, delete: remove }: TestEngine, ids: ObjectIds): Row[] {
  const vm = `/vms/${ids['vms']}`;
  const host = `/hosts/${ids['hosts']}`;
  const domain = `/datacenters/${defaultDataCenterId}/storagedomains/${ids['storagedomains']}`;
  return [
    {
      kind: 'vm',
      statuses: enumValues.VmStatus,
      set: (status) =>
        engine.db
          .updateTable('vm_state')
          .set({ status })
          .where('vm_id', '=', ids['vms'] ?? '')
          .execute(),
      get: async () =>
        (
          await engine.db
            .selectFrom('vm_state')
            .select('status')
            .where('vm_id', '=', ids['vms'] ?? '')
            .executeTakeFirst()
        )?.status,
      actions: {
        RunVm: () => post(`${vm}/start`, {}),
        RunVmOnce: () => post(`${vm}/start`, { vm: { os: { boot: { devices: { device: ['hd'] } } } } }),
        StopVm: () => post(`${vm}/stop`, {}),
        ShutdownVm: () => post(`${vm}/shutdown`, {}),
        RebootVm: () => post(`${vm}/reboot`, {}),
        ResetVm: () => post(`${vm}/reset`, {}),
        HibernateVm: () => post(`${vm}/suspend`, {}),
        RemoveVm: () => remove(vm),
        MigrateVm: () => post(`${vm}/migrate`, {}),
        ChangeDisk: () => put(`${vm}/cdroms/00000000-0000-0000-0000-000000000000?current=true`, { file: { id: '' } }),
        CloneVm: () => post(`${vm}/clone`, { vm: { name: 'w' } }),
        ExportVm: () => post(`${vm}/export`, { storage_domain: { id: ids['storagedomains'] } }),
        AddVmTemplate: () => post('/templates', { name: 'u', vm: { id: ids['vms'] } }),
        CreateSnapshotForVm: () => post(`${vm}/snapshots`, { description: 's' }),
        AddVmInterface: () => post(`${vm}/nics`, { name: 'nic2' }),
        UpdateVmInterface: () => put(`${vm}/nics/${ids['nics']}`, { name: 'nic3' }),
        RemoveVmInterface: () => remove(`${vm}/nics/${ids['nics']}`),
      },
    },
    {
      kind: 'host',
      statuses: enumValues.HostStatus,
      set: (status) =>
        engine.db
          .updateTable('host_state')
          .set({ status })
          .where('host_id', '=', ids['hosts'] ?? '')
          .execute(),
      get: async () =>
        (
          await engine.db
            .selectFrom('host_state')
            .select('status')
            .where('host_id', '=', ids['hosts'] ?? '')
            .executeTakeFirst()
        )?.status,
      actions: {
        ActivateVds: () => post(`${host}/activate`, {}),
        MaintenanceVds: () => post(`${host}/deactivate`, {}),
        ApproveVds: () => post(`${host}/approve`, {}),
        RemoveVds: () => remove(host),
        UpdateVds: () => put(host, { comment: 'x' }),
        HostUpgradeCheck: () => post(`${host}/upgradecheck`, {}),
        UpgradeHost: () => post(`${host}/upgrade`, {}),
        StartVds: () => post(`${host}/fence`, { fence_type: 'start' }),
        StopVds: () => post(`${host}/fence`, { fence_type: 'stop' }),
        RefreshHostCapabilities: () => post(`${host}/refresh`, {}),
        AttachVdsToTag: () => post(`${host}/tags`, { name: 'mark' }),
      },
    },
    {
      kind: 'template',
      statuses: enumValues.TemplateStatus,
      set: (status) =>
        engine.db
          .updateTable('vm')
          .set({ template_status: status })
          .where('id', '=', ids['templates'] ?? '')
          .execute(),
      get: async () =>
        (
          await engine.db
            .selectFrom('vm')
            .select('template_status')
            .where('id', '=', ids['templates'] ?? '')
            .executeTakeFirst()
        )?.template_status ?? undefined,
      actions: {
        RemoveVmTemplate: () => remove(`/templates/${ids['templates']}`),
        ExportVmTemplate: () => post(`/templates/${ids['templates']}/export`, { storage_domain: { id: ids['storagedomains'] } }),
        UpdateVmTemplate: () => put(`/templates/${ids['templates']}`, { comment: 'x' }),
      },
    },
    {
      kind: 'storageDomain',
      statuses: enumValues.StorageDomainStatus,
      set: (status) =>
        engine.db
          .updateTable('data_center_storage_domain')
          .set({ status })
          .where('storage_domain_id', '=', ids['storagedomains'] ?? '')
          .execute(),
      get: async () =>
        (
          await engine.db
            .selectFrom('data_center_storage_domain')
            .select('status')
            .where('storage_domain_id', '=', ids['storagedomains'] ?? '')
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
  const ids = await addObjects(test);
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
