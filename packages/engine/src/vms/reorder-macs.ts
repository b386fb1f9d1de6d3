import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { done, type Operation } from '../rest/operation.ts';
import { one } from '../rest/listing.ts';
import { attribution, write } from '../rest/write.ts';
import { stateOf } from './lock.ts';
import { readableVms } from './read.ts';
import { checkStatus } from './status-rules.ts';

const byNumber = new Intl.Collator('en', { numeric: true });

/** Which address each NIC gets so that addresses rise with names: nic2 stands before nic10. Pure. */
export function reorderedMacs(nics: readonly { id: string; name: string; mac: string }[]): Map<string, string> {
  const macs = nics.map((nic) => nic.mac).toSorted();
  return new Map(nics.toSorted((a, b) => byNumber.compare(a.name, b.name)).map((nic, at) => [nic.id, macs[at] ?? nic.mac]));
}

/** `POST vms/{vm}/reordermacaddresses`: spreads the addresses of the VM's NICs over them anew, in the order of their names. */
export const reorderMacAddresses: Operation = {
  permit: 'create_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const job = await write(context, async (trx) => {
      const { status } = await stateOf(trx, vmId);
      // The host of a running VM would have to be told: the contract's table forbids less than that.
      checkStatus('UpdateVmInterface', status === 'up' ? 'powering_up' : status);
      const nics = await trx.selectFrom('nic').select(['id', 'name', 'mac']).where('vm_id', '=', vmId).execute();
      const before = new Map(nics.map((nic) => [nic.id, nic.mac]));
      const moved = [...reorderedMacs(nics.flatMap(({ id, name, mac }) => (mac === null ? [] : [{ id, name, mac }])))].filter(
        ([id, mac]) => before.get(id) !== mac,
      );
      for (const [id, mac] of moved) await trx.updateTable('nic').set({ mac }).where('id', '=', id).execute();
      await noteChange(
        trx,
        'nic',
        moved.map(([id]) => id),
        'update',
      );
      await recordEvent(trx, { name: 'USER_UPDATE_VM', vm: { id: vmId, name: String(vm['name']) }, ...attribution(context) });
      await noteChange(trx, 'vm', vmId, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'ReorderVmNics',
        description: `Reordering the MAC addresses of VM ${String(vm['name'])}`,
        subjects: [{ type: 'vm', id: vmId }],
      });
    });
    return done(job);
  },
};
