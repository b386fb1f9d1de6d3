import { defineSaga } from '@virgate/saga';
import type { Vm } from '@virgate/contract/generated/types';
import { sql, type Kysely, type Transaction } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import type { DiskPlace } from '../disks/read.ts';
import { deleteImage, insertDisk, makeDiskStep, removeNewDisk, type NewDisk } from '../disks/volumes.ts';
import { recordEvent } from '../events/record.ts';
import { checkSpace, type TaskState } from '../images/host-tasks.ts';
import { instanceTypePart } from '../instance-types/read.ts';
import { instanceTypeOf } from '../instance-types/bind.ts';
import type { EngineSaga, Jobs } from '../jobs/jobs.ts';
import { conflict } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { templateDisks, type TemplateDisk } from '../templates/disks.ts';
import { columnsOf, defaultDefinition, definitionOf, overlay, rowWith, type VmRow } from '../vms/definition.ts';
import { stateOf, vmLock } from '../vms/lock.ts';
import { ownDisks } from '../vms/remove.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { wantedTemplate } from './definition.ts';
import type { PoolSettings } from './read.ts';

type Trx = Transaction<Tables>;

/** VMs that are made anew at one look. */
const batch = 10;

/** A VM that is down and is to be made of another template, or of a newer version of its own. */
export interface OutdatedVm {
  vmId: string;
  templateId: string;
  settings: PoolSettings;
}

/**
 * VMs that have to be made anew: those of pools whose template has changed, and stateless ones that follow their template. Source: engine
 * behaviour, update of VM versions.
 */
export async function outdatedVms(db: Kysely<Tables>): Promise<OutdatedVm[]> {
  const found = await sql<OutdatedVm>`
    with candidate as (
      select m.vm_id, ${wantedTemplate} as wanted, p.settings from vm_pool p join vm_pool_member m on m.vm_pool_id = p.id where m.user_id is null and p.status = 'ok'
      union all
      select p.vm_id, ${wantedTemplate}, '{}'::jsonb from (
        select v.id as vm_id, v.template_id, true as use_latest_template_version from vm v
        where v.entity_type = 'vm' and v.stateless and v.settings -> 'use_latest_template_version' = 'true'::jsonb
          and not exists (select 1 from vm_pool_member m where m.vm_id = v.id)) p
    )
    select c.vm_id as "vmId", c.wanted as "templateId", c.settings from candidate c join vm v on v.id = c.vm_id join vm_state s on s.vm_id = v.id
    where s.status = 'down' and c.wanted is not null and v.template_id <> c.wanted
      and not exists (select 1 from object_lock l where l.lock_group = 'VM' and l.object_id = v.id::text)
    order by v.name limit ${batch}`.execute(db);
  return found.rows;
}

interface Params {
  vmId: string;
  vmName: string;
  templateId: string;
  definition: Vm;
  disks: NewDisk[];
  attachments: TemplateDisk[];
  /** Disks of the version before. */
  before: DiskPlace[];
}

/** The VM has the disks and the definition of the new version; its name, its network interfaces and who may use it stay. */
async function takeVersion(trx: Trx, params: Params): Promise<void> {
  const { vmId, templateId, definition, disks, attachments, before } = params;
  const old = before.map((disk) => disk.diskId);
  if (old.length > 0) await trx.deleteFrom('disk_attachment').where('vm_id', '=', vmId).where('disk_id', 'in', old).execute();
  await trx.deleteFrom('snapshot').where('vm_id', '=', vmId).where('type', '<>', 'active').execute();
  for (const [at, disk] of disks.entries()) {
    const like = attachments[at];
    await trx
      .insertInto('disk_attachment')
      .values({
        disk_id: disk.diskId,
        vm_id: vmId,
        interface: like?.interface ?? 'virtio_scsi',
        bootable: like?.bootable ?? false,
        read_only: like?.readOnly ?? false,
        pass_discard: like?.passDiscard ?? false,
      })
      .execute();
  }
  await trx
    .updateTable('vm')
    .set({ ...columnsOf(definition), template_id: templateId, original_template_id: templateId, updated_at: new Date() })
    .where('id', '=', vmId)
    .execute();
  if (old.length > 0) await trx.updateTable('disk').set({ status: 'locked' }).where('id', 'in', old).execute();
}

/** Makes the disks of the new version; then the VM has them, and those of the version before go. */
export const newVersionSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Trx>({
    name: 'UpdateVmVersion',
    version: 1,
    title: (params) => `Updating VM ${params.vmName} to another template version`,
    locks: (params) => [vmLock(params.vmId)],
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      ...params.disks.map((disk, index) => makeDiskStep<Params, TaskState>(hosts, index, `Creating disk ${disk.name}`)),
      { name: 'take', title: 'Putting the new version to use', pivot: true, record: async (ctx, trx) => takeVersion(trx, ctx.params) },
      ...params.before.map((disk) => ({
        name: `delete ${disk.diskId}`,
        title: `Removing disk ${disk.name}`,
        retry: { attempts: 5, delayMs: 2_000 },
        run: async (ctx: Parameters<typeof deleteImage<TaskState>>[0]) => deleteImage(ctx, hosts, disk),
        async record(_ctx: unknown, trx: Trx) {
          await trx.deleteFrom('disk').where('id', '=', disk.diskId).execute();
          await revokeAllOn(trx, [disk.diskId]);
          await noteChange(trx, 'disk', disk.diskId, 'remove');
        },
      })),
    ],
    async ended(end, trx) {
      const { vmId, vmName, disks, templateId } = end.params;
      const row = await trx.selectFrom('vm').select('template_id').where('id', '=', vmId).executeTakeFirst();
      if (row?.template_id !== templateId) for (const disk of disks) await removeNewDisk(trx, disk);
      await trx.updateTable('vm_state').set({ status: 'down' }).where('vm_id', '=', vmId).where('status', '=', 'image_locked').execute();
      await recordEvent(trx, {
        name: end.status === 'succeeded' ? 'USER_UPDATE_VM' : 'USER_FAILED_UPDATE_VM',
        vm: { id: vmId, name: vmName },
        jobId: end.id,
        ...(end.error ? { values: { reason: end.error.message } } : {}),
      });
      await noteChange(trx, 'vm', vmId, 'update');
    },
  }) as unknown as EngineSaga;

/** What the VM is to be: what its template says now, with what its pool and its instance type say, and what is its own. */
async function nextDefinition(trx: Trx, vm: VmRow, template: VmRow, settings: PoolSettings): Promise<Vm> {
  const { instance_type: _type, ...inherited } = definitionOf(template);
  const own = definitionOf(vm);
  const { vm: more, ...shared } = settings;
  const bound = vm.instance_type_id === null ? {} : instanceTypePart(await instanceTypeOf(trx, { id: vm.instance_type_id }));
  const base = overlay(overlay(overlay(overlay(defaultDefinition, inherited), bound), more), shared) as Vm;
  return {
    ...base,
    stateless: vm.stateless,
    use_latest_template_version: own.use_latest_template_version ?? false,
    description: vm.description,
    comment: vm.comment,
    ...(own.instance_type ? { instance_type: own.instance_type } : {}),
    ...(own.cpu_profile ? { cpu_profile: own.cpu_profile } : {}),
    ...(own.quota ? { quota: own.quota } : {}),
  };
}

/** Starts the job that makes a VM anew. @throws {Fault} when it cannot be now; LockConflictError */
export async function beginNewVersion(trx: Trx, jobs: Jobs, outdated: OutdatedVm, uuid: () => string): Promise<void> {
  const { vmId, templateId } = outdated;
  const { status, name } = await stateOf(trx, vmId);
  const vm = await trx.selectFrom('vm').selectAll().where('id', '=', vmId).executeTakeFirstOrThrow();
  const template = await trx.selectFrom('vm').selectAll().where('id', '=', templateId).executeTakeFirstOrThrow();
  const before = await ownDisks(trx, vmId);
  const attachments = await templateDisks(trx, templateId);
  const quota = await trx
    .selectFrom('disk')
    .innerJoin('disk_attachment', 'disk_attachment.disk_id', 'disk.id')
    .select('disk.quota_id')
    .where('disk_attachment.vm_id', '=', vmId)
    .executeTakeFirst();
  const disks = attachments.map((disk, at): NewDisk => ({
    diskId: uuid(),
    volumeId: uuid(),
    name: `${name}_Disk${at + 1}`,
    description: disk.description,
    dataCenterId: vm.data_center_id ?? '',
    storageDomainId: disk.storageDomainId,
    provisionedBytes: disk.provisionedBytes,
    format: 'cow',
    sparse: true,
    mode: 'thin',
    shared: false,
    wipe: disk.wipe,
    diskProfileId: disk.diskProfileId,
    quotaId: quota?.quota_id ?? vm.quota_id,
    source: { diskId: disk.diskId, volumeId: disk.volumeId, storageDomainId: disk.storageDomainId },
  }));
  const definition = await nextDefinition(trx, vm, template, outdated.settings);
  rowWith(vm, definition);
  await jobs.beginFor<Params>(trx, null, 'UpdateVmVersion', {
    params: { vmId, vmName: name, templateId, definition, disks, attachments, before },
    description: `Updating VM ${name} to another template version`,
    subjects: [{ type: 'vm', id: vmId }],
    locks: attachments.map((disk) => ({
      group: 'DISK',
      objectId: disk.diskId,
      mode: 'shared' as const,
      messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED',
    })),
  });
  if (status !== 'down') throw conflict('ACTION_TYPE_FAILED_VM_IS_LOCKED', { VAR_ACTION: 'edit', VAR_TYPE: 'VM' });
  for (const domainId of new Set(disks.map((disk) => disk.storageDomainId))) await checkSpace(trx, domainId, 0);
  for (const disk of disks) await insertDisk(trx, disk);
  await trx.updateTable('vm_state').set({ status: 'image_locked' }).where('vm_id', '=', vmId).execute();
  await noteChange(trx, 'vm', vmId, 'update');
}
