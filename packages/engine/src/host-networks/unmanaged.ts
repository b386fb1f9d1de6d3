import type { UnmanagedNetwork } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { readableHosts } from '../hosts/read.ts';
import type { Loaders } from '../rest/follow.ts';
import { notFound } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { collection, done, entity, started, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { noChange } from './change.ts';
import { begin, hostSubject, stateOfPath } from './operations.ts';

interface Row {
  hostId: string;
  nicId: string;
  name: string;
}

/** The id that the contract gives an unmanaged network: the bytes of its name, in hexadecimal. */
const idOf = (name: string): string => Buffer.from(name, 'utf8').toString('hex');

/** Networks that hosts report and that their clusters do not have, with the devices that carry them. */
async function unmanagedOf(context: Context, hostIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await sql<Row>`
    select n.host_id as "hostId", n.id as "nicId", n.network_name as name from host_nic n join host t on t.id = n.host_id
    where n.network_name is not null and n.host_id = any(${hostIds.filter(isUuid)}::uuid[])
      and not exists (select 1 from network w join network_cluster c on c.network_id = w.id where c.cluster_id = t.cluster_id and w.vdsm_name = n.network_name)
      and ${context.filtered ? visibleTo(context.user, 'host', 't') : sql<boolean>`true`} order by n.host_id, n.network_name`.execute(
    context.db,
  );
  const network = (row: Row): UnmanagedNetwork => ({
    id: idOf(row.name),
    name: row.name,
    host: { id: row.hostId },
    host_nic: { id: row.nicId, href: `/ovirt-engine/api/hosts/${row.hostId}/nics/${row.nicId}` },
  });
  return new Map([...Map.groupBy(found.rows, (row) => row.hostId)].map(([id, rows]) => [id, rows.map((row) => network(row) as Entity)]));
}

async function unmanagedOfPath(context: Context): Promise<Entity[]> {
  const { id = '' } = await one(context, readableHosts, context.path['host']);
  return (await unmanagedOf(context, [id])).get(id) ?? [];
}

async function oneOfPath(context: Context): Promise<Entity> {
  const found = (await unmanagedOfPath(context)).find((network) => network.id === context.path['unmanaged_network']);
  if (!found) throw notFound();
  return found;
}

/** `DELETE hosts/{host}/unmanagednetworks/{unmanaged_network}`: takes a network off the host that nobody knows here. */
const removeUnmanaged: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const name = String((await oneOfPath(context))['name']);
    const state = await stateOfPath(context);
    const { job, ended } = await begin(
      context,
      state,
      { ...noChange, removeUnmanaged: [name] },
      { title: `Removing the unmanaged network ${name} from Host ${state.host.name}`, values: { network: name } },
    );
    return ended ? done(job) : started(job);
  },
};

export const unmanagedNetworkServices: Services = {
  UnmanagedNetworksService: {
    list: {
      permit: null,
      async run(context) {
        const found = await unmanagedOfPath(context);
        return collection('UnmanagedNetwork', found.slice(0, context.parameters.max() ?? found.length));
      },
    },
  },
  UnmanagedNetworkService: {
    get: { permit: null, run: async (context) => entity('UnmanagedNetwork', await oneOfPath(context)) },
    remove: removeUnmanaged,
  },
};

export const unmanagedNetworkLoaders: Partial<Loaders> = { children: { 'Host.unmanaged_networks': unmanagedOf } };
