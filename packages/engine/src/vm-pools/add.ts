import { json } from '@virgate/database';
import type { VmPool } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { withQuotaEvents } from '../quotas/consume.ts';
import { refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { accepted, created, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, nameInUse, write } from '../rest/write.ts';
import { checkNumbers, freeNames, planPoolVms, poolTemplate, settingsOf } from './definition.ts';
import type { GrowParams } from './grow.ts';
import { namePattern } from './names.ts';
import { readableVmPools } from './read.ts';

/** `POST vmpools`: a pool of VMs from a template; they are made in the background. */
export const addVmPool: Operation = {
  permit: 'create_vm_pool',
  subjects: async (context) => [
    { type: 'cluster', id: (await resolve(context.db, 'Cluster', 'cluster', (context.body as VmPool).cluster)).id },
  ],
  async run(context) {
    const body = context.body as VmPool;
    const pattern = namePattern(body.name);
    const name = body.name ?? '';
    const cluster = await resolve(context.db, 'Cluster', 'cluster', body.cluster);
    const template = await poolTemplate(context, body.template);
    const instanceType = body.instance_type
      ? await resolve(context.db, 'InstanceType', 'vm', body.instance_type, sql<boolean>`t.entity_type = 'instance_type'`)
      : null;
    const { size = 1, prestarted_vms: prestarted = 0, max_user_vms: maxUserVms = 1 } = body;
    if (size < 1) throw refused('VM_POOL_CANNOT_CREATE_WITH_NO_VMS');
    checkNumbers({ size, prestarted, maxUserVms }, context.engine.options.number('MaxVmsInPool'));
    const settings = settingsOf(context, body);
    const plan = await planPoolVms(context, {
      clusterId: cluster.id,
      templateId: template.id,
      instanceTypeId: instanceType?.id ?? null,
      useLatest: body.use_latest_template_version ?? false,
      settings,
    });
    const names = await freeNames(context.db, pattern, size);
    const id = context.engine.uuid();
    const job = await withQuotaEvents(context.db, () =>
      write(
        context,
        async (trx) => {
          await trx
            .insertInto('vm_pool')
            .values({
              id,
              name,
              description: body.description ?? '',
              comment: body.comment ?? '',
              cluster_id: cluster.id,
              template_id: template.id,
              instance_type_id: instanceType?.id ?? null,
              type: body.type ?? 'automatic',
              stateful: body.stateful ?? false,
              prestarted_vms: prestarted,
              max_user_vms: maxUserVms,
              auto_storage_select: body.auto_storage_select ?? false,
              use_latest_template_version: body.use_latest_template_version ?? false,
              size,
              settings: json(settings as Record<string, unknown>),
            })
            .execute();
          await noteChange(trx, 'vm_pool', id, 'add');
          return context.engine.jobs.beginIn<GrowParams>(trx, context, 'AddVmPool', {
            params: {
              poolId: id,
              poolName: name,
              names,
              plan,
              maxFailures: context.engine.options.number('VmPoolMaxSubsequentFailures'),
              user: actor(context),
              correlationId: context.correlationId,
            },
            description: `Creating VM pool ${name}`,
            subjects: [{ type: 'vm_pool', id }],
          });
        },
        { vm_pool_name: nameInUse(name) },
      ),
    );
    if (!context.waits) return accepted('VmPool', await one(context, readableVmPools, id));
    await context.engine.jobs.settle(job);
    return created('VmPool', await one(context, readableVmPools, id));
  },
};
