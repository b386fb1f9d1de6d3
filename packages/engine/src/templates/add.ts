import { placedIn, type Home } from '../vms/placed.ts';
import { defineSaga } from '@virgate/saga';
import type { Template, Vm } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { copyPermissions } from '../access/copy-permissions.ts';
import { grant, revokeAllOn } from '../access/grant.ts';
import { holdsPermit } from '../access/permissions.ts';
import { copyDevices } from '../devices/copy.ts';
import { noteChange } from '../changes/outbox.ts';
import { insertDisk, makeDiskSteps, removeNewDisk, type NewDisk } from '../disks/volumes.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { activeDataCenterOf, checkSpace } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { badRequest, conflict, forbidden, refused } from '../rest/fault.ts';
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
import { isWindows } from '../operating-systems/facts.ts';
import { sourceLocks } from '../vms/add.ts';
import { withPinning } from '../vms/cpu-pinning.ts';
import { iconsIn } from '../icons/store.ts';
import { checkDefinition } from '../vms/check-definition.ts';
import { checkName, columnsOf, overlay } from '../vms/definition.ts';
import { stateOf, vmLock } from '../vms/lock.ts';
import { checkStatus } from '../vms/status-rules.ts';
import { snapshotSource, vmSource, type Source } from '../vms/sources.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { addTemplateFromConfiguration } from './add-from-configuration.ts';
import type { TemplateDisk } from './disks.ts';
import { readableTemplates } from './read.ts';
import { sealSteps, type SealState } from './seal.ts';

type Trx = Transaction<Tables>;
type Params = AddTemplateParams;

/** Parameters of the jobs that make templates. */
export interface AddTemplateParams {
  templateId: string;
  templateName: string;
  vmId: string;
  /** It is made of a snapshot, or of no VM at all: none is locked meanwhile. */
  ofSnapshot?: boolean;
  disks: NewDisk[];
  /** What only one machine may have is taken out of the disks. */
  seal?: boolean;
  user: { id: string; name: string };
  correlationId: string;
}

type State = SealState;

type AddTemplateJob = 'AddVmTemplate' | 'ImportVmTemplateFromOva';

const endings = {
  AddVmTemplate: { done: 'USER_ADD_VM_TEMPLATE_FINISHED_SUCCESS', failed: 'USER_ADD_VM_TEMPLATE_FINISHED_FAILURE' },
  ImportVmTemplateFromOva: { done: 'IMPORTEXPORT_IMPORT_TEMPLATE', failed: 'IMPORTEXPORT_IMPORT_TEMPLATE_FAILED' },
} as const;

/** Makes a template's disks as copies of a VM's; the VM is locked as long as it is read. */
const addTemplateSagaOf = ({ hosts }: SagaServices, name: AddTemplateJob): EngineSaga =>
  defineSaga<Params, State, Trx>({
    name,
    version: 1,
    title: (params) => `Creating Template ${params.templateName}`,
    cancellable: true,
    locks: (params) => [
      ...(params.ofSnapshot === true ? [] : [vmLock(params.vmId)]),
      { group: 'TEMPLATE', objectId: params.templateId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
    ],
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      {
        name: 'definition',
        unbroken: true,
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
      ...params.disks.flatMap((disk, index) => makeDiskSteps<Params, State>(hosts, disk, index, `Copying disk ${disk.name}`)),
      ...(params.seal === true ? sealSteps<Params, State>(hosts, params) : []),
      {
        name: 'unlock',
        pivot: true,
        title: 'Finishing',
        async record(ctx, trx) {
          await trx.updateTable('vm').set({ template_status: 'ok' }).where('id', '=', ctx.params.templateId).execute();
          await noteChange(trx, 'template', ctx.params.templateId, 'update');
        },
      },
    ],
    async ended(end, trx) {
      if (end.params.ofSnapshot !== true) await unlockVm(trx, end.params.vmId);
      await recordEvent(trx, {
        name:
          end.status === 'succeeded'
            ? endings[name].done
            : end.state.sealFailed === true
              ? 'USER_ADD_VM_TEMPLATE_SEAL_FAILURE'
              : endings[name].failed,
        template: { id: end.params.templateId, name: end.params.templateName },
        ...ofJob(end),
        values: end.error ? { reason: end.error.message } : {},
      });
    },
  }) as unknown as EngineSaga;

export const addTemplateSagas = (services: SagaServices): EngineSaga[] =>
  (['AddVmTemplate', 'ImportVmTemplateFromOva'] as const).map((name) => addTemplateSagaOf(services, name));

async function unlockVm(trx: Trx, vmId: string): Promise<void> {
  await trx.updateTable('vm_state').set({ status: 'down' }).where('vm_id', '=', vmId).where('status', '=', 'image_locked').execute();
  await noteChange(trx, 'vm', vmId, 'update');
}

/** The number of a template's next version. Its base is locked, so that no two versions get the same one. @throws {Fault} */
async function nextVersion(trx: Trx, base: string): Promise<{ baseId: string; number: number }> {
  const named = await trx
    .selectFrom('vm')
    .select(['id', 'base_template_id'])
    .where('id', '=', base)
    .where('entity_type', '=', 'template')
    .executeTakeFirst();
  if (!named) throw badRequest('ACTION_TYPE_FAILED_TEMPLATE_DOES_NOT_EXIST');
  const baseId = named.base_template_id ?? named.id;
  await trx.selectFrom('vm').select('id').where('id', '=', baseId).forUpdate().execute();
  const last = await trx
    .selectFrom('vm')
    .select(sql<number>`max(version_number)`.as('last'))
    .where('base_template_id', '=', baseId)
    .executeTakeFirst();
  return { baseId, number: (last?.last ?? 0) + 1 };
}

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

/** Rows of a new template, which is locked until a job has made its disks. */
export async function insertTemplate(
  trx: Trx,
  context: Context,
  body: Template,
  template: { id: string; name: string; home: Home; source: Source },
): Promise<void> {
  const { home, source } = template;
  // A lease is that of one VM.
  const { lease: _lease, ...inherited } = source.definition;
  const { vm: _vm, version: _version, status: _status, cluster: _cluster, ...changes } = body;
  const said = { ...changes, ...(await placedIn({ ...context, db: trx }, home, changes)) };
  const definition = withPinning(overlay({ ...inherited, description: '', comment: '' }, said) as Vm, source.definition, said);
  await checkDefinition({ ...context, db: trx }, definition, home.clusterId);
  Object.assign(definition, await iconsIn(trx, body));
  const sla = await changedSla({ ...context, db: trx }, home, body, source.definition);
  Object.assign(definition, { cpu_profile: sla.cpu_profile, quota: sla.quota });
  const base = body.version?.base_template?.id;
  const version = base === undefined ? { baseId: template.id, number: 1 } : await nextVersion(trx, base);
  await trx
    .insertInto('vm')
    .values({
      ...columnsOf(definition),
      id: template.id,
      entity_type: 'template',
      name: template.name,
      cluster_id: home.clusterId,
      data_center_id: home.dataCenterId,
      base_template_id: version.baseId,
      version_number: version.number,
      version_name: body.version?.version_name ?? null,
      template_status: 'locked',
      created_by: context.user.id,
    })
    .execute();
  for (const { name, vnic_profile_id, interface: model, linked, plugged } of source.nics)
    await trx
      .insertInto('nic')
      .values({ id: context.engine.uuid(), vm_id: template.id, name, vnic_profile_id, interface: model, linked, plugged })
      .execute();
  await copyDevices(trx, source.ownerId, template.id, context.engine.uuid);
  if (context.parameters.flag('clone_permissions'))
    await copyPermissions(trx, context, source.ownerId, { type: 'template', id: template.id });
  await grant(trx, context.user.id, 'TemplateOwner', { type: 'template', id: template.id });
  await noteChange(trx, 'template', template.id, 'add');
}

/** Where a template lives: with its VM, or in another cluster of the same data center that the request names. */
async function homeOf(context: Context, vmId: string, cluster: Template['cluster']): Promise<Home> {
  const row = await context.db.selectFrom('vm').select(['cluster_id', 'data_center_id']).where('id', '=', vmId).executeTakeFirstOrThrow();
  if (cluster?.id === undefined && cluster?.name === undefined) return { clusterId: row.cluster_id, dataCenterId: row.data_center_id };
  const same = sql<boolean>`t.data_center_id = ${row.data_center_id}::uuid`;
  return { clusterId: (await resolve(context.db, 'Cluster', 'cluster', cluster, same)).id, dataCenterId: row.data_center_id };
}

/** What a template is made of: a VM that is down, or a snapshot of it. @throws {Fault} 403, and for a snapshot that is not the VM's */
async function sourceOf(context: Context, body: Template, vmId: string): Promise<Source> {
  if (!(await holdsPermit(context.db, context.user, 'edit_vm_properties', { type: 'vm', id: vmId })))
    throw forbidden('edit_vm_properties (VM)');
  const snapshot = body.vm?.snapshots?.[0];
  const row = await context.db.selectFrom('vm').selectAll().where('id', '=', vmId).executeTakeFirstOrThrow();
  if (!snapshot) return vmSource(context, row);
  const source = await snapshotSource(context, snapshot.id);
  if (source.ownerId !== vmId) throw refused('ACTION_TYPE_FAILED_VM_SNAPSHOT_DOES_NOT_EXIST');
  return source;
}

/** `POST templates`: a template made of a VM that is down or of a snapshot, with copies of the disks; or the one that an OVF describes. */
export const addTemplate: Operation = {
  permit: 'create_template',
  subjects: async (context) => {
    const { initialization, cluster } = context.body as Template;
    if (initialization?.configuration) return [{ type: 'cluster', id: (await resolve(context.db, 'Cluster', 'cluster', cluster)).id }];
    const vm = await resolve(context.db, 'Vm', 'vm', (context.body as Template).vm, sql<boolean>`t.entity_type = 'vm'`);
    const row = await context.db.selectFrom('vm').select('data_center_id').where('id', '=', vm.id).executeTakeFirstOrThrow();
    return [{ type: 'data_center', id: row.data_center_id ?? '' }];
  },
  async run(context) {
    const body = context.body as Template;
    if (body.initialization?.configuration) return addTemplateFromConfiguration(context);
    const name = checkName(body.name);
    const vm = await resolve(context.db, 'Vm', 'vm', body.vm, sql<boolean>`t.entity_type = 'vm'`);
    const source = await sourceOf(context, body, vm.id);
    const ofSnapshot = body.vm?.snapshots?.[0] !== undefined;
    if (context.parameters.flag('seal')) {
      if (isWindows(body.os?.type ?? source.definition.os?.type ?? 'other')) throw refused('VM_TEMPLATE_CANNOT_SEAL_WINDOWS');
    }
    const home = await homeOf(context, vm.id, body.cluster);
    const copies = await planDisks(context, body, source.disks);
    // What has no disk has nothing that could be sealed.
    const seal = context.parameters.flag('seal') && copies.length > 0;
    const planned = seal ? copies.map((copy) => ({ ...copy, disk: { ...copy.disk, unfinished: true } })) : copies;
    const id = context.engine.uuid();
    const disks = planned.map((plan) => plan.disk);
    const add = () =>
      write(
        context,
        async (trx) => {
          const { status } = await stateOf(trx, vm.id);
          await insertTemplate(trx, context, body, { id, name, home, source });
          for (const { disk, source: attachment } of planned) {
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
          const by = { user: actor(context), correlationId: context.correlationId };
          const jobId = await context.engine.jobs.beginIn<Params>(trx, context, 'AddVmTemplate', {
            params: {
              templateId: id,
              templateName: name,
              vmId: vm.id,
              ...(ofSnapshot ? { ofSnapshot } : {}),
              ...(seal ? { seal } : {}),
              disks,
              ...by,
            },
            description: `Creating Template ${name} from VM ${vm.name}`,
            subjects: [
              { type: 'template', id },
              { type: 'vm', id: vm.id },
            ],
            locks: sourceLocks(planned.map((plan) => ({ disk: plan.disk, attachment: plan.source }))),
          });
          if (!ofSnapshot) {
            checkStatus('AddVmTemplate', status);
            await trx.updateTable('vm_state').set({ status: 'image_locked' }).where('vm_id', '=', vm.id).execute();
            await noteChange(trx, 'vm', vm.id, 'update');
          }
          await recordEvent(trx, { name: 'USER_ADD_VM_TEMPLATE', template: { id, name }, vm, ...by, jobId });
          return jobId;
        },
        { template_name: nameInUse(name) },
      );
    const job = await withQuotaEvents(context.db, add);
    if (context.waits) await context.engine.jobs.settle(job);
    const template = await one(context, readableTemplates, id);
    return context.waits ? created('Template', template) : accepted('Template', template, job);
  },
};
