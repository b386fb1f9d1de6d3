import { defineSaga } from '@virgate/saga';
import type { Disk, DiskAttachment } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { grant } from '../access/grant.ts';
import { SYSTEM_ID } from '../access/objects.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { activeDataCenterOf, checkSpace, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { conflict, invalidValue, say } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { accepted, created, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, attribution, write } from '../rest/write.ts';
import { chooseProfile } from '../profiles/choose.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { chooseQuota, consumeStorage, withQuotaEvents } from '../quotas/consume.ts';
import { consumptionOf } from '../quotas/disks.ts';
import { isOnBlocks, isSparseOn } from '../storage-domains/block-group.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { addLunDisk } from './add-lun.ts';
import { insertAttachment } from './attachment-row.ts';
import { plugNewDiskStep, type PlugState } from './hot.ts';
import { readableDisks } from './read.ts';
import { insertDisk, makeDiskStep, newDisksStep, type NewDisk } from './volumes.ts';

/** Largest disk. Source: engine configuration, MaxBlockDiskSizeInGibiBytes; files are held to the same. */
export const maxDiskBytes = 8192 * 1024 ** 3;
const sector = 512;

export interface AddDiskParams {
  disks: NewDisk[];
  user: { id: string; name: string };
  correlationId: string;
  /** The running VM that takes the disk as soon as it is made. */
  plugInto?: string;
}

/** Makes one disk. */
export const addDiskSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<AddDiskParams, TaskState & PlugState, Transaction<Tables>>({
    name: 'AddDisk',
    version: 2,
    title: (params) => `Adding Disk ${params.disks[0]?.name ?? ''}`,
    cancellable: true,
    locks: (params) =>
      params.disks.map((disk) => ({
        group: 'DISK',
        objectId: disk.diskId,
        mode: 'exclusive',
        messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED',
      })),
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      newDisksStep<AddDiskParams, TaskState & PlugState>(),
      makeDiskStep<AddDiskParams, TaskState & PlugState>(hosts, 0, 'Creating the volume'),
      ...(params.plugInto === undefined ? [] : [plugNewDiskStep<AddDiskParams, TaskState & PlugState>(hosts)]),
    ],
    async ended(end, trx) {
      await recordEvent(trx, {
        name: end.status === 'succeeded' ? 'USER_ADD_DISK_FINISHED_SUCCESS' : 'USER_ADD_DISK_FINISHED_FAILURE',
        ...ofJob(end),
        values: { disk: end.params.disks[0]?.name ?? '', ...(end.error ? { reason: end.error.message } : {}) },
      });
    },
  }) as unknown as EngineSaga;

const frame = { VAR_ACTION: 'add', VAR_TYPE: 'Virtual Disk' };

/** What qcow2 takes above the data at most. Source: VDSM, block volumes. */
const tablesFactor = 1.1;

/**
 * The disk that a body asks for.
 * @throws {Fault} 400 for sizes and formats that cannot be, 404 for an unknown domain, 409 for one without room
 */
export async function planDisk(context: Context, body: Disk): Promise<NewDisk> {
  const size = body.provisioned_size;
  if (size === undefined || size < sector || size > maxDiskBytes)
    throw invalidValue('provisioned_size', say`must be between ${sector} and ${maxDiskBytes} bytes`);
  const domain = await resolve(context.db, 'StorageDomain', 'storage_domain', body.storage_domains?.[0] ?? body.storage_domain);
  const dataCenterId = await activeDataCenterOf(context.db, domain.id);
  const format = body.format ?? 'cow';
  const sparse = await isSparseOn(context.db, domain.id, { format, sparse: body.sparse ?? true });
  if (body.sparse === true && !sparse) throw conflict('ACTION_TYPE_FAILED_DISK_CONFIGURATION_NOT_SUPPORTED', frame);
  if (body.backup === 'incremental' && format !== 'cow')
    throw invalidValue('backup', 'a disk with incremental backup must have format cow');
  if (body.shareable && format !== 'raw') throw conflict('SHAREABLE_DISK_IS_NOT_SUPPORTED_BY_VOLUME_FORMAT');
  const initialBytes = body.initial_size;
  if (initialBytes !== undefined && (initialBytes < 0 || initialBytes > size * tablesFactor))
    throw invalidValue('initial_size', 'must be between 0 and the size of the disk with a tenth more');
  const hasRoom = initialBytes !== undefined && initialBytes > 0 && sparse && (await isOnBlocks(context.db, domain.id));
  await checkSpace(context.db, domain.id, sparse ? (hasRoom ? initialBytes : 0) : size);
  return {
    diskId: body.id !== undefined && isUuid(body.id) ? body.id : context.engine.uuid(),
    volumeId: body.image_id !== undefined && isUuid(body.image_id) ? body.image_id : context.engine.uuid(),
    name: (body.alias ?? body.name ?? '').slice(0, 255),
    description: body.description ?? '',
    dataCenterId,
    storageDomainId: domain.id,
    provisionedBytes: Math.ceil(size / sector) * sector,
    ...(hasRoom ? { initialBytes } : {}),
    format,
    sparse,
    source: null,
    mode: 'empty',
    shared: false,
    wipe: body.wipe_after_delete ?? (await wipesByDefault(context, domain.id)),
    diskProfileId: await chooseProfile(context, diskProfiles, domain.id, body.disk_profile),
    quotaId: await chooseQuota(context, dataCenterId, body.quota),
  };
}

/** Whether disks of a storage domain are wiped when they go, unless they say otherwise. */
async function wipesByDefault(context: Context, domainId: string): Promise<boolean> {
  const row = await context.db.selectFrom('storage_domain').select('settings').where('id', '=', domainId).executeTakeFirst();
  return (row?.settings as { wipe_after_delete?: boolean } | undefined)?.wipe_after_delete ?? false;
}

/** Starts the job that makes a disk; `attach` puts it onto a VM in the same transaction. */
export async function beginDisk(
  context: Context,
  body: Disk,
  attach?: { vmId: string; attachment: DiskAttachment; plugs?: boolean },
): Promise<{ diskId: string; job: string }> {
  const planned = await planDisk(context, body);
  const disk = { ...planned, name: planned.name || `${attach ? 'vm' : 'disk'}_${planned.diskId.slice(0, 8)}` };
  const add = () =>
    write(
      context,
      async (trx) => {
        await insertDisk(trx, disk, {
          ...(body.backup ? { backup: body.backup } : {}),
          ...(body.shareable ? { shareable: true } : {}),
          ...(body.propagate_errors ? { propagateErrors: true } : {}),
          ...(body.content_type ? { contentType: body.content_type } : {}),
        });
        await consumeStorage(trx, consumptionOf([disk]), attribution(context));
        if (attach) await insertAttachment(trx, disk.diskId, attach.vmId, attach.attachment);
        await grant(trx, context.user.id, 'DiskOperator', { type: 'disk', id: disk.diskId });
        return context.engine.jobs.beginIn<AddDiskParams>(trx, context, 'AddDisk', {
          params: {
            disks: [disk],
            user: actor(context),
            correlationId: context.correlationId,
            ...(attach?.plugs === true ? { plugInto: attach.vmId } : {}),
          },
          description: `Adding Disk ${disk.name}`,
          subjects: [
            { type: 'disk', id: disk.diskId },
            { type: 'storage_domain', id: disk.storageDomainId },
            ...(attach ? [{ type: 'vm', id: attach.vmId }] : []),
          ],
        });
      },
      {
        disk_pkey: () => conflict('ACTION_TYPE_FAILED_DISK_ALREADY_EXISTS'),
        disk_attachment_bootable: () => conflict('ACTION_TYPE_FAILED_DISK_BOOT_IN_USE'),
      },
    );
  return { diskId: disk.diskId, job: await withQuotaEvents(context.db, add) };
}

/** `POST disks`: an image disk that belongs to no VM yet. Its volume is made in the background unless the client waits. */
export const addDisk: Operation = {
  permit: 'create_disk',
  subjects: async (context) => {
    const body = context.body as Disk;
    if (body.lun_storage) return [{ type: 'system', id: SYSTEM_ID }];
    return [
      {
        type: 'storage_domain',
        id: (await resolve(context.db, 'StorageDomain', 'storage_domain', body.storage_domains?.[0] ?? body.storage_domain)).id,
      },
    ];
  },
  async run(context) {
    if ((context.body as Disk).lun_storage) {
      const { diskId } = await addLunDisk(context, context.body);
      return created('Disk', await one(context, readableDisks, diskId));
    }
    const { diskId, job } = await beginDisk(context, context.body);
    if (context.waits) await context.engine.jobs.settle(job);
    const disk = await one(context, readableDisks, diskId);
    return context.waits ? created('Disk', disk) : accepted('Disk', disk, job);
  },
};
