import type { Qos, QosType } from '@virgate/contract/generated/types';
import { type Fault, invalidValue, refused, say } from '../rest/fault.ts';

/** Attributes of each kind of QoS, with the highest value. Throughput in MB/s, network in Mbit/s and MB. Source: engine configuration, QoS bounds. */
const bounds = {
  storage: {
    max_throughput: 1_000_000,
    max_read_throughput: 1_000_000,
    max_write_throughput: 1_000_000,
    max_iops: 1_000_000,
    max_read_iops: 1_000_000,
    max_write_iops: 1_000_000,
  },
  cpu: { cpu_limit: 100 },
  network: {
    inbound_average: 17_179,
    inbound_peak: 34_359,
    inbound_burst: 10_240,
    outbound_average: 17_179,
    outbound_peak: 34_359,
    outbound_burst: 10_240,
  },
  hostnetwork: { outbound_average_linkshare: 100, outbound_average_upperlimit: 1_000_000, outbound_average_realtime: 1_000_000 },
} as const satisfies Record<QosType, Partial<Record<keyof Qos, number>>>;

/** What a QoS limits; what is missing is without limit. */
export type QosLimits = Partial<Record<string, number>>;

const outOfRange = (): Fault => refused('ACTION_TYPE_FAILED_QOS_OUT_OF_RANGE_VALUES');

/** A kind of QoS. @throws {Fault} 400 */
export function checkQosType(type: string | undefined): QosType {
  if (type === undefined || !Object.hasOwn(bounds, type)) throw invalidValue('type', say`must be one of ${Object.keys(bounds).join(', ')}`);
  return type as QosType;
}

function checkStorage(limits: QosLimits): void {
  for (const unit of ['throughput', 'iops']) {
    const total = limits[`max_${unit}`];
    const split = limits[`max_read_${unit}`] ?? limits[`max_write_${unit}`];
    if (total !== undefined && split !== undefined) throw refused('ACTION_TYPE_FAILED_STORAGE_QOS_ILLEGAL_VALUES');
  }
}

function checkNetwork(limits: QosLimits): void {
  for (const direction of ['inbound', 'outbound']) {
    const values = ['average', 'peak', 'burst'].map((name) => limits[`${direction}_${name}`]);
    const given = values.filter((value) => value !== undefined).length;
    if (given > 0 && given < values.length) throw refused('ACTION_TYPE_FAILED_NETWORK_QOS_MISSING_VALUES');
    if (given > 0 && (values[1] ?? 0) < (values[0] ?? 0)) throw refused('ACTION_TYPE_FAILED_NETWORK_QOS_PEAK_LOWER_THAN_AVERAGE');
  }
}

function checkHostNetwork(limits: QosLimits): void {
  if (limits['outbound_average_linkshare'] === undefined) throw refused('ACTION_TYPE_FAILED_HOST_NETWORK_QOS_MISSING_VALUES');
  const upper = limits['outbound_average_upperlimit'];
  const realtime = limits['outbound_average_realtime'];
  if (upper !== undefined && realtime !== undefined && upper < realtime)
    throw refused('ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INCONSISTENT_VALUES');
}

/**
 * The limits of a QoS after a change: attributes of other kinds are left out, -1 takes a limit away.
 * @throws {Fault} 400 for values that cannot be, or not together
 */
export function qosLimits(type: QosType, body: Qos, before: QosLimits = {}): Record<string, number> {
  const limits: Record<string, number> = Object.fromEntries(
    Object.entries(before).filter((entry): entry is [string, number] => entry[1] !== undefined),
  );
  for (const [name, most] of Object.entries(bounds[type])) {
    const value = body[name as keyof Qos] as number | undefined;
    if (value === undefined) continue;
    if (value === -1) delete limits[name];
    else if (value < -1)
      throw refused(type === 'network' ? 'ACTION_TYPE_FAILED_NETWORK_QOS_NEGATIVE_VALUES' : 'ACTION_TYPE_FAILED_QOS_NEGATIVE_VALUES');
    else if (value > most || (value === 0 && type !== 'network')) throw outOfRange();
    else limits[name] = value;
  }
  if (type === 'storage') checkStorage(limits);
  if (type === 'network') checkNetwork(limits);
  if (type === 'hostnetwork') checkHostNetwork(limits);
  if (type === 'cpu' && limits['cpu_limit'] === undefined) throw refused('ACTION_TYPE_FAILED_QOS_MISSING_VALUES');
  return limits;
}
