import { defineSaga, type SagaContext, type SagaStep, type Wait } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { recordEvent } from '../events/record.ts';
import { checkSpace, hostTask, storageManagerOf, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { consumeStorage, withQuotaEvents } from '../quotas/consume.ts';
import { hostFailed, invalidValue, say } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { liveView } from '../snapshots/live-view.ts';
import { actor, attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import type { DiskPlace } from './read.ts';
import { setStatus, wholeDisk } from './usable.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';
import { diskWorkEnded } from './work-ended.ts';

interface Params {
  disk: DiskPlace;
  newBytes: number;
  /** The running VM that has the disk. */
  vmId?: string;
  user: { id: string; name: string };
  correlationId: string;
}

const sector = 512;

async function recordSize(trx: Transaction<Tables>, { disk, newBytes }: Params): Promise<void> {
  await trx.updateTable('image').set({ provisioned_bytes: newBytes }).where('id', '=', disk.volumeId).execute();
  await trx.updateTable('disk').set({ provisioned_bytes: newBytes, reserved_bytes: 0 }).where('id', '=', disk.diskId).execute();
}

async function extendVolume(
  ctx: SagaContext<Params, TaskState, Transaction<Tables>>,
  hosts: HostSessions,
  { disk, newBytes }: Params,
): Promise<Wait | undefined> {
  const hostId = () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
  return hostTask(ctx as never, hosts, {
    name: 'extend',
    hostId,
    method: 'Volume.extendSize',
    action: 'Cannot extend Virtual Disk',
    doneAlready: [],
    parameters: {
      volumeID: disk.volumeId,
      storagepoolID: disk.dataCenterId,
      storagedomainID: disk.storageDomainId,
      imageID: disk.diskId,
      newSize: String(newBytes),
    },
  });
}

const guestTimeoutMs = 60_000;
const pollMs = 500;

/**
 * The step in which the host of a running VM makes the disk larger for its guest. A COW volume that QEMU writes to is made larger by QEMU alone,
 * and by its storage's manager when the VM has gone down meanwhile.
 */
const guestStep = (hosts: HostSessions, params: Params, vmId: string): SagaStep<Params, TaskState, Transaction<Tables>> => ({
  name: 'guest',
  title: 'Showing the new size to the running VM',
  async run(ctx) {
    const { disk, newBytes } = params;
    const view = await liveView(ctx, hosts, vmId);
    if (view.kind === 'unknown') return ctx.waitUntil({ delayMs: pollMs });
    if (view.kind === 'down' || !view.disks.has(disk.diskId)) return disk.format === 'cow' ? extendVolume(ctx, hosts, params) : undefined;
    const { client, fence } = await hosts.access(view.hostId);
    const driveSpecs = {
      poolID: disk.dataCenterId,
      domainID: disk.storageDomainId,
      imageID: disk.diskId,
      volumeID: disk.volumeId,
      device: 'disk',
    };
    try {
      await client.call(
        'VM.diskSizeExtend',
        { vmID: vmId, driveSpecs, newSize: String(newBytes) },
        { timeoutMs: guestTimeoutMs, fence, signal: ctx.signal },
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof VdsmError)) throw error;
      // Down by now, or not heard: the next look tells, and a disk that is as large already stays so.
      if (error.code === connectionLost || error.code === vmIsDown || error.code === noSuchVm) return ctx.waitUntil({ delayMs: pollMs });
      throw hostFailed('Cannot extend Virtual Disk', error.message, error);
    }
  },
  record: async (ctx, trx) => recordSize(trx, ctx.params),
});

/** Codes of VDSM. */
const noSuchVm = 1;
const vmIsDown = 6;

/** Gives the volume that a disk writes to a larger capacity. Repeatable: a volume of that size is left as it is. */
export const extendDiskSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Transaction<Tables>>({
    name: 'ExtendImageSize',
    version: 1,
    title: (params) => `Extending Disk ${params.disk.name}`,
    locks: (params) => [{ group: 'DISK', objectId: params.disk.diskId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      {
        name: 'extend',
        title: 'Extending the volume',
        run: async (ctx) => (params.vmId !== undefined && params.disk.format === 'cow' ? undefined : extendVolume(ctx, hosts, params)),
        async record(ctx, trx) {
          if (params.vmId === undefined) await recordSize(trx, ctx.params);
        },
      },
      ...(params.vmId === undefined ? [] : [guestStep(hosts, params, params.vmId)]),
    ],
    async ended(end, trx) {
      const { disk } = end.params;
      await trx.updateTable('disk').set({ reserved_bytes: 0 }).where('id', '=', disk.diskId).execute();
      await diskWorkEnded(end, trx, {
        disk,
        names: { succeeded: 'USER_EXTEND_DISK_SIZE_SUCCESS', failed: 'USER_EXTEND_DISK_SIZE_FAILURE' },
      });
    },
  }) as unknown as EngineSaga;

/**
 * Gives a disk a larger size, when it is asked for another one.
 * @returns when the volume is extended, or the request has waited for as long as it may
 * @throws {Fault} 400 for a smaller size or one beyond the limits; 409 for disks that are in use
 */
export async function extendDisk(context: Context, diskId: string, wantedBytes: number, maxBytes: number): Promise<void> {
  const newBytes = Math.ceil(wantedBytes / sector) * sector;
  if (newBytes > maxBytes) throw invalidValue('provisioned_size', say`must be at most ${maxBytes} bytes`);
  const begin = () =>
    write(context, async (trx) => {
      const whole = await wholeDisk(trx, diskId, 'extend', true);
      const { hasSnapshots: _s, isThin: _t, isTemplates, isInPreview: _p, runningVm, ...disk } = whole;
      if (newBytes < disk.provisionedBytes || isTemplates)
        throw invalidValue('provisioned_size', isTemplates ? "a template's disk keeps its size" : 'a disk cannot be made smaller');
      if (newBytes === disk.provisionedBytes) return null;
      await checkSpace(trx, disk.storageDomainId, disk.sparse ? 0 : newBytes - disk.provisionedBytes);
      const row = await trx
        .updateTable('disk')
        .set({ reserved_bytes: newBytes - disk.provisionedBytes })
        .where('id', '=', diskId)
        .returning('quota_id')
        .executeTakeFirstOrThrow();
      await consumeStorage(
        trx,
        [
          {
            quotaId: row.quota_id,
            dataCenterId: disk.dataCenterId,
            storageDomainId: disk.storageDomainId,
            addedBytes: newBytes - disk.provisionedBytes,
          },
        ],
        attribution(context),
      );
      const id = await context.engine.jobs.beginIn<Params>(trx, context, 'ExtendImageSize', {
        params: {
          disk,
          newBytes,
          ...(runningVm ? { vmId: runningVm.id } : {}),
          user: actor(context),
          correlationId: context.correlationId,
        },
        description: `Extending Disk ${disk.name}`,
        subjects: [{ type: 'disk', id: diskId }],
      });
      await setStatus(trx, diskId, 'locked');
      await recordEvent(trx, {
        name: 'USER_EXTENDED_DISK_SIZE',
        user: actor(context),
        correlationId: context.correlationId,
        jobId: id,
        values: { disk: disk.name },
      });
      return id;
    });
  const job = await withQuotaEvents(context.db, begin);
  if (job !== null && !context.asynchronous) await context.engine.jobs.settle(job);
}
