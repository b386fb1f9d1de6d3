import { json } from '@virgate/database';
import { cpuModels } from '@virgate/contract/generated/cpus';
import type { Cluster } from '@virgate/contract/generated/types';
import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import { sql } from 'kysely';
import { badRequest, invalidValue, say } from '../rest/fault.ts';
import { resolve, unresolved } from '../rest/reference.ts';
import { loadPolicies } from '../scheduling-policies/load.ts';
import { checkPolicyProperties } from '../scheduling-policies/properties.ts';
import type { ClusterTable, Tables } from '../tables/schema.ts';
import { overlay } from '../vms/definition.ts';

/** How a cluster's attributes lie in the columns and the `settings` of its row. */

export type ClusterRow = Selectable<ClusterTable>;

/** Attributes that are carried in `settings`, key by key. */
const carried = [
  'ballooning_enabled',
  'custom_scheduling_policy_properties',
  'display',
  'error_handling',
  'fencing_policy',
  'fips_mode',
  'firewall_type',
  'gluster_tuned_profile',
  'ha_reservation',
  'ksm',
  'log_max_memory_used_threshold',
  'log_max_memory_used_threshold_type',
  'maintenance_reason_required',
  'migration',
  'optional_reason',
  'required_rng_sources',
  'serial_number',
  'switch_type',
  'trusted_service',
  'tunnel_migration',
  'vnc_encryption',
] as const satisfies readonly (keyof Cluster)[];

/** Migration policy `Minimal downtime`. */
const defaultMigrationPolicyId = '80554327-0569-496b-bdeb-fcbbf52b827b';

/** What a cluster has where nobody said anything. Source: engine behaviour, data of a fresh installation. */
const defaults: Cluster = {
  ballooning_enabled: true,
  error_handling: { on_error: 'migrate' },
  fips_mode: 'undefined',
  firewall_type: 'firewalld',
  ha_reservation: false,
  fencing_policy: {
    enabled: true,
    skip_if_connectivity_broken: { enabled: false, threshold: 50 },
    skip_if_sd_active: { enabled: false },
    skip_if_gluster_bricks_up: false,
    skip_if_gluster_quorum_not_met: false,
  },
  ksm: { enabled: true, merge_across_nodes: true },
  log_max_memory_used_threshold: 95,
  log_max_memory_used_threshold_type: 'percentage',
  maintenance_reason_required: false,
  migration: {
    auto_converge: 'inherit',
    compressed: 'inherit',
    encrypted: 'inherit',
    bandwidth: { assignment_method: 'auto' },
    policy: { id: defaultMigrationPolicyId },
  },
  optional_reason: false,
  required_rng_sources: ['urandom'],
  switch_type: 'legacy',
  trusted_service: false,
  tunnel_migration: false,
  vnc_encryption: false,
};

/** The policy that a body names, by id or name. @throws {Fault} 404 */
async function policyIdOf(db: Kysely<Tables>, reference: Cluster['scheduling_policy']): Promise<string | undefined> {
  if (reference === undefined) return undefined;
  const found = (await loadPolicies(db)).find((policy) =>
    reference.id === undefined ? policy.name === reference.name : policy.id === reference.id,
  );
  if (!found) throw unresolved('SchedulingPolicy', reference);
  return found.id;
}

/** The CPU type of a level, with its architecture. @throws {Fault} 400 when the level has no such type */
export function cpuOf(type: string | undefined, level: string): { cpu_type: string; cpu_architecture: string } | undefined {
  if (type === undefined) return undefined;
  const model = cpuModels[level]?.find((one) => one.name === type);
  if (!model) throw badRequest('ACTION_TYPE_FAILED_CPU_NOT_FOUND', { cpu: type });
  return { cpu_type: model.name, cpu_architecture: model.arch };
}

const maxOvercommitPercent = 1000;

/** @throws {Fault} 400 for a threshold of which hosts would always, or never, be warned of */
function checkMemoryThreshold(body: Cluster, settings: Partial<Cluster>): void {
  const value = body.log_max_memory_used_threshold;
  const type = body.log_max_memory_used_threshold_type ?? settings.log_max_memory_used_threshold_type ?? 'percentage';
  const threshold = value ?? settings.log_max_memory_used_threshold ?? 0;
  if (threshold < 0 || (type === 'percentage' && threshold > 100))
    throw invalidValue('log_max_memory_used_threshold', type === 'percentage' ? 'must be between 0 and 100' : 'must not be negative');
}

/**
 * The columns that a request gives or changes; what it does not name is left out.
 * @param settings what `settings` holds so far
 * @throws {Fault} 400 naming the attribute that cannot be; 404 for references to nothing
 */
export async function clusterColumns(
  db: Kysely<Tables>,
  body: Cluster,
  level: string,
  settings: Record<string, unknown>,
): Promise<Omit<Updateable<ClusterTable>, 'id'>> {
  if (body.gluster_service) throw invalidValue('gluster_service', 'Gluster is not supported');
  if (body.virt_service === false) throw badRequest('CLUSTER_AT_LEAST_ONE_SERVICE_MUST_BE_ENABLED');
  // There is none to configure: hosts of such a cluster could never be found to be trusted.
  if (body.trusted_service) throw badRequest('CLUSTER_CANNOT_SET_TRUSTED_ATTESTATION_SERVER_NOT_CONFIGURED');
  const percent = body.memory_policy?.over_commit?.percent;
  if (percent !== undefined && (percent < 100 || percent > maxOvercommitPercent))
    throw invalidValue('memory_policy.over_commit.percent', say`must be between 100 and ${maxOvercommitPercent}`);
  checkMemoryThreshold(body, settings);
  if (body.bios_type === 'cluster_default') throw invalidValue('bios_type', 'is what VMs inherit from their cluster');
  const cpu = body.cpu?.type === '' ? undefined : cpuOf(body.cpu?.type, level);
  const architecture = body.cpu?.architecture;
  if (cpu && architecture !== undefined && architecture !== 'undefined' && architecture !== cpu.cpu_architecture)
    throw badRequest('ACTION_TYPE_FAILED_ILLEGAL_ARCHITECTURE_TYPE_INCOMPATIBLE');
  const policy = await policyIdOf(db, body.scheduling_policy);
  if (body.custom_scheduling_policy_properties) checkPolicyProperties(body.custom_scheduling_policy_properties);
  const macPool = body.mac_pool === undefined ? undefined : await resolve(db, 'MacPool', 'mac_pool', body.mac_pool);
  const said = Object.fromEntries(carried.flatMap((key) => (body[key] === undefined ? [] : [[key, overlay(settings[key], body[key])]])));
  const huge = body.memory_policy?.transparent_huge_pages;
  if (huge) said['memory_policy'] = { transparent_huge_pages: huge };
  return {
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.comment === undefined ? {} : { comment: body.comment }),
    ...(cpu ?? (architecture === undefined ? {} : { cpu_architecture: architecture })),
    ...(body.bios_type === undefined ? {} : { bios_type: body.bios_type }),
    ...(percent === undefined ? {} : { memory_overcommit_percent: percent }),
    ...(policy === undefined ? {} : { scheduling_policy_id: policy }),
    ...(macPool ? { mac_pool_id: macPool.id } : {}),
    ...(body.threads_as_cores === undefined ? {} : { threads_as_cores: body.threads_as_cores }),
    // Only the keys of this request are written, so that two changes at once do not erase each other's.
    ...(Object.keys(said).length > 0 ? { settings: sql`${sql.ref('cluster.settings')} || ${json(said)}` as never } : {}),
  };
}

/** As {@link clusterColumns}, for a row that is not there yet. */
export async function newClusterColumns(
  db: Kysely<Tables>,
  body: Cluster,
  level: string,
): Promise<
  Omit<Insertable<ClusterTable>, 'id' | 'name' | 'compatibility_major' | 'compatibility_minor' | 'data_center_id' | 'scheduling_policy_id'>
> {
  const { settings: _settings, id: _id, ...columns } = (await clusterColumns(db, body, level, {})) as Record<string, never>;
  const said = Object.fromEntries(carried.flatMap((key) => (body[key] === undefined ? [] : [[key, body[key]]])));
  if (body.memory_policy?.transparent_huge_pages)
    said['memory_policy'] = { transparent_huge_pages: body.memory_policy.transparent_huge_pages } as never;
  return { ...columns, settings: json(said as Record<string, unknown>) };
}

/** A row as the contract's type. */
export function clusterOf(row: ClusterRow): Cluster {
  const version = { major: row.compatibility_major, minor: row.compatibility_minor };
  const settings = row.settings as Partial<Cluster>;
  return {
    ...overlay(defaults, settings),
    id: row.id,
    name: row.name,
    description: row.description,
    comment: row.comment,
    bios_type: row.bios_type as Cluster['bios_type'],
    cpu: { architecture: row.cpu_architecture as never, type: row.cpu_type ?? '' },
    memory_policy: {
      over_commit: { percent: row.memory_overcommit_percent },
      transparent_huge_pages: settings.memory_policy?.transparent_huge_pages ?? { enabled: true },
    },
    threads_as_cores: row.threads_as_cores,
    version,
    supported_versions: [version] as never,
    virt_service: true,
    gluster_service: false,
    upgrade_in_progress: settings.upgrade_in_progress ?? false,
    upgrade_percent_complete: settings.upgrade_percent_complete ?? 0,
    ...(settings.upgrade_correlation_id ? { upgrade_correlation_id: settings.upgrade_correlation_id } : {}),
    scheduling_policy: { id: row.scheduling_policy_id },
    ...(row.data_center_id === null ? {} : { data_center: { id: row.data_center_id } }),
    ...(row.mac_pool_id === null ? {} : { mac_pool: { id: row.mac_pool_id } }),
  };
}
