import type { EventName } from '@virgate/contract/generated/events';
import { transaction } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import { holdsPermit } from '../access/permissions.ts';
import { recordEvent, type EventRecord } from '../events/record.ts';
import { Fault, refused } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context } from '../rest/operation.ts';
import { unresolved, type Reference } from '../rest/reference.ts';
import type { Tables } from '../tables/schema.ts';
import { consequence, judgeLevel, worstOf, type QuotaMode, type QuotaVerdict } from './limits.ts';
import { usedMemoryMib, usedStorageGib, usedVcpus } from './usage.ts';

type Trx = Transaction<Tables>;
const gib = 1024 ** 3;
const mib = 1024 ** 2;

/** Who consumes: for events. */
export type Consumer = Pick<EventRecord, 'user' | 'vm' | 'correlationId'>;

/** A refusal by a quota. Its event must outlive the transaction that it ends. */
export class QuotaExceeded extends Fault {
  readonly event: EventRecord;
  constructor(refusal: Fault, event: EventRecord) {
    super(refusal.status, refusal.reason, refusal.details, refusal.key === undefined ? {} : { key: refusal.key });
    this.event = event;
  }
}

/** Runs a change; when a quota refuses it, the refusal's event is written all the same. */
export async function withQuotaEvents<T>(db: Kysely<Tables>, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (error instanceof QuotaExceeded) await transaction(db, (trx) => recordEvent(trx, error.event));
    throw error;
  }
}

interface QuotaRow {
  id: string;
  name: string;
  data_center_id: string;
  mode: QuotaMode;
  cluster_threshold_percent: number;
  cluster_grace_percent: number;
  storage_threshold_percent: number;
  storage_grace_percent: number;
}

/** A quota, locked: who consumes of it at the same time waits, so that two never both get the last of it. */
async function lockQuota(trx: Trx, id: string): Promise<QuotaRow | undefined> {
  const found = await sql<QuotaRow>`select q.*, d.quota_mode as mode from quota q join data_center d on d.id = q.data_center_id
    where q.id = ${id} for update of q`.execute(trx);
  return found.rows[0];
}

async function settle(trx: Trx, kind: 'cluster' | 'storage', quota: QuotaRow, verdict: QuotaVerdict, consumer: Consumer): Promise<void> {
  const { event, refusal } = consequence(kind, verdict, quota.mode);
  if (event === null) return;
  const record: EventRecord = { name: event, values: { quota: quota.name }, ...consumer };
  if (refusal !== null) throw new QuotaExceeded(refused(refusal, { quotaName: quota.name }), record);
  await recordEvent(trx, record);
}

/** No quota, or one that says nothing of the place: refused where quotas are enforced, noted where they are only watched. */
async function withoutLimit(
  trx: Trx,
  mode: QuotaMode,
  refusal:
    | 'ACTION_TYPE_FAILED_QUOTA_NOT_DEFINED_FOR_CLUSTER'
    | 'ACTION_TYPE_FAILED_NO_QUOTA_SET_FOR_DOMAIN'
    | 'ACTION_TYPE_FAILED_QUOTA_IS_NOT_VALID',
  event: EventName,
  consumer: Consumer,
): Promise<void> {
  if (mode === 'disabled') return;
  if (mode === 'enabled') throw refused(refusal);
  await recordEvent(trx, { name: event, ...consumer });
}

const modeOf = async (trx: Trx, dataCenterId: string): Promise<QuotaMode> => {
  const found = await trx.selectFrom('data_center').select('quota_mode').where('id', '=', dataCenterId).executeTakeFirst();
  return (found?.quota_mode ?? 'disabled') as QuotaMode;
};

/** How much of a cluster's quota is taken. */
interface ClusterConsumption {
  vcpus: number;
  memoryMib: number;
}

const quotaColumns = ['quota_id', 'cluster_id', 'data_center_id', 'memory_bytes', 'cpu_sockets', 'cpu_cores', 'cpu_threads'] as const;

/**
 * Judges what a VM takes of its quota.
 * @param added what it takes now that it did not before
 * @param beyond what of that its row does not say yet
 */
async function judgeCluster(
  trx: Trx,
  vm: { quota_id: string | null; cluster_id: string | null; data_center_id: string | null },
  added: ClusterConsumption,
  beyond: ClusterConsumption,
  consumer: Consumer,
  reserve: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const mode = await modeOf(trx, vm.data_center_id ?? '');
  if (mode === 'disabled') return;
  const quota = vm.quota_id === null ? undefined : await lockQuota(trx, vm.quota_id);
  if (!quota) {
    return withoutLimit(trx, mode, 'ACTION_TYPE_FAILED_QUOTA_IS_NOT_VALID', 'MISSING_QUOTA_CLUSTER_PARAMETERS_PERMISSIVE_MODE', consumer);
  }
  await reserve();
  const found = await sql<{ vcpus: number; memory_mib: number; used_vcpus: number; used_mib: number }>`
    select l.vcpus, l.memory_mib, ${usedVcpus(sql`l.quota_id`, sql`l.cluster_id`)} as used_vcpus, ${usedMemoryMib(sql`l.quota_id`, sql`l.cluster_id`)} as used_mib
    from quota_limit l where l.quota_id = ${quota.id} and l.kind = 'cluster' and (l.cluster_id is null or l.cluster_id = ${vm.cluster_id})`.execute(
    trx,
  );
  const limit = found.rows[0];
  if (!limit) {
    return withoutLimit(
      trx,
      quota.mode,
      'ACTION_TYPE_FAILED_QUOTA_NOT_DEFINED_FOR_CLUSTER',
      'MISSING_QUOTA_CLUSTER_PARAMETERS_PERMISSIVE_MODE',
      consumer,
    );
  }
  const percentages = { threshold: quota.cluster_threshold_percent, grace: quota.cluster_grace_percent };
  const vcpus = { limit: limit.vcpus, used: limit.used_vcpus + beyond.vcpus, added: added.vcpus };
  const memory = { limit: limit.memory_mib, used: limit.used_mib + beyond.memoryMib, added: added.memoryMib };
  await settle(trx, 'cluster', quota, worstOf([judgeLevel(vcpus, percentages), judgeLevel(memory, percentages)]), consumer);
}

/**
 * Lets a VM that is about to run take of its quota, until it runs and counts by itself or its start ends.
 * @throws {Fault} 400 where quotas are enforced and this one is exhausted
 */
export async function reserveForVm(trx: Trx, vmId: string, consumer: Consumer): Promise<void> {
  const vm = await trx.selectFrom('vm').select(quotaColumns).where('id', '=', vmId).executeTakeFirstOrThrow();
  const added = { vcpus: vm.cpu_sockets * vm.cpu_cores * vm.cpu_threads, memoryMib: Math.floor(vm.memory_bytes / mib) };
  await judgeCluster(trx, vm, added, { vcpus: 0, memoryMib: 0 }, consumer, () =>
    trx
      .insertInto('quota_reservation')
      .values({ vm_id: vmId })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  );
}

/**
 * Judges what a running VM is about to get while it runs.
 * @throws {Fault} 400 where quotas are enforced and this one is exhausted
 */
export async function judgeGrowth(trx: Trx, vmId: string, growth: ClusterConsumption, consumer: Consumer): Promise<void> {
  if (growth.vcpus <= 0 && growth.memoryMib <= 0) return;
  const vm = await trx.selectFrom('vm').select(quotaColumns).where('id', '=', vmId).executeTakeFirstOrThrow();
  await judgeCluster(trx, vm, growth, growth, consumer);
}

/** A start has ended: what the VM takes now shows by its status. */
export const releaseReservation = async (trx: Trx, vmId: string): Promise<void> => {
  await trx.deleteFrom('quota_reservation').where('vm_id', '=', vmId).execute();
};

/** A disk whose rows were written in this transaction, and so count already. */
export interface NewConsumption {
  quotaId: string | null;
  dataCenterId: string;
  storageDomainId: string;
  addedBytes: number;
}

/**
 * Judges disks that this transaction adds or makes larger. Call it after their rows are written: these are the reservation.
 * @throws {Fault} 400 where quotas are enforced and one is exhausted
 */
export async function consumeStorage(trx: Trx, disks: readonly NewConsumption[], consumer: Consumer): Promise<void> {
  const groups = Map.groupBy(disks, (disk) => `${disk.quotaId ?? ''} ${disk.storageDomainId}`);
  for (const [, members] of [...groups].toSorted(([a], [b]) => a.localeCompare(b))) {
    const [first] = members;
    if (first) await consumeOn(trx, first, members.reduce((sum, disk) => sum + disk.addedBytes, 0) / gib, consumer);
  }
}

async function consumeOn(trx: Trx, place: NewConsumption, addedGib: number, consumer: Consumer): Promise<void> {
  const mode = await modeOf(trx, place.dataCenterId);
  if (mode === 'disabled') return;
  const quota = place.quotaId === null ? undefined : await lockQuota(trx, place.quotaId);
  if (!quota) {
    return withoutLimit(trx, mode, 'ACTION_TYPE_FAILED_QUOTA_IS_NOT_VALID', 'MISSING_QUOTA_STORAGE_PARAMETERS_PERMISSIVE_MODE', consumer);
  }
  const found = await sql<{ storage_gib: number; used: number }>`
    select l.storage_gib, ${usedStorageGib(sql`l.quota_id`, sql`l.storage_domain_id`)} as used
    from quota_limit l where l.quota_id = ${quota.id} and l.kind = 'storage' and (l.storage_domain_id is null or l.storage_domain_id = ${place.storageDomainId})`.execute(
    trx,
  );
  const limit = found.rows[0];
  if (!limit) {
    return withoutLimit(
      trx,
      quota.mode,
      'ACTION_TYPE_FAILED_NO_QUOTA_SET_FOR_DOMAIN',
      'MISSING_QUOTA_STORAGE_PARAMETERS_PERMISSIVE_MODE',
      consumer,
    );
  }
  const percentages = { threshold: quota.storage_threshold_percent, grace: quota.storage_grace_percent };
  await settle(trx, 'storage', quota, judgeLevel({ limit: limit.storage_gib, used: limit.used, added: addedGib }, percentages), consumer);
}

/**
 * The quota of a new VM or disk: the one that is asked for, else the one that it is made with, else the data center's default
 * or another that the user may consume of.
 * @returns null where there is none and the data center does not enforce quotas
 * @throws {Fault} for one that is unknown or of another data center, and where quotas are in force and the user may not consume of it
 */
export async function chooseQuota(
  context: Context,
  dataCenterId: string,
  wanted: Reference | undefined,
  before?: string | null,
): Promise<string | null> {
  const found = await sql<{ id: string; name: string; is_default: boolean; mode: QuotaMode }>`
    select q.id, q.name, q.is_default, d.quota_mode as mode from quota q join data_center d on d.id = q.data_center_id
    where q.data_center_id = ${dataCenterId} order by q.is_default desc, q.name`.execute(context.db);
  const offered = found.rows;
  const mode = offered[0]?.mode ?? 'disabled';
  const mayConsume = async (id: string): Promise<boolean> =>
    mode === 'disabled' || holdsPermit(context.db, context.user, 'consume_quota', { type: 'quota', id });
  if (wanted?.id !== undefined || wanted?.name !== undefined) {
    const match = offered.find((one) => (wanted.id === undefined ? one.name === wanted.name : one.id === wanted.id));
    if (!match) {
      if (wanted.id === undefined || !isUuid(wanted.id)) throw unresolved('Quota', wanted);
      throw refused('ACTION_TYPE_FAILED_QUOTA_NOT_EXIST');
    }
    if (match.id !== before && !(await mayConsume(match.id))) throw refused('USER_NOT_AUTHORIZED_TO_CONSUME_QUOTA');
    return match.id;
  }
  if (before !== undefined && before !== null && offered.some((one) => one.id === before) && (await mayConsume(before))) return before;
  for (const one of offered) if (await mayConsume(one.id)) return one.id;
  if (mode === 'enabled') throw refused('USER_NOT_AUTHORIZED_TO_CONSUME_QUOTA');
  return null;
}
