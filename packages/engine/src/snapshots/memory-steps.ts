import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import type { SagaContext, SagaStep, Wait } from '@virgate/saga';
import { sql, type Transaction } from 'kysely';
import { deleteImage } from '../disks/volumes.ts';
import {
  hostTask,
  noId,
  storageManagerOf,
  volumeAllocation,
  volumeDescription,
  volumeFormat,
  type TaskState,
} from '../images/host-tasks.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { isSparseOn } from '../storage-domains/block-group.ts';
import type { Tables } from '../tables/schema.ts';
import type { MemoryPlace } from '../vms/memory-volumes.ts';

type Trx = Transaction<Tables>;
export type MemoryPart = 'dump' | 'configuration';
const parts: readonly MemoryPart[] = ['dump', 'configuration'];
const titles = { dump: 'the memory', configuration: 'the configuration' } as const;

const mib = 1024 ** 2;
/** Room for the notes on how the VM ran. Source: engine behaviour, memory of a suspended VM. */
const configurationBytes = mib;
const extraBytes = 200 * mib;

/** What the volumes of a VM's memory are made for. */
export interface MemoryRequest {
  vmName: string;
  memory: MemoryPlace;
  memoryBytes: number;
  /** Word in the volumes' names, such as `hibernation`. */
  purpose: string;
  action: string;
}

/** Asks the storage host for one of the two volumes. To be returned from a step's `run`. */
export async function makeMemoryVolume<S extends TaskState>(
  ctx: SagaContext<object, S, Trx>,
  hosts: HostSessions,
  request: MemoryRequest,
  part: MemoryPart,
): Promise<Wait | undefined> {
  const { memory } = request;
  const hostId = () => ctx.tx((trx) => storageManagerOf(trx, memory.data_center_id));
  const dump = part === 'dump';
  const sparse = dump && (await ctx.tx((trx) => isSparseOn(trx, memory.storage_domain_id, { format: 'raw', sparse: true })));
  return hostTask(ctx, hosts, {
    name: part,
    hostId,
    method: 'Volume.create',
    action: request.action,
    doneAlready: [storageErrors.VolumeAlreadyExists],
    parameters: {
      volumeID: dump ? memory.dump_volume_id : memory.configuration_volume_id,
      imageID: dump ? memory.dump_image_id : memory.configuration_image_id,
      storagepoolID: memory.data_center_id,
      storagedomainID: memory.storage_domain_id,
      size: String(dump ? request.memoryBytes + extraBytes : configurationBytes),
      volFormat: volumeFormat.raw,
      preallocate: sparse ? volumeAllocation.sparse : volumeAllocation.preallocated,
      diskType: dump ? 'MEMD' : 'MEMM',
      desc: volumeDescription(`${request.vmName}_${request.purpose}_${part}`, ''),
      srcImgUUID: noId,
      srcVolUUID: noId,
    },
  });
}

/** Removes one of the two volumes. To be returned from a step. */
export const removeMemoryVolume = async <S extends TaskState>(
  ctx: SagaContext<object, S, Trx>,
  hosts: HostSessions,
  memory: MemoryPlace,
  part: MemoryPart,
): Promise<Wait | undefined> =>
  deleteImage(ctx, hosts, {
    diskId: part === 'dump' ? memory.dump_image_id : memory.configuration_image_id,
    dataCenterId: memory.data_center_id,
    storageDomainId: memory.storage_domain_id,
    wipe: false,
  });

/** Steps that make the volumes for a snapshot's memory; undone, they go. */
export const memorySteps = <P extends object, S extends TaskState>(hosts: HostSessions, request: MemoryRequest): SagaStep<P, S, Trx>[] =>
  parts.map((part) => ({
    name: `memory-${part}`,
    title: `Making a volume for ${titles[part]}`,
    run: async (ctx) => makeMemoryVolume(ctx as never, hosts, request, part),
    undo: async (ctx) => removeMemoryVolume(ctx as never, hosts, request.memory, part),
  }));

/** Steps that remove the memory of a snapshot, unless it is still wanted when they come. */
export const dropMemorySteps = <P extends object, S extends TaskState>(
  hosts: HostSessions,
  memory: MemoryPlace,
  wanted: (ctx: SagaContext<P, S, Trx>) => boolean | Promise<boolean> = () => false,
): SagaStep<P, S, Trx>[] =>
  parts.map((part) => ({
    name: `drop-${part}-${memory.dump_image_id}`,
    title: `Removing ${titles[part]} of the snapshot`,
    retry: { attempts: 10, delayMs: 2_000 },
    run: async (ctx) => ((await wanted(ctx)) ? undefined : removeMemoryVolume(ctx as never, hosts, memory, part)),
  }));

/** As {@link dropMemorySteps}, of the memory of which no snapshot knows any more. */
export const dropUnusedMemorySteps = <P extends object, S extends TaskState>(
  hosts: HostSessions,
  memories: readonly MemoryPlace[],
): SagaStep<P, S, Trx>[] =>
  memories.flatMap((memory) =>
    dropMemorySteps<P, S>(hosts, memory, async (ctx) =>
      ctx.tx(async (trx) => {
        const user = await trx
          .selectFrom('snapshot_memory')
          .select('snapshot_id')
          .where('dump_image_id', '=', memory.dump_image_id)
          .executeTakeFirst();
        return user !== undefined;
      }),
    ),
  );

/** The memory of the snapshots that were taken after one, which may go with a return to it. */
export async function laterMemories(trx: Trx, vmId: string, snapshotId: string): Promise<MemoryPlace[]> {
  const found = await sql<MemoryPlace & { snapshot_id: string }>`
    select m.* from snapshot_memory m join snapshot s on s.id = m.snapshot_id join snapshot t on t.id = ${snapshotId}
    where s.vm_id = ${vmId} and s.type = 'regular' and s.created_at > t.created_at`.execute(trx);
  return found.rows.map(({ snapshot_id: _snapshot, ...memory }) => memory);
}

/** All memory that snapshots of a VM have. */
export async function memoriesOf(trx: Trx, vmId: string): Promise<MemoryPlace[]> {
  const found = await sql<MemoryPlace & { snapshot_id: string }>`
    select distinct on (m.dump_image_id) m.* from snapshot_memory m join snapshot s on s.id = m.snapshot_id where s.vm_id = ${vmId}`.execute(
    trx,
  );
  return found.rows.map(({ snapshot_id: _snapshot, ...memory }) => memory);
}
