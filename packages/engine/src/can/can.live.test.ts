// Budget: 40 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { enumValues } from '@virgate/contract/generated/enums';
import type { AllowedAction, AllowedActions } from '@virgate/contract/generated/virgate';
import { sql } from 'kysely';
import { defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine, type Answer, type Client, type TestEngine } from '../testing/engine.ts';
import { addDisk, addObjects } from '../testing/objects.ts';

async function can(client: Client, objects: string[], actions?: string[]): Promise<AllowedActions[]> {
  const answer = await client.get(`/virgate/api/can?objects=${objects.join(',')}${actions ? `&actions=${actions.join(',')}` : ''}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body as unknown as AllowedActions[];
}

const actionOf = (answer: AllowedActions | undefined, name: string): AllowedAction | undefined =>
  answer?.actions.find((one) => one.action === name);

/** For every kind with statuses: how one is set, and the requests that are its actions. */
function kindsOf({ engine, post, put, delete: remove }: TestEngine, ids: Record<string, string | undefined>) {
  const vm = ids['vms'] ?? '';
  const host = ids['hosts'] ?? '';
  const template = ids['templates'] ?? '';
  const domain = ids['storagedomains'] ?? '';
  const attached = `/datacenters/${defaultDataCenterId}/storagedomains/${domain}`;
  const set = (table: string, key: string, id: string, column: string, value: string) =>
    sql`update ${sql.table(table)} set ${sql.ref(column)} = ${value} where ${sql.ref(key)} = ${id}`.execute(engine.db);
  const vmActions = ['start', 'stop', 'shutdown', 'reboot', 'reset', 'suspend'].map(
    (name) => [name, () => post(`/vms/${vm}/${name}`, {})] as const,
  );
  return [
    {
      object: `vm:${vm}`,
      statuses: enumValues.VmStatus,
      set: (status: string) => set('vm_state', 'vm_id', vm, 'status', status),
      actions: Object.fromEntries([...vmActions, ['remove', () => remove(`/vms/${vm}`)]]),
    },
    {
      object: `host:${host}`,
      statuses: enumValues.HostStatus,
      set: (status: string) => set('host_state', 'host_id', host, 'status', status),
      actions: {
        activate: () => post(`/hosts/${host}/activate`, {}),
        deactivate: () => post(`/hosts/${host}/deactivate`, {}),
        approve: () => post(`/hosts/${host}/approve`, {}),
        refresh: () => post(`/hosts/${host}/refresh`, {}),
        update: () => put(`/hosts/${host}`, { comment: 'x' }),
        remove: () => remove(`/hosts/${host}`),
      },
    },
    {
      object: `template:${template}`,
      statuses: enumValues.TemplateStatus,
      set: (status: string) => set('vm', 'id', template, 'template_status', status),
      actions: { update: () => put(`/templates/${template}`, { comment: 'x' }), remove: () => remove(`/templates/${template}`) },
    },
    {
      object: `storage_domain:${domain}`,
      statuses: enumValues.StorageDomainStatus,
      set: (status: string) => set('data_center_storage_domain', 'storage_domain_id', domain, 'status', status),
      actions: {
        activate: () => post(`${attached}/activate`, {}),
        deactivate: () => post(`${attached}/deactivate`, {}),
        detach: () => remove(attached),
      },
    },
  ] as {
    object: string;
    statuses: readonly string[];
    set(status: string): Promise<unknown>;
    actions: Record<string, () => Promise<Answer>>;
  }[];
}

test('what cannot be done by status is refused with the very reason when it is asked for', async (t) => {
  const engine = await startTestEngine(t);
  const ids = await addObjects(engine);
  let refusals = 0;
  for (const { object, statuses, set, actions } of kindsOf(engine, ids)) {
    for (const status of statuses) {
      await set(status);
      const [answer] = await can(engine, [object], Object.keys(actions));
      for (const [name, run] of Object.entries(actions)) {
        const told = actionOf(answer, name);
        if (told?.allowed !== false) continue;
        refusals += 1;
        const refused = await run();
        const detail: unknown = refused.body['fault']?.detail ?? refused.body['detail'];
        assert.deepEqual([refused.status, detail], [409, `[${told.reason}]`], `${object} in ${status}: ${name}`);
        assert.match(told.code ?? '', /^[A-Z_0-9]+$/);
      }
    }
  }
  assert.ok(refusals > 100, `${refusals} refusals`);
});

test('permits, jobs, protection and what is not seen decide too', async (t) => {
  const engine = await startTestEngine(t);
  const lunStorage = { type: 'fcp', logical_units: { logical_unit: [{ id: '36001' }] } };
  const lun = await engine.post('/disks', { alias: 'lun', format: 'raw', lun_storage: lunStorage });
  assert.equal(lun.status, 201, lun.text);
  const [forLun] = await can(engine, [`disk:${String(lun.body['id'])}`]);
  for (const name of ['copy', 'move', 'sparsify', 'convert']) {
    const action = actionOf(forLun, name);
    assert.deepEqual([action?.allowed, /storage of the disk/.test(action?.reason ?? '')], [false, true], name);
  }
  for (const name of ['update', 'remove']) assert.equal(actionOf(forLun, name)?.allowed, true, name);
  const { post, put, user } = engine;
  const ids = await addObjects(engine);
  const ofTemplate = await addDisk(engine, ids['templates'] ?? '', ids['storagedomains'] ?? '');
  const [forTemplate] = await can(engine, [`disk:${ofTemplate}`], ['copy', 'move']);
  assert.deepEqual(
    forTemplate?.actions.map((one) => one.code),
    ['NOT_IMPLEMENTED', 'CANNOT_MOVE_DISK_TEMPLATE'],
  );
  const vm = `vm:${ids['vms']}`;
  await sql`update vm_state set status = 'down' where vm_id = ${ids['vms']}`.execute(engine.engine.db);
  const operator = await user('operator', [{ role: 'UserVmManager', object: { type: 'vm', id: ids['vms'] ?? '' } }]);
  const stranger = await user('stranger');

  const [all] = await can(engine, [vm]);
  assert.equal(actionOf(all, 'start')?.allowed, true);
  assert.equal(actionOf(all, 'stop')?.code, 'ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING');
  assert.equal(actionOf(all, 'console')?.allowed, false);
  const [mine, hidden] = await can(operator, [vm, `host:${ids['hosts']}`]);
  assert.equal(actionOf(mine, 'start')?.allowed, true);
  assert.deepEqual(hidden, { type: 'host', id: ids['hosts'], found: false, actions: [] }, 'a host that he may not see');
  assert.deepEqual((await can(stranger, [vm]))[0]?.found, false);
  assert.deepEqual((await can(engine, [`vm:${randomUUID()}`]))[0]?.found, false);

  const reader = await user('reader', [{ role: 'ReadOnlyAdmin', object: { type: 'system', id: 'aaa00000-0000-0000-0000-123456789aaa' } }]);
  const [read] = await can(reader, [vm], ['start', 'remove']);
  assert.deepEqual(
    read?.actions.map((one) => [one.action, one.allowed, one.code]),
    [
      ['remove', false, 'USER_NOT_AUTHORIZED_TO_PERFORM_ACTION'],
      ['start', false, 'USER_NOT_AUTHORIZED_TO_PERFORM_ACTION'],
    ],
  );
  assert.match(read?.actions[1]?.reason ?? '', /run_vm/);

  assert.equal((await put(`/vms/${ids['vms']}`, { delete_protected: true })).status, 200);
  assert.equal(actionOf((await can(engine, [vm]))[0], 'remove')?.code, 'ACTION_TYPE_FAILED_DELETE_PROTECTION_ENABLED');

  await holdLock(engine, ids['vms'] ?? '');
  const [busy] = await can(engine, [vm], ['start', 'console']);
  assert.deepEqual(
    [actionOf(busy, 'start')?.code, /Moving it about/.test(actionOf(busy, 'start')?.reason ?? '')],
    ['ACTION_TYPE_FAILED_OBJECT_LOCKED', true],
  );
  assert.notEqual(actionOf(busy, 'console')?.code, 'ACTION_TYPE_FAILED_OBJECT_LOCKED');

  const [dataCenter, cluster] = await can(engine, [`data_center:${defaultDataCenterId}`, `cluster:${defaultClusterId}`]);
  assert.equal(actionOf(dataCenter, 'update')?.allowed, true);
  assert.equal(actionOf(cluster, 'remove')?.allowed, true);

  for (const [query, field] of [
    ['objects=', 'objects'],
    ['', 'objects'],
    ['objects=vm', 'objects'],
    ['objects=unicorn:7c7b5a0e-0000-4000-8000-000000000000', 'objects'],
    ['objects=vm:1', 'objects'],
    [`objects=${vm}&actions=fly`, 'actions'],
  ]) {
    const refused = await engine.get(`/virgate/api/can?${query}`);
    assert.deepEqual([refused.status, refused.body['field']], [400, field], refused.text);
  }
  assert.equal((await post('/virgate/api/can', {})).status, 405);
});

/** A job that holds an object and that nobody works on. */
async function holdLock({ engine: { db } }: TestEngine, objectId: string): Promise<void> {
  const saga = randomUUID();
  await sql`insert into saga (id, name, version, description, params, state, status)
    values (${saga}::uuid, 'Held', 1, 'Moving it about', '{}', '{}', 'pending')`.execute(db);
  await sql`insert into object_lock (lock_group, object_id, saga_id, exclusive) values ('VM', ${objectId}, ${saga}::uuid, true)`.execute(
    db,
  );
}
