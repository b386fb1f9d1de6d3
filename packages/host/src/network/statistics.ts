import { networkCapabilities } from './capabilities.ts';
import type { NetworkMapping } from './capabilities.ts';
import type { HostConfiguration } from './configuration.ts';
import type { NetworkFacts, NetworkLink } from './facts.ts';

/** Counters of one device since it exists. */
export interface InterfaceCounters {
  receivedBytes: number;
  receivedErrors: number;
  receivedDropped: number;
  sentBytes: number;
  sentErrors: number;
  sentDropped: number;
}

/** One row of Host.getStats.network. */
export interface InterfaceStatistics {
  name: string;
  speed: string;
  rx: string;
  tx: string;
  rxDropped: string;
  txDropped: string;
  rxErrors: string;
  txErrors: string;
  state: 'up' | 'down';
  /** Seconds, with decimals: as text, because a caller of the contract drops a JSON integer here. */
  sampleTime: string;
}

/** Reads /proc/net/dev. */
export function readInterfaceCounters(text: string): Map<string, InterfaceCounters> {
  const counters = new Map<string, InterfaceCounters>();
  for (const line of text.split('\n')) {
    const match = /^\s*([^:\s]+):\s*(.*)$/.exec(line);
    const values = match?.[2]?.trim().split(/\s+/).map(Number);
    if (match?.[1] === undefined || !values || values.length < 16) continue;
    const at = (index: number): number => values[index] ?? 0;
    counters.set(match[1], {
      receivedBytes: at(0),
      receivedErrors: at(2),
      receivedDropped: at(3),
      sentBytes: at(8),
      sentErrors: at(10),
      sentDropped: at(11),
    });
  }
  return counters;
}

const noCounters: InterfaceCounters = {
  receivedBytes: 0,
  receivedErrors: 0,
  receivedDropped: 0,
  sentBytes: 0,
  sentErrors: 0,
  sentDropped: 0,
};

function stateOf(link: Pick<NetworkLink, 'kind' | 'administrativelyUp' | 'carrier'>): 'up' | 'down' {
  // A bridge without a running guest has no carrier and yet is ready for one.
  const up = link.kind === 'bridge' || link.kind === 'openvswitch' ? link.administrativelyUp : link.administrativelyUp && link.carrier;
  return up ? 'up' : 'down';
}

function speedOf(link: Pick<NetworkLink, 'kind' | 'speedMbps'>): number {
  if (link.speedMbps > 0) return link.speedMbps;
  return link.kind === 'bridge' || link.kind === 'nic' || link.kind === 'openvswitch' ? 1000 : 0;
}

const membersOf = (bond: string, facts: NetworkFacts): NetworkLink[] => {
  const port = facts.openVSwitch?.bridges.flatMap((bridge) => bridge.ports).find((one) => one.name === bond);
  return facts.links.filter((link) => port?.interfaces.includes(link.name));
};

/** A bond of Open vSwitch has no device: it is up when a member is, and as fast as all that are. */
function bondOfSwitch(
  name: string,
  facts: NetworkFacts,
): Pick<NetworkLink, 'kind' | 'speedMbps' | 'administrativelyUp' | 'carrier'> | undefined {
  const members = membersOf(name, facts);
  if (members.length === 0) return undefined;
  const up = members.filter((member) => member.administrativelyUp && member.carrier);
  const speedMbps = up.reduce((sum, member) => sum + speedOf(member), 0);
  return { kind: 'bond', speedMbps, administrativelyUp: true, carrier: up.length > 0 };
}

const sumOf = (counters: readonly InterfaceCounters[]): InterfaceCounters =>
  counters.reduce(
    (sum, one) =>
      Object.fromEntries(
        Object.entries(sum).map(([key, value]) => [key, value + one[key as keyof InterfaceCounters]]),
      ) as unknown as InterfaceCounters,
    noCounters,
  );

/** The network part of Host.getStats: one row for every device that the capabilities name. Pure. */
export function networkStatistics(
  facts: NetworkFacts,
  mapping: NetworkMapping,
  counters: ReadonlyMap<string, InterfaceCounters>,
  monotonicMs: number,
  configured?: HostConfiguration,
): Record<string, InterfaceStatistics> {
  const { nics, bondings, vlans, bridges } = networkCapabilities(facts, mapping, configured);
  const shown = new Set([nics, bondings, vlans, bridges].flatMap((group) => Object.keys(group)));
  const rows = [...shown].flatMap((name) => {
    const device = name === mapping.management.name ? mapping.management.bridge : name;
    const link = facts.links.find((candidate) => candidate.name === device) ?? bondOfSwitch(name, facts);
    if (!link) return [];
    const count = counters.get(device) ?? sumOf(membersOf(name, facts).map((member) => counters.get(member.name) ?? noCounters));
    const row: InterfaceStatistics = {
      name,
      speed: String(speedOf(link)),
      rx: String(count.receivedBytes),
      tx: String(count.sentBytes),
      rxDropped: String(count.receivedDropped),
      txDropped: String(count.sentDropped),
      rxErrors: String(count.receivedErrors),
      txErrors: String(count.sentErrors),
      state: stateOf(link),
      sampleTime: (monotonicMs / 1000).toFixed(3),
    };
    return [[name, row] as const];
  });
  return Object.fromEntries(rows);
}
