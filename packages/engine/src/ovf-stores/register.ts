import { json } from '@virgate/database';
import { readOvf, type OvfEntity, type OvfNic } from '@virgate/contract/ovf';
import type { Action, Vm } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { grant } from '../access/grant.ts';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { activeDataCenterOf, noId } from '../images/host-tasks.ts';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import { allocateMac } from '../mac-pools/allocate.ts';
import { chooseProfile } from '../profiles/choose.ts';
import { cpuProfiles, diskProfiles } from '../profiles/kinds.ts';
import { forbidden, notFound, refused } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { done, type Context, type Operation, type Reply } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { strayImages, type StrayImage } from '../storage-domains/unregistered-disks.ts';
import type { Tables } from '../tables/schema.ts';
import { checkName, columnsOf } from '../vms/definition.ts';
import type { VmConfiguration } from '../snapshots/configuration.ts';
import type { Definition } from './describe.ts';
import { checkFreeId, describedDefinition, ownDefinition } from './described.ts';

type Trx = Transaction<Tables>;
type Kind = 'vm' | 'template';

/** What is to be made of a description. */
export interface Target {
  kind: Kind;
  entity: OvfEntity;
  /** How it is defined, where that is not what the description says. */
  defined?: Vm;
  definition: Definition | null;
  /** Where its disks lie; empty for one without. */
  domainId: string;
  dataCenterId: string;
  cluster: { id: string; name: string };
  name: string;
  reassignMacs: boolean;
  profiles: (nic: OvfNic) => Promise<string | null>;
}

async function clusterOf(context: Context, body: Action, entity: OvfEntity, dataCenterId: string): Promise<{ id: string; name: string }> {
  const mapped = body.registration_configuration?.cluster_mappings?.find((one) => one.from?.name === entity.clusterName)?.to;
  const cluster = await resolve(context.db, 'Cluster', 'cluster', body.cluster ?? mapped ?? { name: entity.clusterName });
  const row = await context.db.selectFrom('cluster').select('data_center_id').where('id', '=', cluster.id).executeTakeFirstOrThrow();
  if (row.data_center_id !== dataCenterId) throw refused('VDS_CLUSTER_ON_DIFFERENT_STORAGE_POOL');
  return cluster;
}

/** Which vNIC profile each NIC gets: as the request maps it, else the one of the same names; none where there is none. */
export function profilesOf(context: Context, body: Action, clusterId: string): (nic: OvfNic) => Promise<string | null> {
  const old = body.vnic_profile_mappings ?? [];
  const mappings = body.registration_configuration?.vnic_profile_mappings ?? [];
  return async (nic) => {
    const byName = old.find((one) => one.source_network_name === nic.networkName && one.source_network_profile_name === nic.profileName);
    const mapped = mappings.find(
      (one) => one.from?.name === nic.profileName && (one.from.network?.name ?? nic.networkName) === nic.networkName,
    );
    const id = byName?.target_vnic_profile?.id ?? mapped?.to?.id;
    if (byName || (mapped && id !== undefined)) return id === undefined || !isUuid(id) ? null : id;
    const wanted = mapped?.to
      ? { profile: mapped.to.name ?? '', network: mapped.to.network?.name ?? nic.networkName }
      : { profile: nic.profileName, network: nic.networkName };
    const found = await sql<{ id: string }>`
      select p.id from vnic_profile p join network n on n.id = p.network_id join network_cluster c on c.network_id = n.id
      where p.name = ${wanted.profile} and n.name = ${wanted.network} and c.cluster_id = ${clusterId}`.execute(context.db);
    return found.rows[0]?.id ?? null;
  };
}

/** The entity's disks as they lie on the domain. @throws {Fault} 400 for a disk that is missing, unless a part is enough */
async function imagesOf(context: Context, target: Target, partial: boolean): Promise<StrayImage[]> {
  const images: StrayImage[] = [];
  const missing: string[] = [];
  const byDisk = new Map(target.entity.volumes.map((volume) => [volume.diskId, volume.alias]));
  for (const [diskId, alias] of byDisk) {
    const [image] = await strayImages(context, target.domainId, diskId, target.kind === 'template');
    if (image) images.push(image);
    else missing.push(alias || diskId);
  }
  if (missing.length > 0 && !partial)
    throw refused('ACTION_TYPE_FAILED_DISKS_NOT_EXIST', { VAR_ACTION: 'register', VAR_TYPE: 'VM', diskAliases: missing.join(', ') });
  return images;
}

async function insertDisks(
  trx: Trx,
  context: Context,
  target: Target,
  images: readonly StrayImage[],
  diskProfileId: string | null,
): Promise<void> {
  const { definition, entity, domainId } = target;
  for (const image of images) {
    const kept = definition?.disks.find((disk) => disk.id === image.imageId);
    const volume = entity.volumes.find((one) => one.diskId === image.imageId);
    const format = image.leaf.format === 'COW' ? 'cow' : 'raw';
    await trx
      .insertInto('disk')
      .values({
        id: image.imageId,
        name: kept?.name ?? volume?.alias ?? '',
        description: kept?.description ?? volume?.description ?? '',
        status: 'ok',
        format,
        sparse: image.leaf.type === 'SPARSE',
        provisioned_bytes: Number(image.leaf.capacity),
        shareable: kept?.shareable ?? volume?.shareable ?? false,
        propagate_errors: kept?.propagate_errors ?? false,
        wipe_after_delete: kept?.wipe_after_delete ?? volume?.wipe ?? false,
        disk_profile_id: diskProfileId,
        ...(kept ? { backup: kept.backup, content_type: kept.content_type } : {}),
        ...(format === 'cow' ? { qcow_version: 'qcow2_v3' } : {}),
      })
      .execute();
    for (const one of image.volumes) {
      const parent = one.parent === noId ? null : one.parent;
      const known = parent === null || image.volumes.some((other) => other.uuid === parent);
      if (!known && !(await trx.selectFrom('image').select('id').where('id', '=', parent).executeTakeFirst()))
        throw refused('TEMPLATE_IMAGE_NOT_EXIST', { VAR_ACTION: 'register', VAR_TYPE: 'VM', diskName: kept?.name ?? image.imageId });
      const snapshotId = one === image.leaf ? null : snapshotIn(target, one.uuid);
      await trx
        .insertInto('image')
        .values({
          id: one.uuid,
          disk_id: image.imageId,
          parent_id: parent,
          snapshot_id: snapshotId,
          storage_domain_id: domainId,
          active: one === image.leaf,
          format: one.format === 'COW' ? 'cow' : 'raw',
          sparse: one.type === 'SPARSE',
          provisioned_bytes: Number(one.capacity),
          actual_bytes: Number(one.truesize),
          status: 'ok',
        })
        .execute();
    }
    await grant(trx, context.user.id, 'DiskOperator', { type: 'disk', id: image.imageId });
    await noteChange(trx, 'disk', image.imageId, 'add');
    await trx
      .insertInto('disk_attachment')
      .values({
        disk_id: image.imageId,
        vm_id: entity.id,
        interface: volume?.interface ?? 'virtio_scsi',
        bootable: volume?.bootable ?? false,
        active: volume?.plugged ?? true,
        read_only: volume?.readOnly ?? false,
        pass_discard: volume?.passDiscard ?? false,
      })
      .execute();
  }
}

/** The regular snapshot of the description that has a volume; null for volumes of snapshots that are not kept. */
function snapshotIn(target: Target, volumeId: string): string | null {
  const id =
    target.definition?.volumes.find((volume) => volume.id === volumeId)?.snapshotId ??
    target.entity.volumes.find((volume) => volume.volumeId === volumeId)?.snapshotId ??
    null;
  return target.entity.snapshots.some((snapshot) => snapshot.id === id && snapshot.type === 'regular') ? id : null;
}

async function insertSnapshots(trx: Trx, context: Context, target: Target): Promise<void> {
  const { entity, definition } = target;
  for (const snapshot of entity.snapshots.filter((one) => one.type === 'regular')) {
    const configuration = definition?.snapshots.find((one) => one.id === snapshot.id)?.configuration ?? null;
    await trx
      .insertInto('snapshot')
      .values({
        id: snapshot.id,
        vm_id: entity.id,
        type: 'regular',
        description: snapshot.description,
        created_at: new Date(snapshot.createdMs),
        configuration: configuration === null ? null : json(configuration as unknown as Record<string, unknown>),
      })
      .execute();
  }
  await trx
    .insertInto('snapshot')
    .values({ id: context.engine.uuid(), vm_id: entity.id, type: 'active', description: 'Active VM' })
    .execute();
}

/** NICs keep their addresses; one that another NIC has is refused, or replaced where the request says so. */
async function insertNics(trx: Trx, target: Target): Promise<void> {
  const pool = await trx.selectFrom('cluster').select('mac_pool_id').where('id', '=', target.cluster.id).executeTakeFirstOrThrow();
  const kept: VmConfiguration['nics'] = target.definition?.configuration.nics ?? [];
  for (const nic of target.entity.nics) {
    let { mac } = nic;
    if (target.kind === 'vm' && mac !== null && (await trx.selectFrom('nic').select('id').where('mac', '=', mac).executeTakeFirst())) {
      if (!target.reassignMacs) throw refused('NETWORK_MAC_ADDRESS_IN_USE', { mac });
      mac = null;
    }
    if (target.kind === 'vm' && mac === null) mac = await allocateMac(trx, pool.mac_pool_id ?? '');
    await trx
      .insertInto('nic')
      .values({
        id: nic.id,
        vm_id: target.entity.id,
        name: nic.name,
        mac: target.kind === 'vm' ? mac : null,
        vnic_profile_id: await target.profiles(nic),
        interface: nic.interface,
        linked: nic.linked,
        plugged: nic.plugged,
        settings: json(kept.find((one) => one.id === nic.id)?.settings ?? {}),
      })
      .execute();
  }
}

async function insertEntity(trx: Trx, context: Context, target: Target, cpuProfileId: string | null): Promise<void> {
  const { entity, kind } = target;
  const templateId =
    kind === 'vm' && entity.templateId !== null
      ? ((
          await trx
            .selectFrom('vm')
            .select('id')
            .where('id', '=', entity.templateId)
            .where('entity_type', '=', 'template')
            .executeTakeFirst()
        )?.id ?? blankTemplateId)
      : blankTemplateId;
  await trx
    .insertInto('vm')
    .values({
      ...columnsOf({
        ...(target.defined ?? describedDefinition(entity)),
        ...(cpuProfileId === null ? {} : { cpu_profile: { id: cpuProfileId } }),
      }),
      id: entity.id,
      entity_type: kind,
      name: target.name,
      cluster_id: target.cluster.id,
      data_center_id: target.dataCenterId,
      created_by: context.user.id,
      ...(entity.createdMs > 0 ? { created_at: new Date(entity.createdMs) } : {}),
      ...(kind === 'vm'
        ? { template_id: templateId, original_template_id: entity.templateId ?? blankTemplateId }
        : { base_template_id: entity.id, version_number: 1, template_status: 'ok' }),
    })
    .execute();
  if (kind === 'vm') {
    await trx.insertInto('vm_state').values({ vm_id: entity.id, status: 'down' }).execute();
    await insertSnapshots(trx, context, target);
  }
  await grant(trx, context.user.id, kind === 'vm' ? 'UserVmManager' : 'TemplateOwner', { type: kind, id: entity.id });
  await noteChange(trx, kind, entity.id, 'add');
}

async function targetOf(context: Context, kind: Kind): Promise<Target> {
  const domainId = context.path['storage_domain'] ?? '';
  const id = context.path[kind] ?? '';
  const body = context.body as Action;
  const row =
    isUuid(id) && isUuid(domainId)
      ? await context.db
          .selectFrom('unregistered_entity')
          .select('ovf')
          .where('entity_id', '=', id)
          .where('storage_domain_id', '=', domainId)
          .where('kind', '=', kind)
          .executeTakeFirst()
      : undefined;
  if (!row) throw notFound();
  const entity = readOvf(row.ovf);
  if (body.clone === true) throw refused('ACTION_TYPE_FAILED_IMPORT_UNREGISTERED_NOT_COLLAPSED');
  const dataCenterId = await activeDataCenterOf(context.db, domainId);
  const cluster = await clusterOf(context, body, entity, dataCenterId);
  return {
    kind,
    entity,
    definition: ownDefinition(entity),
    domainId,
    dataCenterId,
    cluster,
    name: checkName((kind === 'vm' ? body.vm?.name : body.template?.name) ?? entity.name),
    reassignMacs: body.reassign_bad_macs ?? false,
    profiles: profilesOf(context, body, cluster.id),
  };
}

/**
 * Makes a VM or template of a description whose disks lie on storage already, in one transaction.
 * @param partial goes without disks that are missing
 * @returns the job's id
 * @throws {Fault} 403 without the permit on the cluster; 400 and 409 for what cannot be
 */
export async function registerTarget(context: Context, target: Target, partial: boolean): Promise<string> {
  const { kind, entity, cluster, name, domainId } = target;
  const permit = kind === 'vm' ? 'create_vm' : 'create_template';
  if (!(await holdsPermit(context.db, context.user, permit, { type: 'cluster', id: cluster.id }))) throw forbidden(`${permit} (cluster)`);
  const exists = kind === 'vm' ? 'VM_CANNOT_IMPORT_VM_EXISTS' : 'VMT_CANNOT_IMPORT_TEMPLATE_EXISTS';
  await checkFreeId(context.db, entity.id, exists);
  const images = await imagesOf(context, target, partial);
  const cpuProfileId = await chooseProfile(context, cpuProfiles, cluster.id, undefined);
  const diskProfileId = images.length === 0 ? null : await chooseProfile(context, diskProfiles, domainId, undefined);
  return write(
    context,
    async (trx) => {
      await insertEntity(trx, context, target, cpuProfileId);
      await insertDisks(trx, context, target, images, diskProfileId);
      await insertNics(trx, target);
      await trx.deleteFrom('unregistered_entity').where('entity_id', '=', entity.id).execute();
      const named = { id: entity.id, name };
      await recordEvent(trx, {
        name: kind === 'vm' ? 'VM_IMPORT_FROM_CONFIGURATION_EXECUTED_SUCCESSFULLY' : 'TEMPLATE_IMPORT_FROM_CONFIGURATION_SUCCESS',
        ...(kind === 'vm' ? { vm: named } : { template: named }),
        cluster,
        ...attribution(context),
      });
      return context.engine.jobs.record(trx, context, {
        action: kind === 'vm' ? 'ImportVmFromConfiguration' : 'ImportVmTemplateFromConfiguration',
        description: `Registering ${kind === 'vm' ? 'VM' : 'Template'} ${name}`,
        subjects: [{ type: kind, id: entity.id }, ...(domainId === '' ? [] : [{ type: 'storage_domain' as const, id: domainId }])],
      });
    },
    {
      vm_pkey: () => refused(exists),
      vm_name: nameInUse(name),
      template_name: nameInUse(name),
      disk_pkey: () => refused('ACTION_TYPE_FAILED_DISK_ALREADY_EXISTS'),
    },
  );
}

async function register(context: Context, kind: Kind): Promise<Reply> {
  const target = await targetOf(context, kind);
  const job = await registerTarget(context, target, (context.body as Action).allow_partial_import ?? false);
  const { id } = target.entity;
  return done(job, kind === 'vm' ? { vm: { id } } : { template: { id } });
}

/** `POST storagedomains/{id}/vms/{id}/register`, and of templates: what a description on the domain says becomes so. */
export const registerEntity = (kind: Kind): Operation => ({
  permit: 'import_export_vm',
  subjects: (context) => [{ type: 'storage_domain', id: context.path['storage_domain'] ?? '' }],
  run: (context) => register(context, kind),
});
