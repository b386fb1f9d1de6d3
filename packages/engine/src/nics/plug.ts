import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { notBuilt } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { notRunning, stateOf, wrongState } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import { nic } from './read.ts';

/** `activate` and `deactivate` of a NIC: whether the VM has it at its next start. */
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
      if (!notRunning.has(status)) throw notBuilt(`${plugged ? 'Plugging' : 'Unplugging'} a network interface of a running VM`);
      if (status !== 'down') throw wrongState(plugged ? 'plug a network interface of' : 'unplug a network interface of', status);
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
    return done(job);
  },
});

export const activateNic = plugOperation(true);
export const deactivateNic = plugOperation(false);
