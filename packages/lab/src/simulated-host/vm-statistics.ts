import { eventTime } from '@virgate/vdsm';
import { firmwareHash } from './firmware.ts';
import { EXIT_REASON, factsOf } from './virtual-machine.ts';
import type { VirtualMachine } from './virtual-machine.ts';

const MIB = 1024 * 1024;

function displayInfo(vm: VirtualMachine, address: string): object[] {
  return factsOf(vm).graphics.map((type, index) => ({ type, ipAddress: address, port: String(vm.displayPort + index), tlsPort: '-1' }));
}

/** The part that events carry as well. */
export function shortStatistics(vm: VirtualMachine, address: string): Record<string, unknown> {
  if (vm.status === 'Down') {
    const exit = vm.exit ?? { code: 0, message: '', reason: EXIT_REASON.success };
    return { status: 'Down', exitCode: exit.code, exitMessage: exit.message, exitReason: exit.reason, timeOffset: '0' };
  }
  return {
    status: vm.status,
    hash: vm.hash,
    pauseCode: vm.pauseCode,
    displayInfo: displayInfo(vm, address),
    monitorResponse: '0',
    acpiEnable: 'true',
    kvmEnable: 'true',
    vmType: 'kvm',
    clientIp: vm.clientAddress ?? '',
    timeOffset: '0',
  };
}

function guestStatistics(vm: VirtualMachine): Record<string, unknown> {
  if (vm.guestAddress === '') return { username: 'Unknown', session: 'Unknown', guestFQDN: '', guestCPUCount: -1, appsList: [] };
  return {
    username: vm.guestUser === undefined || vm.guestUser === '' ? 'None' : vm.guestUser,
    session: 'Unknown',
    guestName: vm.guestName,
    guestFQDN: vm.guestName,
    guestIPs: vm.guestAddress,
    guestOs: 'virgate-guest',
    guestOsInfo: { type: 'linux', arch: 'x86_64', kernel: '6.1.0', distribution: 'Virgate Guest', version: '1', codename: '' },
    guestTimezone: { zone: 'UTC', offset: 0 },
    guestCPUCount: factsOf(vm).vcpus,
    netIfaces: factsOf(vm).interfaces.map((entry, index) => ({
      name: `eth${index}`,
      hw: entry.mac,
      inet: index === 0 ? [vm.guestAddress] : [],
      inet6: [],
    })),
    appsList: ['qemu-guest-agent-7.2.0'],
    disksUsage: [{ path: '/', fs: 'ext4', total: String(98 * MIB), used: String(40 * MIB) }],
  };
}

/** A VM's row of Host.getAllVmStats. Nearly every number is a text (VDSM, vmStats). */
export function vmStatistics(vm: VirtualMachine, address: string, nowMs: number): Record<string, unknown> {
  const facts = factsOf(vm);
  const base = { vmId: vm.vmId, vmName: facts.name, statusTime: String(eventTime()), ...shortStatistics(vm, address) };
  if (vm.status === 'Down') return base;
  const upSeconds = Math.max(0, Math.trunc((nowMs - vm.startedAtMs) / 1000));
  const memoryKib = String(facts.memoryKib);
  return {
    ...base,
    elapsedTime: String(upSeconds),
    ...(vm.status === 'Migration Source' ? { migrationProgress: vm.migrationProgress ?? 0 } : {}),
    vcpuCount: String(vm.vcpuOverride ?? facts.vcpus),
    vcpuPeriod: 100_000,
    vcpuQuota: '-1',
    vcpuUserLimit: 100,
    cpuActual: 'true',
    cpuUser: vm.status === 'Up' ? '1.50' : '0.00',
    cpuSys: '0.50',
    cpuUsage: String(upSeconds * 20_000_000),
    memUsage: vm.guestAddress === '' ? '0' : '40',
    memoryStats: {
      mem_total: memoryKib,
      mem_unused: String(Math.trunc(facts.memoryKib * 0.6)),
      mem_free: String(Math.trunc(facts.memoryKib * 0.6)),
      swap_in: 0,
      swap_out: 0,
      majflt: 0,
      minflt: 0,
    },
    balloonInfo: {
      balloon_max: memoryKib,
      balloon_min: memoryKib,
      balloon_cur: memoryKib,
      balloon_target: memoryKib,
      ballooning_enabled: true,
    },
    network: Object.fromEntries(
      facts.interfaces.map((entry) => [
        entry.device,
        {
          macAddr: entry.mac,
          name: entry.device,
          speed: '1000',
          state: 'unknown',
          rx: String(upSeconds * 1000),
          tx: String(upSeconds * 500),
          rxDropped: '0',
          txDropped: '0',
          rxErrors: '0',
          txErrors: '0',
          sampleTime: upSeconds + 0.5,
        },
      ]),
    ),
    disks: Object.fromEntries(
      facts.disks.map((disk) => [
        disk.target,
        {
          imageID: disk.imageId,
          truesize: '1048576',
          apparentsize: '1048576',
          readRate: '0.0',
          writeRate: '0.0',
          readOps: '10',
          writeOps: '10',
          readBytes: '40960',
          writtenBytes: '40960',
          readLatency: '0',
          writeLatency: '0',
          flushLatency: '0',
        },
      ]),
    ),
    ...Object.fromEntries(Object.entries(vm.firmware).map(([kind, data]) => [`${kind}Hash`, firmwareHash(data)])),
    vmJobs: vm.jobs,
    ioTune: [],
    ...guestStatistics(vm),
  };
}
