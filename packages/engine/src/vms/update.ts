import type { Vm } from '@virgate/contract/generated/types';
import { recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import { followInstanceType } from '../instance-types/bind.ts';
import { releaseReservation, reserveForVm } from '../quotas/consume.ts';
import { conflict, notBuilt } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { entity, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { actor, attribution, nameInUse, write } from '../rest/write.ts';
import { changeOf } from './change.ts';
import { checkName } from './definition.ts';
import { notRunning, stateOf, wrongState } from './lock.ts';
import { readableVms } from './read.ts';

/** What can be changed while the VM runs, because the host is not concerned. */
const always = new Set([
  'name',
  'description',
  'comment',
  'delete_protected',
  'high_availability',
  'quota',
  'id',
  'href',
  'links',
  'actions',
  'status',
]);

/** `PUT vms/{vm}`: changes a VM that is down; of a running one only what does not concern its host. */
export const updateVm: Operation = {
  permit: 'edit_vm_properties',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const current = await one(context, readableVms, context.path['vm']);
    const body = context.body as Vm;
    const vmId = current.id ?? '';
    checkImmutable(current, context.body, ['id', 'template', 'cluster']);
    if (context.parameters.flag('next_run')) throw notBuilt('The next-run configuration of a VM');
    await write(
      context,
      async (trx) => {
        const { status } = await stateOf(trx, vmId);
        const row = await trx.selectFrom('vm').selectAll().where('id', '=', vmId).executeTakeFirstOrThrow();
        const { before, definition, columns } = await changeOf({ ...context, db: trx }, row, body, { type: 'vm', id: vmId });
        const changed = Object.keys(body).filter(
          (key) =>
            !always.has(key) &&
            JSON.stringify((definition as Record<string, unknown>)[key]) !== JSON.stringify((before as Record<string, unknown>)[key]),
        );
        if (status === 'image_locked') throw wrongState('edit', status);
        if (status !== 'down' && changed.length > 0)
          throw conflict('ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL', {
            VAR_ACTION: 'edit',
            VAR_TYPE: 'VM',
            vmStatus: `${status}: ${changed.join(', ')} can be changed only while it is down`,
          });
        await trx
          .updateTable('vm')
          .set({
            ...columns,
            ...(body.name === undefined ? {} : { name: checkName(body.name) }),
            updated_at: new Date(context.engine.now()),
          })
          .where('id', '=', vmId)
          .execute();
        await followInstanceType(trx, vmId);
        if (definition.quota?.id !== before.quota?.id && !notRunning.has(status)) {
          await reserveForVm(trx, vmId, attribution(context));
          await releaseReservation(trx, vmId);
        }
        await recordEvent(trx, {
          name: 'USER_UPDATE_VM',
          vm: { id: vmId, name: body.name ?? row.name },
          ...attribution(context),
          user: actor(context),
        });
        await noteChange(trx, 'vm', vmId, 'update');
      },
      { vm_name: nameInUse(body.name ?? '') },
    );
    return entity('Vm', await one(context, readableVms, vmId));
  },
};
