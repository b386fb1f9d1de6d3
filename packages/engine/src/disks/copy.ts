import { defineSaga } from '@virgate/saga';
import type { Action } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { grant } from '../access/grant.ts';
import { holdsPermit } from '../access/permissions.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { activeDataCenterOf, checkSpace } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { chooseProfile } from '../profiles/choose.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { chooseQuota, consumeStorage, withQuotaEvents } from '../quotas/consume.ts';
import { consumptionOf } from '../quotas/disks.ts';
import { forbidden, incomplete, notBuilt, refused, type Fault } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import {
  dropPassingSteps,
  endPassingSnapshot,
  insertPassingSnapshot,
  keepFromHere,
  mergeBackStep,
  planPassingSnapshot,
  takePassingSteps,
  type PassingSnapshot,
} from '../snapshots/passing.ts';
import type { MergeState } from '../snapshots/remove.ts';
import { vmLock } from '../vms/lock.ts';
import { readableDisks } from './read.ts';
import { wholeDisk } from './usable.ts';
import { insertDisk, makeDiskStep, newDisksStep, type NewDisk } from './volumes.ts';

interface Params {
  disks: NewDisk[];
  sourceId: string;
  sourceName: string;
  /** What holds the content still when a running VM writes to the disk. */
  passing?: PassingSnapshot;
  user: { id: string; name: string };
  correlationId: string;
}

type State = MergeState & { mergedBack?: number };

const values = { VAR_ACTION: 'copy', VAR_TYPE: 'Virtual Disk' };

/** Makes a disk with the content of another one, all its layers in one volume. */
export const copyDiskSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, State, Transaction<Tables>>({
    name: 'MoveOrCopyDisk',
    version: 2,
    title: (params) => `Copying Disk ${params.sourceName}`,
    cancellable: true,
    locks: (params) => [
      ...(params.passing ? [vmLock(params.passing.vmId)] : []),
      {
        group: 'DISK',
        objectId: params.sourceId,
        mode: params.passing ? 'exclusive' : 'shared',
        messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED',
      },
      ...params.disks.map((disk) => ({
        group: 'DISK',
        objectId: disk.diskId,
        mode: 'exclusive' as const,
        messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED',
      })),
    ],
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      newDisksStep<Params, State>(),
      ...(params.passing
        ? [...takePassingSteps<Params, State>(hosts, params.passing), mergeBackStep<Params, State>(hosts, params.passing)]
        : []),
      makeDiskStep<Params, State>(hosts, 0, 'Copying the content'),
      ...(params.passing ? [keepFromHere<Params, State>(), ...dropPassingSteps<Params, State>(hosts, params.passing)] : []),
    ],
    async ended(end, trx) {
      const { passing } = end.params;
      const left = passing && (await endPassingSnapshot(trx, passing, end.state)) ? `; the snapshot "${passing.description}" stays` : '';
      await recordEvent(trx, {
        name: end.status === 'succeeded' ? 'USER_COPIED_DISK_FINISHED_SUCCESS' : 'USER_COPIED_DISK_FINISHED_FAILURE',
        ...ofJob(end),
        values: { disk: end.params.sourceName, ...(end.error ? { reason: `${end.error.message}${left}` } : {}) },
      });
    },
  }) as unknown as EngineSaga;

/** A template's disk has one place: a copy of it would be the same disk on another domain too. */
export const furtherPlace = (): Fault => notBuilt('A further place for a template disk');

/** `POST disks/{disk}/copy`: a new disk with the same content, on any domain of the data center. */
export const copyDisk: Operation = {
  permit: 'configure_disk_storage',
  subjects: (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }],
  async run(context) {
    const { id: diskId = '' } = await one(context, readableDisks, context.path['disk']);
    const body = context.body as Action;
    if (!body.storage_domain) throw incomplete('action.storage_domain.id|name');
    const target = await resolve(context.db, 'StorageDomain', 'storage_domain', body.storage_domain);
    if (!(await holdsPermit(context.db, context.user, 'create_disk', { type: 'storage_domain', id: target.id })))
      throw forbidden('create_disk (storage domain)');
    const dataCenterId = await activeDataCenterOf(context.db, target.id);
    const diskProfileId = await chooseProfile(context, diskProfiles, target.id, body.disk_profile);
    const quotaId = await chooseQuota(context, dataCenterId, body.quota);
    const copy = () =>
      write(context, async (trx) => {
        const source = await wholeDisk(trx, diskId, 'copy', true);
        if (source.isTemplates) throw furtherPlace();
        if (source.dataCenterId !== dataCenterId) throw refused('ACTION_TYPE_FAILED_STORAGE_POOL_NOT_MATCH', values);
        await checkSpace(trx, target.id, source.sparse ? 0 : source.provisionedBytes);
        const made: NewDisk = {
          diskId: context.engine.uuid(),
          volumeId: context.engine.uuid(),
          name: (body.disk?.alias ?? body.disk?.name ?? source.name).slice(0, 255),
          description: body.disk?.description ?? '',
          dataCenterId,
          storageDomainId: target.id,
          provisionedBytes: source.provisionedBytes,
          format: source.format,
          sparse: source.sparse,
          source: { diskId, volumeId: source.volumeId, storageDomainId: source.storageDomainId },
          mode: 'copy',
          shared: false,
          wipe: source.wipe,
          diskProfileId,
          quotaId,
        };
        const request = { of: [diskId], description: `Auto-generated for the copy of ${source.name}`, uuid: context.engine.uuid };
        const passing = source.runningVm ? await planPassingSnapshot(trx, { ...request, vmId: source.runningVm.id }, values) : null;
        if (passing?.disks.length === 0)
          throw refused('ACTION_TYPE_FAILED_VM_IS_NOT_DOWN', { ...values, vmName: source.runningVm?.name ?? '' });
        await insertDisk(trx, made);
        await consumeStorage(trx, consumptionOf([made]), attribution(context));
        await grant(trx, context.user.id, 'DiskOperator', { type: 'disk', id: made.diskId });
        const id = await context.engine.jobs.beginIn<Params>(trx, context, 'MoveOrCopyDisk', {
          params: {
            disks: [made],
            sourceId: diskId,
            sourceName: source.name,
            ...(passing ? { passing } : {}),
            user: actor(context),
            correlationId: context.correlationId,
          },
          description: `Copying Disk ${source.name} to ${target.name}`,
          subjects: [
            { type: 'disk', id: diskId },
            { type: 'disk', id: made.diskId },
            { type: 'storage_domain', id: target.id },
          ],
        });
        if (passing) await insertPassingSnapshot(trx, passing);
        await recordEvent(trx, {
          name: 'USER_COPIED_DISK',
          storageDomain: target,
          user: actor(context),
          correlationId: context.correlationId,
          jobId: id,
          values: { disk: source.name },
        });
        return { id, copyId: made.diskId };
      });
    const { id: job, copyId } = await withQuotaEvents(context.db, copy);
    const result = { disk: { id: copyId } };
    if (context.asynchronous) return started(job, result);
    return (await context.engine.jobs.settle(job)) ? done(job, result) : started(job, result);
  },
};
