import type { Cluster, Initialization } from '@virgate/contract/generated/types';
import { leaseDomainOf } from './leases.ts';
import { sql, type Kysely } from 'kysely';
import { loadDiskDevices } from '../disks/device.ts';
import { loadHostDevices, loadMediatedDevices } from '../host-devices/load.ts';
import { loadNicDevices, nicQueuesOf } from '../nics/device.ts';
import { loadNumaNodes } from '../numa/load.ts';
import { checkNumaComplete } from '../numa/rules.ts';
import { factOf } from '../operating-systems/facts.ts';
import { badRequest } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { bootFilesOf } from './boot-files.ts';
import { pinningOf } from './cpu-pinning.ts';
import { definitionOf, type Settings, type VmRow } from './definition.ts';
import type { CdromDevice, DiskDevice } from './domain-xml/disks.ts';
import type { PayloadDevice } from './domain-xml/payload.ts';
import type { DomainPlan } from './domain-xml/domain.ts';
import type { DisplayPlan } from './domain-xml/display.ts';
import type { GraphicsDevice } from './domain-xml/interfaces.ts';
import { offsetSeconds } from './time-zones.ts';
import { customPropertiesOf, domainPropertiesOf, withDiskProperties, withNicProperties } from './domain-properties.ts';
import { pinnedPlan } from './run-pinning.ts';
import { withKey } from './cloud-init.ts';
import { initializationPayload, initializerOf, toldInitialization, type Initializer } from './initialization.ts';
import { clusterMachine, machineOf, type ClusterMachine, type Machine } from './machine.ts';

/** What applies to one run only: the parameters of the action `start`. */
export interface RunOnce {
  paused?: boolean;
  bootDevices?: string[];
  kernel?: string;
  initrd?: string;
  cmdline?: string;
  customProperties?: Record<string, string>;
  /** What sets the guest up, though it may have been set up before; `default` leaves that to its operating system. */
  initializer?: Initializer | 'default';
  initialization?: Initialization;
  /** A key that the guest's user gets beside the others. */
  authorizedKey?: string;
  /** Id of the ISO disk in the CD drive; empty for an empty drive. */
  cdrom?: string;
}

interface ClusterRow {
  machine: ClusterMachine;
  data_center_id: string;
  display_network: string | null;
  settings: Partial<Cluster>;
}

/** Sockets that a running machine has room for. Source: engine configuration, MaxNumOfVmSockets. */
export const maxSockets = 16;

async function clusterOf(db: Kysely<Tables>, id: string): Promise<ClusterRow> {
  const found = await sql<ClusterRow>`
    select ${clusterMachine} as machine, c.data_center_id, c.settings,
      (select n.vdsm_name from network_cluster nc join network n on n.id = nc.network_id where nc.cluster_id = c.id and nc.display limit 1) as display_network
    from cluster c where c.id = ${id}`.execute(db);
  const row = found.rows[0];
  if (!row) throw badRequest('ACTION_TYPE_FAILED_CLUSTER_CAN_NOT_BE_EMPTY');
  return row;
}

/**
 * What is in the CD drive: this run's own, else what the VM is defined with; one that wakes up has what it had. A disc that cannot
 * be read leaves the drive empty.
 */
async function cdromOf(
  db: Kysely<Tables>,
  vmId: string,
  poolId: string,
  once: RunOnce,
  bootOrder: number | null,
): Promise<CdromDevice | null> {
  const found = await sql<Omit<CdromDevice, 'poolId' | 'bootOrder'>>`
    select i.disk_id as "diskId", i.id as "volumeId", i.storage_domain_id as "storageDomainId"
    from vm_state s left join vm_current_cdrom w on w.vm_id = s.vm_id left join vm_cdrom c on c.vm_id = s.vm_id
      join image i on i.active and i.disk_id = case when s.status in ('suspended', 'restoring_state') then w.disk_id
        when ${once.cdrom ?? null}::text is not null then nullif(${once.cdrom ?? null}::text, '')::uuid else c.disk_id end
      join disk d on d.id = i.disk_id and d.content_type = 'iso' and d.status = 'ok'
      join data_center_storage_domain x on x.storage_domain_id = i.storage_domain_id and x.data_center_id = ${poolId} and x.status = 'active'
    where s.vm_id = ${vmId}`.execute(db);
  const disc = found.rows[0];
  return disc === undefined ? null : { ...disc, poolId, bootOrder };
}

/** What the QoS of a CPU profile allows, in percent of the host's CPUs; null where it says nothing. */
export async function cpuLimitOf(db: Kysely<Tables>, profileId: string | null): Promise<number | null> {
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

/** The serial number by the VM's own policy, else by that of its cluster, else that of the host. */
function serialNumberOf(settings: Settings, cluster: ClusterRow): DomainPlan['serialNumber'] {
  const { policy, value } = settings.serial_number?.policy ? settings.serial_number : (cluster.settings.serial_number ?? {});
  return { policy: policy ?? 'host', ...(value ? { value } : {}) };
}

function rngOf(settings: Settings): DomainPlan['rng'] {
  const { source, rate } = settings.rng_device ?? {};
  if (source === undefined) return null;
  return { source, rate: rate?.bytes === undefined ? null : { bytes: rate.bytes, periodMs: rate.period ?? 1000 } };
}

/** The sound card of an operating system: its list has one for every machine, or `q35/model` for that chipset. */
function soundcardOf(os: string, level: string, bios: string): string {
  const fact = factOf(os, 'devices.audio');
  const models = (Array.isArray(fact) ? fact : ((fact as Record<string, unknown> | undefined)?.[level] ?? [])) as string[];
  const q35 = bios === 'i440fx_sea_bios' ? undefined : models.find((model) => model.startsWith('q35/'));
  return q35?.slice('q35/'.length) ?? models.find((model) => !model.includes('/')) ?? 'ich6';
}

/** As many queues as were asked for; where the engine is to choose, as many as disks and CPUs can use. */
function scsiQueuesOf(settings: Settings, vcpus: number, disks: readonly DiskDevice[]): number {
  if (settings.virtio_scsi_multi_queues) return settings.virtio_scsi_multi_queues;
  if (!settings.virtio_scsi_multi_queues_enabled) return 1;
  return Math.max(1, Math.min(vcpus, disks.filter((disk) => disk.interface === 'virtio_scsi').length));
}

const videoKib = 16_384;
/** Slots for USB devices of a SPICE viewer. Source: engine configuration, NumberOfUSBSlots. */
const usbSlots = 4;

function displayOf(row: VmRow, cluster: ClusterRow): DisplayPlan & { graphics: GraphicsDevice[] } {
  const { display, usb } = row.settings as Settings;
  const graphics = row.graphics.map((type): GraphicsDevice => ({
    type: type === 'spice' ? 'spice' : 'vnc',
    keymap: display?.keyboard_layout || 'en-us',
    displayNetwork: cluster.display_network ?? 'ovirtmgmt',
  }));
  const heads = display?.monitors ?? 1;
  return {
    graphics,
    video:
      graphics.length === 0
        ? null
        : { model: display?.video_type ?? (row.graphics.includes('spice') ? 'qxl' : 'vga'), ramKib: videoKib * heads, heads },
    clipboard: display?.copy_paste_enabled ?? true,
    fileTransfer: display?.file_transfer_enabled ?? true,
    smartcard: display?.smartcard_enabled ?? false,
    usbSlots: usb?.enabled ? usbSlots : 0,
  };
}

/** Whether guests of an operating system have floppy disks in clusters of a level. Source: facts of operating systems, devices.floppy.support. */
function hasFloppy(os: string, level: string): boolean {
  const fact = factOf(os, 'devices.floppy.support');
  const byLevel = typeof fact === 'object' ? (fact as Record<string, unknown>) : { '*': fact };
  return (byLevel[level] ?? byLevel['*']) === true;
}

/** The payload of a start: what sets the guest up at its first one or when it is asked for, else the VM's own files. */
async function payloadOf(
  db: Kysely<Tables>,
  row: VmRow,
  once: RunOnce,
  how: { level: string; secretKey: Buffer | undefined },
): Promise<PayloadDevice | null> {
  const settings = row.settings as Settings;
  const state = await db.selectFrom('vm_state').select(['initialized', 'status']).where('vm_id', '=', row.id).executeTakeFirst();
  if (state?.status === 'suspended' || state?.status === 'restoring_state') return null;
  const said = withKey(once.initialization ?? settings.initialization, once.authorizedKey);
  if (said && (once.initializer !== undefined || state?.initialized === false)) {
    const initializer = once.initializer === undefined || once.initializer === 'default' ? initializerOf(row.os_type) : once.initializer;
    const payload = initializationPayload(toldInitialization(said, how.secretKey), row, initializer);
    if (payload) return initializer === 'sysprep' && hasFloppy(row.os_type, how.level) ? { ...payload, device: 'floppy' } : payload;
  }
  const own = settings.payloads?.[0];
  if (!own?.files?.length) return null;
  return {
    label: own.volume_id || 'vmpayload',
    files: Object.fromEntries(own.files.map((file) => [file.name ?? '', file.content ?? ''])),
    ...(own.type === 'floppy' ? { device: 'floppy' } : {}),
  };
}

/**
 * Loads all that the XML of a VM is made from.
 * @param how `runsAs`: the machine that a suspended VM had, which it keeps whatever its cluster has become; `secretKey`: by which
 * passwords for the guest are sealed, without which it is told none
 * @throws {Fault} 409 when the VM cannot run as it is defined
 */
export async function loadPlan(
  db: Kysely<Tables>,
  vmId: string,
  once: RunOnce,
  how: { runsAs?: Machine | null; secretKey?: Buffer } = {},
): Promise<DomainPlan> {
  const row = await db.selectFrom('vm').selectAll().where('id', '=', vmId).executeTakeFirst();
  if (!row?.cluster_id) throw badRequest('ACTION_TYPE_FAILED_VM_NOT_FOUND');
  const cluster = await clusterOf(db, row.cluster_id);
  const settings = row.settings as Settings;
  const definition = definitionOf(row);
  const machine = how.runsAs ?? machineOf(row, cluster.machine);
  const orders = bootOrders(once.bootDevices ?? settings.os?.boot?.devices ?? ['hd']);
  const numaNodes = await loadNumaNodes(db, vmId);
  const disks = await loadDiskDevices(db, vmId, orders.hd);
  const vcpus = row.cpu_sockets * row.cpu_cores * row.cpu_threads;
  const properties = { ...customPropertiesOf(settings), ...once.customProperties };
  const tuned = domainPropertiesOf(properties);
  checkNumaComplete(numaNodes, row.memory_bytes, tuned.hugePageKib);
  const run = await db.selectFrom('vm_state').select(['host_id', 'cpu_pinning']).where('vm_id', '=', vmId).executeTakeFirst();
  const pinning = run?.host_id && run.cpu_pinning ? run.cpu_pinning : null;
  return {
    id: row.id,
    name: row.name,
    architecture: 'x86_64',
    ...machine,
    topology: { sockets: row.cpu_sockets, cores: row.cpu_cores, threads: row.cpu_threads },
    maxSockets: Math.max(maxSockets, row.cpu_sockets, pinning?.topology.sockets ?? 0),
    memoryBytes: row.memory_bytes,
    memoryMaxBytes: row.memory_max_bytes,
    memoryGuaranteedBytes: row.memory_guaranteed_bytes,
    ballooning: settings.memory_policy?.ballooning ?? true,
    ioThreads: settings.io?.threads ?? 0,
    cpuLimitPercent: await cpuLimitOf(db, row.cpu_profile_id),
    cpuMode: settings.cpu?.mode ?? 'custom',
    cpuShares: settings.cpu_shares ?? 0,
    ...pinningOf(definition),
    numaNodes,
    ...(pinning === null ? {} : pinnedPlan(pinning, row.memory_bytes)),
    clockOffsetSeconds: offsetSeconds(settings.time_zone?.name ?? 'Etc/GMT', Date.now()),
    hyperv: factOf(row.os_type, 'devices.hyperv.enabled') === true,
    hugePageKib: tuned.hugePageKib,
    cpuFlags: tuned.cpuFlags,
    nvramTemplate: tuned.nvramTemplate,
    serialNumber: serialNumberOf(settings, cluster),
    boot: { menu: settings.bios?.boot_menu?.enabled ?? false, ...bootFilesOf(settings.os, once) },
    // What was held up on its storage may have been started elsewhere by then. Source: engine behaviour, VM leases.
    resumeBehavior: leaseDomainOf(settings) === null ? (definition.storage_error_resume_behaviour ?? 'auto_resume') : 'kill',
    leaseDomainId: leaseDomainOf(settings),
    startPaused: once.paused ?? row.start_paused,
    destroyOnReboot: false,
    customProperties: properties,
    disks: disks.map((disk) => withDiskProperties(disk, tuned)),
    cdrom: await cdromOf(db, vmId, cluster.data_center_id, once, orders.cdrom),
    payload: await payloadOf(db, row, once, { level: machine.clusterLevel, secretKey: how.secretKey }),
    nics: (await loadNicDevices(db, vmId, orders.network, nicQueuesOf(settings, vcpus))).map((nic) => withNicProperties(nic, tuned)),
    ...displayOf(row, cluster),
    hostDevices: await loadHostDevices(db, vmId),
    mediatedDevices: await loadMediatedDevices(db, vmId),
    virtioScsi: settings.virtio_scsi?.enabled ?? true,
    scsiQueues: scsiQueuesOf(settings, vcpus, disks),
    rng: rngOf(settings),
    serialConsole: settings.console?.enabled ?? true,
    soundcard: settings.soundcard_enabled ? soundcardOf(row.os_type, machine.clusterLevel, machine.biosType) : null,
    usb: settings.usb?.enabled ?? false,
    watchdog: (await db.selectFrom('vm_watchdog').select(['model', 'action']).where('vm_id', '=', vmId).executeTakeFirst()) ?? null,
    tpm: settings.tpm_enabled ?? false,
  };
}
