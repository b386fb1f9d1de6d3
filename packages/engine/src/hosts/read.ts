import type { AutoNumaStatus, Host, KdumpStatus, SeLinuxMode } from '@virgate/contract/generated/types';
import { sql, type Selectable } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import type { HostStateTable, HostTable } from '../tables/schema.ts';
import { powerManagementOf } from './power-management.ts';

type Row = Selectable<HostTable> &
  Selectable<HostStateTable> & {
    is_spm: boolean;
    active: number;
    migrating: number;
    total: number;
    /** Guaranteed memory of the VMs that run there. */
    guaranteed_bytes: number;
    memory_overcommit_percent: number;
    ksm: Host['ksm'] | null;
    huge_pages: string | null;
    networks_change: boolean;
    certificate_organization?: string;
  };
type Raw = Record<string, unknown>;
const object = (value: unknown): Raw => (typeof value === 'object' && value !== null ? (value as Raw) : {});
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function versionOf(full: string | undefined): Host['version'] {
  const [major = 0, minor = 0, build = 0, revision = 0] = (full ?? '').split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
  return { full_version: full ?? '', major, minor, build, revision };
}

function hardwareOf(row: Row): Host['hardware_information'] {
  const hardware = object(row.hardware);
  return {
    ...(text(hardware['systemFamily']) ? { family: text(hardware['systemFamily']) as string } : {}),
    ...(text(hardware['systemManufacturer']) ? { manufacturer: text(hardware['systemManufacturer']) as string } : {}),
    ...(text(hardware['systemProductName']) ? { product_name: text(hardware['systemProductName']) as string } : {}),
    ...(text(hardware['systemSerialNumber']) ? { serial_number: text(hardware['systemSerialNumber']) as string } : {}),
    ...(text(hardware['systemVersion']) ? { version: text(hardware['systemVersion']) as string } : {}),
    ...(row.hardware_uuid ? { uuid: row.hardware_uuid } : {}),
  };
}

/** Modes of SELinux, states of crash dumps and of NUMA balancing, as hosts number them. Source: VDSM host contract, capability fields. */
const seLinuxModes: Readonly<Record<string, SeLinuxMode>> = { '1': 'enforcing', '0': 'permissive', '-1': 'disabled' };
const kdumpStatuses: Readonly<Record<string, KdumpStatus>> = { '1': 'enabled', '0': 'disabled', '-1': 'unknown' };
const autoNumaStatuses: Readonly<Record<string, AutoNumaStatus>> = { '0': 'disable', '1': 'enable', '2': 'unknown' };

const mebibytes = (value: unknown): number => (Number(value) || 0) * 1024 ** 2;

/** Memory that VMs can still be promised, as far as the cluster lets it be promised more than once. Source: engine behaviour, memory of hosts. */
function schedulableMemory(row: Row, caps: Raw): number {
  const promised = row.guaranteed_bytes + row.total * mebibytes(caps['guestOverhead']);
  const most = Math.floor(((row.memory_bytes ?? 0) * row.memory_overcommit_percent) / 100);
  return Math.max(0, most - mebibytes(caps['reservedMem']) - promised);
}

const ksmOf = (ksm: Host['ksm'] | null): NonNullable<Host['ksm']> => ({
  enabled: ksm?.enabled === true,
  ...(typeof ksm?.merge_across_nodes === 'boolean' ? { merge_across_nodes: ksm.merge_across_nodes } : {}),
});

/** What the host's own report adds; nothing of it before the first report. */
function observed(row: Row): Partial<Host> {
  if (row.cpu_cores === null) return {};
  const caps = object(row.capabilities);
  const os = object(caps['operatingSystem']);
  const kernel = text(object(object(caps['packages2'])['kernel'])['version']);
  return {
    cpu: {
      name: row.cpu_model ?? '',
      speed: row.cpu_speed_mhz ?? 0,
      topology: {
        sockets: row.cpu_sockets ?? 1,
        cores: (row.cpu_cores ?? 1) / (row.cpu_sockets || 1),
        threads: (row.cpu_threads ?? 1) / (row.cpu_cores || 1),
      },
    },
    memory: row.memory_bytes ?? 0,
    max_scheduling_memory: schedulableMemory(row, caps),
    os: {
      type: text(os['name']) ?? '',
      version: { full_version: [text(os['version']), text(os['release'])].filter(Boolean).join(' - ') },
      ...(kernel ? { custom_kernel_cmdline: '', reported_kernel_cmdline: text(caps['kernelArgs']) ?? '' } : {}),
    },
    version: versionOf(row.agent_version ?? undefined),
    libvirt_version: versionOf(text(object(object(caps['packages2'])['libvirt'])['version'])),
    hardware_information: hardwareOf(row),
    se_linux: { mode: seLinuxModes[text(object(caps['selinux'])['mode']) ?? ''] ?? 'disabled' },
    iscsi: { initiator: text(caps['ISCSIInitiatorName']) ?? '' },
    kdump_status: kdumpStatuses[String(caps['kdumpStatus'])] ?? 'unknown',
    numa_supported: Object.keys(object(caps['numaNodes'])).length > 1,
    auto_numa_status: autoNumaStatuses[String(caps['autoNumaBalancing'])] ?? 'unknown',
    ovn_configured: caps['ovnConfigured'] === true || caps['ovnConfigured'] === 'true',
    device_passthrough: { enabled: caps['hostdevPassthrough'] === 'true' },
    transparent_huge_pages: { enabled: row.huge_pages !== null && row.huge_pages !== 'never' },
  };
}

function hostOf(row: Row): Host {
  const settings: Partial<Host> = row.settings;
  return {
    ...row.settings,
    id: row.id,
    name: row.name,
    description: row.description,
    comment: row.comment,
    address: row.address,
    port: row.port,
    protocol: row.protocol as Host['protocol'],
    type: 'rhel',
    status: row.status as Host['status'],
    ...(row.status_detail ? { status_detail: row.status_detail } : {}),
    external_status: settings.external_status ?? 'ok',
    auto_numa_status: 'unknown',
    cluster: { id: row.cluster_id },
    summary: { active: row.active, migrating: row.migrating, total: row.total },
    spm: { priority: row.spm_priority, status: row.is_spm ? 'spm' : 'none' },
    power_management: powerManagementOf(row.settings),
    ksm: ksmOf(row.ksm),
    network_operation_in_progress: row.networks_change,
    ovn_configured: false,
    update_available: settings.update_available ?? false,
    reinstallation_required: settings.reinstallation_required ?? false,
    vgpu_placement: settings.vgpu_placement ?? 'consolidated',
    ...(row.certificate_subject ? { certificate: { organization: 'Virgate', subject: row.certificate_subject } } : {}),
    ...observed(row),
  };
}

/** Hosts: one statement, whatever their number. */
export const readableHosts: Readable = {
  objectType: 'host',
  table: 'host',
  order: sql`t.name, t.id`,
  search: 'host',
  async read(context, selection) {
    const found = await sql<Row>`
      select t.*, s.*, exists (select 1 from data_center d where d.spm_host_id = t.id) as is_spm,
        (select count(*) from vm_state v where v.host_id = t.id and v.status in ('up', 'powering_up', 'reboot_in_progress', 'paused')) as active,
        (select count(*) from vm_state v where v.host_id = t.id and v.status = 'migrating') as migrating, (select count(*) from vm_state v where v.host_id = t.id) as total,
        (select coalesce(sum(m.memory_guaranteed_bytes), 0)::bigint from vm_state v join vm m on m.id = v.vm_id where v.host_id = t.id) as guaranteed_bytes,
        c.memory_overcommit_percent, p.raw -> 'ksm' as ksm, p.raw ->> 'transparentHugePages' as huge_pages,
        exists (select 1 from object_lock l where l.lock_group = 'HOST_NETWORK' and l.object_id = t.id::text) as networks_change
      from host t join host_state s on s.host_id = t.id join cluster c on c.id = t.cluster_id left join host_statistics p on p.host_id = t.id where ${selection.condition} ${tail(selection)}`.execute(
      context.db,
    );
    return found.rows.map((row) => hostOf(row) as Entity);
  },
};
