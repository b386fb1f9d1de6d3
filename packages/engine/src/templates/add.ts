import { defineSaga } from '@virgate/saga';
import type { Template, Vm } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { grant, revokeAllOn } from '../access/grant.ts';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { insertDisk, makeDiskStep, removeNewDisk, type NewDisk } from '../disks/volumes.ts';
import { recordEvent } from '../events/record.ts';
import { activeDataCenterOf, checkSpace, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { badRequest, conflict, forbidden } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { accepted, created, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, attribution, nameInUse, write } from '../rest/write.ts';
import { chooseProfile } from '../profiles/choose.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { chooseQuota, consumeStorage, withQuotaEvents } from '../quotas/consume.ts';
import { consumptionOf } from '../quotas/disks.ts';
import { changedSla } from '../vms/sla.ts';
import type { Tables } from '../tables/schema.ts';
import { checkName, columnsOf, definitionOf, overlay } from '../vms/definition.ts';
import { stateOf, vmLock } from '../vms/lock.ts';
import { checkStatus } from '../vms/status-rules.ts';
import type { SagaServices } from '../vms/start.ts';
import { templateDisks, type TemplateDisk } from './disks.ts';
import { readableTemplates } from './read.ts';

type Trx = Transaction<Tables>;

interface Params {
  templateId: string;
  templateName: string;
  vmId: string;
  disks: NewDisk[];
  user: { id: string; name: string };
  correlationId: string;
}

/** Makes a template's disks as copies of a VM's; the VM is locked as long as it is read. */
export const addTemplateSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Trx>({
    name: 'AddVmTemplate',
    version: 1,
    title: (params) => `Creating Template ${params.templateName}`,
    locks: (params) => [
      vmLock(params.vmId),
      { group: 'TEMPLATE', objectId: params.templateId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
    ],
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      {
        name: 'definition',
        title: 'Defining the template',
        async unrecord(ctx, trx) {
          // Those whose step was never reached; the others went with it.
          for (const disk of ctx.params.disks) await removeNewDisk(trx, disk);
          await trx.deleteFrom('vm').where('id', '=', ctx.params.templateId).execute();
          await revokeAllOn(trx, [ctx.params.templateId]);
          await noteChange(trx, 'template', ctx.params.templateId, 'remove');
        },
        undo: async () => undefined,
      },
      ...params.disks.map((disk, index) => makeDiskStep<Params, TaskState>(hosts, index, `Copying disk ${disk.name}`)),
      {
        name: 'unlock',
        title: 'Finishing',
        async record(ctx, trx) {
          await trx.updateTable('vm').set({ template_status: 'ok' }).where('id', '=', ctx.params.templateId).execute();
          await noteChange(trx, 'template', ctx.params.templateId, 'update');
        },
      },
    ],
    async ended(end, trx) {
      await trx
        .updateTable('vm_state')
        .set({ status: 'down' })
        .where('vm_id', '=', end.params.vmId)
        .where('status', '=', 'image_locked')
        .execute();
      await noteChange(trx, 'vm', end.params.vmId, 'update');
      await recordEvent(trx, {
        name: end.status === 'succeeded' ? 'USER_ADD_VM_TEMPLATE_FINISHED_SUCCESS' : 'USER_ADD_VM_TEMPLATE_FINISHED_FAILURE',
        template: { id: end.params.templateId, name: end.params.templateName },
        user: end.params.user,
        correlationId: end.params.correlationId,
        jobId: end.id,
        values: end.error ? { reason: end.error.message } : {},
      });
    },
  }) as unknown as EngineSaga;

async function planDisks(context: Context, body: Template, disks: TemplateDisk[]): Promise<{ disk: NewDisk; source: TemplateDisk }[]> {
  const wanted = new Map((body.vm?.disk_attachments ?? []).map((one) => [one.disk?.id ?? one.id, one.disk]));
  return Promise.all(
    disks.map(async (source) => {
      if (source.status !== 'ok')
        throw conflict('ACTION_TYPE_FAILED_DISKS_LOCKED', { VAR_ACTION: 'add', VAR_TYPE: 'Template', diskAliases: source.name });
      const override = wanted.get(source.diskId);
      const target = override?.storage_domains?.[0] ?? override?.storage_domain ?? body.storage_domain;
      const storageDomainId = target ? (await resolve(context.db, 'StorageDomain', 'storage_domain', target)).id : source.storageDomainId;
      const dataCenterId = await activeDataCenterOf(context.db, storageDomainId);
      await checkSpace(context.db, storageDomainId, 0);
      return {
        source,
        disk: {
          diskId: context.engine.uuid(),
          volumeId: context.engine.uuid(),
          name: override?.alias ?? override?.name ?? source.name,
          description: source.description,
          dataCenterId,
          storageDomainId,
          provisionedBytes: source.provisionedBytes,
          format: override?.format ?? source.format,
          sparse: override?.sparse ?? source.sparse,
          mode: 'copy',
          shared: true,
          wipe: source.wipe,
          diskProfileId: await chooseProfile(context, diskProfiles, storageDomainId, override?.disk_profile, source.diskProfileId),
          quotaId: await chooseQuota(context, dataCenterId, override?.quota ?? body.quota),
          source: { diskId: source.diskId, volumeId: source.volumeId, storageDomainId: source.storageDomainId },
        } satisfies NewDisk,
      };
    }),
  );
}

async function insertTemplate(
  trx: Trx,
  context: Context,
  body: Template,
  template: { id: string; name: string; vmId: string; locked: boolean },
): Promise<void> {
  const row = await trx.selectFrom('vm').selectAll().where('id', '=', template.vmId).executeTakeFirstOrThrow();
  const { vm: _vm, version: _version, status: _status, ...changes } = body;
  const definition = overlay({ ...definitionOf(row), description: '', comment: '' }, changes) as Vm;
  const sla = await changedSla(
    { ...context, db: trx },
    { clusterId: row.cluster_id, dataCenterId: row.data_center_id },
    body,
    definitionOf(row),
  );
  Object.assign(definition, { cpu_profile: sla.cpu_profile, quota: sla.quota });
  const base = body.version?.base_template?.id;
  const last =
    base === undefined
      ? null
      : await trx
          .selectFrom('vm')
          .select(sql<number>`max(version_number)`.as('last'))
          .where('base_template_id', '=', base)
          .executeTakeFirst();
  await trx
    .insertInto('vm')
    .values({
      ...columnsOf(definition),
      id: template.id,
      entity_type: 'template',
      name: template.name,
      cluster_id: row.cluster_id,
      data_center_id: row.data_center_id,
      base_template_id: base ?? template.id,
      version_number: (last?.last ?? 0) + 1,
      version_name: body.version?.version_name ?? null,
      template_status: template.locked ? 'locked' : 'ok',
      created_by: context.user.id,
    })
    .execute();
  for (const nic of await trx.selectFrom('nic').selectAll().where('vm_id', '=', template.vmId).execute()) {
    await trx
      .insertInto('nic')
      .values({
        id: context.engine.uuid(),
        vm_id: template.id,
        name: nic.name,
        vnic_profile_id: nic.vnic_profile_id,
        interface: nic.interface,
        linked: nic.linked,
        plugged: nic.plugged,
      })
      .execute();
  }
  await grant(trx, context.user.id, 'TemplateOwner', { type: 'template', id: template.id });
  await noteChange(trx, 'template', template.id, 'add');
}

/** `POST templates`: a template made of a VM that is down, with copies of its disks. */
export const addTemplate: Operation = {
  permit: 'create_template',
  subjects: async (context) => {
    const vm = await resolve(context.db, 'Vm', 'vm', (context.body as Template).vm, sql<boolean>`t.entity_type = 'vm'`);
    const row = await context.db.selectFrom('vm').select('data_center_id').where('id', '=', vm.id).executeTakeFirstOrThrow();
    return [{ type: 'data_center', id: row.data_center_id ?? '' }];
  },
  async run(context) {
    const body = context.body as Template;
    const name = checkName(body.name);
    const vm = await resolve(context.db, 'Vm', 'vm', body.vm, sql<boolean>`t.entity_type = 'vm'`);
    if (!(await holdsPermit(context.db, context.user, 'edit_vm_properties', { type: 'vm', id: vm.id })))
      throw forbidden('edit_vm_properties (VM)');
    const base = body.version?.base_template;
    if (
      base !== undefined &&
      !(await context.db
        .selectFrom('vm')
        .select('id')
        .where('id', '=', base.id ?? '')
        .where('entity_type', '=', 'template')
        .executeTakeFirst())
    )
      throw badRequest('ACTION_TYPE_FAILED_TEMPLATE_DOES_NOT_EXIST');
    const planned = await planDisks(context, body, await templateDisks(context.db, vm.id));
    const id = context.engine.uuid();
    const disks = planned.map((plan) => plan.disk);
    const add = () =>
      write(
        context,
        async (trx) => {
          const { status } = await stateOf(trx, vm.id);
          await insertTemplate(trx, context, body, { id, name, vmId: vm.id, locked: true });
          for (const { disk, source } of planned) {
            await insertDisk(trx, disk);
            await trx
              .insertInto('disk_attachment')
              .values({
                disk_id: disk.diskId,
                vm_id: id,
                interface: source.interface,
                bootable: source.bootable,
                read_only: source.readOnly,
                pass_discard: source.passDiscard,
              })
              .execute();
            await grant(trx, context.user.id, 'DiskOperator', { type: 'disk', id: disk.diskId });
          }
          await consumeStorage(trx, consumptionOf(disks), attribution(context));
          const jobId = await context.engine.jobs.beginIn<Params>(trx, context, 'AddVmTemplate', {
            params: { templateId: id, templateName: name, vmId: vm.id, disks, user: actor(context), correlationId: context.correlationId },
            description: `Creating Template ${name} from VM ${vm.name}`,
            subjects: [
              { type: 'template', id },
              { type: 'vm', id: vm.id },
            ],
          });
          checkStatus('AddVmTemplate', status);
          await trx.updateTable('vm_state').set({ status: 'image_locked' }).where('vm_id', '=', vm.id).execute();
          await recordEvent(trx, {
            name: 'USER_ADD_VM_TEMPLATE',
            template: { id, name },
            vm,
            user: actor(context),
            correlationId: context.correlationId,
            jobId,
          });
          await noteChange(trx, 'vm', vm.id, 'update');
          return jobId;
        },
        { template_name: nameInUse(name) },
      );
    const job = await withQuotaEvents(context.db, add);
    if (context.waits) await context.engine.jobs.settle(job);
    const template = await one(context, readableTemplates, id);
    return context.waits ? created('Template', template) : accepted('Template', template);
  },
};
