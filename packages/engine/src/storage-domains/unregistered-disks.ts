import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { VdsmError } from '@virgate/vdsm';
import type { Disk } from '@virgate/contract/generated/types';
import { grant } from '../access/grant.ts';
import { readableDisks } from '../disks/read.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { activeDataCenterOf, noId, storageFault, storageManagerOf } from '../images/host-tasks.ts';
import { chooseProfile } from '../profiles/choose.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { chooseQuota } from '../quotas/consume.ts';
import { entityNotFound, incomplete, refused } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';

/** A volume as its host describes it. Source: VDSM schema, VolumeInfoResponse. */
export interface VolumeInfo {
  uuid: string;
  image: string;
  parent: string;
  capacity: string;
  truesize: string;
  format: string;
  type: string;
  voltype: string;
  legality: string;
  disktype: string;
  description: string;
}

/** An image on storage that the engine has no disk for. */
export interface StrayImage {
  imageId: string;
  leaf: VolumeInfo;
  /** The image's own volumes, base first. */
  volumes: VolumeInfo[];
}

const timeoutMs = 60_000;
/** Content that people have disks of. Source: VDSM, disk types. */
const contentTypes: Record<string, NonNullable<Disk['content_type']>> = { DATA: 'data', '2': 'data', ISOF: 'iso' };
/** Images that one request looks into. */
const maxImages = 1000;

type Call = (method: string, parameters: Record<string, unknown>) => Promise<unknown>;

async function callOf(context: Context, domainId: string): Promise<{ call: Call; dataCenterId: string }> {
  const dataCenterId = await activeDataCenterOf(context.db, domainId);
  const { client, fence } = await context.engine.hosts.access(await storageManagerOf(context.db, dataCenterId));
  return {
    dataCenterId,
    call: (method, parameters) =>
      client.call(method, { storagepoolID: dataCenterId, storagedomainID: domainId, ...parameters }, { timeoutMs, fence }),
  };
}

/** Reads an image's volumes; null for one that is no disk, is damaged, or has gone meanwhile. */
async function readImage(call: Call, imageId: string, templates: boolean): Promise<StrayImage | null> {
  try {
    const ids = (await call('Image.getVolumes', { imageID: imageId })) as string[];
    const infos: VolumeInfo[] = [];
    for (const volumeID of ids) infos.push((await call('Volume.getInfo', { imageID: imageId, volumeID })) as VolumeInfo);
    const own = infos.filter((info) => info.image === imageId);
    const parents = new Set(own.map((info) => info.parent));
    const leaves = own.filter((info) => !parents.has(info.uuid));
    const [leaf] = leaves;
    if (leaf === undefined || leaves.length > 1 || leaf.legality !== 'LEGAL' || (leaf.voltype === 'SHARED') !== templates) return null;
    if (contentTypes[leaf.disktype] === undefined) return null;
    const chain: VolumeInfo[] = [];
    for (let at: VolumeInfo | undefined = leaf; at !== undefined; at = own.find((info) => info.uuid === at?.parent)) chain.unshift(at);
    return { imageId, leaf, volumes: chain };
  } catch (error) {
    const gone: readonly number[] = [storageErrors.ImageDoesNotExistInSD, storageErrors.VolumeDoesNotExist, storageErrors.ImagePathError];
    if (error instanceof VdsmError && gone.includes(error.code)) return null;
    throw error;
  }
}

/**
 * Images on a domain that the engine has no disk for.
 * @param only the one to look for; null for all
 * @param templates those of templates, instead of the others
 */
export async function strayImages(context: Context, domainId: string, only: string | null, templates = false): Promise<StrayImage[]> {
  const { call } = await callOf(context, domainId);
  try {
    const ids = (await call('StorageDomain.getImages', {})) as string[];
    const known = await context.db.selectFrom('image').select('disk_id').where('storage_domain_id', '=', domainId).execute();
    const ours = new Set(known.map((row) => row.disk_id));
    const strays: StrayImage[] = [];
    for (const id of ids.filter((image) => !ours.has(image) && (only === null || image === only)).slice(0, maxImages)) {
      const image = await readImage(call, id, templates);
      if (image) strays.push(image);
    }
    return strays;
  } catch (error) {
    if (error instanceof VdsmError) throw storageFault('Cannot look for disks on the storage domain', error);
    throw error;
  }
}

/** What the volume's description says of its disk. Source: VDSM, volume metadata. */
function named(description: string, fallback: string): { name: string; description: string } {
  try {
    const value = JSON.parse(description) as { DiskAlias?: unknown; DiskDescription?: unknown };
    return {
      name: typeof value.DiskAlias === 'string' && value.DiskAlias !== '' ? value.DiskAlias : fallback,
      description: typeof value.DiskDescription === 'string' ? value.DiskDescription : '',
    };
  } catch {
    return { name: fallback, description: '' };
  }
}

/** `GET storagedomains/{id}/disks?unregistered=true`: images on storage that the engine knows no disk of. */
export async function unregisteredDisks(context: Context, domainId: string): Promise<Entity[]> {
  return (await strayImages(context, domainId, null)).map(({ imageId, leaf }): Entity => {
    const text = named(leaf.description, imageId);
    const disk: Disk = {
      id: imageId,
      name: text.name,
      alias: text.name,
      description: text.description,
      image_id: leaf.uuid,
      format: leaf.format === 'COW' ? 'cow' : 'raw',
      sparse: leaf.type === 'SPARSE',
      provisioned_size: Number(leaf.capacity),
      actual_size: Number(leaf.truesize),
      content_type: contentTypes[leaf.disktype] ?? 'data',
      status: 'ok',
      storage_type: 'image',
      storage_domains: [{ id: domainId }],
    };
    return disk as Entity;
  });
}

/** `POST storagedomains/{id}/disks?unregistered=true {id}`: the engine knows the disk from then on. */
export async function registerDisk(context: Context, domainId: string, body: Disk): Promise<Entity> {
  const id = body.id;
  if (id === undefined) throw incomplete('disk.id');
  if (!isUuid(id)) throw entityNotFound('Disk', `id=${id}`);
  const [image] = await strayImages(context, domainId, id);
  if (!image) {
    const there = await context.db.selectFrom('disk').select('id').where('id', '=', id).executeTakeFirst();
    throw there ? refused('ACTION_TYPE_FAILED_DISK_ALREADY_EXISTS') : entityNotFound('Disk', `id=${id}`);
  }
  const base = image.volumes[0]?.parent ?? noId;
  const template = base === noId ? null : await context.db.selectFrom('image').select('id').where('id', '=', base).executeTakeFirst();
  if (template === undefined) throw refused('TEMPLATE_IMAGE_NOT_EXIST', { VAR_ACTION: 'register', VAR_TYPE: 'Virtual Disk', diskName: id });
  const text = named(image.leaf.description, id);
  const dataCenterId = await activeDataCenterOf(context.db, domainId);
  const diskProfileId = await chooseProfile(context, diskProfiles, domainId, body.disk_profile);
  const quotaId = await chooseQuota(context, dataCenterId, body.quota);
  await write(
    context,
    async (trx) => {
      const format = image.leaf.format === 'COW' ? 'cow' : 'raw';
      const name = (body.alias ?? body.name ?? text.name).slice(0, 255);
      await trx
        .insertInto('disk')
        .values({
          id,
          name,
          description: body.description ?? text.description,
          status: 'ok',
          format,
          sparse: image.leaf.type === 'SPARSE',
          provisioned_bytes: Number(image.leaf.capacity),
          content_type: contentTypes[image.leaf.disktype] ?? 'data',
          disk_profile_id: diskProfileId,
          quota_id: quotaId,
          ...(format === 'cow' ? { qcow_version: 'qcow2_v3' } : {}),
        })
        .execute();
      for (const volume of image.volumes)
        await trx
          .insertInto('image')
          .values({
            id: volume.uuid,
            disk_id: id,
            parent_id: volume.parent === noId ? null : volume.parent,
            storage_domain_id: domainId,
            snapshot_id: null,
            active: volume === image.leaf,
            format: volume.format === 'COW' ? 'cow' : 'raw',
            sparse: volume.type === 'SPARSE',
            provisioned_bytes: Number(volume.capacity),
            actual_bytes: Number(volume.truesize),
            status: 'ok',
          })
          .execute();
      await grant(trx, context.user.id, 'DiskOperator', { type: 'disk', id });
      await recordEvent(trx, { name: 'USER_REGISTER_DISK_FINISHED_SUCCESS', ...attribution(context), values: { disk: name } });
      await noteChange(trx, 'disk', id, 'add');
    },
    {
      disk_pkey: () => refused('ACTION_TYPE_FAILED_DISK_ALREADY_EXISTS'),
      image_pkey: () => refused('ACTION_TYPE_FAILED_DISK_ALREADY_EXISTS'),
    },
  );
  return one(context, readableDisks, id);
}
