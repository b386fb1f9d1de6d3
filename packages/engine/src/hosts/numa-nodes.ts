import type { NumaNode } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import type { Loaders } from '../rest/follow.ts';
import { notFound } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import { placeOf } from '../rest/represent.ts';
import { derivedId } from '../rest/derived-id.ts';
import { numeric } from '../monitoring/capabilities.ts';
import { readableHosts } from './read.ts';

type Raw = Record<string, unknown>;
const object = (value: unknown): Raw => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {});
/** Nodes that a host may report; further ones are not shown. */
const maxNodes = 256;

/** The id of a host's NUMA node: the same as long as the host is, whatever it reports meanwhile. */
export const numaNodeId = (hostId: string, index: number): string => derivedId('numa node', hostId, String(index));

/** NUMA nodes as a host's capabilities tell them, in their order. Source: VDSM capabilities, numaNodes and numaNodeDistance. */
export function numaNodesOfCapabilities(hostId: string, capabilities: unknown): NumaNode[] {
  const caps = object(capabilities);
  return Object.entries(object(caps['numaNodes']))
    .filter(([index]) => /^\d{1,4}$/.test(index))
    .slice(0, maxNodes)
    .map(([index, value]) => ({ index: Number(index), node: object(value) }))
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, node }) => {
      const distances = object(caps['numaNodeDistance'])[String(index)];
      const cpus = Array.isArray(node['cpus']) ? node['cpus'].filter((cpu): cpu is number => typeof cpu === 'number') : [];
      return {
        id: numaNodeId(hostId, index),
        index,
        memory: numeric(node['totalMemory']) ?? 0,
        ...(cpus.length > 0 ? { cpu: { cores: cpus.map((cpu) => ({ index: cpu })) } } : {}),
        ...(Array.isArray(distances) ? { node_distance: distances.map(String).join(' ') } : {}),
        host: { id: hostId },
      };
    });
}

/** NUMA nodes of many hosts at once. Hosts that the caller may not see have none. */
export async function numaNodesOf(context: Context, hostIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await sql<{ id: string; capabilities: Raw }>`
    select t.id, jsonb_build_object('numaNodes', s.capabilities -> 'numaNodes', 'numaNodeDistance', s.capabilities -> 'numaNodeDistance') as capabilities
    from host t join host_state s on s.host_id = t.id where t.id = any(${hostIds.filter(isUuid)}::uuid[])
      and ${context.filtered ? visibleTo(context.user, 'host', 't') : sql<boolean>`true`}`.execute(context.db);
  return new Map(found.rows.map((row) => [row.id, numaNodesOfCapabilities(row.id, row.capabilities) as Entity[]]));
}

/** The NUMA node of the path. @throws {Fault} 404 */
export async function oneNumaNode(context: Context): Promise<Entity> {
  const { id = '' } = await one(context, readableHosts, context.path['host']);
  const found = (await numaNodesOf(context, [id])).get(id)?.find((node) => node.id === context.path['node']);
  if (!found) throw notFound();
  return found;
}

export const numaNodeServices: Services = {
  HostNumaNodesService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await one(context, readableHosts, context.path['host']);
        const found = (await numaNodesOf(context, [id])).get(id) ?? [];
        return collection('NumaNode', found.slice(0, context.parameters.max() ?? found.length));
      },
    },
  },
  HostNumaNodeService: { get: { permit: null, run: async (context) => entity('NumaNode', await oneNumaNode(context)) } },
};

/** The nodes of hosts that statistics are of. */
async function nodesOfStatistics(context: Context, statistics: readonly Entity[]): Promise<(Entity | undefined)[]> {
  const nodeOf = (statistic: Entity) => statistic['host_numa_node'] as NumaNode;
  const hostOf = (statistic: Entity): string => nodeOf(statistic).host?.id ?? '';
  const byHost = await numaNodesOf(context, [...new Set(statistics.map(hostOf))]);
  return statistics.map((statistic) => {
    const id = nodeOf(statistic).id ?? '';
    const found = byHost.get(hostOf(statistic))?.find((node) => node.id === id);
    return found && { ...found, href: placeOf('hosts', hostOf(statistic), 'numanodes', id) };
  });
}

export const numaNodeLoaders: Partial<Loaders> = {
  references: { 'Statistic.host_numa_node': nodesOfStatistics },
  children: { 'Host.numa_nodes': numaNodesOf },
};
