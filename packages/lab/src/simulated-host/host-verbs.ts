import { VdsmError, eventTime } from '@virgate/vdsm';
import type { SimulatedNetwork } from './network.ts';
import { readInteger, readObject } from './parameters.ts';
import type { SimulatedVerb } from './parameters.ts';
import { domainVitals } from './storage-verbs.ts';
import type { StorageSession } from './storage-verbs.ts';
import type { SimulatedStorage } from './storage.ts';
import type { VirtualMachine } from './virtual-machine.ts';
import { factsOf } from './virtual-machine.ts';

/** What a simulated host claims to be. */
export interface HostFacts {
  readonly name: string;
  readonly uuid: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly address: string;
  /** Name of the management network. */
  readonly managementNetwork: string;
  /** Flags and `model_…` entries; those of an Intel Nehalem and Westmere by default. */
  readonly cpuFlags: string;
}

interface HostParts {
  readonly facts: HostFacts;
  readonly storage: SimulatedStorage;
  readonly session: StorageSession;
  readonly vms: ReadonlyMap<string, VirtualMachine>;
  readonly startedAtMs: number;
  readonly network: SimulatedNetwork;
}

export const DEFAULT_CPU_FLAGS =
  'fpu,vme,de,pse,tsc,msr,pae,mce,cx8,apic,sep,mtrr,pge,mca,cmov,pat,pse36,clflush,mmx,fxsr,sse,sse2,ss,syscall,nx,lm,pni,pclmulqdq,ssse3,cx16,sse4_1,sse4_2,popcnt,aes,vmx,lahf_lm,hypervisor,model_Conroe,model_Penryn,model_Nehalem,model_Westmere,model_qemu64,model_kvm64';

const MIB = 1024 * 1024;

const pciDevice = (slot: number, at: number, more: object = {}): object => ({
  params: {
    capability: 'pci',
    parent: 'computer',
    vendor_id: '0x8086',
    vendor: 'Simulated Devices',
    product_id: '0x1533',
    product: 'Simulated network card',
    driver: 'igb',
    iommu_group: String(slot),
    numa_node: '0',
    is_assignable: 'true',
    address: { domain: '0', bus: '3', slot: String(slot), function: String(at) },
    ...more,
  },
});

/** What guests may be given: two parts of one card, which go together, a card that makes virtual ones, a stick. */
const HOST_DEVICES = {
  computer: { params: { capability: 'system', is_assignable: 'false' } },
  pci_0000_03_07_0: pciDevice(7, 0),
  pci_0000_03_07_1: pciDevice(7, 1),
  pci_0000_03_08_0: pciDevice(8, 0, {
    product: 'Simulated GPU',
    mdev: { 'sim-22': { name: 'SIM 22', available_instances: '4', description: 'heads=1' } },
  }),
  pci_0000_05_00_0: pciDevice(20, 0, { product: 'Simulated card with virtual functions', totalvfs: '4', is_assignable: 'false' }),
  net_em3: { params: { capability: 'net', parent: 'pci_0000_05_00_0', interface: 'em3', is_assignable: 'false' } },
  usb_1_2: {
    params: {
      capability: 'usb_device',
      parent: 'computer',
      vendor_id: '0x0781',
      vendor: 'Simulated Devices',
      product_id: '0x5567',
      product: 'Simulated stick',
      is_assignable: 'true',
      address: { bus: '1', device: '2' },
    },
  },
};

/** Virtual functions that the card has made. */
const virtualFunctions = (count: number): Record<string, unknown> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `pci_0000_05_10_${at}`,
      pciDevice(21 + at, at, { physfn: 'pci_0000_05_00_0', product: 'Simulated virtual function' }),
    ]),
  );

function capabilities(parts: HostParts): Record<string, unknown> {
  const { facts } = parts;
  const cpuIds = Array.from({ length: facts.cpus }, (_, index) => index);
  return {
    kvmEnabled: 'true',
    cpuCores: String(facts.cpus),
    cpuThreads: String(facts.cpus),
    cpuSockets: '1',
    onlineCpus: cpuIds.join(','),
    cpuTopology: cpuIds.map((id) => ({ cpu_id: id, numa_cell_id: 0, socket_id: 0, die_id: 0, core_id: id })),
    cpuSpeed: '2400.000',
    cpuModel: 'Simulated CPU',
    cpuFlags: facts.cpuFlags,
    vdsmToCpusAffinity: [],
    version_name: 'Virgate simulated host',
    software_version: '4.50.5',
    software_revision: '1',
    supportedENGINEs: ['4.2', '4.3', '4.4', '4.5'],
    clusterLevels: ['4.2', '4.3', '4.4', '4.5', '4.6', '4.7'],
    ...parts.network.capabilities(),
    ovnConfigured: false,
    hooks: { before_vm_start: { '50_log': { checksum: 'd41d8cd98f00b204e9800998ecf8427e' } } },
    uuid: facts.uuid,
    operatingSystem: { name: 'Debian', version: '12', release: '1', pretty_name: 'Debian GNU/Linux 12 (simulated)' },
    packages2: {
      vdsm: { version: '4.50.5', release: '1' },
      'qemu-kvm': { version: '7.2.0', release: '1' },
      libvirt: { version: '9.0.0', release: '1' },
      kernel: { version: '6.1.0', release: '1' },
    },
    realtimeKernel: false,
    kernelArgs: 'quiet',
    nestedVirtualization: false,
    emulatedMachines: ['pc', 'q35', 'pc-i440fx-2.12', 'pc-q35-4.1', 'pc-q35-7.2'],
    ISCSIInitiatorName: '',
    HBAInventory: { iSCSI: [{ InitiatorName: '' }], FC: [] },
    vmTypes: ['kvm'],
    memSize: String(Math.trunc(facts.memoryBytes / MIB)),
    reservedMem: '321',
    guestOverhead: '65',
    rngSources: ['random', 'hwrng'],
    numaNodes: { 0: { cpus: cpuIds, totalMemory: String(Math.trunc(facts.memoryBytes / MIB)), hugepages: {} } },
    numaNodeDistance: { 0: [10] },
    autoNumaBalancing: 0,
    selinux: { mode: '-1' },
    liveSnapshot: 'true',
    liveMerge: 'true',
    kdumpStatus: -1,
    hostdevPassthrough: 'false',
    additionalFeatures: [],
    hostedEngineDeployed: false,
    hugepages: [],
    kernelFeatures: {},
    vncEncrypted: false,
    backupEnabled: false,
    coldBackupEnabled: false,
    clearBitmapsEnabled: false,
    fipsEnabled: false,
    boot_uuid: facts.uuid,
    tscFrequency: '2400000000',
    tscScaling: false,
    domain_versions: [0, 2, 3, 4, 5],
    supported_block_size: { LOCALFS: [0, 512, 4096], NFS: [512], POSIXFS: [512], GLUSTERFS: [0, 512, 4096], ISCSI: [512], FCP: [512] },
    cd_change_pdiv: true,
    refresh_disk_supported: true,
    replicate_extend: true,
    measure_subchain: true,
    measure_active: true,
    mailbox_events: true,
    zerocopy_migrations: false,
    qemu_image_info_bitmaps: true,
  };
}

/** What the host does with equal pages of its guests, as it was told. */
interface MemoryPolicy {
  ksm: boolean;
  acrossNodes: boolean;
}

function statistics(parts: HostParts, policy: MemoryPolicy): Record<string, unknown> {
  const { facts, vms } = parts;
  const live = [...vms.values()].filter((vm) => vm.running);
  const usedMib = live.reduce((sum, vm) => sum + Math.trunc(factsOf(vm).memoryKib / 1024), 0);
  const totalMib = Math.trunc(facts.memoryBytes / MIB);
  const freeMib = Math.max(0, totalMib - usedMib - 512);
  const counters = { speed: '1000', state: 'up', rx: '1000', tx: '1000', rxDropped: '0', txDropped: '0', rxErrors: '0', txErrors: '0' };
  const interfaces = parts.network.devices();
  return {
    cpuLoad: '0.10',
    cpuUser: '2.00',
    cpuSys: '1.00',
    cpuIdle: '97.00',
    cpuUserVdsmd: '0.20',
    cpuSysVdsmd: '0.10',
    elapsedTime: ((Date.now() - parts.startedAtMs) / 1000).toFixed(2),
    memUsed: String(Math.trunc(((totalMib - freeMib) * 100) / totalMib)),
    memFree: freeMib,
    memShared: 0,
    anonHugePages: '0',
    hugepages: {},
    thpState: 'always',
    swapTotal: 0,
    swapFree: 0,
    ksmState: policy.ksm,
    ksmPages: 0,
    ksmCpu: 0,
    ksmMergeAcrossNodes: policy.acrossNodes,
    momStatus: 'inactive',
    netConfigDirty: parts.network.dirty ? 'True' : 'False',
    network: Object.fromEntries(
      interfaces.map((name) => [name, { name, macAddr: '', ...counters, sampleTime: eventTime() / 1000 + 0.25 }]),
    ),
    rxDropped: '0',
    txDropped: '0',
    storageDomains: domainVitals(parts),
    diskStats: { '/tmp': { free: '10000' }, '/var/log': { free: '10000' } },
    bootTime: String(Math.trunc(parts.startedAtMs / 1000)),
    numaNodeMemFree: { 0: { memFree: String(freeMib), memPercent: 10, hugepages: {} } },
    cpuStatistics: Object.fromEntries(
      Array.from({ length: facts.cpus }, (_, index) => [
        String(index),
        { nodeIndex: 0, cpuUser: '2.00', cpuSys: '1.00', cpuIdle: '97.00' },
      ]),
    ),
    v2vJobs: {},
    vmCount: vms.size,
    vmActive: live.filter((vm) => vm.status === 'Up').length,
    vmMigrating: 0,
    incomingVmMigrations: 0,
    outgoingVmMigrations: 0,
    dateTime: `${new Date().toISOString().slice(0, 19)} GMT`,
    haStats: { configured: false, active: false, score: 0, globalMaintenance: false, localMaintenance: false },
    multipathHealth: {},
  };
}

/** Verbs of the host as a whole. */
export function hostVerbs(parts: HostParts): Record<string, SimulatedVerb> {
  let functions = 2;
  let policy: MemoryPolicy = { ksm: false, acrossNodes: true };
  return {
    'Host.ping': () => true,
    'Host.ping2': () => true,
    'Host.confirmConnectivity': () => true,
    'Host.getCapabilities': () => capabilities(parts),
    'Host.getHardwareInfo': () => ({
      systemManufacturer: 'Virgate',
      systemProductName: 'Simulated host',
      systemVersion: '1',
      systemSerialNumber: parts.facts.uuid,
      systemUUID: parts.facts.uuid,
      systemFamily: 'Virgate',
    }),
    'Host.getStats': () => statistics(parts, policy),
    'Host.setMOMPolicyParameters': (params) => {
      const { ksmEnabled, ksmMergeAcrossNodes } = readObject(params, 'key_value_store');
      policy = { ksm: ksmEnabled === true, acrossNodes: ksmMergeAcrossNodes === true };
      return true;
    },
    'Host.hostdevListByCaps': () => ({ ...HOST_DEVICES, ...virtualFunctions(functions) }),
    'Host.hostdevChangeNumvfs': (params) => {
      if (params['deviceName'] !== 'pci_0000_05_00_0') throw new VdsmError(100, `No virtual functions: ${String(params['deviceName'])}`);
      functions = readInteger(params, 'numvfs');
      return true;
    },
    'Host.setSafeNetworkConfig': () => parts.network.commit(),
    'Host.setupNetworks': (params) => parts.network.setUp(params),
    'Host.getLldp': (params) => {
      const { devices = [] } = readObject(params, 'filter') as { devices?: string[] };
      const tlvs = [{ type: 5, name: 'System Name', properties: { 'system name': 'switch-1' } }];
      return Object.fromEntries(devices.map((name) => [name, { enabled: true, tlvs }]));
    },
    'Host.registerSecrets': () => true,
    'Host.unregisterSecrets': () => true,
  };
}
