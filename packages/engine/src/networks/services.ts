import type { DnsResolverConfiguration, Qos } from '@virgate/contract/generated/types';
import { sql, type Kysely } from 'kysely';
import { isIPv4, isIPv6 } from 'node:net';
import { qosLimits, type QosLimits } from '../qos/limits.ts';
import { invalidValue, refused, say } from '../rest/fault.ts';
import { resolve, type Reference } from '../rest/reference.ts';
import type { Tables } from '../tables/schema.ts';

/** Most name servers that hosts are given. Source: portal of the contract, dialog of networks. */
const maxNameServers = 3;

/** The name servers of a request, in their order; undefined when it does not speak of them. @throws {Fault} 400 */
export function nameServersOf(configuration: DnsResolverConfiguration | undefined): string[] | undefined {
  if (configuration === undefined) return undefined;
  const servers = configuration.name_servers ?? [];
  const field = 'dns_resolver_configuration.name_servers';
  if (servers.length > maxNameServers) throw invalidValue(field, say`at most ${maxNameServers}`);
  const wrong = servers.find((server) => !isIPv4(server) && !isIPv6(server));
  if (wrong !== undefined) throw invalidValue(field, say`${wrong.slice(0, 80)} is no IP address`);
  if (new Set(servers).size < servers.length) throw invalidValue(field, 'an address stands there twice');
  return servers;
}

/** The QoS of hosts that a network is to have, of its data center; an empty reference means none. @throws {Fault} 404 */
export async function hostQosOf(db: Kysely<Tables>, dataCenterId: string, reference: Reference): Promise<string | null> {
  if (reference.id === undefined && reference.name === undefined) return null;
  const among = sql<boolean>`t.type = 'hostnetwork' and t.data_center_id = ${dataCenterId}::uuid`;
  return (await resolve(db, 'Qos', 'qos', reference, among)).id;
}

/**
 * The limits that a request gives a network on one host; undefined when it names none. Shares are weights, limits Mbit/s.
 * @throws {Fault} 400
 */
export function limitsOnHost(body: Qos): QosLimits | undefined {
  if (body.id !== undefined || body.name !== undefined) throw invalidValue('qos', 'the limits themselves are expected, not a QoS');
  const { outbound_average_upperlimit: upper, outbound_average_realtime: realtime } = body;
  if (Object.keys(body).length === 0) return undefined;
  if (body.outbound_average_linkshare === undefined) throw refused('ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_MISSING_VALUES');
  if (upper !== undefined && realtime !== undefined && upper < realtime)
    throw refused('ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_INCONSISTENT_VALUES');
  return qosLimits('hostnetwork', body);
}
