import { eventTime } from '@virgate/vdsm';
import type { SimulatedNetwork } from './network.ts';
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
    hooks: {},
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

function statistics(parts: HostParts): Record<string, unknown> {
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
    ksmState: false,
    ksmPages: 0,
    ksmCpu: 0,
    ksmMergeAcrossNodes: true,
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
    'Host.getStats': () => statistics(parts),
    'Host.setMOMPolicyParameters': () => true,
    'Host.hostdevListByCaps': () => ({}),
    'Host.setSafeNetworkConfig': () => parts.network.commit(),
    'Host.setupNetworks': (params) => parts.network.setUp(params),
    'Host.getLldp': () => ({}),
    'Host.registerSecrets': () => true,
    'Host.unregisterSecrets': () => true,
  };
}
