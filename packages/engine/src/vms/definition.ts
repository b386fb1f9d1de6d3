import { withoutSecrets } from '../rest/secrets.ts';
import { json } from '@virgate/database';
import type { CpuTopology, Vm, VmBase } from '@virgate/contract/generated/types';
import type { Insertable, Selectable, Updateable } from 'kysely';
import type { VmTable } from '../tables/schema.ts';
import { defaultIconIds } from '../icons/predefined.ts';
import { quotaReference } from '../quotas/reference.ts';
import { invalidValue, say } from '../rest/fault.ts';

/**
 * What VMs and templates have in common: how the contract's attributes lie in the columns and the `settings` of one row.
 * Columns hold what the engine decides with or searches by; `settings` what it only carries between API and host.
 */

const mib = 1024 * 1024;
const blankId = '00000000-0000-0000-0000-000000000000';
/** Longest name of a VM. Source: engine behaviour, create VM from template. */
export const maxNameLength = 64;
/** Bounds of memory and CPUs for cluster level 4.7. Source: cluster levels. */
const maxMemoryBytes = 16 * 1024 ** 4;
const maxVcpus = 710;
/** A VM may grow to this many times its memory unless it says otherwise. */
const maxMemoryFactor = 4;

/** Attributes that are carried in `settings`, key by key. */
const carried = [
  'bios',
  'console',
  'cpu_pinning_policy',
  'cpu_shares',
  'custom_properties',
  'display',
  'domain',
  'initialization',
  'io',
  'lease',
  'migration',
  'migration_downtime',
  'multi_queues_enabled',
  'os',
  'rng_device',
  'serial_number',
  'soundcard_enabled',
  'sso',
  'storage_error_resume_behaviour',
  'time_zone',
  'tpm_enabled',
  'tunnel_migration',
  'usb',
  'virtio_scsi',
  'virtio_scsi_multi_queues',
  'virtio_scsi_multi_queues_enabled',
  'payloads',
  'use_latest_template_version',
  'numa_tune_mode',
] as const satisfies readonly (keyof Vm)[];

export type Settings = Partial<Pick<Vm, (typeof carried)[number]>> & {
  memory_policy?: Pick<NonNullable<VmBase['memory_policy']>, 'ballooning' | 'over_commit' | 'transparent_huge_pages'>;
  cpu?: Omit<NonNullable<VmBase['cpu']>, 'topology'>;
};
export type VmRow = Selectable<VmTable>;

/** What a VM has where neither the request nor its template says anything. */
export const defaultDefinition: VmBase = {
  memory: 1024 * mib,
  cpu: { architecture: 'x86_64', topology: { sockets: 1, cores: 1, threads: 1 } },
  type: 'server',
  os: { type: 'other', boot: { devices: ['hd'] } },
  bios: { type: 'cluster_default', boot_menu: { enabled: false } },
  display: {
    type: 'vnc',
    monitors: 1,
    allow_override: false,
    smartcard_enabled: false,
    copy_paste_enabled: true,
    file_transfer_enabled: true,
    disconnect_action: 'LOCK_SCREEN',
  },
  high_availability: { enabled: false, priority: 0 },
  memory_policy: { ballooning: true },
  migration: { auto_converge: 'inherit', compressed: 'inherit', encrypted: 'inherit' },
  placement_policy: { affinity: 'migratable' },
  delete_protected: false,
  stateless: false,
  start_paused: false,
  tpm_enabled: false,
  multi_queues_enabled: true,
  virtio_scsi: { enabled: true },
  usb: { enabled: false },
  sso: { methods: [{ id: 'guest_agent' }] },
  time_zone: { name: 'Etc/GMT' },
  io: { threads: 1 },
  storage_error_resume_behaviour: 'auto_resume',
  rng_device: { source: 'urandom' },
  virtio_scsi_multi_queues_enabled: false,
  soundcard_enabled: false,
  cpu_shares: 0,
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lays what a request says over what is there: objects member by member, lists and scalars as a whole. */
export function overlay<T>(base: T, change: unknown): T {
  if (!isObject(base) || !isObject(change)) return (change === undefined ? base : change) as T;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(change)) merged[key] = overlay(merged[key], value);
  return merged as T;
}

function checkTopology(topology: CpuTopology): Required<CpuTopology> {
  const { sockets = 1, cores = 1, threads = 1 } = topology;
  for (const [name, value] of Object.entries({ sockets, cores, threads })) {
    if (value < 1 || value > maxVcpus) throw invalidValue(`cpu.topology.${name}`, say`must be between 1 and ${maxVcpus}`);
  }
  if (sockets * cores * threads > maxVcpus) throw invalidValue('cpu.topology', say`a VM has at most ${maxVcpus} virtual CPUs`);
  return { sockets, cores, threads };
}

/** A name that can be one. @throws {Fault} 400 */
export function checkName(name: string | undefined, field = 'name'): string {
  if (name === undefined || name.trim() === '') throw invalidValue(field, 'must not be empty');
  if (name.length > maxNameLength) throw invalidValue(field, say`may have at most ${maxNameLength} characters`);
  if (!/^[\p{L}\p{N}._+-][\p{L}\p{N}._+ -]*$/u.test(name) || name.endsWith('.'))
    throw invalidValue(field, 'may only have letters, digits and the signs . _ - +');
  return name;
}

function memoryOf(definition: VmBase): { memory: number; guaranteed: number; max: number } {
  const memory = definition.memory ?? 1024 * mib;
  if (memory < mib || memory > maxMemoryBytes) throw invalidValue('memory', say`must be between ${mib} and ${maxMemoryBytes} bytes`);
  const policy = definition.memory_policy ?? {};
  const guaranteed = policy.guaranteed ?? memory;
  const max = policy.max ?? Math.min(memory * maxMemoryFactor, maxMemoryBytes);
  if (guaranteed > memory) throw invalidValue('memory_policy.guaranteed', 'must not be greater than the memory');
  if (max < memory) throw invalidValue('memory_policy.max', 'must not be less than the memory');
  const whole = (bytes: number) => Math.round(bytes / mib) * mib;
  return { memory: whole(memory), guaranteed: whole(guaranteed), max: whole(max) };
}

type DefinitionColumns = Omit<
  VmRow,
  | 'id'
  | 'entity_type'
  | 'name'
  | 'origin'
  | 'created_by'
  | 'created_at'
  | 'updated_at'
  | 'graphics'
  | `${string}template${string}`
  | `version_${string}`
  | 'data_center_id'
  | 'cluster_id'
> &
  Partial<Pick<VmRow, 'graphics'>>;

/** As {@link columnsOf}, as they are read. */
function readColumnsOf(definition: Vm): DefinitionColumns {
  const { memory, guaranteed, max } = memoryOf(definition);
  const topology = checkTopology(definition.cpu?.topology ?? {});
  const settings: Record<string, unknown> = Object.fromEntries(
    carried.flatMap((key) => (definition[key] === undefined ? [] : [[key, definition[key]]])),
  );
  const { guaranteed: _guaranteed, max: _max, ...policy } = definition.memory_policy ?? {};
  const { topology: _topology, ...cpu } = definition.cpu ?? {};
  settings['memory_policy'] = policy;
  settings['cpu'] = cpu;
  return {
    memory_bytes: memory,
    memory_guaranteed_bytes: guaranteed,
    memory_max_bytes: max,
    cpu_sockets: topology.sockets,
    cpu_cores: topology.cores,
    cpu_threads: topology.threads,
    os_type: definition.os?.type ?? 'other',
    bios_type: definition.bios?.type ?? 'cluster_default',
    type: definition.type ?? 'server',
    high_availability: definition.high_availability?.enabled ?? false,
    high_availability_priority: definition.high_availability?.priority ?? 0,
    stateless: definition.stateless ?? false,
    start_paused: definition.start_paused ?? false,
    delete_protected: definition.delete_protected ?? false,
    affinity: definition.placement_policy?.affinity ?? 'migratable',
    pinned_host_ids: (definition.placement_policy?.hosts ?? []).flatMap((host) => host.id ?? []),
    custom_cpu_model: definition.custom_cpu_model || null,
    custom_emulated_machine: definition.custom_emulated_machine || null,
    custom_compatibility_major: definition.custom_compatibility_version?.major ?? null,
    custom_compatibility_minor: definition.custom_compatibility_version?.minor ?? null,
    small_icon_id: definition.small_icon?.id ?? null,
    large_icon_id: definition.large_icon?.id ?? null,
    instance_type_id: definition.instance_type?.id ?? null,
    cpu_profile_id: definition.cpu_profile?.id ?? null,
    quota_id: definition.quota?.id ?? null,
    description: definition.description ?? '',
    comment: definition.comment ?? '',
    ...(definition.display?.type === undefined ? {} : { graphics: [definition.display.type] }),
    settings,
  };
}

/**
 * The columns of a definition. Icons and instance type are given by their ids.
 * @throws {Fault} 400 naming the attribute that cannot be
 */
export function columnsOf(definition: Vm): Omit<Insertable<VmTable>, 'id' | 'entity_type' | 'name'> & Updateable<VmTable> {
  const columns = readColumnsOf(definition);
  return { ...columns, settings: json(columns.settings) };
}

/** A row as it would be with another definition. @throws {Fault} as {@link columnsOf} */
export const rowWith = (row: VmRow, definition: Vm): VmRow => ({ ...row, ...readColumnsOf(definition) });

/** What `display.type` says of the graphics protocols that there are; SPICE counts when there are both. */
const displayType = (graphics: readonly string[]): { type?: 'spice' | 'vnc' } =>
  graphics.length === 0 ? {} : { type: graphics.includes('spice') ? 'spice' : 'vnc' };

/** The icons that a VM or template is shown with: its own, else those of its operating system. */
export function shownIcons(
  row: Pick<VmRow, 'small_icon_id' | 'large_icon_id' | 'os_type'>,
): Required<Pick<VmBase, 'small_icon' | 'large_icon'>> {
  const defaults = defaultIconIds(row.os_type);
  return { small_icon: { id: row.small_icon_id ?? defaults.small }, large_icon: { id: row.large_icon_id ?? defaults.large } };
}

/** The definition that a row holds: what `columnsOf` took apart, whole again. */
export function definitionOf(row: VmRow): Vm {
  const settings = row.settings as Settings;
  const { type: _display, ...display } = settings.display ?? {};
  return {
    ...settings,
    display: { ...displayType(row.graphics), ...display },
    ...(row.small_icon_id === null ? {} : { small_icon: { id: row.small_icon_id } }),
    ...(row.large_icon_id === null ? {} : { large_icon: { id: row.large_icon_id } }),
    ...(row.instance_type_id === null ? {} : { instance_type: { id: row.instance_type_id } }),
    ...(row.cpu_profile_id === null ? {} : { cpu_profile: { id: row.cpu_profile_id } }),
    ...(row.quota_id === null ? {} : { quota: quotaReference(row.quota_id, row.data_center_id) }),
    id: row.id,
    name: row.name,
    description: row.description,
    comment: row.comment,
    memory: row.memory_bytes,
    memory_policy: { ...settings.memory_policy, guaranteed: row.memory_guaranteed_bytes, max: row.memory_max_bytes },
    cpu: { ...settings.cpu, topology: { sockets: row.cpu_sockets, cores: row.cpu_cores, threads: row.cpu_threads } },
    os: { ...settings.os, type: row.os_type },
    bios: { ...settings.bios, type: row.bios_type as NonNullable<VmBase['bios']>['type'] },
    type: row.type as VmBase['type'],
    high_availability: { enabled: row.high_availability, priority: row.high_availability_priority },
    stateless: row.stateless,
    start_paused: row.start_paused,
    delete_protected: row.delete_protected,
    origin: row.origin,
    creation_time: row.created_at,
    placement_policy: {
      affinity: row.affinity as NonNullable<VmBase['placement_policy']>['affinity'],
      ...(row.pinned_host_ids.length > 0 ? { hosts: row.pinned_host_ids.map((id) => ({ id })) } : {}),
    },
    ...(row.custom_cpu_model === null ? {} : { custom_cpu_model: row.custom_cpu_model }),
    ...(row.custom_emulated_machine === null ? {} : { custom_emulated_machine: row.custom_emulated_machine }),
    ...(row.custom_compatibility_major === null
      ? {}
      : { custom_compatibility_version: { major: row.custom_compatibility_major, minor: row.custom_compatibility_minor ?? 0 } }),
    ...(row.cluster_id === null ? {} : { cluster: { id: row.cluster_id } }),
  };
}

export { blankId };

/** A definition as it is shown: passwords of its first boot are kept for the guest alone. */
export function shownDefinition(row: VmRow): Vm {
  const definition = definitionOf(row);
  return definition.initialization === undefined
    ? definition
    : { ...definition, initialization: withoutSecrets('Initialization', definition.initialization) };
}
