import { VdsmError } from '@virgate/vdsm';
import { notImplemented, readObject, readOptionalBoolean, readOptionalInteger, readOptionalText } from '../verb.ts';
import { networkCapabilities } from './capabilities.ts';
import type { NetworkMapping } from './capabilities.ts';
import type { NetworkFacts } from './facts.ts';

/** Codes of network faults (VDSM schema, Host.setupNetworks). */
export const networkErrorCode = { badParameters: 21, badAddress: 22, badNic: 23, badBonding: 25, badVlan: 26, badBridge: 27 } as const;

/** Most networks or bonds in one request. */
const maximumEntries = 1000;

interface ReportedNetwork {
  ports: string[];
  addr: string;
  netmask: string;
  gateway: string;
  mtu: number;
  dhcpv4: boolean;
  dhcpv6: boolean;
  ipv6autoconf: boolean;
  ipv6addrs: string[];
}

function entries(params: Record<string, unknown>, name: string): [string, Record<string, unknown>][] {
  const value = readObject({ [name]: params[name] ?? {} }, name);
  const list = Object.entries(value);
  if (list.length > maximumEntries)
    throw new VdsmError(networkErrorCode.badParameters, `More than ${maximumEntries} ${name} in one request`);
  return list.map(([key, item]) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item))
      throw new VdsmError(networkErrorCode.badParameters, `The description of ${key} is no object`);
    return [key, item as Record<string, unknown>];
  });
}

/** The attributes of a request that differ from what the host has. */
function differences(wanted: Record<string, unknown>, there: ReportedNetwork, nics: ReadonlySet<string>): string[] {
  const nic = readOptionalText(wanted, 'nic');
  if (nic !== undefined && !nics.has(nic)) throw new VdsmError(networkErrorCode.badNic, `This host has no NIC ${nic}`);
  const vlan = readOptionalInteger(wanted, 'vlan', { minimum: 0, maximum: 4094 });
  const mtu = readOptionalInteger(wanted, 'mtu', { minimum: 68, maximum: 65_535 });
  const ipaddr = readOptionalText(wanted, 'ipaddr');
  const ipv6addr = readOptionalText(wanted, 'ipv6addr');
  const gateway = readOptionalText(wanted, 'gateway');
  const found: Record<string, boolean> = {
    nic: nic !== undefined && !there.ports.includes(nic),
    bonding: readOptionalText(wanted, 'bonding') !== undefined,
    vlan: vlan !== undefined,
    bridged: readOptionalBoolean(wanted, 'bridged') === false,
    switch: (readOptionalText(wanted, 'switch') ?? 'legacy') !== 'legacy',
    mtu: mtu !== undefined && mtu !== there.mtu,
    ipaddr: ipaddr !== undefined && ipaddr !== there.addr,
    gateway: gateway !== undefined && gateway !== there.gateway,
    ipv6addr: ipv6addr !== undefined && !there.ipv6addrs.includes(ipv6addr),
    bootproto: readOptionalText(wanted, 'bootproto') === 'dhcp' && !there.dhcpv4,
    dhcpv6: readOptionalBoolean(wanted, 'dhcpv6') === true && !there.dhcpv6,
    hostQos: wanted['hostQos'] !== undefined,
  };
  return Object.keys(found).filter((name) => found[name]);
}

/**
 * Checks a request of Host.setupNetworks against what the host has. A request that describes just
 * that is fine; this agent does not change the host's network yet.
 *
 * @throws VdsmError 21 to 27 for what can't be right, 44 for a change
 */
export function checkSetupRequest(params: Record<string, unknown>, facts: NetworkFacts, mapping: NetworkMapping): void {
  const capabilities = networkCapabilities(facts, mapping);
  const nics = new Set(Object.keys(capabilities.nics));
  for (const [name, wanted] of entries(params, 'networks')) {
    const there = capabilities.networks[name] as ReportedNetwork | undefined;
    if (readOptionalBoolean(wanted, 'remove') === true) {
      if (!there) throw new VdsmError(networkErrorCode.badBridge, `This host has no network ${name}, it can't be removed`);
      throw notImplemented('Host.setupNetworks', `removing the network ${name} is not possible on this host agent yet`);
    }
    if (!there) throw notImplemented('Host.setupNetworks', `adding the network ${name} is not possible on this host agent yet`);
    const changes = differences(wanted, there, nics);
    if (changes.length > 0)
      throw notImplemented(
        'Host.setupNetworks',
        `changing ${changes.join(', ')} of the network ${name} is not possible on this host agent yet`,
      );
  }
  for (const [name] of entries(params, 'bondings'))
    throw notImplemented('Host.setupNetworks', `setting up the bond ${name} is not possible on this host agent yet`);
}
