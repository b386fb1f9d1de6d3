import { createHash } from 'node:crypto';
import { guestStatistics } from '../guest/facts.ts';
import { withOvirtFacts } from '../guest/ovirt-facts.ts';
import type { DiskSample, NicSample, VmSample } from './sample.ts';
import { statusOf } from './status.ts';
import { mergeStatistics } from './live-merge.ts';
import type { Vm } from './vm.ts';

/** A VM that tells nothing for so long is shown as not responding. */
export const responseTimeoutMs = 60_000;

export interface StatisticsContext {
  nowMs: number;
  /** Stamp of this answer, from the clock that stamps events too. */
  statusTime: number;
  /** What a console's listen address is called towards the engine. */
  displayAddress: (listenAddress: string) => string;
  /** How far the migration of a VM to another host is, in percent. */
  migrationProgress?: (vm: Vm) => number | undefined;
}

function perSecond(now: number, before: number, elapsedMs: number): string {
  return elapsedMs <= 0 ? '0' : String(Math.max(0, Math.round(((now - before) * 1000) / elapsedMs)));
}

function percent(nowNs: number | undefined, beforeNs: number | undefined, elapsedMs: number): number {
  if (nowNs === undefined || beforeNs === undefined || elapsedMs <= 0) return 0;
  return Math.max(0, (nowNs - beforeNs) / 1e6 / elapsedMs) * 100;
}

/** Mean time of a request in nanoseconds. */
function latency(now: { requests: number; ns: number }, before: { requests: number; ns: number }): string {
  const requests = now.requests - before.requests;
  return requests <= 0 ? '0' : String(Math.max(0, Math.round((now.ns - before.ns) / requests)));
}

/** Share of the processors that a VM used between two samples, in percent of one. */
export function cpuStatistics(before: VmSample | undefined, now: VmSample | undefined): Record<string, string> {
  if (!now) return { cpuUser: '0.00', cpuSys: '0.00', cpuUsage: '0', cpuActual: 'false' };
  const elapsedMs = before ? now.atMs - before.atMs : 0;
  const total = percent(now.cpuTimeNs, before?.cpuTimeNs, elapsedMs);
  const system = Math.min(total, percent(now.cpuSystemNs, before?.cpuSystemNs, elapsedMs));
  return {
    cpuUser: (total - system).toFixed(2),
    cpuSys: system.toFixed(2),
    cpuUsage: String(now.cpuTimeNs ?? 0),
    cpuActual: String(before !== undefined),
  };
}

function diskRow(now: DiskSample, before: DiskSample | undefined, elapsedMs: number): Record<string, string> {
  const then = before ?? now;
  return {
    readRate: perSecond(now.readBytes, then.readBytes, elapsedMs),
    writeRate: perSecond(now.writtenBytes, then.writtenBytes, elapsedMs),
    readOps: String(now.readRequests),
    writeOps: String(now.writeRequests),
    readBytes: String(now.readBytes),
    writtenBytes: String(now.writtenBytes),
    readLatency: latency({ requests: now.readRequests, ns: now.readNs }, { requests: then.readRequests, ns: then.readNs }),
    writeLatency: latency({ requests: now.writeRequests, ns: now.writeNs }, { requests: then.writeRequests, ns: then.writeNs }),
    flushLatency: latency({ requests: now.flushRequests, ns: now.flushNs }, { requests: then.flushRequests, ns: then.flushNs }),
  };
}

const noDisk: DiskSample = {
  readRequests: 0,
  readBytes: 0,
  readNs: 0,
  writeRequests: 0,
  writtenBytes: 0,
  writeNs: 0,
  flushRequests: 0,
  flushNs: 0,
  physicalBytes: 0,
  allocatedBytes: 0,
};
const noNic: NicSample = { receivedBytes: 0, receivedErrors: 0, receivedDropped: 0, sentBytes: 0, sentErrors: 0, sentDropped: 0 };

function diskStatistics(vm: Vm): Record<string, object> {
  const [before, now] = lastTwo(vm);
  const elapsedMs = before && now ? now.atMs - before.atMs : 0;
  return Object.fromEntries(
    (vm.facts?.disks ?? []).map((disk) => {
      const sample = now?.disks.get(disk.target) ?? noDisk;
      const size = vm.diskSizes.get(disk.path);
      const row = {
        ...diskRow(sample, before?.disks.get(disk.target), elapsedMs),
        truesize: String(size?.trueBytes ?? sample.allocatedBytes),
        apparentsize: String(size?.apparentBytes ?? sample.physicalBytes),
        ...(disk.imageId === undefined ? {} : { imageID: disk.imageId }),
        ...(disk.lunGuid === undefined ? {} : { lunGUID: disk.lunGuid }),
      };
      return [disk.target, row];
    }),
  );
}

function networkStatistics(vm: Vm): Record<string, object> {
  const now = vm.samples.at(-1);
  const rows = (vm.facts?.nics ?? []).filter((nic) => nic.hostDevice !== '');
  return Object.fromEntries(
    rows.map((nic) => {
      const sample = now?.nics.get(nic.hostDevice) ?? noNic;
      const row = {
        macAddr: nic.macAddress,
        name: nic.hostDevice,
        speed: '1000',
        state: 'unknown',
        rx: String(sample.receivedBytes),
        tx: String(sample.sentBytes),
        rxDropped: String(sample.receivedDropped),
        txDropped: String(sample.sentDropped),
        rxErrors: String(sample.receivedErrors),
        txErrors: String(sample.sentErrors),
        sampleTime: ((now?.atMs ?? 0) / 1000).toFixed(3),
      };
      return [nic.hostDevice, row];
    }),
  );
}

function lastTwo(vm: Vm): [VmSample | undefined, VmSample | undefined] {
  return vm.samples.length < 2 ? [undefined, vm.samples[0]] : [vm.samples.at(-2), vm.samples.at(-1)];
}

function memoryStatistics(vm: Vm): { memUsage: string; memoryStats: Record<string, string> } {
  const [before, now] = lastTwo(vm);
  const balloon = now?.balloon ?? {};
  const elapsedMs = before && now ? now.atMs - before.atMs : 0;
  const rate = (name: 'swapIn' | 'swapOut' | 'majorFaults' | 'minorFaults'): string => {
    const then = before?.balloon[name];
    const value = balloon[name];
    return then === undefined || value === undefined ? '0' : perSecond(value, then, elapsedMs);
  };
  const memoryKib = balloon.currentKib ?? vm.facts?.memoryKib ?? 0;
  if (balloon.unusedKib === undefined || memoryKib === 0) return { memUsage: '0', memoryStats: {} };
  const freeKib = Math.min(memoryKib, balloon.unusedKib + (balloon.diskCachesKib ?? 0));
  return {
    memUsage: String(Math.max(0, Math.min(100, Math.round(100 - (freeKib * 100) / memoryKib)))),
    memoryStats: {
      mem_total: String(balloon.availableKib ?? memoryKib),
      mem_unused: String(balloon.unusedKib),
      mem_free: String(freeKib),
      ...(balloon.diskCachesKib === undefined ? {} : { mem_cached: String(balloon.diskCachesKib) }),
      swap_in: rate('swapIn'),
      swap_out: rate('swapOut'),
      majflt: rate('majorFaults'),
      minflt: rate('minorFaults'),
      pageflt: rate('minorFaults'),
    },
  };
}

/** How much memory is a VM's in any case: what a hot plug said last, else what it was started with; 0 where nothing is said. */
export function guaranteedKib(vm: Vm): number {
  const { memGuaranteedSize, minGuaranteedMemoryMb } = vm.facts?.metadata.values ?? {};
  const mib = memGuaranteedSize ?? minGuaranteedMemoryMb;
  return typeof mib === 'number' ? mib * 1024 : 0;
}

/** Whether the memory of a VM may be taken away from it for a time. */
export function isBallooned(vm: Vm): boolean {
  const said = vm.facts?.metadata.values['ballooningEnabled'];
  return vm.facts?.hasBalloon === true && said !== false && said !== 'false';
}

function balloonInformation(vm: Vm): Record<string, string | boolean> {
  if (!vm.facts?.hasBalloon) return {};
  const { memoryKib } = vm.facts;
  const current = vm.samples.at(-1)?.balloon.currentKib ?? memoryKib;
  return {
    balloon_max: String(memoryKib),
    balloon_min: String(guaranteedKib(vm)),
    balloon_cur: String(current),
    balloon_target: String(vm.balloonTargetKib ?? current),
    ballooning_enabled: isBallooned(vm),
  };
}

/** Changes with every device of the VM and with the names that the guest gives its disks; a whole number as text. */
export function devicesHash(vm: Vm): string {
  const text = `${vm.facts?.devicesHash ?? ''}${JSON.stringify(vm.guest.diskMapping)}`;
  return String(Number.parseInt(createHash('sha1').update(text).digest('hex').slice(0, 13), 16));
}

function displayInformation(vm: Vm, context: StatisticsContext): Record<string, unknown> {
  const displays = (vm.facts?.graphics ?? []).map((graphics) => ({
    type: graphics.type,
    port: graphics.port,
    tlsPort: graphics.tlsPort,
    ipAddress: context.displayAddress(graphics.address),
  }));
  const first = displays[0];
  return {
    displayInfo: displays,
    displayType: first?.type === 'spice' ? 'qxl' : 'vnc',
    displayPort: first?.port ?? '-1',
    displaySecurePort: first?.tlsPort ?? '-1',
    displayIp: first?.ipAddress ?? '',
  };
}

/** What is told of a VM with every change of its status (event `|virt|VM_status|<vmId>`). Pure. */
export function statusReport(vm: Vm, context: StatisticsContext): Record<string, unknown> {
  const status = statusOf(vm.state, context.nowMs);
  if (status === 'Down') return exitReport(vm);
  return {
    vmId: vm.vmId,
    status,
    statusTime: String(context.statusTime),
    timeOffset: vm.clockOffsetSeconds,
    hash: devicesHash(vm),
    pauseCode: vm.state.pauseCode,
    clientIp: vm.clientAddress,
    ...displayInformation(vm, context),
  };
}

function exitReport(vm: Vm): Record<string, unknown> {
  const exit = vm.state.exit ?? { code: 1, message: 'The VM ended for an unknown reason', reason: 1 };
  return {
    vmId: vm.vmId,
    status: 'Down',
    exitCode: exit.code,
    exitMessage: exit.message,
    exitReason: exit.reason,
    timeOffset: vm.clockOffsetSeconds,
  };
}

/** One row of Host.getAllVmStats (VDSM schema, RunningVmStats or ExitedVmStats). Pure. */
export function vmStatistics(vm: Vm, context: StatisticsContext): Record<string, unknown> {
  const report = statusReport(vm, context);
  if (report['status'] === 'Down') return { ...report, statusTime: String(context.statusTime) };
  const [before, now] = lastTwo(vm);
  const elapsedSeconds = vm.state.startedMs === undefined ? 0 : Math.max(0, Math.floor((context.nowMs - vm.state.startedMs) / 1000));
  const silent = vm.facts !== undefined && context.nowMs - vm.answeredMs > responseTimeoutMs;
  const migrationProgress = vm.state.migratingTo === undefined ? undefined : context.migrationProgress?.(vm);
  const cd = vm.facts?.disks.find((disk) => disk.device === 'cdrom' && disk.path !== '');
  return {
    ...report,
    vmName: vm.name,
    vmType: 'kvm',
    kvmEnable: 'true',
    acpiEnable: String(vm.facts?.acpi ?? true),
    pid: '0',
    elapsedTime: String(elapsedSeconds),
    monitorResponse: silent ? '-1' : '0',
    ...cpuStatistics(before, now),
    vcpuCount: String(vm.facts?.vcpus ?? now?.vcpus ?? 0),
    vcpuQuota: '-1',
    vcpuPeriod: 100_000,
    network: networkStatistics(vm),
    disks: diskStatistics(vm),
    ...memoryStatistics(vm),
    balloonInfo: balloonInformation(vm),
    ...(vm.externalHashes.nvram === undefined ? {} : { nvramHash: vm.externalHashes.nvram }),
    ...(vm.externalHashes.tpm === undefined ? {} : { tpmHash: vm.externalHashes.tpm }),
    ...(migrationProgress === undefined ? {} : { migrationProgress }),
    vmJobs: mergeStatistics(vm),
    ioTune: [],
    ...(cd === undefined ? {} : { cdrom: cd.path }),
    ...(vm.watchdog === undefined ? {} : { watchdogEvent: { time: vm.watchdog.timeSeconds, action: vm.watchdog.action } }),
    ...withOvirtFacts(guestStatistics(vm.guest), vm.ovirtGuest),
  };
}
