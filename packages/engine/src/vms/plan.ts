import { cpuModels } from '@virgate/contract/generated/cpus';
import { sql, type Kysely } from 'kysely';
import { networkFilterName } from '../network-filters/predefined.ts';
import { loadNumaNodes } from '../numa/load.ts';
import { checkNumaComplete } from '../numa/rules.ts';
import { badRequest } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { definitionOf, type Settings, type VmRow } from './definition.ts';
import type { CdromDevice, DiskDevice } from './domain-xml/disks.ts';
import type { DomainPlan } from './domain-xml/domain.ts';
import type { GraphicsDevice, NicDevice } from './domain-xml/interfaces.ts';

/** What applies to one run only: the parameters of the action `start`. */
export interface RunOnce {
  paused?: boolean;
  bootDevices?: string[];
  kernel?: string;
  initrd?: string;
  cmdline?: string;
  customProperties?: Record<string, string>;
}

interface ClusterRow {
  level: string;
  cpu_type: string | null;
  bios_type: string;
  emulated_machine: string | null;
  data_center_id: string;
  display_network: string | null;
}

/** Machine types that a level's VMs get when the cluster has none noted, by chipset. Source: engine configuration, ClusterEmulatedMachines. */
const upstreamMachines = { q35: 'pc-q35-4.1', i440fx: 'pc-i440fx-2.12' };
const maxSockets = 16;

async function clusterOf(db: Kysely<Tables>, id: string): Promise<ClusterRow> {
  const found = await sql<ClusterRow>`
    select c.compatibility_major || '.' || c.compatibility_minor as level, c.cpu_type, c.bios_type, c.emulated_machine, c.data_center_id,
      (select n.vdsm_name from network_cluster nc join network n on n.id = nc.network_id where nc.cluster_id = c.id and nc.display limit 1) as display_network
    from cluster c where c.id = ${id}`.execute(db);
  const row = found.rows[0];
  if (!row) throw badRequest('ACTION_TYPE_FAILED_CLUSTER_CAN_NOT_BE_EMPTY');
  return row;
}

interface DiskRow extends Omit<DiskDevice, 'poolId' | 'bootOrder' | 'index' | 'storage'> {
  bootable: boolean;
  storageType: string;
}

async function disksOf(db: Kysely<Tables>, vmId: string, poolId: string, bootOrder: number | null): Promise<DiskDevice[]> {
  const found = await sql<DiskRow>`
    select d.id as "diskId", i.id as "volumeId", i.storage_domain_id as "storageDomainId", s.storage_type as "storageType", a.interface, i.format,
      a.read_only as "readOnly", d.shareable, a.pass_discard as "passDiscard", d.propagate_errors as "propagateErrors", a.bootable, q.limits as qos
    from disk_attachment a join disk d on d.id = a.disk_id join image i on i.disk_id = d.id and i.active join storage_domain s on s.id = i.storage_domain_id
      left join disk_profile p on p.id = d.disk_profile_id left join qos q on q.id = p.qos_id
    where a.vm_id = ${vmId} and a.active order by a.bootable desc, d.created_at, d.id`.execute(db);
  const counts = new Map<string, number>();
  return found.rows.map(({ bootable, storageType, ...disk }) => {
    const index = counts.get(disk.interface) ?? 0;
    counts.set(disk.interface, index + 1);
    return {
      ...disk,
      poolId,
      index,
      storage: storageType === 'iscsi' || storageType === 'fcp' ? 'block' : 'file',
      bootOrder: bootable ? bootOrder : null,
    };
  });
}

function filterOf(id: string | null, parameters: { name: string; value: string }[] | null): NicDevice['filter'] {
  const name = networkFilterName(id);
  return name === null ? null : { name, parameters: parameters ?? [] };
}

async function nicsOf(db: Kysely<Tables>, vmId: string, bootOrder: number | null): Promise<NicDevice[]> {
  const found = await sql<{
    id: string;
    mac: string;
    interface: string;
    linked: boolean;
    network: string | null;
    mtu: number | null;
    isolated: boolean | null;
    mirroring: boolean | null;
    filter_id: string | null;
    parameters: { name: string; value: string }[] | null;
    settings: { customProperties?: Record<string, string> } | null;
  }>`
    select n.id, n.mac, n.interface, n.linked, w.vdsm_name as network, nullif(w.mtu, 0) as mtu, w.port_isolation as isolated, p.port_mirroring as mirroring, p.settings, p.network_filter_id as filter_id,
      (select jsonb_agg(jsonb_build_object('name', f.name, 'value', f.value) order by f.name, f.id) from nic_filter_parameter f where f.nic_id = n.id) as parameters
    from nic n left join vnic_profile p on p.id = n.vnic_profile_id left join network w on w.id = p.network_id
    where n.vm_id = ${vmId} and n.plugged order by n.name`.execute(db);
  return found.rows.map((row, at) => ({
    id: row.id,
    mac: row.mac,
    model: (row.interface === 'rtl8139_virtio' ? 'virtio' : row.interface) as NicDevice['model'],
    network: row.network,
    linked: row.linked,
    mtu: row.mtu,
    filter: filterOf(row.filter_id, row.parameters),
    portIsolation: row.isolated ?? false,
    portMirroring: row.mirroring ?? false,
    bootOrder: bootOrder === null ? null : bootOrder + at,
    customProperties: row.settings?.customProperties ?? {},
  }));
}

/** What the QoS of a CPU profile allows, in percent of the host's CPUs; null where it says nothing. */
async function cpuLimitOf(db: Kysely<Tables>, profileId: string | null): Promise<number | null> {
  if (profileId === null) return null;
  const found = await db
    .selectFrom('cpu_profile')
    .innerJoin('qos', 'qos.id', 'cpu_profile.qos_id')
    .select('qos.limits')
    .where('cpu_profile.id', '=', profileId)
    .executeTakeFirst();
  return found?.limits['cpu_limit'] ?? null;
}

/** Boot places by device, from the sequence: each kind of device gets the next free numbers. */
function bootOrders(devices: readonly string[]): { hd: number | null; cdrom: number | null; network: number | null } {
  const order = (device: string): number | null => (devices.includes(device) ? devices.indexOf(device) + 1 : null);
  return { hd: order('hd'), cdrom: order('cdrom'), network: order('network') };
}

function machineOf(row: VmRow, cluster: ClusterRow, bios: DomainPlan['biosType']): string {
  const q35 = bios !== 'i440fx_sea_bios';
  const clusters = cluster.emulated_machine !== null && cluster.emulated_machine.includes('q35') === q35 ? cluster.emulated_machine : null;
  return row.custom_emulated_machine ?? clusters ?? (q35 ? upstreamMachines.q35 : upstreamMachines.i440fx);
}

/** The CPU that the guest gets: the VM's own choice, else the verb of the cluster's CPU type at its level. */
function cpuVerbOf(row: VmRow, cluster: ClusterRow): string {
  return row.custom_cpu_model ?? cpuModels[cluster.level]?.find((model) => model.name === cluster.cpu_type)?.verb ?? 'qemu64';
}

/**
 * Loads all that the XML of a VM is made from.
 * @throws {Fault} 409 when the VM cannot run as it is defined
 */
export async function loadPlan(db: Kysely<Tables>, vmId: string, once: RunOnce): Promise<DomainPlan> {
  const row = await db.selectFrom('vm').selectAll().where('id', '=', vmId).executeTakeFirst();
  if (!row?.cluster_id) throw badRequest('ACTION_TYPE_FAILED_VM_NOT_FOUND');
  const cluster = await clusterOf(db, row.cluster_id);
  const settings = row.settings as Settings;
  const definition = definitionOf(row);
  const bios = (row.bios_type === 'cluster_default' ? cluster.bios_type : row.bios_type) as DomainPlan['biosType'];
  const orders = bootOrders(once.bootDevices ?? settings.os?.boot?.devices ?? ['hd']);
  const numaNodes = await loadNumaNodes(db, vmId);
  checkNumaComplete(numaNodes, row.memory_bytes);
  const graphics: GraphicsDevice[] = [
    {
      type: settings.display?.type === 'spice' ? 'spice' : 'vnc',
      keymap: settings.display?.keyboard_layout ?? 'en-us',
      displayNetwork: cluster.display_network ?? 'ovirtmgmt',
    },
  ];
  return {
    id: row.id,
    name: row.name,
    clusterLevel: cluster.level,
    architecture: 'x86_64',
    biosType: bios,
    emulatedMachine: machineOf(row, cluster, bios),
    cpuVerb: cpuVerbOf(row, cluster),
    topology: { sockets: row.cpu_sockets, cores: row.cpu_cores, threads: row.cpu_threads },
    maxSockets: Math.max(maxSockets, row.cpu_sockets),
    memoryBytes: row.memory_bytes,
    memoryMaxBytes: row.memory_max_bytes,
    memoryGuaranteedBytes: row.memory_guaranteed_bytes,
    ballooning: settings.memory_policy?.ballooning ?? true,
    ioThreads: settings.io?.threads ?? 0,
    cpuLimitPercent: await cpuLimitOf(db, row.cpu_profile_id),
    numaNodes,
    clockOffsetSeconds: 0,
    serialNumber: {
      policy: settings.serial_number?.policy === 'vm' ? 'vm' : settings.serial_number?.policy === 'custom' ? 'custom' : 'host',
      ...(settings.serial_number?.value ? { value: settings.serial_number.value } : {}),
    },
    boot: { menu: settings.bios?.boot_menu?.enabled ?? false, ...kernelOf(settings, once) },
    resumeBehavior: definition.storage_error_resume_behaviour ?? 'auto_resume',
    startPaused: once.paused ?? row.start_paused,
    destroyOnReboot: false,
    customProperties: {
      ...Object.fromEntries((settings.custom_properties ?? []).map((one) => [one.name ?? '', one.value ?? ''])),
      ...once.customProperties,
    },
    disks: await disksOf(db, vmId, cluster.data_center_id, orders.hd),
    cdrom: null as CdromDevice | null,
    nics: await nicsOf(db, vmId, orders.network),
    graphics,
    video: { model: settings.display?.type === 'spice' ? 'qxl' : 'vga', ramKib: 16_384 },
    virtioScsi: settings.virtio_scsi?.enabled ?? true,
    rngSource: settings.rng_device?.source ?? null,
    serialConsole: settings.console?.enabled ?? true,
    soundcard: settings.soundcard_enabled ?? false,
    usb: settings.usb?.enabled ?? false,
    watchdog: null,
    tpm: settings.tpm_enabled ?? false,
  };
}

function kernelOf(settings: Settings, once: RunOnce): { kernel?: string; initrd?: string; cmdline?: string } {
  const kernel = once.kernel ?? settings.os?.custom_kernel_cmdline;
  const initrd = once.initrd;
  const cmdline = once.cmdline;
  return { ...(kernel ? { kernel } : {}), ...(initrd ? { initrd } : {}), ...(cmdline ? { cmdline } : {}) };
}
