import { defineSaga } from '@virgate/saga';
import type { Vm } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { grant, revokeAllOn } from '../access/grant.ts';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { copyDevices, copyWatchdog } from '../devices/copy.ts';
import { insertDisk, makeDiskStep, removeNewDisk, type NewDisk } from '../disks/volumes.ts';
import { recordEvent } from '../events/record.ts';
import { activeDataCenterOf, checkSpace, type TaskState } from '../images/host-tasks.ts';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import { followInstanceType, instanceTypeOf } from '../instance-types/bind.ts';
import { instanceTypePart } from '../instance-types/read.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { allocateMac } from '../mac-pools/allocate.ts';
import { badRequest, conflict, forbidden, notBuilt } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { accepted, created, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, attribution, nameInUse, write } from '../rest/write.ts';
import { chooseProfile } from '../profiles/choose.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { chooseQuota, consumeStorage, withQuotaEvents } from '../quotas/consume.ts';
import { consumptionOf } from '../quotas/disks.ts';
import type { Tables } from '../tables/schema.ts';
import { templateDisks, type TemplateDisk } from '../templates/disks.ts';
import { checkAdministered } from './administered.ts';
import { checkName, columnsOf, defaultDefinition, definitionOf, overlay } from './definition.ts';
import { vmLock } from './lock.ts';
import { slaOf } from './sla.ts';
import { readableVms } from './read.ts';
import type { SagaServices } from './start.ts';

type Trx = Transaction<Tables>;

interface Params {
  vmId: string;
  vmName: string;
  disks: NewDisk[];
  user: { id: string; name: string };
  correlationId: string;
}

/** Makes the disks of a new VM; the VM is shown as locked meanwhile, and goes as a whole when one of them cannot be made. */
export const addVmSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Trx>({
    name: 'AddVm',
    version: 1,
    title: (params) => `Creating VM ${params.vmName}`,
    locks: (params) => [vmLock(params.vmId)],
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      {
        name: 'definition',
        title: 'Defining the VM',
        async unrecord(ctx, trx) {
          // Those whose step was never reached; the others went with it.
          for (const disk of ctx.params.disks) await removeNewDisk(trx, disk);
          await trx.deleteFrom('vm').where('id', '=', ctx.params.vmId).execute();
          await revokeAllOn(trx, [ctx.params.vmId]);
          await noteChange(trx, 'vm', ctx.params.vmId, 'remove');
        },
        undo: async () => undefined,
      },
      ...params.disks.map((disk, index) => makeDiskStep<Params, TaskState>(hosts, index, `Creating disk ${disk.name}`)),
      {
        name: 'unlock',
        title: 'Finishing',
        async record(ctx, trx) {
          await trx
            .updateTable('vm_state')
            .set({ status: 'down' })
            .where('vm_id', '=', ctx.params.vmId)
            .where('status', '=', 'image_locked')
            .execute();
          await recordEvent(trx, {
            name: 'USER_ADD_VM_FINISHED_SUCCESS',
            vm: { id: ctx.params.vmId, name: ctx.params.vmName },
            user: ctx.params.user,
            correlationId: ctx.params.correlationId,
            jobId: ctx.id,
          });
          await noteChange(trx, 'vm', ctx.params.vmId, 'update');
        },
      },
    ],
    async ended(end, trx) {
      if (end.status === 'succeeded') return;
      await recordEvent(trx, {
        name: 'USER_ADD_VM_FINISHED_FAILURE',
        vm: { id: end.params.vmId, name: end.params.vmName },
        user: end.params.user,
        correlationId: end.params.correlationId,
        jobId: end.id,
        values: { reason: end.error?.message ?? '' },
      });
    },
  }) as unknown as EngineSaga;

interface Source {
  templateId: string;
  definition: Vm;
  disks: TemplateDisk[];
}

async function sourceOf(context: Context, body: Vm): Promise<Source> {
  if (body.initialization?.configuration) throw notBuilt('Adding a VM from an OVF configuration');
  const reference = body.template ?? { id: blankTemplateId };
  const template = await resolve(context.db, 'Template', 'vm', reference, sql<boolean>`t.entity_type = 'template'`);
  const row = await context.db.selectFrom('vm').selectAll().where('id', '=', template.id).executeTakeFirstOrThrow();
  if (row.template_status !== 'ok') throw conflict('VM_TEMPLATE_IMAGE_IS_LOCKED', { VAR_ACTION: 'add', VAR_TYPE: 'VM' });
  return { templateId: template.id, definition: definitionOf(row), disks: await templateDisks(context.db, template.id) };
}

/** The volumes that the new VM's disks are made of: thin on the template's, or whole copies when asked to clone. */
async function planDisks(
  context: Context,
  source: Source,
  body: Vm,
  vmName: string,
  quotaId: string | null,
): Promise<{ disk: NewDisk; attachment: TemplateDisk }[]> {
  const clone = context.parameters.flag('clone');
  const wanted = new Map((body.disk_attachments ?? []).map((one) => [one.disk?.id ?? one.id, one]));
  return Promise.all(
    source.disks.map(async (disk, at) => {
      if (disk.status !== 'ok') throw badRequest('TEMPLATE_IMAGE_NOT_EXIST', { VAR_ACTION: 'add', VAR_TYPE: 'VM', diskName: disk.name });
      const override = wanted.get(disk.diskId)?.disk;
      const target = override?.storage_domains?.[0] ?? override?.storage_domain ?? body.storage_domain;
      const storageDomainId = target ? (await resolve(context.db, 'StorageDomain', 'storage_domain', target)).id : disk.storageDomainId;
      if (!clone && storageDomainId !== disk.storageDomainId)
        throw badRequest('ACTION_TYPE_FAILED_TEMPLATE_NOT_FOUND_ON_DESTINATION_DOMAIN', { VAR_ACTION: 'add', VAR_TYPE: 'VM' });
      const format = clone ? (override?.format ?? disk.format) : 'cow';
      const dataCenterId = await activeDataCenterOf(context.db, storageDomainId);
      await checkSpace(context.db, storageDomainId, clone ? disk.provisionedBytes : 0);
      return {
        attachment: disk,
        disk: {
          diskId: context.engine.uuid(),
          volumeId: context.engine.uuid(),
          name: override?.name ?? override?.alias ?? `${vmName}_Disk${at + 1}`,
          description: disk.description,
          dataCenterId,
          storageDomainId,
          provisionedBytes: disk.provisionedBytes,
          format,
          sparse: clone ? (override?.sparse ?? disk.sparse) : true,
          mode: clone ? 'copy' : 'thin',
          shared: false,
          wipe: disk.wipe,
          diskProfileId: await chooseProfile(context, diskProfiles, storageDomainId, override?.disk_profile, disk.diskProfileId),
          quotaId: await chooseQuota(context, dataCenterId, override?.quota, quotaId),
          source: { diskId: disk.diskId, volumeId: disk.volumeId, storageDomainId: disk.storageDomainId },
        } satisfies NewDisk,
      };
    }),
  );
}

async function copyNics(trx: Trx, context: Context, vmId: string, templateId: string, clusterId: string): Promise<void> {
  const cluster = await trx.selectFrom('cluster').select('mac_pool_id').where('id', '=', clusterId).executeTakeFirstOrThrow();
  const nics = await trx.selectFrom('nic').selectAll().where('vm_id', '=', templateId).orderBy('name').execute();
  for (const nic of nics) {
    const mac = await allocateMac(trx, cluster.mac_pool_id ?? '');
    await trx
      .insertInto('nic')
      .values({
        id: context.engine.uuid(),
        vm_id: vmId,
        name: nic.name,
        mac,
        vnic_profile_id: nic.vnic_profile_id,
        interface: nic.interface,
        linked: nic.linked,
        plugged: nic.plugged,
      })
      .execute();
  }
}

async function insertVm(
  trx: Trx,
  context: Context,
  vm: { id: string; name: string; definition: Vm; clusterId: string; dataCenterId: string; templateId: string; locked: boolean },
): Promise<void> {
  await trx
    .insertInto('vm')
    .values({
      ...columnsOf(vm.definition),
      id: vm.id,
      entity_type: 'vm',
      name: vm.name,
      cluster_id: vm.clusterId,
      data_center_id: vm.dataCenterId,
      template_id: vm.templateId,
      original_template_id: vm.templateId,
      origin: 'ovirt',
      created_by: context.user.id,
    })
    .execute();
  await trx
    .insertInto('vm_state')
    .values({ vm_id: vm.id, status: vm.locked ? 'image_locked' : 'down' })
    .execute();
  await trx.insertInto('snapshot').values({ id: context.engine.uuid(), vm_id: vm.id, type: 'active', description: 'Active VM' }).execute();
  await copyNics(trx, context, vm.id, vm.templateId, vm.clusterId);
  await copyDevices(trx, vm.templateId, vm.id, context.engine.uuid);
  if (vm.definition.instance_type?.id) await copyWatchdog(trx, vm.definition.instance_type.id, vm.id, context.engine.uuid);
  await grant(trx, context.user.id, 'UserVmManager', { type: 'vm', id: vm.id });
  await noteChange(trx, 'vm', vm.id, 'add');
}

/** `POST vms`: a VM from a template, thin or (with `clone`) with disks of its own; from Blank without disks. */
export const addVm: Operation = {
  permit: 'create_vm',
  // Who may only make VMs of instance types decides nothing of what these say. Source: REST contract, permit create_instance.
  permitFor: async (context) => {
    const { instance_type: type, cluster } = context.body as Vm;
    if (!type?.id && !type?.name) return 'create_vm';
    const { id } = await resolve(context.db, 'Cluster', 'cluster', cluster);
    return (await holdsPermit(context.db, context.user, 'create_vm', { type: 'cluster', id })) ? 'create_vm' : 'create_instance';
  },
  subjects: async (context) => [
    { type: 'cluster', id: (await resolve(context.db, 'Cluster', 'cluster', (context.body as Vm).cluster)).id },
  ],
  async run(context) {
    const body = context.body as Vm;
    const name = checkName(body.name);
    const cluster = await resolve(context.db, 'Cluster', 'cluster', body.cluster);
    const { data_center_id: dataCenterId } = await context.db
      .selectFrom('cluster')
      .select('data_center_id')
      .where('id', '=', cluster.id)
      .executeTakeFirstOrThrow();
    if (dataCenterId === null) throw badRequest('ACTION_TYPE_FAILED_STORAGE_POOL_NOT_EXIST', { VAR_ACTION: 'add', VAR_TYPE: 'VM' });
    const source = await sourceOf(context, body);
    if (!(await holdsPermit(context.db, context.user, 'create_vm', { type: 'template', id: source.templateId })))
      throw forbidden('create_vm (template)');
    const {
      name: _n,
      id: _i,
      description: _d,
      comment: _c,
      creation_time: _t,
      cluster: _cl,
      instance_type: _it,
      ...inherited
    } = source.definition;
    const { instance_type: bound } = body;
    const instanceType = bound?.id || bound?.name ? await instanceTypeOf(context.db, bound) : undefined;
    const base = overlay(overlay(defaultDefinition, inherited), instanceType ? instanceTypePart(instanceType) : {}) as Vm;
    const definition = { ...overlay(base, body), ...(instanceType ? { instance_type: { id: instanceType.id } } : {}) };
    await checkAdministered(context, definition, base, { type: 'cluster', id: cluster.id });
    // What follows from the memory follows the new memory, unless it is said.
    if (body.memory !== undefined)
      definition.memory_policy = {
        ...definition.memory_policy,
        guaranteed: body.memory_policy?.guaranteed as number,
        max: body.memory_policy?.max as number,
      };
    const sla = await slaOf(context, { clusterId: cluster.id, dataCenterId }, body, source.definition);
    Object.assign(definition, { cpu_profile: sla.cpu_profile, quota: sla.quota });
    const planned = await planDisks(context, source, body, name, sla.quota?.id ?? null);
    const id = context.engine.uuid();
    const disks = planned.map((plan) => plan.disk);
    const add = () =>
      write(
        context,
        async (trx) => {
          await insertVm(trx, context, {
            id,
            name,
            definition,
            clusterId: cluster.id,
            dataCenterId,
            templateId: source.templateId,
            locked: disks.length > 0,
          });
          if (instanceType) await followInstanceType(trx, id);
          for (const { disk, attachment } of planned) {
            await insertDisk(trx, disk);
            await trx
              .insertInto('disk_attachment')
              .values({
                disk_id: disk.diskId,
                vm_id: id,
                interface: attachment.interface,
                bootable: attachment.bootable,
                read_only: attachment.readOnly,
                pass_discard: attachment.passDiscard,
              })
              .execute();
            await grant(trx, context.user.id, 'DiskOperator', { type: 'disk', id: disk.diskId });
          }
          await consumeStorage(trx, consumptionOf(disks), attribution(context));
          await recordEvent(trx, {
            name: disks.length > 0 ? 'USER_ADD_VM_STARTED' : 'USER_ADD_VM',
            vm: { id, name },
            cluster: { id: cluster.id, name: cluster.name },
            user: actor(context),
            correlationId: context.correlationId,
          });
          if (disks.length === 0) return null;
          return context.engine.jobs.beginIn<Params>(trx, context, 'AddVm', {
            params: { vmId: id, vmName: name, disks, user: actor(context), correlationId: context.correlationId },
            description: `Creating VM ${name} from Template`,
            subjects: [{ type: 'vm', id }, ...disks.map((disk) => ({ type: 'disk', id: disk.diskId }))],
            locks: source.disks.map((disk) => ({
              group: 'DISK',
              objectId: disk.diskId,
              mode: 'shared' as const,
              messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED',
            })),
          });
        },
        { vm_name: nameInUse(name) },
      );
    const job = await withQuotaEvents(context.db, add);
    if (job === null) return created('Vm', await one(context, readableVms, id));
    if (!context.waits) return accepted('Vm', await one(context, readableVms, id));
    await context.engine.jobs.settle(job);
    return created('Vm', await one(context, readableVms, id));
  },
};
