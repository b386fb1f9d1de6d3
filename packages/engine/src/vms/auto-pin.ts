import { json } from '@virgate/database';
import type { Action } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { refused } from '../rest/fault.ts';
import { nodeColumns } from '../numa/load.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { autoPinning, reportedCpus } from '../scheduling/host-cpus.ts';
import type { Tables } from '../tables/schema.ts';
import type { Settings } from './definition.ts';
import { stateOf, wrongState } from './lock.ts';
import { cellsOn, type VirtualNumaCell } from './domain-xml/numa.ts';
import { readableVms } from './read.ts';

const frame = { VAR_ACTION: 'edit', VAR_TYPE: 'VM' };

/** The virtual nodes in place of those that the VM had. */
async function setNodes(trx: Transaction<Tables>, vmId: string, cells: readonly VirtualNumaCell[], uuid: () => string): Promise<void> {
  await trx.deleteFrom('vm_numa_node').where('vm_id', '=', vmId).execute();
  if (cells.length > 0)
    await trx
      .insertInto('vm_numa_node')
      .values(cells.map((cell) => ({ id: uuid(), vm_id: vmId, ...nodeColumns(cell) })))
      .execute();
}

/**
 * `POST vms/{vm}/autopincpuandnumanodes`: pins the CPUs of a VM that is pinned to a host to those of the host, and its memory to their NUMA
 * nodes. With `optimize_cpu_settings` the VM gets as many CPUs as the host can give.
 */
export const autoPinVm: Operation = {
  permit: 'edit_admin_vm_properties',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const resizes = (context.body as Action).optimize_cpu_settings ?? false;
    const job = await write(context, async (trx) => {
      const { status } = await stateOf(trx, vmId);
      if (status !== 'down') throw wrongState('edit', status);
      const row = await trx.selectFrom('vm').selectAll().where('id', '=', vmId).forUpdate().executeTakeFirstOrThrow();
      const [hostId] = row.pinned_host_ids;
      if (hostId === undefined) throw refused('ACTION_TYPE_FAILED_VM_NOT_PINNED_TO_AT_LEAST_ONE_HOST', frame);
      const host = await trx.selectFrom('host_state').select('capabilities').where('host_id', '=', hostId).executeTakeFirst();
      const own = { sockets: row.cpu_sockets, cores: row.cpu_cores, threads: row.cpu_threads };
      const pinning = autoPinning(reportedCpus(host?.capabilities['cpuTopology']), resizes ? null : own);
      if (pinning === null) throw refused('VM_PINNING_PCPU_DOES_NOT_EXIST', frame);
      const settings = row.settings as Settings;
      const pins = pinning.cpus.map((cpu, vcpu) => ({ vcpu, cpu_set: String(cpu) }));
      await trx
        .updateTable('vm')
        .set({
          cpu_sockets: pinning.topology.sockets,
          cpu_cores: pinning.topology.cores,
          cpu_threads: pinning.topology.threads,
          settings: json({ ...settings, cpu_pinning_policy: 'manual', cpu: { ...settings.cpu, cpu_tune: { vcpu_pins: pins } } }),
        })
        .where('id', '=', vmId)
        .execute();
      await setNodes(trx, vmId, cellsOn(pinning.nodes, row.memory_bytes), context.engine.uuid);
      await recordEvent(trx, { name: 'USER_UPDATE_VM', vm: { id: vmId, name: row.name }, ...attribution(context) });
      await noteChange(trx, 'vm', vmId, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'UpdateVm',
        description: `Pinning the CPUs of VM ${row.name}`,
        subjects: [{ type: 'vm', id: vmId }],
      });
    });
    return done(job);
  },
};
