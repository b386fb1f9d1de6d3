import { recordEvent } from '../events/record.ts';
import { conflict, incomplete } from '../rest/fault.ts';
import { created, done, entity, type Context, type Operation } from '../rest/operation.ts';
import { attribution, nameInUse, write, type UniqueFaults } from '../rest/write.ts';
import { providerColumns } from './definition.ts';
import { onProvider, providerEntity, providerOfPath, providerRow, type ProviderRow } from './providers.ts';

const permit = 'create_storage_pool_network';

const uniqueFaults = (name: string): UniqueFaults => ({
  network_provider_name: nameInUse(name),
  network_provider_url: () => conflict('NETWORK_PROVIDER_EXISTS'),
});

/** Hosts of clusters that use a provider are told where it is. */
async function tellHosts({ engine, db }: Context, providerId: string): Promise<void> {
  const hosts = await db
    .selectFrom('host')
    .innerJoin('cluster', 'cluster.id', 'host.cluster_id')
    .select('host.id')
    .where('cluster.network_provider_id', '=', providerId)
    .execute();
  for (const { id } of hosts) engine.hosts.inspect(id);
}

/** `POST openstacknetworkproviders`: OVN by its northbound database, which must answer. */
export const addProvider: Operation = {
  permit,
  async run(context) {
    const columns = providerColumns(context.body);
    const { name } = columns;
    if (name === undefined) throw incomplete('OpenStackNetworkProvider [name]');
    await onProvider({ name }, () => context.engine.networkProviders.at(columns).ping());
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await trx
          .insertInto('network_provider')
          .values({ ...columns, id, name })
          .execute();
        await recordEvent(trx, { name: 'PROVIDER_ADDED', values: { providerName: name }, ...attribution(context) });
      },
      uniqueFaults(name),
    );
    return created('OpenStackNetworkProvider', providerEntity((await providerRow(context.db, id)) as ProviderRow));
  },
};

/** `PUT openstacknetworkproviders/{provider}`. */
export const updateProvider: Operation = {
  permit,
  async run(context) {
    const current = await providerOfPath(context);
    const columns = providerColumns(context.body, current);
    const name = columns.name ?? current.name;
    if (columns.url !== current.url) await onProvider({ name }, () => context.engine.networkProviders.at(columns).ping());
    await write(
      context,
      async (trx) => {
        await trx.updateTable('network_provider').set(columns).where('id', '=', current.id).execute();
        await recordEvent(trx, { name: 'PROVIDER_UPDATED', values: { providerName: name }, ...attribution(context) });
      },
      uniqueFaults(name),
    );
    if (columns.southbound !== current.southbound) await tellHosts(context, current.id);
    return entity('OpenStackNetworkProvider', providerEntity((await providerRow(context.db, current.id)) as ProviderRow));
  },
};

/** `DELETE openstacknetworkproviders/{provider}`: while no cluster and no network uses it; what it has stays as it is. */
export const removeProvider: Operation = {
  permit,
  async run(context) {
    const { id, name } = await providerOfPath(context);
    const job = await write(context, async (trx) => {
      await trx.selectFrom('network_provider').select('id').where('id', '=', id).forUpdate().execute();
      const networks = await trx.selectFrom('network').select('name').where('provider_id', '=', id).orderBy('name').execute();
      if (networks.length > 0)
        throw conflict(`ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_${networks.length === 1 ? 'ONCE' : 'MULTIPLE_TIMES'}`, {
          networks: networks.map((network) => network.name).join(', '),
        });
      const cluster = await trx.selectFrom('cluster').select('name').where('network_provider_id', '=', id).executeTakeFirst();
      if (cluster) throw conflict('ACTION_TYPE_FAILED_PROVIDER_USED_IN_CLUSTER', { cluster: cluster.name });
      await trx.deleteFrom('network_provider').where('id', '=', id).execute();
      await recordEvent(trx, { name: 'PROVIDER_REMOVED', values: { providerName: name }, ...attribution(context) });
      return context.engine.jobs.record(trx, context, { action: 'RemoveProvider', description: `Removing provider ${name}`, subjects: [] });
    });
    return done(job);
  },
};

/** `POST openstacknetworkproviders/{provider}/testconnectivity`. */
export const testProvider: Operation = {
  permit,
  async run(context) {
    const provider = await providerOfPath(context);
    await onProvider(provider, () => context.engine.networkProviders.at(provider).ping());
    return done();
  },
};
