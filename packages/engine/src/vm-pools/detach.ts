import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict, notFound } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { stateOf, vmLock } from '../vms/lock.ts';

/** `POST vms/{vm}/detach`: a VM leaves its pool and is a VM like others from then on; with its last VM the pool goes. */
export const detachVm: Operation = {
  permit: 'edit_vm_pool_configuration',
  async subjects(context) {
    const vmId = context.path['vm'] ?? '';
    const member = isUuid(vmId)
      ? await context.db.selectFrom('vm_pool_member').select('vm_pool_id').where('vm_id', '=', vmId).executeTakeFirst()
      : undefined;
    return [member ? { type: 'vm_pool', id: member.vm_pool_id } : { type: 'vm', id: vmId }];
  },
  async run(context) {
    const vmId = context.path['vm'] ?? '';
    if (!isUuid(vmId)) throw notFound();
    const values = { VAR_ACTION: 'detach', VAR_TYPE: 'VM from VM pool' };
    const job = await write(context, async (trx) => {
      const { status, name } = await stateOf(trx, vmId);
      const pool = await trx
        .selectFrom('vm_pool_member')
        .innerJoin('vm_pool', 'vm_pool.id', 'vm_pool_member.vm_pool_id')
        .select(['vm_pool.id', 'vm_pool.name', 'vm_pool.status'])
        .where('vm_pool_member.vm_id', '=', vmId)
        .forUpdate()
        .executeTakeFirst();
      if (!pool) throw conflict('VM_POOL_CANNOT_DETACH_VM_NOT_ATTACHED_TO_POOL', values);
      await context.engine.jobs.sagas.lockInTransaction(trx, [vmLock(vmId)]);
      if (pool.status === 'removing') throw conflict('ACTION_TYPE_FAILED_VM_POOL_IS_BEING_REMOVED', values);
      if (status === 'image_locked') throw conflict('ACTION_TYPE_FAILED_VM_IS_LOCKED', values);
      if (status !== 'down') throw conflict('VM_POOL_CANNOT_REMOVE_RUNNING_VM_FROM_POOL', values);
      await trx.deleteFrom('vm_pool_member').where('vm_id', '=', vmId).execute();
      const about = { ...attribution(context), values: { pool: pool.name } };
      await recordEvent(trx, { name: 'USER_REMOVE_VM_FROM_POOL', vm: { id: vmId, name }, ...about });
      await noteChange(trx, 'vm', vmId, 'update');
      const others = await trx.selectFrom('vm_pool_member').select('vm_id').where('vm_pool_id', '=', pool.id).executeTakeFirst();
      if (others) await noteChange(trx, 'vm_pool', pool.id, 'update');
      else {
        await trx.deleteFrom('vm_pool').where('id', '=', pool.id).execute();
        await revokeAllOn(trx, [pool.id]);
        await recordEvent(trx, { name: 'USER_REMOVE_VM_POOL', ...about });
        await noteChange(trx, 'vm_pool', pool.id, 'remove');
      }
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveVmFromPool',
        description: `Detaching VM ${name} from VM pool ${pool.name}`,
        subjects: [{ type: 'vm', id: vmId }],
      });
    });
    return done(job);
  },
};
