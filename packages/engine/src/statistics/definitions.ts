import type { Statistic, StatisticKind, StatisticUnit, ValueType } from '@virgate/contract/generated/types';
import { nameId } from '../rest/derived-id.ts';

/** One statistic of the contract: its name and what its values are. Source: REST contract, statistics. */
export interface StatisticDefinition {
  readonly name: string;
  readonly description: string;
  readonly kind: StatisticKind;
  readonly unit: StatisticUnit;
  readonly type: ValueType;
}

const define = (name: string, description: string, kind: StatisticKind, unit: StatisticUnit, type: ValueType): StatisticDefinition => ({
  name,
  description,
  kind,
  unit,
  type,
});
const gauge = (name: string, description: string, unit: StatisticUnit, type: ValueType) => define(name, description, 'gauge', unit, type);
const counter = (name: string, description: string, unit: StatisticUnit) => define(name, description, 'counter', unit, 'integer');
const bytes = (name: string, description: string) => gauge(name, description, 'bytes', 'integer');
const percent = (name: string, description: string) => gauge(name, description, 'percent', 'decimal');

export const vmStatistics = {
  memoryInstalled: bytes('memory.installed', 'Memory that the VM is defined with'),
  memoryUsed: bytes('memory.used', 'Memory that the guest uses'),
  cpuGuest: percent('cpu.current.guest', 'CPU that the guest uses'),
  cpuHypervisor: percent('cpu.current.hypervisor', 'CPU that the hypervisor uses for the guest'),
  cpuTotal: percent('cpu.current.total', 'CPU of guest and hypervisor together'),
  migrationProgress: percent('migration.progress', 'How far a migration is'),
  memoryBuffered: bytes('memory.buffered', 'Memory that the guest has in buffers'),
  memoryCached: bytes('memory.cached', 'Memory that the guest has in caches'),
  memoryFree: bytes('memory.free', 'Memory that the guest could use'),
  memoryUnused: bytes('memory.unused', 'Memory that the guest uses for nothing, not even caches'),
  networkTotal: percent('network.current.total', 'Usage of the busiest NIC'),
  disksUsage: gauge('disks.usage', 'Usage of the file systems of the guest in bytes, as JSON', 'none', 'string'),
  elapsedTime: counter('elapsed.time', 'Time since the VM was started', 'seconds'),
  cpuHistory: percent('cpu.usage.history', 'CPU usage every 30 seconds, newest first'),
  memoryHistory: percent('memory.usage.history', 'Memory usage every 30 seconds, newest first'),
  networkHistory: percent('network.usage.history', 'Network usage every 30 seconds, newest first'),
} as const;

export const hostStatistics = {
  memoryTotal: bytes('memory.total', 'Physical memory'),
  memoryUsed: bytes('memory.used', 'Memory in use'),
  memoryFree: bytes('memory.free', 'Memory not in use'),
  memoryShared: bytes('memory.shared', 'Memory that VMs share by kernel same-page merging'),
  swapTotal: bytes('swap.total', 'Swap space'),
  swapFree: bytes('swap.free', 'Swap space not in use'),
  swapUsed: bytes('swap.used', 'Swap space in use'),
  ksmCpu: percent('ksm.cpu.current', 'CPU that kernel same-page merging uses'),
  cpuUser: percent('cpu.current.user', 'CPU used by user space'),
  cpuSystem: percent('cpu.current.system', 'CPU used by the kernel'),
  cpuIdle: percent('cpu.current.idle', 'CPU not in use'),
  cpuLoad: percent('cpu.load.avg.5m', 'Load of the last minutes per CPU'),
  bootTime: gauge('boot.time', 'When the host was started, in seconds since 1970', 'none', 'integer'),
} as const;

export const hugePagesFree = (kib: number): StatisticDefinition =>
  gauge(`hugepages.${kib}.free`, `Free huge pages of ${kib} KiB`, 'none', 'integer');
export const hugePagesTotal = (kib: number): StatisticDefinition =>
  gauge(`hugepages.${kib}.total`, `All huge pages of ${kib} KiB`, 'none', 'integer');

/** NUMA nodes have six of a host's. */
export const numaNodeStatistics = {
  memoryTotal: hostStatistics.memoryTotal,
  memoryUsed: hostStatistics.memoryUsed,
  memoryFree: hostStatistics.memoryFree,
  cpuUser: hostStatistics.cpuUser,
  cpuSystem: hostStatistics.cpuSystem,
  cpuIdle: hostStatistics.cpuIdle,
} as const;

/** NICs of hosts and of VMs. What counts as an error here are dropped packets. */
export const nicStatistics = {
  rxBytesPerSecond: gauge('data.current.rx', 'Rate of received data', 'bytes_per_second', 'decimal'),
  txBytesPerSecond: gauge('data.current.tx', 'Rate of sent data', 'bytes_per_second', 'decimal'),
  rxBitsPerSecond: gauge('data.current.rx.bps', 'Rate of received data in bits', 'bits_per_second', 'decimal'),
  txBitsPerSecond: gauge('data.current.tx.bps', 'Rate of sent data in bits', 'bits_per_second', 'decimal'),
  rxErrors: counter('errors.total.rx', 'Packets lost while receiving', 'none'),
  txErrors: counter('errors.total.tx', 'Packets lost while sending', 'none'),
  rxTotal: counter('data.total.rx', 'Received data', 'bytes'),
  txTotal: counter('data.total.tx', 'Sent data', 'bytes'),
} as const;

export const diskStatistics = {
  readRate: gauge('data.current.read', 'Rate of read data', 'bytes_per_second', 'decimal'),
  readOps: gauge('data.current.read_ops', 'Read operations', 'seconds', 'decimal'),
  writeRate: gauge('data.current.write', 'Rate of written data', 'bytes_per_second', 'decimal'),
  writeOps: gauge('data.current.write_ops', 'Write operations', 'seconds', 'decimal'),
  readLatency: gauge('disk.read.latency', 'Time that a read takes', 'seconds', 'decimal'),
  writeLatency: gauge('disk.write.latency', 'Time that a write takes', 'seconds', 'decimal'),
  flushLatency: gauge('disk.flush.latency', 'Time that a flush takes', 'seconds', 'decimal'),
} as const;

/**
 * A statistic with its values. What is not known is 0: the contract has no other way to say so, and clients read the first value
 * without looking whether there is one.
 */
export function statisticOf(definition: StatisticDefinition, ...values: (number | string | null | undefined)[]): Statistic {
  const { name, description, kind, unit, type } = definition;
  return {
    id: nameId(name),
    name,
    description,
    kind,
    type,
    unit,
    values: values.map((value) => (typeof value === 'string' ? { detail: value } : { datum: value ?? 0 })),
  };
}
