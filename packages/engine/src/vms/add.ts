import { defineSaga, type LockRequest } from '@virgate/saga';
import type { Vm } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { copyPermissions } from '../access/copy-permissions.ts';
import { grant, revokeAllOn } from '../access/grant.ts';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { copyDevices, copyWatchdog } from '../devices/copy.ts';
import { insertDisk, makeDiskSteps, removeNewDisk, type NewDisk } from '../disks/volumes.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { convertSteps, type Conversion } from '../external-imports/convert-steps.ts';
import { activeDataCenterOf, checkSpace } from '../images/host-tasks.ts';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import { followInstanceType, instanceTypeOf } from '../instance-types/bind.ts';
import { instanceTypePart } from '../instance-types/read.ts';
import type { EngineSaga, Jobs } from '../jobs/jobs.ts';
import { allocateMac, claimMac } from '../mac-pools/allocate.ts';
import { badRequest } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { accepted, created, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, attribution, nameInUse, write } from '../rest/write.ts';
import { chooseProfile } from '../profiles/choose.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { chooseQuota, consumeStorage, withQuotaEvents } from '../quotas/consume.ts';
import { consumptionOf } from '../quotas/disks.ts';
import type { Tables } from '../tables/schema.ts';
import type { TemplateDisk } from '../templates/disks.ts';
import { addFromConfiguration } from './add-from-configuration.ts';
import { placedIn } from './placed.ts';
import { checkAdministered } from './administered.ts';
import { withPinning, withPinningParameter } from './cpu-pinning.ts';
import { iconsIn } from '../icons/store.ts';
import { checkDefinition } from './check-definition.ts';
import { checkName, columnsOf, defaultDefinition, overlay } from './definition.ts';
import { checkLeaseDomain, leaseDomainOf, leaseSteps, type LeaseChange } from './leases.ts';
import { vmLock } from './lock.ts';
import { keptInitialization } from './initialization.ts';
import { slaOf } from './sla.ts';
import { readableVms } from './read.ts';
import { snapshotSource, templateSource, type Source } from './sources.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import {
  dropPassingSteps,
  endPassingSnapshot,
  insertPassingSnapshot,
  mergeBackStep,
  takePassingSteps,
  type PassingSnapshot,
} from '../snapshots/passing.ts';
import type { MergeState } from '../snapshots/remove.ts';

type Trx = Transaction<Tables>;

/** The jobs that make a VM's disks, by what these are made from. */
type AddVmJob = 'AddVm' | 'AddVmFromSnapshot' | 'CloneVm' | 'ImportVmFromOva' | 'ImportVmFromExternalUrl';

const addEvents = {
  whole: 'USER_ADD_VM',
  begun: 'USER_ADD_VM_STARTED',
  done: 'USER_ADD_VM_FINISHED_SUCCESS',
  failed: 'USER_ADD_VM_FINISHED_FAILURE',
} as const;
const importEvents = {
  whole: 'IMPORTEXPORT_IMPORT_VM',
  begun: 'IMPORTEXPORT_STARTING_IMPORT_VM',
  done: 'IMPORTEXPORT_IMPORT_VM',
  failed: 'IMPORTEXPORT_IMPORT_VM_FAILED',
} as const;
const eventsOf = (job: AddVmJob) => (job === 'ImportVmFromOva' || job === 'ImportVmFromExternalUrl' ? importEvents : addEvents);

interface Params {
  vmId: string;
  vmName: string;
  disks: NewDisk[];
  lease?: LeaseChange;
  /** What holds the source's disks still while they are copied, when it runs. */
  passing?: PassingSnapshot;
  /** Whose disks these get, of another manager. */
  conversion?: Conversion;
  user: { id: string; name: string };
  correlationId: string;
}

type State = MergeState & { mergedBack?: number };

/** Makes the disks of a new VM; the VM is shown as locked meanwhile, and goes as a whole when one of them cannot be made. */
const addVmSagaOf = ({ hosts, secretKey }: SagaServices, name: AddVmJob): EngineSaga =>
  defineSaga<Params, State, Trx>({
    name,
    version: 2,
    title: (params) => `Creating VM ${params.vmName}`,
    cancellable: true,
    locks: (params) => [vmLock(params.vmId)],
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      {
        name: 'definition',
        unbroken: true,
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
      ...(params.passing
        ? [...takePassingSteps<Params, State>(hosts, params.passing), mergeBackStep<Params, State>(hosts, params.passing)]
        : []),
      ...params.disks.flatMap((disk, index) => makeDiskSteps<Params, State>(hosts, disk, index, `Creating disk ${disk.name}`)),
      ...(params.conversion ? convertSteps<Params, State>({ hosts, secretKey }, params.conversion, params) : []),
      ...leaseSteps<Params, State>(hosts, params.lease ?? null),
      {
        name: 'unlock',
        pivot: true,
        title: 'Finishing',
        async record(ctx, trx) {
          await trx
            .updateTable('vm_state')
            .set({ status: 'down' })
            .where('vm_id', '=', ctx.params.vmId)
            .where('status', '=', 'image_locked')
            .execute();
          await recordEvent(trx, { name: eventsOf(name).done, vm: { id: ctx.params.vmId, name: ctx.params.vmName }, ...ofJob(ctx) });
          await noteChange(trx, 'vm', ctx.params.vmId, 'update');
        },
      },
      ...(params.passing ? dropPassingSteps<Params, State>(hosts, params.passing) : []),
    ],
    async ended(end, trx) {
      const { passing } = end.params;
      const left = passing && (await endPassingSnapshot(trx, passing, end.state)) ? `; its snapshot "${passing.description}" stays` : '';
      if (end.status === 'succeeded') return;
      await recordEvent(trx, {
        name: eventsOf(name).failed,
        vm: { id: end.params.vmId, name: end.params.vmName },
        ...ofJob(end),
        values: { reason: `${end.error?.message ?? ''}${left}` },
      });
    },
  }) as unknown as EngineSaga;

export const addVmSagas = (services: SagaServices): EngineSaga[] =>
  (['AddVm', 'AddVmFromSnapshot', 'CloneVm', 'ImportVmFromOva', 'ImportVmFromExternalUrl'] as const).map((name) =>
    addVmSagaOf(services, name),
  );

const sourceOf = (context: Context, body: Vm): Promise<Source> =>
  body.snapshots?.[0] ? snapshotSource(context, body.snapshots[0].id) : templateSource(context, body);

/** A disk that a new VM gets, and how it is attached. */
export interface PlannedDisk {
  disk: NewDisk;
  attachment: TemplateDisk;
}

/** The volumes that the new VM's disks are made of: thin on the template's, or whole copies when asked to clone. */
async function planDisks(context: Context, source: Source, body: Vm, vmName: string, quotaId: string | null): Promise<PlannedDisk[]> {
  const clone = source.onlyCopies || context.parameters.flag('clone');
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

async function insertNics(trx: Trx, uuid: () => string, vmId: string, nics: Source['nics'], clusterId: string): Promise<void> {
  const cluster = await trx.selectFrom('cluster').select('mac_pool_id').where('id', '=', clusterId).executeTakeFirstOrThrow();
  const pool = cluster.mac_pool_id ?? '';
  for (const { name, vnic_profile_id, interface: model, linked, plugged, keptMac } of nics) {
    const mac = keptMac === undefined ? await allocateMac(trx, pool) : await claimMac(trx, pool, keptMac);
    await trx
      .insertInto('nic')
      .values({ id: uuid(), vm_id: vmId, name, mac, vnic_profile_id, interface: model, linked, plugged })
      .execute();
  }
}

/** A new VM as it was thought out. */
export interface VmPlan {
  cluster: { id: string; name: string };
  dataCenterId: string;
  templateId: string;
  definition: Vm;
  /** What its devices are made from. */
  ownerId: string;
  ownerName: string;
  nics: Source['nics'];
  /** Its disks have nothing of the template's. */
  cloned: boolean;
  disks: PlannedDisk[];
}

/** While a VM's disks are made from others, these stay. */
export const sourceLocks = (disks: readonly PlannedDisk[]): LockRequest[] =>
  disks.map(({ attachment }) => ({
    group: 'DISK',
    objectId: attachment.diskId,
    mode: 'shared',
    messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED',
  }));

/**
 * What a VM is to be, from what a request says, its template (or a snapshot, or what is given) and its instance type.
 * @throws {Fault} for what cannot be, and for what the user may not decide or use
 */
export async function planVm(context: Context, said: Vm, name: string, given?: Source): Promise<VmPlan> {
  const body = withPinningParameter(said, context.parameters.text('auto_pinning_policy'));
  const cluster = await resolve(context.db, 'Cluster', 'cluster', body.cluster);
  const { data_center_id: dataCenterId } = await context.db
    .selectFrom('cluster')
    .select('data_center_id')
    .where('id', '=', cluster.id)
    .executeTakeFirstOrThrow();
  if (dataCenterId === null) throw badRequest('ACTION_TYPE_FAILED_STORAGE_POOL_NOT_EXIST', { VAR_ACTION: 'add', VAR_TYPE: 'VM' });
  const source = given ?? (await sourceOf(context, body));
  const {
    name: _n,
    id: _i,
    description: _d,
    comment: _c,
    creation_time: _t,
    cluster: _cl,
    instance_type: _it,
    // A lease is that of one VM.
    lease: _l,
    ...inherited
  } = source.definition;
  const { instance_type: bound } = body;
  const instanceType = bound?.id || bound?.name ? await instanceTypeOf(context.db, bound) : undefined;
  const base = overlay(overlay(defaultDefinition, inherited), instanceType ? instanceTypePart(instanceType) : {}) as Vm;
  const home = { clusterId: cluster.id, dataCenterId };
  const wanted = { ...body, ...(await placedIn(context, home, body)), ...keptInitialization(body, context.engine.authority.secretKey) };
  const definition = {
    ...withPinning(overlay(base, wanted), base, body),
    ...(instanceType ? { instance_type: { id: instanceType.id } } : {}),
  };
  await checkAdministered(context, definition, base, { type: 'cluster', id: cluster.id });
  // What follows from the memory follows the new memory, unless it is said.
  if (body.memory !== undefined)
    definition.memory_policy = {
      ...definition.memory_policy,
      guaranteed: body.memory_policy?.guaranteed as number,
      max: body.memory_policy?.max as number,
    };
  await checkDefinition(context, definition, cluster.id);
  const lease = leaseDomainOf(definition);
  if (lease !== null) await checkLeaseDomain(context.db, dataCenterId, lease, { VAR_ACTION: 'add', VAR_TYPE: 'VM' });
  const sla = await slaOf(context, { clusterId: cluster.id, dataCenterId }, body, source.definition);
  Object.assign(definition, { cpu_profile: sla.cpu_profile, quota: sla.quota });
  const disks = await planDisks(context, source, body, name, sla.quota?.id ?? null);
  Object.assign(definition, await iconsIn(context.db, body));
  const { templateId, ownerId, ownerName, nics } = source;
  const cloned = source.onlyCopies || context.parameters.flag('clone');
  return { cluster, dataCenterId, templateId, ownerId, ownerName, nics, definition, cloned, disks };
}

/** What rows of a new VM are made from. */
export interface NewVm extends VmPlan {
  id: string;
  name: string;
  /** Who makes it. */
  userId: string;
  uuid: () => string;
  /** A job is to finish it even where it has no disks. */
  locked?: boolean;
}

/** Rows of a new VM and of its disks, which are locked until a job has made them. */
export async function insertVm(trx: Trx, vm: NewVm): Promise<void> {
  await trx
    .insertInto('vm')
    .values({
      ...columnsOf(vm.definition),
      id: vm.id,
      entity_type: 'vm',
      name: vm.name,
      cluster_id: vm.cluster.id,
      data_center_id: vm.dataCenterId,
      // A clone needs its template no more, and does not hinder its removal.
      template_id: vm.cloned ? blankTemplateId : vm.templateId,
      original_template_id: vm.templateId,
      origin: 'ovirt',
      created_by: vm.userId,
    })
    .execute();
  await trx
    .insertInto('vm_state')
    .values({ vm_id: vm.id, status: vm.disks.length > 0 || vm.locked ? 'image_locked' : 'down' })
    .execute();
  await trx.insertInto('snapshot').values({ id: vm.uuid(), vm_id: vm.id, type: 'active', description: 'Active VM' }).execute();
  await insertNics(trx, vm.uuid, vm.id, vm.nics, vm.cluster.id);
  await copyDevices(trx, vm.ownerId, vm.id, vm.uuid);
  if (vm.definition.instance_type?.id) await copyWatchdog(trx, vm.definition.instance_type.id, vm.id, vm.uuid);
  if (vm.definition.instance_type?.id) await followInstanceType(trx, vm.id);
  for (const { disk, attachment } of vm.disks) {
    await insertDisk(trx, disk);
    await trx
      .insertInto('disk_attachment')
      .values({
        disk_id: disk.diskId,
        vm_id: vm.id,
        interface: attachment.interface,
        bootable: attachment.bootable,
        read_only: attachment.readOnly,
        pass_discard: attachment.passDiscard,
      })
      .execute();
  }
  await noteChange(trx, 'vm', vm.id, 'add');
}

/** Starts the job that makes the disks of a new VM. @returns its id */
export const beginDisks = (
  trx: Trx,
  jobs: Jobs,
  vm: { id: string; name: string },
  disks: readonly PlannedDisk[],
  who: { user: { id: string; name: string }; correlationId: string },
  of: {
    action: AddVmJob;
    description: string;
    locks?: readonly LockRequest[];
    lease?: LeaseChange;
    passing?: PassingSnapshot;
    conversion?: Conversion;
  } = { action: 'AddVm', description: `Creating VM ${vm.name} from Template` },
): Promise<string> =>
  jobs.beginFor<Params>(trx, who.user, of.action, {
    params: {
      vmId: vm.id,
      vmName: vm.name,
      disks: disks.map((one) => one.disk),
      ...(of.lease ? { lease: of.lease } : {}),
      ...(of.passing ? { passing: of.passing } : {}),
      ...(of.conversion ? { conversion: of.conversion } : {}),
      ...who,
    },
    description: of.description,
    subjects: [{ type: 'vm', id: vm.id }, ...disks.map(({ disk }) => ({ type: 'disk', id: disk.diskId }))],
    locks: [...sourceLocks(disks), ...(of.locks ?? [])],
    correlationId: who.correlationId,
  });

/** `POST vms`: a VM from a template, thin or (with `clone`) with disks of its own; from Blank without disks; from an OVF. */
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
    if (body.initialization?.configuration) return addFromConfiguration(context);
    const name = checkName(body.name);
    const plan = await planVm(context, body, name);
    const { id, job } = await beginAdd(context, plan, name, body.snapshots?.[0] ? 'AddVmFromSnapshot' : 'AddVm');
    if (job === null) return created('Vm', await one(context, readableVms, id));
    if (!context.waits) return accepted('Vm', await one(context, readableVms, id), job);
    await context.engine.jobs.settle(job);
    return created('Vm', await one(context, readableVms, id));
  },
};

/**
 * Makes a VM that was thought out: its rows, and the job that makes its disks.
 * @param more.complete what belongs to the VM beyond that, and what must be so under the job's locks
 * @param more.passing the snapshot that the source needs, when it runs
 * @returns the VM's id, and the job; null for a VM without disks and lease
 */
export async function beginAdd(
  context: Context,
  plan: VmPlan,
  name: string,
  action: AddVmJob,
  more: {
    locks?: readonly LockRequest[];
    complete?: (trx: Trx, vmId: string) => Promise<void>;
    passing?: (trx: Trx) => Promise<PassingSnapshot | null>;
    conversion?: Conversion;
  } = {},
): Promise<{ id: string; job: string | null }> {
  const { cluster } = plan;
  const id = context.engine.uuid();
  const disks = plan.disks.map((one) => one.disk);
  const domainId = leaseDomainOf(plan.definition);
  const lease = domainId === null ? null : { vmId: id, dataCenterId: plan.dataCenterId, to: domainId, from: [] };
  const locked = disks.length > 0 || lease !== null;
  const of = {
    AddVm: 'Template',
    AddVmFromSnapshot: 'a Snapshot of VM',
    CloneVm: 'VM',
    ImportVmFromOva: 'archive',
    ImportVmFromExternalUrl: 'another manager, VM',
  }[action];
  const description = `Creating VM ${name} from ${of} ${plan.ownerName}`;
  const who = { user: actor(context), correlationId: context.correlationId };
  const add = () =>
    write(
      context,
      async (trx) => {
        await insertVm(trx, { ...plan, id, name, userId: context.user.id, uuid: context.engine.uuid, locked });
        await grant(trx, context.user.id, 'UserVmManager', { type: 'vm', id });
        for (const disk of disks) await grant(trx, context.user.id, 'DiskOperator', { type: 'disk', id: disk.diskId });
        if (context.parameters.flag('clone_permissions')) await copyPermissions(trx, context, plan.ownerId, { type: 'vm', id });
        await consumeStorage(trx, consumptionOf(disks), attribution(context));
        await recordEvent(trx, {
          name: locked ? eventsOf(action).begun : eventsOf(action).whole,
          vm: { id, name },
          cluster: { id: cluster.id, name: cluster.name },
          ...who,
        });
        const passing = locked ? ((await more.passing?.(trx)) ?? null) : null;
        const job = locked
          ? await beginDisks(trx, context.engine.jobs, { id, name }, plan.disks, who, {
              action,
              description,
              ...(more.locks ? { locks: more.locks } : {}),
              ...(lease ? { lease } : {}),
              ...(passing ? { passing } : {}),
              ...(more.conversion ? { conversion: more.conversion } : {}),
            })
          : action === 'AddVm'
            ? null
            : await context.engine.jobs.record(trx, context, { action, description, subjects: [{ type: 'vm', id }] });
        if (job !== null && locked) await context.engine.jobs.place(trx, context, job);
        await more.complete?.(trx, id);
        if (passing) await insertPassingSnapshot(trx, passing);
        return job;
      },
      { vm_name: nameInUse(name) },
    );
  return { id, job: await withQuotaEvents(context.db, add) };
}
