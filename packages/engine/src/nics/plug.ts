import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { stateOf, wrongState } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import { beginHotNic, hotPlugNic } from './hot.ts';
import { nic } from './read.ts';

/** `activate` and `deactivate` of a NIC: whether the VM has it; a running one at once. */
const plugOperation = (plugged: boolean): Operation => ({
  permit: 'configure_vm_network',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const current = await nic(context, 'vm', vmId, context.path['nic'] ?? '');
    const id = current.id ?? '';
    const job = await write(context, async (trx) => {
      const { status } = await stateOf(trx, vmId);
      if (status !== 'down' && status !== 'up')
        throw wrongState(plugged ? 'plug a network interface of' : 'unplug a network interface of', status);
      const row = await trx.selectFrom('nic').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
      if (status === 'up' && row.plugged !== plugged)
        return beginHotNic(trx, context, hotPlugNic, vmId, {
          nic: { ...row, mac: row.mac ?? '' },
          nicName: row.name,
          work: plugged ? 'plug' : 'unplug',
          change: { plugged },
          isNew: false,
          events: [plugged ? 'NETWORK_ACTIVATE_VM_INTERFACE_SUCCESS' : 'NETWORK_DEACTIVATE_VM_INTERFACE_SUCCESS'],
        });
      await trx.updateTable('nic').set({ plugged }).where('id', '=', id).execute();
      await recordEvent(trx, {
        name: plugged ? 'NETWORK_ACTIVATE_VM_INTERFACE_SUCCESS' : 'NETWORK_DEACTIVATE_VM_INTERFACE_SUCCESS',
        vm: { id: vmId, name: String(vm['name']) },
        ...attribution(context),
        values: { interface: String(current['name']) },
      });
      await noteChange(trx, 'nic', id, 'update');
      await noteChange(trx, 'vm', vmId, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'ActivateDeactivateVmNic',
        description: `${plugged ? 'Plugging' : 'Unplugging'} network interface ${String(current['name'])} of VM ${String(vm['name'])}`,
        subjects: [{ type: 'vm', id: vmId }],
      });
    });
    if (context.asynchronous) return started(job);
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
});

export const activateNic = plugOperation(true);
export const deactivateNic = plugOperation(false);
