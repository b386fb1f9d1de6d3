import type { SagaStep } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { conflict, refused } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { checkDiskOffBackup } from '../storage-domains/backup.ts';
import type { Tables } from '../tables/schema.ts';
import { diskElement, diskMetadata, freeIndex, type DiskDevice } from '../vms/domain-xml/disks.ts';
import { hotPlugXml } from '../vms/domain-xml/hot-plug.ts';
import { aboutVm, beginVmCall, domainOn, vmCallSaga, vmOnHost, type HostCall, type VmCall, type VmCallParams } from '../vms/host-call.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { diskDevice } from './device.ts';
import { lunPathsOfDisk, signInAt } from './lun-paths.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

type Trx = Transaction<Tables>;

const callTimeoutMs = 60_000;

/** A disk that goes into a running VM, or out of it. */
interface Params extends VmCallParams {
  diskId: string;
  diskName: string;
  device: DiskDevice;
  ioThreads: number;
  /** The attachment was made when the job began, and goes when the host refuses. */
  isNew: boolean;
  /** The attachment goes with the disk. */
  detaches: boolean;
}

/** Targets that a running domain has. */
const targetsOf = (xml: string): Set<string> =>
  new Set([...xml.matchAll(/<target\b[^>]*\bdev=["']([a-z]+)["']/g)].map((match) => match[1] ?? ''));

const parametersOf = (vmId: string, device: DiskDevice, ioThreads: number): Record<string, unknown> => ({
  vmID: vmId,
  params: { vmId, xml: hotPlugXml(diskElement(device, { ioThreads }), [diskMetadata(device)]) },
});

/** What is plugged and unplugged leaves gaps: only the domain itself knows which targets are taken. */
function plugCall(vmId: string, device: DiskDevice, ioThreads: number, domain: string): HostCall {
  const placed = { ...device, index: freeIndex(device, targetsOf(domain)) };
  return { method: 'VM.hotplugDisk', parameters: parametersOf(vmId, placed, ioThreads) };
}

const hotDisk = (name: 'HotPlugDiskToVm' | 'HotUnPlugDiskFromVm'): VmCall<Params> => {
  const plugs = name === 'HotPlugDiskToVm';
  return {
    name,
    verb: plugs ? 'plug a disk of' : 'unplug a disk of',
    title: ({ diskName, vmName }) => `${plugs ? 'Plugging' : 'Unplugging'} disk ${diskName} ${plugs ? 'into' : 'from'} VM ${vmName}`,
    async call({ vmId, device, ioThreads }, domain) {
      return plugs
        ? plugCall(vmId, device, ioThreads, await domain())
        : { method: 'VM.hotunplugDisk', parameters: parametersOf(vmId, device, ioThreads) };
    },
    undo: ({ vmId, device, ioThreads }) =>
      plugs ? { method: 'VM.hotunplugDisk', parameters: parametersOf(vmId, device, ioThreads) } : undefined,
    async record(trx, { vmId, vmName, diskId, diskName, detaches }, about) {
      const row = trx.updateTable('disk_attachment').set({ active: plugs }).where('vm_id', '=', vmId).where('disk_id', '=', diskId);
      await (detaches
        ? trx.deleteFrom('disk_attachment').where('vm_id', '=', vmId).where('disk_id', '=', diskId).execute()
        : row.execute());
      await recordEvent(trx, { name: plugs ? 'USER_HOTPLUG_DISK' : 'USER_HOTUNPLUG_DISK', ...about, values: { disk: diskName } });
      if (detaches)
        await recordEvent(trx, { name: 'USER_DETACH_DISK_FROM_VM', ...about, vm: { id: vmId, name: vmName }, values: { disk: diskName } });
      await noteChange(trx, 'vm', vmId, 'update');
      await noteChange(trx, 'disk', diskId, 'update');
    },
    failed: plugs ? 'USER_FAILED_HOTPLUG_DISK' : 'USER_FAILED_HOTUNPLUG_DISK',
    async giveUp(trx, { vmId, diskId, isNew }) {
      if (!isNew) return;
      await trx.deleteFrom('disk_attachment').where('vm_id', '=', vmId).where('disk_id', '=', diskId).execute();
      await noteChange(trx, 'vm', vmId, 'update');
      await noteChange(trx, 'disk', diskId, 'update');
    },
  };
};

const plug = hotDisk('HotPlugDiskToVm');
const unplug = hotDisk('HotUnPlugDiskFromVm');

/** What the last step of making a disk notes. */
export interface PlugState {
  /** Why the running VM did not take the disk. */
  plugRefusal?: string;
}

interface NewDiskParams {
  disks: readonly { diskId: string; name: string }[];
  plugInto?: string;
  user: { id: string; name: string };
  correlationId: string;
}

/**
 * The last step of making a disk for a running VM: the VM takes it. One that does not take it, or is down by then, does not undo the disk.
 */
export const plugNewDiskStep = <Making extends NewDiskParams, State extends PlugState>(
  hosts: HostSessions,
): SagaStep<Making, State, Trx> => ({
  name: 'plug',
  title: 'Plugging the disk into the running VM',
  pivot: true,
  async run(ctx) {
    const { plugInto: vmId, disks } = ctx.params;
    if (vmId === undefined) return;
    const diskId = disks[0]?.diskId ?? '';
    const { hostId, device, ioThreads } = await ctx.tx(async (trx) => ({
      hostId: (await trx.selectFrom('vm_state').select('host_id').where('vm_id', '=', vmId).executeTakeFirst())?.host_id,
      device: await diskDevice(trx, vmId, diskId),
      ioThreads: await ioThreadsOf(trx, vmId),
    }));
    if (!hostId || !device) return;
    try {
      const { client, fence } = await hosts.access(hostId);
      const options = { timeoutMs: callTimeoutMs, fence, correlationId: ctx.params.correlationId, signal: ctx.signal };
      const { method, parameters } = plugCall(vmId, device, ioThreads, await domainOn(client, vmId, options));
      await client.call(method, parameters, options);
    } catch (error) {
      if (!(error instanceof VdsmError) || error.code === connectionLost) throw error;
      ctx.state.plugRefusal = error.message;
    }
  },
  async record(ctx, trx) {
    const { plugInto: vmId, disks } = ctx.params;
    const [disk] = disks;
    if (vmId === undefined || !disk) return;
    const { plugRefusal: refusal } = ctx.state;
    const vm = await trx
      .selectFrom('vm')
      .innerJoin('vm_state', 'vm_state.vm_id', 'vm.id')
      .select(['vm.name', 'vm_state.status'])
      .where('vm.id', '=', vmId)
      .executeTakeFirst();
    // A VM that is down by now takes it at its next start.
    if (refusal === undefined || vm?.status === 'down')
      await trx.updateTable('disk_attachment').set({ active: true }).where('vm_id', '=', vmId).where('disk_id', '=', disk.diskId).execute();
    await recordEvent(trx, {
      name: refusal === undefined ? 'USER_HOTPLUG_DISK' : 'USER_FAILED_HOTPLUG_DISK',
      vm: { id: vmId, name: vm?.name ?? '' },
      ...ofJob(ctx),
      values: { disk: disk.name, ...(refusal === undefined ? {} : { reason: refusal }) },
    });
    await noteChange(trx, 'vm', vmId, 'update');
  },
});

async function ioThreadsOf(trx: Trx, vmId: string): Promise<number> {
  const row = await trx.selectFrom('vm').select('settings').where('id', '=', vmId).executeTakeFirst();
  return (row?.settings as { io?: { threads?: number } } | undefined)?.io?.threads ?? 0;
}

export const hotDiskSagas = (services: SagaServices): EngineSaga[] => [
  vmCallSaga(services, {
    ...plug,
    prepare: async (hosts, { hostId, diskId }, tx) =>
      signInAt(hosts, hostId, await tx((trx) => lunPathsOfDisk(trx, services.secretKey, hostId, diskId))),
  }),
  vmCallSaga(services, unplug),
];

/**
 * Starts the job that plugs a disk that is attached to a running VM, or unplugs it.
 * @throws {Fault} 409 for interfaces that guests take no disks on while they run, and disks that are locked
 */
export async function beginHotDisk(
  trx: Trx,
  context: Context,
  vmId: string,
  diskId: string,
  work: { plugs: boolean; isNew: boolean; detaches: boolean },
): Promise<string> {
  const action = work.plugs ? plug : unplug;
  const values = { VAR_ACTION: action.verb, VAR_TYPE: 'VM' };
  const device = await diskDevice(trx, vmId, diskId);
  // Held to the end: a job that begins to move the disk sees that the VM is about to take it.
  const row = await trx.selectFrom('disk').select(['name', 'status']).where('id', '=', diskId).forUpdate().executeTakeFirst();
  if (!device || !row) throw refused('ACTION_TYPE_FAILED_DISK_NOT_EXIST', values);
  if (row.status !== 'ok')
    throw refused(row.status === 'locked' ? 'ACTION_TYPE_FAILED_DISKS_LOCKED' : 'ACTION_TYPE_FAILED_DISKS_ILLEGAL', {
      ...values,
      diskAliases: row.name,
    });
  if (work.plugs) await checkDiskOffBackup(trx, diskId, 'plug');
  if (device.interface === 'ide' || device.interface === 'sata') throw conflict('HOT_PLUG_DISK_IS_NOT_VIRTIO', values);
  const vm = await vmOnHost({ ...context, db: trx }, vmId);
  return beginVmCall(trx, context, action, {
    ...aboutVm(context, vmId, vm),
    diskId,
    diskName: row.name,
    device,
    ioThreads: await ioThreadsOf(trx, vmId),
    isNew: work.isNew,
    detaches: work.detaches,
  });
}
