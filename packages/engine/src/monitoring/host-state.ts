import { json, transaction } from '@virgate/database';
import type { EventName } from '@virgate/contract/generated/events';
import type { Cluster, HostStatus } from '@virgate/contract/generated/types';
import { sql, type Kysely, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { wantedFeatures } from '../cluster-features/enabled.ts';
import { recordEvent } from '../events/record.ts';
import { ovnBridge } from '../ovn/names.ts';
import { keptSamples } from '../scheduling/snapshot.ts';
import type { Tables } from '../tables/schema.ts';
import { queueLeasedVms } from '../vms/elsewhere.ts';
import type { HostFacts } from './capabilities.ts';
import { bestCpu, checkOperational, machineFor, type NonOperational } from './operational.ts';
import { saveNetworks } from './save-networks.ts';
import { memoryThresholdOf, type MemoryThreshold } from './memory-threshold.ts';
import type { HostSample } from './statistics.ts';

/** What monitoring knows of a host at the start of a cycle. */
export interface WatchedHost {
  id: string;
  name: string;
  status: HostStatus;
  clusterId: string;
  dataCenterId: string | null;
  spmId: number | null;
  isSpm: boolean;
  runningVms: number;
  momPolicy: { balloonEnabled: boolean; ksmEnabled: boolean; ksmMergeAcrossNodes: boolean };
  memoryThreshold: MemoryThreshold;
  /** Where the southbound database of its cluster's network provider is; null without such a provider. */
  ovnRemote: string | null;
}

interface Row {
  id: string;
  name: string;
  status: HostStatus;
  cluster_id: string;
  data_center_id: string | null;
  spm_id: number | null;
  is_spm: boolean;
  running: number;
  settings: Partial<Cluster>;
  ovn_remote: string | null;
}

/** The host as it stands now; undefined when it was removed. */
export async function loadHost(db: Kysely<Tables>, id: string): Promise<WatchedHost | undefined> {
  const found = await sql<Row>`
    select h.id, h.name, s.status, h.cluster_id, c.data_center_id, h.spm_id, coalesce(d.spm_host_id = h.id, false) as is_spm, c.settings,
      (select p.southbound from network_provider p where p.id = c.network_provider_id) as ovn_remote,
      (select count(*) from vm_state v where v.host_id = h.id or v.migrating_to_host_id = h.id) as running
    from host h join host_state s on s.host_id = h.id join cluster c on c.id = h.cluster_id left join data_center d on d.id = c.data_center_id
    where h.id = ${id}`.execute(db);
  const row = found.rows[0];
  return (
    row && {
      id: row.id,
      name: row.name,
      status: row.status,
      clusterId: row.cluster_id,
      dataCenterId: row.data_center_id,
      spmId: row.spm_id,
      isSpm: row.is_spm,
      runningVms: row.running,
      momPolicy: {
        balloonEnabled: row.settings.ballooning_enabled ?? true,
        ksmEnabled: row.settings.ksm?.enabled ?? true,
        ksmMergeAcrossNodes: row.settings.ksm?.merge_across_nodes ?? true,
      },
      memoryThreshold: memoryThresholdOf(row.settings),
      ovnRemote: row.ovn_remote,
    }
  );
}

/** What comes with a change of a host's status. */
export interface StatusNote {
  reason?: string;
  event?: EventName;
  text?: string;
  /** Further values for the event's text. */
  values?: Record<string, string>;
  /** Nobody knows what the host's VMs do now; those with a lease are tried elsewhere after a while. */
  vmsUnknown?: { elsewhereAfterMs: number };
}

/** Changes a host's status, unless somebody else changed it meanwhile; the same status again is no change and no event. */
export async function setHostStatus(db: Kysely<Tables>, host: WatchedHost, status: HostStatus, note: StatusNote): Promise<void> {
  await transaction(db, async (trx) => {
    const changed = await trx
      .updateTable('host_state')
      .set({ status, status_detail: note.reason ?? null, status_changed_at: new Date() })
      .where('host_id', '=', host.id)
      .where('status', '=', host.status)
      .where(sql<boolean>`(status, coalesce(status_detail, '')) is distinct from (${status}::text, ${note.reason ?? ''}::text)`)
      .returning('host_id')
      .execute();
    if (changed.length === 0) return;
    host.status = status;
    if (note.event)
      await recordEvent(trx, {
        name: note.event,
        host: { id: host.id, name: host.name },
        cluster: null,
        values: { ...note.values, reason: note.text ?? '' },
      });
    if (note.vmsUnknown) {
      await queueLeasedVms(trx, host.id, note.vmsUnknown.elsewhereAfterMs);
      const vms = await trx
        .updateTable('vm_state')
        .set({ status: 'unknown' })
        .where('host_id', '=', host.id)
        .where('status', '<>', 'unknown')
        .returning('vm_id')
        .execute();
      await noteChange(
        trx,
        'vm',
        vms.map((vm) => vm.vm_id),
        'update',
      );
    }
    await noteChange(trx, 'host', host.id, 'update');
  });
}

/** Stores what a host said of itself. A host that is the first of its cluster gives it its CPU type and machine type. */
export async function saveFacts(
  db: Kysely<Tables>,
  host: WatchedHost,
  facts: HostFacts,
  capabilities: Record<string, unknown>,
  hardware: Record<string, unknown>,
): Promise<void> {
  await transaction(db, async (trx) => {
    await trx
      .updateTable('host_state')
      .set({
        hardware_uuid: facts.hardwareUuid,
        agent_version: facts.agentVersion,
        cpu_model: facts.cpuModel,
        cpu_sockets: facts.cpuSockets,
        cpu_cores: facts.cpuCores,
        cpu_threads: facts.cpuThreads,
        cpu_speed_mhz: facts.cpuSpeedMhz,
        cpu_flags: facts.cpuFlags.join(','),
        memory_bytes: facts.memoryBytes,
        kvm_enabled: facts.kvmEnabled,
        emulated_machines: facts.emulatedMachines,
        cluster_levels: facts.clusterLevels,
        networks: [...facts.networks.map((network) => network.name), ...(capabilities['ovnConfigured'] === true ? [ovnBridge] : [])],
        capabilities: json(capabilities),
        hardware: json(hardware),
      })
      .where('host_id', '=', host.id)
      .execute();
    await saveNetworks(trx, host, facts);
    await settleCluster(trx, host.clusterId, facts);
  });
}

async function settleCluster(trx: Transaction<Tables>, clusterId: string, facts: HostFacts): Promise<void> {
  const cluster = await trx
    .selectFrom('cluster')
    .select(['cpu_type', 'emulated_machine', 'compatibility_major', 'compatibility_minor'])
    .where('id', '=', clusterId)
    .forUpdate()
    .executeTakeFirst();
  if (!cluster || (cluster.cpu_type !== null && cluster.emulated_machine !== null)) return;
  const level = `${cluster.compatibility_major}.${cluster.compatibility_minor}`;
  const cpu = bestCpu(facts.cpuFlags, level);
  const machine = machineFor(facts, level);
  const settled = {
    ...(cluster.cpu_type === null && cpu ? { cpu_type: cpu.name, cpu_architecture: cpu.arch } : {}),
    ...(cluster.emulated_machine === null && machine ? { emulated_machine: machine } : {}),
  };
  if (Object.keys(settled).length === 0) return;
  await trx.updateTable('cluster').set(settled).where('id', '=', clusterId).execute();
  await noteChange(trx, 'cluster', clusterId, 'update');
}

/** Sources of randomness that a cluster asks for beyond the one that every host must have. Source: engine behaviour, what makes a host Up. */
const additionalRng = ({ required_rng_sources: sources = [] }: Partial<Cluster>): string[] =>
  sources.filter((source) => source !== 'urandom' && source !== 'random');

const fipsOf = ({ fips_mode: mode }: Partial<Cluster>): boolean | undefined =>
  mode === undefined || mode === 'undefined' ? undefined : mode === 'enabled';

/** The first host that can serve its cluster settles in which mode of FIPS all of them run. Source: contract, InitVdsOnUp. */
export async function settleFipsMode(db: Kysely<Tables>, host: WatchedHost): Promise<void> {
  const settled = await sql`
    update cluster c set settings = c.settings || jsonb_build_object('fips_mode',
      case when s.capabilities ->> 'fipsEnabled' = 'true' then 'enabled' else 'disabled' end)
    from host_state s where s.host_id = ${host.id} and c.id = ${host.clusterId}
      and coalesce(c.settings ->> 'fips_mode', 'undefined') = 'undefined' and (c.compatibility_major, c.compatibility_minor) >= (4, 4)
    returning c.id`.execute(db);
  if (settled.rows.length > 0) await noteChange(db, 'cluster', host.clusterId, 'update');
}

/** Whether a host can serve its cluster. */
export async function judgeHost(db: Kysely<Tables>, host: WatchedHost, facts: HostFacts): Promise<NonOperational | null> {
  const cluster = await db
    .selectFrom('cluster')
    .select(['cpu_type', 'emulated_machine', 'compatibility_major', 'compatibility_minor', 'settings'])
    .where('id', '=', host.clusterId)
    .executeTakeFirstOrThrow();
  const networks = await sql<{ name: string; vm: boolean }>`
    select n.vdsm_name as name, n.vm_network as vm from network_cluster nc join network n on n.id = nc.network_id
    where nc.cluster_id = ${host.clusterId} and nc.required and nc.status = 'operational'`.execute(db);
  return checkOperational(facts, {
    level: `${cluster.compatibility_major}.${cluster.compatibility_minor}`,
    cpuType: cluster.cpu_type,
    emulatedMachine: cluster.emulated_machine,
    requiredNetworks: networks.rows,
    additionalRng: additionalRng(cluster.settings),
    features: await wantedFeatures(db, host.clusterId),
    fips: fipsOf(cluster.settings),
  });
}

/** Writes a host's latest statistics, and what it says of its storage domains. */
export async function saveHostStatistics(db: Kysely<Tables>, hostId: string, sample: HostSample): Promise<void> {
  const values = {
    memory_used_percent: whole(sample.memoryUsedPercent),
    memory_free_bytes: sample.memoryFreeBytes ?? null,
    memory_shared_bytes: sample.memorySharedBytes ?? null,
    swap_total_bytes: sample.swapTotalBytes ?? null,
    swap_free_bytes: sample.swapFreeBytes ?? null,
    cpu_user_percent: sample.cpuUserPercent ?? null,
    cpu_system_percent: sample.cpuSystemPercent ?? null,
    cpu_idle_percent: sample.cpuIdlePercent ?? null,
    cpu_load_percent: whole(sample.cpuLoadPercent),
    ksm_cpu_percent: whole(sample.ksmCpuPercent),
    boot_at: sample.bootAtMs === undefined ? null : new Date(sample.bootAtMs),
    active_vms: whole(sample.activeVms),
    total_vms: whole(sample.totalVms),
    raw: json({
      nics: sample.nics,
      numaNodes: sample.numaNodes,
      hugePages: sample.hugePages,
      ksm: { enabled: sample.ksmRunning ?? false, merge_across_nodes: sample.ksmMergesAcrossNodes ?? null },
      transparentHugePages: sample.transparentHugePages ?? null,
    }),
    sampled_at: new Date(),
  };
  // A load that is not known breaks the row of loads that would show an overloaded host.
  const loads = [sample.cpuIdlePercent === undefined ? 0 : 100 - sample.cpuIdlePercent];
  await db
    .insertInto('host_statistics')
    .values({ host_id: hostId, ...values, cpu_loads: loads })
    .onConflict((conflict) =>
      conflict
        .column('host_id')
        .doUpdateSet({ ...values, cpu_loads: sql`(${loads}::double precision[] || host_statistics.cpu_loads)[1:${sql.lit(keptSamples)}]` }),
    )
    .execute();
  for (const domain of sample.storageDomains.filter((one) => /^[0-9a-f-]{36}$/.test(one.id))) {
    const state = {
      valid: domain.valid,
      acquired: domain.acquired,
      code: domain.code,
      delay_seconds: domain.delaySeconds ?? null,
      reported_at: new Date(),
    };
    await sql`insert into host_storage_domain (host_id, storage_domain_id, valid, acquired, code, delay_seconds, reported_at)
      select ${hostId}, id, ${state.valid}, ${state.acquired}, ${state.code}, ${state.delay_seconds}, now() from storage_domain where id = ${domain.id}
      on conflict (host_id, storage_domain_id) do update set valid = excluded.valid, acquired = excluded.acquired, code = excluded.code, delay_seconds = excluded.delay_seconds, reported_at = now()`.execute(
      db,
    );
  }
}

const whole = (value: number | undefined): number | null => (value === undefined ? null : Math.round(value));
