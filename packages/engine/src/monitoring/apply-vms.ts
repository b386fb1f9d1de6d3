import { isDeepStrictEqual } from 'node:util';
import { json, transaction } from '@virgate/database';
import type { VmStatus } from '@virgate/contract/generated/types';
import { sql, type Kysely, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { noteConsoleClient } from '../consoles/connected.ts';
import { recordEvent } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';
import { guestFacts } from './guest-facts.ts';
import { networkUsagePercent } from './device-statistics.ts';
import { forgetGone, returnToSilentHost, settleElsewhere } from '../vms/elsewhere.ts';
import { queueRerun } from '../vms/rerun.ts';
import { vmsWentDown } from '../vms/went-down.ts';
import type { VmReport } from './statistics.ts';
import { analyzeVm, type KnownVm, type VmChange, type VmEffect } from './vm-analyzer.ts';

interface KnownRow {
  id: string;
  name: string;
  status: VmStatus;
  host_id: string | null;
  migrating_to_host_id: string | null;
  pause_code: string | null;
  event_stamp: number;
  guest: Record<string, unknown>;
  graphics: unknown;
  in_hand: boolean;
  client_address: string | null;
  cluster_id: string | null;
  /** The host that does not answer while the VM is being started elsewhere. */
  silent_host_id: string | null;
  /** The host that is asked did not answer until another one ran the VM. */
  is_stale: boolean;
  commanded_at: number;
  run_once: boolean;
  high_availability: boolean;
}

/** The reports of one host, all of its VMs or those that an event names. */
export interface HostReports {
  hostId: string;
  hostName: string;
  reports: VmReport[];
  /** The reports are the host's full list: what is missing from it is not there. */
  complete: boolean;
  /** When the host was asked, or the event came, by the engine's clock: commands that came later are not judged by it. */
  askedAt: number;
}

function stateOf(change: VmChange): Record<string, unknown> {
  return {
    ...(change.status === undefined ? {} : { status: change.status }),
    ...(change.hostId === undefined ? {} : { host_id: change.hostId }),
    ...(change.migratingToHostId === undefined ? {} : { migrating_to_host_id: change.migratingToHostId }),
    ...(change.pauseCode === undefined ? {} : { pause_code: change.pauseCode }),
    ...(change.exit === undefined
      ? {}
      : { exit_status: change.exit.status, exit_reason: change.exit.reason, exit_message: change.exit.message.slice(0, 1000) }),
    ...(change.handedOver ? { event_stamp: 0, commanded_at: new Date() } : {}),
    ...(change.started ? { started_at: new Date() } : {}),
    ...(change.stopped
      ? {
          stopped_at: new Date(),
          run_once: false,
          run_configuration: null,
          lease_domain_id: null,
          guest: json({}),
          graphics: json([] as unknown[]),
        }
      : {}),
  };
}

/** Whether a value is what the database has of it: that keeps members in an order of its own. */
const isStored = (value: unknown, stored: unknown): boolean => isDeepStrictEqual(JSON.parse(JSON.stringify(value)), stored);

/** Statuses that do not say yet that a host runs a VM. */
const unsettled: ReadonlySet<VmStatus> = new Set<VmStatus>(['wait_for_launch', 'down', 'unknown']);

async function applyOne(trx: Transaction<Tables>, row: KnownRow, report: VmReport | undefined, host: HostReports): Promise<string[]> {
  // Whatever it does there: its disks were written to since by the other one.
  if (row.is_stale) return report === undefined ? [] : [row.id];
  const known: KnownVm = {
    id: row.id,
    status: row.status,
    hostId: row.host_id,
    migratingToHostId: row.migrating_to_host_id,
    pauseCode: row.pause_code,
    stamp: row.event_stamp,
  };
  const { change, effects } = analyzeVm(known, report, host.hostId, row.in_hand);
  const isTriedHere = row.silent_host_id !== null && row.silent_host_id !== host.hostId;
  if (isTriedHere && change.status === 'down' && (await returnToSilentHost(trx, row.id))) {
    await recordEvent(trx, {
      name: 'HA_VM_RESTART_FAILED',
      vm: row,
      values: { reason: `${host.hostName}: ${change.exit?.message ?? ''}` },
    });
    return effects.some((effect) => effect.kind === 'destroyOnHost') ? [row.id] : [];
  }
  const state = stateOf(change);
  const guest = report && !change.stopped ? guestFacts(report.guest) : undefined;
  if (guest && !isStored(guest, row.guest)) state['guest'] = json(guest as Record<string, unknown>);
  if (report?.graphics && !change.stopped && !isStored(report.graphics, row.graphics))
    state['graphics'] = json(report.graphics as unknown[]);
  const news = Object.keys(state).length > 0;
  // Stamps of several hosts can't be compared: only those of the host that has the VM are kept.
  const hasIt = (change.hostId === undefined ? row.host_id : change.hostId) === host.hostId;
  if (hasIt && report?.stamp !== undefined && (change.handedOver || report.stamp > row.event_stamp)) state['event_stamp'] = report.stamp;
  if (Object.keys(state).length > 0) await trx.updateTable('vm_state').set(state).where('vm_id', '=', row.id).execute();
  if (row.silent_host_id !== null && change.status !== undefined && !unsettled.has(change.status))
    await settleElsewhere(trx, row, { id: host.hostId, name: host.hostName });
  // A start that comes to nothing is the business of its job, which tries another host or ends the VM's run.
  const isOfStart = row.in_hand && (row.status === 'wait_for_launch' || row.status === 'restoring_state');
  if (change.status === 'down' && !isOfStart) await vmsWentDown(trx, [row.id]);
  const client = change.stopped ? '' : report?.clientAddress;
  if (client !== undefined && client !== (row.client_address ?? ''))
    await noteConsoleClient(trx, { vm: { id: row.id, name: row.name }, host: { id: host.hostId, name: host.hostName } }, client);
  for (const effect of effects) await tell(trx, row, effect, host);
  // What was asked for just once is not tried elsewhere, and highly available VMs are started again anyway.
  if (change.exit?.status === 1 && row.status === 'wait_for_launch' && !isOfStart && !row.run_once && !row.high_availability)
    await queueRerun(trx, { id: row.id, name: row.name }, { id: host.hostId, name: host.hostName }, change.exit.message);
  if (news) await noteChange(trx, 'vm', row.id, 'update');
  return effects.some((effect) => effect.kind === 'destroyOnHost') ? [row.id] : [];
}

async function tell(trx: Transaction<Tables>, row: KnownRow, effect: VmEffect, host: HostReports): Promise<void> {
  if (effect.kind !== 'event') return;
  await recordEvent(trx, {
    name: effect.name,
    vm: { id: row.id, name: row.name },
    host: { id: host.hostId, name: host.hostName },
    ...(effect.reason ? { values: { reason: effect.reason } } : {}),
  });
}

/**
 * Brings what a host reports of its VMs together with what the engine knows, in one transaction.
 * @returns ids of VMs whose end was seen, and that the host may forget; and ids of VMs that the engine does not know
 */
export async function applyReports(db: Kysely<Tables>, host: HostReports): Promise<{ ended: string[]; external: string[] }> {
  const byId = new Map(host.reports.map((report) => [report.vmId, report]));
  return transaction(db, async (trx) => {
    const found = await sql<KnownRow>`
      select t.id, t.name, t.cluster_id, s.status, s.host_id, s.migrating_to_host_id, s.pause_code, s.event_stamp, s.guest, s.graphics, s.commanded_at,
        s.run_once, t.high_availability,
        (select e.host_id from vm_elsewhere e where e.vm_id = t.id and e.run is not null) as silent_host_id,
        exists (select 1 from vm_elsewhere e where e.vm_id = t.id and e.host_id = ${host.hostId} and e.run is null) as is_stale,
        (select k.client_address from vm_console_user k where k.vm_id = t.id) as client_address,
        exists (select 1 from object_lock l where l.object_id = t.id::text and l.lock_group = 'VM') as in_hand
      from vm_state s join vm t on t.id = s.vm_id
      where s.vm_id = any(${[...byId.keys()]}::uuid[]) or (${host.complete} and s.host_id = ${host.hostId})
      order by t.id for update of s`.execute(trx);
    const ended: string[] = [];
    for (const row of found.rows) {
      if (row.commanded_at > host.askedAt) continue;
      ended.push(...(await applyOne(trx, row, byId.get(row.id), host)));
    }
    if (host.complete) await forgetGone(trx, host.hostId, [...byId.keys()]);
    const known = new Set(found.rows.map((row) => row.id));
    return { ended, external: [...byId.keys()].filter((id) => !known.has(id)) };
  });
}

/** How often a value enters the history of a VM's usage, and how many stay. Source: REST contract, usage histories of a VM. */
const historyEverySeconds = 30;
const historyLength = 40;

/** Writes the latest statistics of a host's VMs, all in one statement. Missing values stay null: unknown, never zero. */
export async function saveVmStatistics(db: Kysely<Tables>, reports: readonly VmReport[]): Promise<void> {
  const known = reports.filter((report) => report.cpuUserPercent !== undefined || report.memoryUsagePercent !== undefined);
  if (known.length === 0) return;
  const rows = known.map((report) => ({
    vm_id: report.vmId,
    cpu_user: report.cpuUserPercent ?? null,
    cpu_system: report.cpuSystemPercent ?? null,
    memory: whole(report.memoryUsagePercent),
    network: networkUsagePercent(report.nics) ?? null,
    migration: whole(report.migrationProgressPercent),
    memory_bytes: report.memory,
    disks: report.disks,
    nics: report.nics,
    file_systems: report.fileSystems ?? [],
  }));
  const history = (column: string, value: string) =>
    sql`${sql.ref(column)} = case when s.history_at > now() - ${historyEverySeconds - 1} * interval '1 second' then s.${sql.ref(column)}
      else (array_remove(array[excluded.${sql.ref(value)}], null) || s.${sql.ref(column)})[1:${sql.lit(historyLength)}] end`;
  await sql`
    insert into vm_statistics as s (vm_id, cpu_user_percent, cpu_system_percent, cpu_usage_percent, memory_usage_percent, network_usage_percent,
      migration_progress_percent, memory_bytes, disks, nics, file_systems, history_at, cpu_history, memory_history, network_history, sampled_at)
    select r.vm_id, r.cpu_user, r.cpu_system, u.cpu, r.memory, r.network, r.migration, r.memory_bytes, r.disks, r.nics, r.file_systems, now(),
      array_remove(array[u.cpu], null), array_remove(array[r.memory], null), array_remove(array[r.network], null), now()
    from jsonb_to_recordset(${json(rows)}) as r (vm_id uuid, cpu_user float8, cpu_system float8, memory int, network int, migration int,
      memory_bytes jsonb, disks jsonb, nics jsonb, file_systems jsonb)
    join vm t on t.id = r.vm_id
    cross join lateral (select case when r.cpu_user + r.cpu_system is not null then
      least(100, round((r.cpu_user + r.cpu_system) / greatest(1, t.cpu_sockets * t.cpu_cores * t.cpu_threads)))::int end as cpu) u
    on conflict (vm_id) do update set cpu_user_percent = excluded.cpu_user_percent, cpu_system_percent = excluded.cpu_system_percent,
      cpu_usage_percent = excluded.cpu_usage_percent, memory_usage_percent = excluded.memory_usage_percent,
      network_usage_percent = excluded.network_usage_percent, migration_progress_percent = excluded.migration_progress_percent,
      memory_bytes = excluded.memory_bytes, disks = excluded.disks, nics = excluded.nics, file_systems = excluded.file_systems,
      ${history('cpu_history', 'cpu_usage_percent')}, ${history('memory_history', 'memory_usage_percent')},
      ${history('network_history', 'network_usage_percent')},
      history_at = case when s.history_at > now() - ${historyEverySeconds - 1} * interval '1 second' then s.history_at else now() end,
      sampled_at = excluded.sampled_at`.execute(db);
}

const whole = (value: number | undefined): number | null => (value === undefined ? null : Math.round(value));
