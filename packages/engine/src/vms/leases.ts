import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import type { Vm } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { defineSaga, type SagaStep } from '@virgate/saga';
import type { Kysely, Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { hostTask, storageManagerOf, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { conflict, refused } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { actor } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { Settings, VmRow } from './definition.ts';
import { vmLock } from './lock.ts';
import type { SagaServices } from '../jobs/saga-services.ts';

/**
 * Leases of VMs: a place on a storage domain that only one host can hold, so that a VM never runs twice. The definition says where one is
 * to lie, `vm_lease` where some do; jobs bring the two together before the VM runs. Source: engine behaviour, VM leases.
 */

type Trx = Transaction<Tables>;

/** Domains of this format on have leases of VMs. Source: VDSM, external leases. */
const firstFormat = 4;

/** The storage domain on which a VM is to have its lease; null without one. */
export const leaseDomainOf = ({ lease }: Pick<Vm, 'lease'>): string | null => lease?.storage_domain?.id ?? null;

/** A lease is for a VM that is started again by itself. @throws {Fault} 409 */
export function checkLease(definition: Vm, frame: Record<string, string>): void {
  if (leaseDomainOf(definition) !== null && !definition.high_availability?.enabled)
    throw refused('ACTION_TYPE_FAILED_VM_LEASES_ARE_NOT_SUPPORTED_WITH_HA_OFF', frame);
}

/** Whether a lease can be made on a domain, or taken there. @throws {Fault} */
export async function checkLeaseDomain(
  db: Kysely<Tables>,
  dataCenterId: string | null,
  domainId: string,
  frame: Record<string, string>,
): Promise<void> {
  const domain = await db
    .selectFrom('storage_domain')
    .innerJoin('data_center_storage_domain as place', 'place.storage_domain_id', 'storage_domain.id')
    .select(['storage_domain.type', 'storage_domain.storage_format', 'storage_domain.name', 'place.status'])
    .where('storage_domain.id', '=', domainId)
    .where('place.data_center_id', '=', dataCenterId)
    .executeTakeFirst();
  const format = Number(/\d+/.exec(domain?.storage_format ?? '')?.[0] ?? 0);
  if (domain === undefined || domain.type !== 'data' || format < firstFormat)
    throw refused('ACTION_TYPE_FAILED_LEASE_DOMAIN_ID_IS_NOT_VALID', frame);
  if (domain.status !== 'active')
    throw conflict('ACTION_TYPE_FAILED_INVALID_VM_LEASE_STORAGE_DOMAIN_STATUS', {
      ...frame,
      storageDomainName: domain.name,
      status: domain.status.replaceAll('_', ' '),
    });
}

/** What is to become of a VM's leases. */
export interface LeaseChange {
  vmId: string;
  dataCenterId: string;
  /** Where one is to be made. */
  to: string | null;
  /** Where those lie that go. */
  from: string[];
}

/** Where leases of a VM lie. */
export const leasesOf = async (db: Kysely<Tables>, vmId: string): Promise<string[]> =>
  (await db.selectFrom('vm_lease').select('storage_domain_id').where('vm_id', '=', vmId).execute()).map((row) => row.storage_domain_id);

/**
 * What it takes until a VM has the lease that its definition says, and no other.
 * @returns null when it is so
 * @throws {Fault} when the domain cannot have it
 */
export async function leaseChange(trx: Trx, row: VmRow, verb: string): Promise<LeaseChange | null> {
  const wanted = leaseDomainOf(row.settings);
  const present = await leasesOf(trx, row.id);
  if (wanted !== null) await checkLeaseDomain(trx, row.data_center_id, wanted, { VAR_ACTION: verb, VAR_TYPE: 'VM' });
  const to = wanted === null || present.includes(wanted) ? null : wanted;
  const from = present.filter((domainId) => domainId !== wanted);
  return to === null && from.length === 0 ? null : { vmId: row.id, dataCenterId: row.data_center_id ?? '', to, from };
}

const leaseTask = async <S extends TaskState>(
  ctx: Parameters<NonNullable<SagaStep<object, S, Trx>['run']>>[0],
  hosts: HostSessions,
  verb: 'create' | 'delete',
  change: Pick<LeaseChange, 'vmId' | 'dataCenterId'>,
  domainId: string,
) =>
  hostTask(ctx, hosts, {
    name: `lease ${verb} ${domainId}`,
    hostId: () => ctx.tx((trx) => storageManagerOf(trx, change.dataCenterId)),
    method: `Lease.${verb}`,
    parameters: { lease: { sd_id: domainId, lease_id: change.vmId } },
    action: `Cannot ${verb} the lease of the VM`,
    doneAlready: verb === 'create' ? [] : [storageErrors.NoSuchLease],
  });

const forget = async (trx: Trx, vmId: string, domainId: string): Promise<void> =>
  void (await trx.deleteFrom('vm_lease').where('vm_id', '=', vmId).where('storage_domain_id', '=', domainId).execute());

/** Steps that make the lease that is wanted, then remove the others. Hosts take it for success that a lease is there, or is not. */
export const leaseSteps = <P extends object, S extends TaskState>(
  hosts: HostSessions,
  change: LeaseChange | null,
): SagaStep<P, S, Trx>[] => [
  ...(change === null || change.to === null ? [] : [makeLeaseStep<P, S>(hosts, change, change.to)]),
  ...(change?.from ?? []).map((domainId): SagaStep<P, S, Trx> => ({
    name: `lease-remove-${domainId}`,
    title: 'Removing a lease of the VM',
    run: (ctx) => leaseTask(ctx as never, hosts, 'delete', change as LeaseChange, domainId),
    record: (_ctx, trx) => forget(trx, (change as LeaseChange).vmId, domainId),
  })),
];

const makeLeaseStep = <P extends object, S extends TaskState>(
  hosts: HostSessions,
  change: LeaseChange,
  domainId: string,
): SagaStep<P, S, Trx> => ({
  name: 'lease-make',
  title: 'Making the lease of the VM',
  run: (ctx) => leaseTask(ctx as never, hosts, 'create', change, domainId),
  async record(_ctx, trx) {
    await trx
      .insertInto('vm_lease')
      .values({ vm_id: change.vmId, storage_domain_id: domainId })
      .onConflict((there) => there.doNothing())
      .execute();
  },
  undo: (ctx) => leaseTask(ctx as never, hosts, 'delete', change, domainId),
  unrecord: (_ctx, trx) => forget(trx, change.vmId, domainId),
});

interface Params {
  vmId: string;
  vmName: string;
  change: LeaseChange;
  user: { id: string; name: string };
  correlationId: string;
}

/** The job that gives a VM which is down its lease, or takes it. When it fails the VM is defined with the lease that it has. */
export const leaseSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Trx>({
    name: 'AddVmLease',
    version: 1,
    title: (params) => `Changing the lease of VM ${params.vmName}`,
    locks: (params) => [vmLock(params.vmId)],
    initialState: () => ({ tasks: {} }),
    steps: (params) => leaseSteps<Params, TaskState>(hosts, params.change),
    async ended(end, trx) {
      if (end.status === 'succeeded') return;
      const { vmId, vmName } = end.params;
      const [kept] = await leasesOf(trx, vmId);
      const row = await trx.selectFrom('vm').select('settings').where('id', '=', vmId).executeTakeFirstOrThrow();
      const { lease: _failed, ...settings } = row.settings as Settings;
      await trx
        .updateTable('vm')
        .set({ settings: json({ ...settings, ...(kept === undefined ? {} : { lease: { storage_domain: { id: kept } } }) }) })
        .where('id', '=', vmId)
        .execute();
      await recordEvent(trx, {
        name: 'USER_FAILED_UPDATE_VM',
        vm: { id: vmId, name: vmName },
        ...ofJob(end),
        values: { reason: end.error?.message ?? '' },
      });
      await noteChange(trx, 'vm', vmId, 'update');
    },
  }) as unknown as EngineSaga;

/** Starts that job where a VM's lease is not as it is defined. @returns its id; null where nothing is to do */
export async function beginLease(trx: Trx, context: Context, row: VmRow): Promise<string | null> {
  const change = await leaseChange(trx, row, 'edit');
  if (change === null) return null;
  return context.engine.jobs.beginIn<Params>(trx, context, 'AddVmLease', {
    params: { vmId: row.id, vmName: row.name, change, user: actor(context), correlationId: context.correlationId },
    description: `Changing the lease of VM ${row.name}`,
    subjects: [
      { type: 'vm', id: row.id },
      { type: 'storage_domain', id: change.to ?? change.from[0] ?? '' },
    ],
  });
}
