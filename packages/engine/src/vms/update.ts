import type { EventName } from '@virgate/contract/generated/events';
import type { Vm } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import { followInstanceType } from '../instance-types/bind.ts';
import { setTuneMode } from '../numa/load.ts';
import { factOf } from '../operating-systems/facts.ts';
import { judgeGrowth, releaseReservation, reserveForVm } from '../quotas/consume.ts';
import { Fault, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { messageText } from '../rest/messages.ts';
import { entity, type Context, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { actor, attribution, nameInUse, write } from '../rest/write.ts';
import { isExclusive } from '../scheduling/host-cpus.ts';
import type { Tables } from '../tables/schema.ts';
import { changeOf } from './change.ts';
import { moveToCluster, targetCluster } from './change-cluster.ts';
import { policyOf } from './cpu-pinning.ts';
import { checkName, columnsOf, definitionOf, rowWith, type VmRow } from './definition.ts';
import { difference, merge, pick, type Part } from './difference.ts';
import { customPropertiesOf, domainPropertiesOf } from './domain-properties.ts';
import { beginHotLease } from './hot-lease.ts';
import { hotSetJob, type HotSet } from './hot-set.ts';
import { beginLease, leaseDomainOf } from './leases.ts';
import { queueCpuLimit } from './limits.ts';
import { isLive } from './live-fields.ts';
import { notRunning, stateOf, wrongState } from './lock.ts';
import { memoryBlockBytes } from './memory-devices.ts';
import { keepPending, pendingOf, rowOfNextRun } from './next-run.ts';
import { maxSockets } from './plan.ts';
import { readableVms } from './read.ts';

type Trx = Transaction<Tables>;
const mib = 1024 ** 2;

/** What the host of a running VM can change of it, and what it cannot although it was asked for. */
interface HotChange extends Pick<HotSet, 'cpus' | 'memory'> {
  /** The lease may have changed. */
  lease: boolean;
  refusals: { name: EventName; values: Record<string, string> }[];
}

/**
 * What of the processors a host can change: more or fewer sockets, within those that the running machine has room for.
 * @throws {Fault} 409 for sockets of a VM that has its CPUs for itself
 */
function hotCpus(running: VmRow, next: VmRow, body: Vm): Omit<HotChange, 'lease'> {
  if (body.cpu?.topology?.sockets === undefined || next.cpu_sockets === running.cpu_sockets) return { refusals: [] };
  const policy = policyOf(definitionOf(running));
  if (isExclusive(policy)) throw refused('HOT_PLUG_CPU_IS_NOT_SUPPORTED_DEDICATED', { VAR_ACTION: 'edit', VAR_TYPE: 'VM' });
  // How many CPUs the VM has, its host has decided.
  if (policy === 'resize_and_pin_numa' || next.cpu_sockets > maxSockets) return { refusals: [] };
  const vcpus = next.cpu_sockets * running.cpu_cores * running.cpu_threads;
  const more = next.cpu_sockets > running.cpu_sockets;
  if (factOf(running.os_type, more ? 'cpu.hotplugSupport' : 'cpu.hotunplugSupport') === true)
    return { cpus: { sockets: next.cpu_sockets, vcpus }, refusals: [] };
  const reason = messageText(more ? 'HOT_PLUG_CPU_IS_NOT_SUPPORTED_FOR_GUEST_OS' : 'HOT_UNPLUG_CPU_IS_NOT_SUPPORTED_FOR_GUEST_OS', {});
  return { refusals: [{ name: 'FAILED_HOT_SET_NUMBER_OF_CPUS', values: { numberOfCpus: String(vcpus), reason } }] };
}

/** What of the memory a host can change: more in whole pieces, less by pieces that were plugged before. */
function hotMemory(running: VmRow, next: VmRow, body: Vm): Omit<HotChange, 'lease'> {
  const changeBytes = next.memory_bytes - running.memory_bytes;
  if (body.memory === undefined || changeBytes === 0) return { refusals: [] };
  if (changeBytes > 0 && (changeBytes % memoryBlockBytes !== 0 || next.memory_bytes > running.memory_max_bytes)) return { refusals: [] };
  if (domainPropertiesOf(customPropertiesOf(running.settings)).hugePageKib !== null) {
    const reason = messageText('ACTION_TYPE_FAILED_MEMORY_HOT_SET_NOT_SUPPORTED_FOR_HUGE_PAGES', {});
    return { refusals: [{ name: 'FAILED_HOT_SET_MEMORY', values: { newMem: String(next.memory_bytes / mib), reason } }] };
  }
  const guaranteedBytes = Math.min(next.memory_guaranteed_bytes, next.memory_bytes);
  const specialBlock = factOf(running.os_type, 'devices.memoryHotplug.specialBlock') === true;
  return { memory: { bytes: next.memory_bytes, guaranteedBytes, changeBytes, specialBlock }, refusals: [] };
}

/** What of a change the host of a VM that is up can make. Source: engine behaviour, hot set. */
function hotSetOf(running: VmRow, next: VmRow, body: Vm): HotChange {
  const [cpus, memory] = [hotCpus(running, next, body), hotMemory(running, next, body)];
  return { ...cpus, ...memory, lease: body.lease !== undefined, refusals: [...cpus.refusals, ...memory.refusals] };
}

/** Writes what may change at once, and keeps the rest for the next start. @returns the row as it is now */
async function changeRunning(trx: Trx, row: VmRow, next: VmRow): Promise<VmRow> {
  const wanted = definitionOf(next);
  const change = difference(definitionOf(row) as Part, wanted as Part);
  // How much memory is guaranteed goes with the memory: alone it is the engine's business, beyond the memory that there is it is not.
  const waits = next.memory_guaranteed_bytes > row.memory_bytes;
  const live = pick(change, (path) => isLive(path) && !(waits && path === 'memory_policy.guaranteed'));
  const columns = columnsOf(merge<Vm>(definitionOf(row), live));
  const running = await trx.updateTable('vm').set(columns).where('id', '=', row.id).returningAll().executeTakeFirstOrThrow();
  await keepPending(trx, row.id, difference(definitionOf(running) as Part, definitionOf(rowWith(running, wanted)) as Part));
  return running;
}

async function changeVm(
  trx: Trx,
  context: Context,
  vmId: string,
  body: Vm,
  clusterId: string | null,
): Promise<{ job: string | null; lease: string | null }> {
  const { status, hostId } = await stateOf(trx, vmId);
  if (status === 'image_locked') throw wrongState('edit', status);
  const found = await trx.selectFrom('vm').selectAll().where('id', '=', vmId).forUpdate().executeTakeFirstOrThrow();
  const row = clusterId === null ? found : await moveToCluster(trx, context, found, status, clusterId);
  const pending = await pendingOf(trx, vmId);
  const { before, definition, columns, next } = await changeOf({ ...context, db: trx }, rowOfNextRun(row, pending), body, {
    type: 'vm',
    id: vmId,
  });
  const name = body.name === undefined ? row.name : checkName(body.name);
  let job: string | null = null;
  let lease: string | null = null;
  if (status === 'down') {
    await setTuneMode(trx, vmId, before, definition);
    const changed = await trx.updateTable('vm').set(columns).where('id', '=', vmId).returningAll().executeTakeFirstOrThrow();
    await keepPending(trx, vmId, {});
    await followInstanceType(trx, vmId);
    if (leaseDomainOf(before) !== leaseDomainOf(definition)) lease = await beginLease(trx, context, changed);
  } else {
    const running = await changeRunning(trx, row, next);
    if (running.cpu_profile_id !== row.cpu_profile_id) await queueCpuLimit(trx, vmId);
    const {
      refusals,
      lease: withLease,
      ...hot
    } = context.parameters.flag('next_run') || status !== 'up'
      ? { refusals: [] as HotChange['refusals'], lease: false }
      : hotSetOf(running, next, body);
    for (const refusal of refusals) await recordEvent(trx, { ...refusal, vm: { id: vmId, name }, ...attribution(context) });
    if (hostId !== null && (hot.cpus ?? hot.memory)) {
      const vcpus = hot.cpus ? hot.cpus.vcpus - running.cpu_sockets * running.cpu_cores * running.cpu_threads : 0;
      const consumer = { vm: { id: vmId, name }, ...attribution(context) };
      await judgeGrowth(trx, vmId, { vcpus, memoryMib: (hot.memory?.changeBytes ?? 0) / mib }, consumer);
      const host = await trx.selectFrom('host').select('name').where('id', '=', hostId).executeTakeFirst();
      job = await context.engine.jobs.beginIn<HotSet>(trx, context, hotSetJob(hot), {
        params: {
          vmId,
          vmName: name,
          hostId,
          hostName: host?.name ?? hostId,
          ...hot,
          user: actor(context),
          correlationId: context.correlationId,
        },
        description: `Changing CPUs or memory of VM ${name}`,
        subjects: [{ type: 'vm', id: vmId }],
      });
    } else if (hostId !== null && withLease) {
      const host = await trx.selectFrom('host').select(['id', 'name']).where('id', '=', hostId).executeTakeFirstOrThrow();
      job = await beginHotLease(trx, context, { running, next, host });
    }
  }
  await trx
    .updateTable('vm')
    .set({ name, updated_at: new Date(context.engine.now()) })
    .where('id', '=', vmId)
    .execute();
  if (definition.quota?.id !== before.quota?.id && !notRunning.has(status)) {
    await reserveForVm(trx, vmId, attribution(context));
    await releaseReservation(trx, vmId);
  }
  await recordEvent(trx, { name: 'USER_UPDATE_VM', vm: { id: vmId, name }, ...attribution(context) });
  await noteChange(trx, 'vm', vmId, 'update');
  return { job, lease };
}

/**
 * `PUT vms/{vm}`: changes a VM. Of a running one what does not concern its host changes at once, processors and memory are changed by the
 * host where it can, and the rest, with `next_run` these as well, waits for the next start. One that is down can be put into another
 * cluster.
 */
export const updateVm: Operation = {
  permit: 'edit_vm_properties',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const current = await one(context, readableVms, context.path['vm']);
    const body = context.body as Vm;
    const vmId = current.id ?? '';
    checkImmutable(current, context.body, ['id', 'template']);
    const target = await targetCluster(context, (current as Vm).cluster?.id ?? null, body);
    const { job, lease } = await write(context, (trx) => changeVm(trx, context, vmId, body, target?.id ?? null), {
      vm_name: nameInUse(body.name ?? ''),
    });
    if (lease !== null && !context.asynchronous) await context.engine.jobs.settle(lease);
    if (job !== null && !context.asynchronous)
      // What the host refuses is told by an event and waits for the next start: the change is kept all the same.
      await context.engine.jobs.settle(job).catch((error: unknown) => {
        if (!(error instanceof Fault)) throw error;
      });
    return entity('Vm', await one(context, readableVms, vmId));
  },
};
