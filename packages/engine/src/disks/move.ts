import { defineSaga, type SagaContext } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import type { Action } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { holdsPermit } from '../access/permissions.ts';
import { recordEvent } from '../events/record.ts';
import { activeDataCenterOf, checkSpace, hostTask, storageManagerOf, type TaskState } from '../images/host-tasks.ts';
import { stopTask } from '../images/stop-task.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { chooseProfile } from '../profiles/choose.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { forbidden, incomplete, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { insertPassingSnapshot, planPassingSnapshot } from '../snapshots/passing.ts';
import type { LiveMoveParams } from './move-live.ts';
import { readableDisks, type DiskPlace } from './read.ts';
import { goneCodes, setStatus, wholeDisk } from './usable.ts';
import { domainOf, recordPlace } from './volumes.ts';
import { isSparseOn } from '../storage-domains/block-group.ts';
import { diskWorkEnded } from './work-ended.ts';

interface Params {
  disk: DiskPlace;
  targetId: string;
  targetName: string;
  diskProfileId: string | null;
  user: { id: string; name: string };
  correlationId: string;
}

const values = { VAR_ACTION: 'move', VAR_TYPE: 'Virtual Disk' };
const move = 2;
const infoTimeoutMs = 60_000;

type Ctx = SagaContext<Params, TaskState, Transaction<Tables>>;

/** @throws VdsmError that the disk's newest volume is not on a domain */
async function lookAt(ctx: Ctx, hosts: HostSessions, storagedomainID: string): Promise<void> {
  const { disk } = ctx.params;
  const { client, fence } = await hosts.access(await ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId)));
  await client.call(
    'Volume.getInfo',
    { volumeID: disk.volumeId, storagepoolID: disk.dataCenterId, storagedomainID, imageID: disk.diskId },
    { timeoutMs: infoTimeoutMs, fence, signal: ctx.signal },
  );
}

const liesOn = (ctx: Ctx, hosts: HostSessions, domainId: string): Promise<boolean> =>
  lookAt(ctx, hosts, domainId).then(
    () => true,
    (error: unknown) => {
      if (error instanceof VdsmError && (goneCodes as readonly number[]).includes(error.code)) return false;
      throw error;
    },
  );

const recordMove = (trx: Transaction<Tables>, { disk, targetId, diskProfileId }: Params): Promise<void> =>
  recordPlace(trx, disk.diskId, { domainId: targetId, diskProfileId });

/** Moves a disk with its whole chain to another storage domain; the source goes when the copy is whole. Source: VDSM schema, Image.move. */
export const moveDiskSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Transaction<Tables>>({
    name: 'MoveDisk',
    version: 1,
    title: (params) => `Moving Disk ${params.disk.name} to ${params.targetName}`,
    cancellable: true,
    locks: (params) => [{ group: 'DISK', objectId: params.disk.diskId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ tasks: {} }),
    steps: [
      {
        name: 'move',
        title: 'Moving the volumes',
        timeoutMs: 24 * 3_600_000,
        async run(ctx) {
          const { disk, targetId } = ctx.params;
          const hostId = () => ctx.tx((trx) => storageManagerOf(trx, disk.dataCenterId));
          return hostTask(ctx as never, hosts, {
            name: 'move',
            hostId,
            method: 'Image.move',
            action: 'Cannot move Virtual Disk',
            // gone from its source: moved already, which the next step makes sure of
            doneAlready: goneCodes,
            parameters: {
              storagepoolID: disk.dataCenterId,
              storagedomainID: disk.storageDomainId,
              dstSdUUID: targetId,
              imageID: disk.diskId,
              vmUUID: '',
              operation: move,
              postZero: disk.wipe,
              discard: false,
              force: false,
            },
          });
        },
        undo: (ctx) =>
          stopTask(ctx as never, hosts, { name: 'move', action: 'Cannot move Virtual Disk' }, async (end) => {
            // Stopped too late, or by nobody: where its volumes are counts.
            if (end === 'stopped' || (await liesOn(ctx, hosts, ctx.params.disk.storageDomainId))) return undefined;
            if (await liesOn(ctx, hosts, ctx.params.targetId)) await ctx.tx((trx) => recordMove(trx, ctx.params));
            return undefined;
          }),
      },
      {
        name: 'check',
        title: 'Looking at the volumes in their new place',
        pivot: true,
        retry: { attempts: 5, delayMs: 1_000, when: (error) => (error as { code?: number }).code !== storageErrors.VolumeDoesNotExist },
        run: async (ctx) => lookAt(ctx, hosts, ctx.params.targetId),
        record: async (ctx, trx) => recordMove(trx, ctx.params),
      },
    ],
    async ended(end, trx) {
      const { disk, targetId, targetName } = end.params;
      const moved = end.status === 'succeeded' || (await domainOf(trx, disk.diskId)) === targetId;
      await diskWorkEnded({ ...end, status: moved ? 'succeeded' : end.status }, trx, {
        disk,
        names: { succeeded: 'USER_MOVED_DISK_FINISHED_SUCCESS', failed: 'USER_MOVED_DISK_FINISHED_FAILURE' },
        more: { storageDomain: { id: targetId, name: targetName } },
      });
    },
  }) as unknown as EngineSaga;

/** `POST disks/{disk}/move`: to another domain of the data center, also under a running VM. */
export const moveDisk: Operation = {
  permit: 'configure_disk_storage',
  subjects: (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }],
  async run(context) {
    const { id: diskId = '' } = await one(context, readableDisks, context.path['disk']);
    const body = context.body as Action;
    if (!body.storage_domain) throw incomplete('action.storage_domain.id|name');
    const target = await resolve(context.db, 'StorageDomain', 'storage_domain', body.storage_domain);
    if (!(await holdsPermit(context.db, context.user, 'create_disk', { type: 'storage_domain', id: target.id })))
      throw forbidden('create_disk (storage domain)');
    const diskProfileId = await chooseProfile(context, diskProfiles, target.id, body.disk_profile);
    const job = await write(context, async (trx) => {
      const whole = await wholeDisk(trx, diskId, 'move', true);
      const { hasSnapshots: _s, isThin, isTemplates, isInPreview, runningVm, ...disk } = whole;
      if (isTemplates) throw refused('CANNOT_MOVE_DISK_TEMPLATE', values);
      if (isInPreview) throw refused('ACTION_TYPE_FAILED_VM_IN_PREVIEW', values);
      if (disk.storageDomainId === target.id) throw refused('ACTION_TYPE_FAILED_SOURCE_AND_TARGET_SAME', values);
      // a template's volumes lie on one domain only, so that what stands on them can be nowhere else
      if (isThin) throw refused('TEMPLATE_IMAGE_NOT_EXIST', { ...values, diskName: disk.name });
      if ((await activeDataCenterOf(trx, target.id)) !== disk.dataCenterId)
        throw refused('ACTION_TYPE_FAILED_STORAGE_POOL_NOT_MATCH', values);
      await checkSpace(trx, target.id, (await isSparseOn(trx, target.id, disk)) ? 0 : disk.provisionedBytes);
      const common = {
        disk,
        targetId: target.id,
        targetName: target.name,
        diskProfileId,
        user: actor(context),
        correlationId: context.correlationId,
      };
      const description = `Moving Disk ${disk.name} to ${target.name}`;
      const subjects = [
        { type: 'disk', id: diskId },
        { type: 'storage_domain', id: target.id },
      ];
      const { jobs, uuid } = context.engine;
      let id: string;
      if (runningVm) {
        const request = { vmId: runningVm.id, of: [diskId], description: 'Auto-generated for Live Storage Migration', uuid };
        const passing = await planPassingSnapshot(trx, request, values);
        // A disk that several VMs may write to has no snapshots.
        if (passing.disks.length === 0) throw refused('ACTION_TYPE_FAILED_VM_IS_NOT_DOWN', { ...values, vmName: runningVm.name });
        const params: LiveMoveParams = { ...common, vmId: runningVm.id, vmName: runningVm.name, passing };
        id = await jobs.beginIn(trx, context, 'LiveMigrateDisk', {
          params,
          description,
          subjects: [...subjects, { type: 'vm', id: runningVm.id }],
        });
        await insertPassingSnapshot(trx, passing);
      } else {
        id = await jobs.beginIn<Params>(trx, context, 'MoveDisk', { params: common, description, subjects });
      }
      await setStatus(trx, diskId, 'locked');
      await recordEvent(trx, {
        name: 'USER_MOVED_DISK',
        storageDomain: target,
        user: actor(context),
        correlationId: context.correlationId,
        jobId: id,
        values: { disk: disk.name },
      });
      return id;
    });
    if (context.asynchronous) return started(job);
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
};
