import type { Acceleration } from '../domain-xml/environment.ts';
import { ovnPluginType } from '../network/chassis.ts';
import type { chassisFacts } from '../network/chassis.ts';
import type { NetworkCapabilities } from '../network/capabilities.ts';
import type { HypervisorFacts } from './hypervisor-facts.ts';
import type { SystemFacts } from './system-facts.ts';

/** What this agent answers to engines that ask for VDSM's version. */
export const presentedVersion = { version: '4.50.6', release: '1', name: 'Virgate' } as const;

/** Engines that can drive this agent (VDSM schema, supportedENGINEs). */
const supportedEngines = ['4.2', '4.3', '4.4', '4.5'];
/** Level 4.8 knows machine types of another vendor's QEMU only. */
const clusterLevels = ['4.2', '4.3', '4.4', '4.5', '4.6', '4.7'];

/** Memory that the host needs for itself and for each guest beside the guest's own, in MiB. */
const reservedMemoryMib = 321;
const guestOverheadMib = 65;

/** What QEMU's emulation gives a guest that has the model Westmere, by the kernel's names. */
const emulatedFlags = [
  'fpu',
  'vme',
  'de',
  'pse',
  'tsc',
  'msr',
  'pae',
  'mce',
  'cx8',
  'apic',
  'sep',
  'mtrr',
  'pge',
  'mca',
  'cmov',
  'pat',
  'pse36',
  'clflush',
  'mmx',
  'fxsr',
  'sse',
  'sse2',
  'syscall',
  'nx',
  'lm',
  'constant_tsc',
  'pni',
  'pclmulqdq',
  'ssse3',
  'cx16',
  'sse4_1',
  'sse4_2',
  'popcnt',
  'aes',
  'hypervisor',
  'lahf_lm',
];
/** Models of the vendor whose flag is claimed; others would fit no cluster together with it. */
const emulatedModels = ['Conroe', 'Penryn', 'Nehalem', 'Westmere', 'core2duo', 'kvm64', 'qemu64'];

/**
 * Flags and models that guests can have here (VDSM schema, cpuFlags). Under emulation the flag of
 * hardware virtualization is claimed as well: engines read it as the vendor of the CPU.
 */
export function cpuFlags(acceleration: Acceleration, system: SystemFacts, hypervisor: HypervisorFacts): string {
  if (acceleration === 'tcg') {
    const models = emulatedModels.filter((model) => hypervisor.usableModels.includes(model));
    return [...emulatedFlags, 'vmx', ...models.map((model) => `model_${model}`)].join(',');
  }
  const models = hypervisor.usableModels.map((model) => `model_${model}`);
  return [...new Set([...system.cpuFlags, ...hypervisor.cpuFeatures, ...models])].join(',');
}

export interface CapabilitiesInput {
  acceleration: Acceleration;
  system: SystemFacts;
  hypervisor: HypervisorFacts;
  network: NetworkCapabilities;
  /** What the host is to OVN. */
  chassis: ReturnType<typeof chassisFacts>;
  /** Whether a boot would bring another network. */
  networkIsDirty: boolean;
  /** Device on which the request came in. */
  lastClientInterface: string;
  hostUuid: string;
  /** Whether VNC of guests is under TLS. */
  vncEncrypted: boolean;
  /** Programs of hook points with their checksums. */
  hooks: Record<string, Record<string, { checksum: string }>>;
}

function processorFields(system: SystemFacts): Record<string, unknown> {
  const { processors } = system;
  const sockets = new Set(processors.map((cpu) => cpu.socketId));
  const cores = new Set(processors.map((cpu) => `${cpu.socketId}.${cpu.dieId}.${cpu.coreId}`));
  return {
    cpuCores: String(cores.size),
    cpuThreads: String(processors.length),
    cpuSockets: String(sockets.size),
    onlineCpus: system.onlineCpus.join(','),
    cpuTopology: processors.map((cpu) => ({
      cpu_id: cpu.cpuId,
      numa_cell_id: cpu.numaNode,
      socket_id: cpu.socketId,
      die_id: cpu.dieId,
      core_id: cpu.coreId,
    })),
    cpuSpeed: system.cpuMhz.toFixed(3),
    cpuModel: system.cpuModel === '' ? 'unknown' : system.cpuModel,
    vdsmToCpusAffinity: [],
  };
}

function memoryFields(system: SystemFacts): Record<string, unknown> {
  return {
    memSize: String(Math.floor(system.memoryTotalKib / 1024)),
    reservedMem: String(reservedMemoryMib),
    guestOverhead: String(guestOverheadMib),
    hugepages: system.hugePageSizesKib,
    numaNodes: Object.fromEntries(
      system.numaNodes.map((node) => [
        String(node.id),
        {
          cpus: node.cpus,
          totalMemory: String(Math.floor(node.totalMemoryKib / 1024)),
          hugepages: Object.fromEntries(system.hugePageSizesKib.map((size) => [String(size), { totalPages: '0' }])),
        },
      ]),
    ),
    numaNodeDistance: Object.fromEntries(system.numaNodes.map((node) => [String(node.id), node.distances])),
    autoNumaBalancing: 2,
  };
}

function packageFields(system: SystemFacts, hypervisor: HypervisorFacts): Record<string, unknown> {
  const [kernelVersion = system.kernelRelease, ...kernelRest] = system.kernelRelease.split('-');
  return {
    packages2: {
      vdsm: { version: presentedVersion.version, release: presentedVersion.release },
      'qemu-kvm': { version: hypervisor.qemuVersion, release: '1' },
      libvirt: { version: hypervisor.libvirtVersion, release: '1' },
      kernel: { version: kernelVersion, release: kernelRest.join('-') || '1' },
    },
    version_name: presentedVersion.name,
    software_version: presentedVersion.version,
    software_revision: presentedVersion.release,
    supportedENGINEs: supportedEngines,
    clusterLevels,
  };
}

/** What this agent can't do yet, said by the fields that the engine looks at. */
const featureFields = {
  liveSnapshot: 'false',
  liveMerge: 'false',
  deferred_preallocation: false,
  nestedVirtualization: false,
  realtimeKernel: false,
  hostedEngineDeployed: false,
  backupEnabled: false,
  coldBackupEnabled: false,
  clearBitmapsEnabled: false,
  cd_change_pdiv: true,
  refresh_disk_supported: false,
  replicate_extend: false,
  measure_subchain: false,
  measure_active: false,
  mailbox_events: false,
  zerocopy_migrations: false,
  qemu_image_info_bitmaps: false,
  additionalFeatures: [],
  kernelFeatures: {},
  vmTypes: ['kvm'],
  domain_versions: [5],
  supported_block_size: { LOCALFS: [0, 512, 4096], NFS: [512], POSIXFS: [512] },
} as const;

/** The answer of Host.getCapabilities (VDSM schema, VdsmCapabilities). Pure. */
export function hostCapabilities(input: CapabilitiesInput): Record<string, unknown> {
  const { acceleration, system, hypervisor, network, networkIsDirty, lastClientInterface, hostUuid, hooks } = input;
  return {
    kvmEnabled: 'true',
    ...processorFields(system),
    cpuFlags: cpuFlags(acceleration, system, hypervisor),
    ...memoryFields(system),
    ...packageFields(system, hypervisor),
    ...network,
    ovnConfigured: input.chassis.isConfigured,
    openstack_binding_host_ids: input.chassis.isConfigured ? { [ovnPluginType]: input.chassis.systemId } : {},
    netConfigDirty: networkIsDirty ? 'True' : 'False',
    lastClientIface: lastClientInterface,
    emulatedMachines: hypervisor.machines,
    operatingSystem: { name: system.os.name, version: system.os.version, release: system.os.release, pretty_name: system.os.prettyName },
    uuid: hostUuid,
    vncEncrypted: input.vncEncrypted,
    boot_uuid: system.bootId,
    kernelArgs: system.kernelArguments,
    ISCSIInitiatorName: system.iscsiInitiatorName,
    HBAInventory: { iSCSI: [{ InitiatorName: system.iscsiInitiatorName }], FC: [] },
    rngSources: [...(system.hasHardwareRandom ? ['hwrng'] : []), 'random'],
    selinux: { mode: system.seLinuxMode },
    fipsEnabled: system.fips,
    kdumpStatus: system.kdumpStatus,
    hostdevPassthrough: String(system.hasIommu && acceleration === 'kvm'),
    tscFrequency: hypervisor.tscFrequencyHz,
    tscScaling: hypervisor.tscScaling,
    hooks,
    ...featureFields,
  };
}

/** The answer of Host.getHardwareInfo (VDSM schema, HardwareInformation). Pure. */
export function hardwareInformation(system: SystemFacts, hostUuid: string): Record<string, string> {
  const { manufacturer, productName, version, serialNumber, family } = system.hardware;
  return {
    systemManufacturer: manufacturer,
    systemProductName: productName,
    systemVersion: version,
    systemSerialNumber: serialNumber,
    systemUUID: hostUuid.toUpperCase(),
    systemFamily: family,
  };
}
