import { json } from '@virgate/database';
import type { VmPool } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { withQuotaEvents } from '../quotas/consume.ts';
import { conflict, forbidden, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { accepted, entity, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { checkImmutable } from '../rest/update.ts';
import { actor, attribution, nameInUse, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { checkNumbers, freeNames, planPoolVms, poolTemplate, settingsOf } from './definition.ts';
import { poolLock, type GrowParams } from './grow.ts';
import { namePattern } from './names.ts';
import { readableVmPools } from './read.ts';

/** What of a pool stays as it was made. Source: engine behaviour, edit VM pool. */
function checkFixed(body: VmPool, current: VmPool): void {
  if (body.type !== undefined && body.type !== current.type) throw refused('VM_POOL_CANNOT_CHANGE_POOL_TYPE');
  if (body.stateful !== undefined && body.stateful !== current.stateful) throw refused('VM_POOL_CANNOT_CHANGE_POOL_STATEFUL_OPTION');
  if (body.auto_storage_select !== undefined && body.auto_storage_select !== current.auto_storage_select)
    throw refused('VM_POOL_CANNOT_CHANGE_AUTO_STORAGE_SELECT');
}

async function checkTemplateChange(trx: Transaction<Tables>, poolId: string): Promise<void> {
  const held = await trx
    .selectFrom('vm_pool_member')
    .innerJoin('vm', 'vm.id', 'vm_pool_member.vm_id')
    .select('vm.id')
    .where('vm_pool_member.vm_pool_id', '=', poolId)
    .where('vm.delete_protected', '=', true)
    .executeTakeFirst();
  if (held) throw refused('VM_POOL_CANNOT_CHANGE_TEMPLATE_WHEN_DELETE_PROTECTED');
}

/**
 * The cluster in which the pool's VMs are made from now on; those that are there stay where they are.
 * @throws {Fault} 403 for one in which the user may make no pools; 400 for one of another data center
 */
async function clusterOf(context: Context, body: VmPool, before: string): Promise<string> {
  const { id, name } = body.cluster ?? {};
  if (id === undefined && name === undefined) return before;
  const cluster = await resolve(context.db, 'Cluster', 'cluster', body.cluster);
  if (cluster.id === before) return before;
  if (!(await holdsPermit(context.db, context.user, 'create_vm_pool', { type: 'cluster', id: cluster.id })))
    throw forbidden('create_vm_pool');
  const homes = await context.db
    .selectFrom('cluster')
    .select('data_center_id')
    .distinct()
    .where('id', 'in', [before, cluster.id])
    .execute();
  if (homes.length > 1) throw refused('VDS_CLUSTER_ON_DIFFERENT_STORAGE_POOL');
  return cluster.id;
}

async function changed(context: Context, current: VmPool) {
  const body = context.body as VmPool;
  const before = await context.db
    .selectFrom('vm_pool')
    .selectAll()
    .where('id', '=', current.id ?? '')
    .executeTakeFirstOrThrow();
  const instanceType = body.instance_type
    ? await resolve(context.db, 'InstanceType', 'vm', body.instance_type, sql<boolean>`t.entity_type = 'instance_type'`)
    : { id: before.instance_type_id };
  return {
    before,
    clusterId: await clusterOf(context, body, before.cluster_id),
    name: body.name ?? before.name,
    templateId: body.template ? (await poolTemplate(context, body.template)).id : before.template_id,
    instanceTypeId: instanceType.id,
    useLatest: body.use_latest_template_version ?? before.use_latest_template_version,
    prestarted: body.prestarted_vms ?? before.prestarted_vms,
    maxUserVms: body.max_user_vms ?? before.max_user_vms,
    settings: settingsOf(context, body, before.settings),
  };
}

/**
 * `PUT vmpools/{pool}`: changes a pool and adds VMs to it; it cannot be made smaller so, VMs are detached one by one. VMs that are there
 * get another template, or another version of it, when they are down and nobody's. In another cluster only new ones are made.
 */
export const updateVmPool: Operation = {
  permit: 'edit_vm_pool_configuration',
  subjects: (context) => [{ type: 'vm_pool', id: context.path['pool'] ?? '' }],
  async run(context) {
    const current = (await one(context, readableVmPools, context.path['pool'])) as VmPool;
    const body = context.body as VmPool;
    const id = current.id ?? '';
    checkImmutable(current as never, context.body, ['id']);
    checkFixed(body, current);
    const next = await changed(context, current);
    const pattern = namePattern(next.name);
    const size = body.size ?? current.size ?? 0;
    const more = size - (current.size ?? 0);
    if (more < 0) throw refused('VM_POOL_CANNOT_DECREASE_VMS_FROM_POOL');
    checkNumbers({ size, prestarted: next.prestarted, maxUserVms: next.maxUserVms }, context.engine.options.number('MaxVmsInPool'));
    const growth = more === 0 ? null : { names: await freeNames(context.db, pattern, more), plan: await planPoolVms(context, next) };
    const update = () =>
      write(
        context,
        async (trx) => {
          const row = await trx.selectFrom('vm_pool').select('status').where('id', '=', id).forUpdate().executeTakeFirst();
          if (row?.status === 'removing') throw conflict('ACTION_TYPE_FAILED_VM_POOL_IS_BEING_REMOVED');
          if (next.templateId !== next.before.template_id) await checkTemplateChange(trx, id);
          await trx
            .updateTable('vm_pool')
            .set({
              name: next.name,
              ...(body.description === undefined ? {} : { description: body.description }),
              ...(body.comment === undefined ? {} : { comment: body.comment }),
              cluster_id: next.clusterId,
              template_id: next.templateId,
              instance_type_id: next.instanceTypeId,
              prestarted_vms: next.prestarted,
              max_user_vms: next.maxUserVms,
              use_latest_template_version: next.useLatest,
              size,
              failures: 0,
              settings: json(next.settings as Record<string, unknown>),
              updated_at: new Date(context.engine.now()),
            })
            .where('id', '=', id)
            .execute();
          await noteChange(trx, 'vm_pool', id, 'update');
          const job = { description: `Editing VM pool ${next.name}`, subjects: [{ type: 'vm_pool', id }] };
          if (growth === null) {
            await context.engine.jobs.sagas.lockInTransaction(trx, [poolLock(id, 'ACTION_TYPE_FAILED_VM_POOL_IS_BEING_UPDATED')]);
            await recordEvent(trx, { name: 'USER_UPDATE_VM_POOL_WITH_VMS', ...attribution(context), values: { pool: next.name } });
            await context.engine.jobs.record(trx, context, { action: 'UpdateVmPool', ...job });
            return null;
          }
          return context.engine.jobs.beginIn<GrowParams>(trx, context, 'UpdateVmPool', {
            ...job,
            params: {
              poolId: id,
              poolName: next.name,
              ...growth,
              maxFailures: context.engine.options.number('VmPoolMaxSubsequentFailures'),
              user: actor(context),
              correlationId: context.correlationId,
            },
          });
        },
        { vm_pool_name: nameInUse(next.name) },
      );
    const job = await withQuotaEvents(context.db, update);
    if (job === null) return entity('VmPool', await one(context, readableVmPools, id));
    if (context.asynchronous || !(await context.engine.jobs.settle(job)))
      return accepted('VmPool', await one(context, readableVmPools, id));
    return entity('VmPool', await one(context, readableVmPools, id));
  },
};
