import type { Network } from '@virgate/contract/generated/types';
import { onProvider, providerRow, type ProviderRow } from '../network-providers/providers.ts';
import { badRequest, conflict, invalidValue, refused } from '../rest/fault.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';

/** @throws {Fault} 400 for a network on a provider that is to be one of the hosts' */
function refusePhysical({ external_provider_physical_network: physical, external_provider: provider }: Network): void {
  if (physical === undefined) return;
  const reason =
    provider === undefined
      ? 'is for networks of a provider (external_provider)'
      : 'is not supported: networks of OVN are tunnelled between hosts';
  throw invalidValue('external_provider_physical_network', reason);
}

/** What networks of providers cannot have, because no host makes them. @throws {Fault} */
function checkExternal(body: Network): void {
  if (body.usages?.includes('vm') === false) throw badRequest('ACTION_TYPE_FAILED_EXTERNAL_NETWORK_MUST_BE_VM_NETWORK');
  if (body.vlan !== undefined) throw badRequest('ACTION_TYPE_FAILED_EXTERNAL_NETWORK_WITH_VLAN_MUST_BE_CUSTOM');
  if (body.port_isolation === true) throw conflict('EXTERNAL_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION');
  if (body.stp === true) throw invalidValue('stp', 'is for networks that hosts make');
  if (body.qos !== undefined) throw invalidValue('qos', 'is for networks that hosts make');
  if (body.dns_resolver_configuration !== undefined)
    throw invalidValue(
      'dns_resolver_configuration',
      'is for networks of hosts; guests are told name servers by the subnet of the provider',
    );
}

/** A network on a provider that a new network of a data center is. */
export interface NetworkOnProvider {
  provider_id: string;
  provider_network_id: string;
  made_on_provider: true;
}

/** The provider on which a request wants its network; undefined for a network of hosts. @throws {Fault} */
export async function wantedProvider(context: Context, body: Network): Promise<ProviderRow | undefined> {
  refusePhysical(body);
  if (body.external_provider === undefined) return undefined;
  checkExternal(body);
  const { id } = await resolve(context.db, 'OpenStackNetworkProvider', 'network_provider', body.external_provider);
  const provider = await providerRow(context.db, id);
  if (!provider) throw badRequest('ACTION_TYPE_FAILED_PROVIDER_DOESNT_EXIST');
  if (provider.read_only) throw refused('ACTION_TYPE_FAILED_EXTERNAL_PROVIDER_IS_READ_ONLY');
  return provider;
}

/**
 * Makes a network on its provider for as long as `work` makes it one of a data center: what is not finished is taken back.
 * @throws {Fault}
 */
export async function withNetworkOn<T>(
  context: Context,
  provider: ProviderRow | undefined,
  name: string,
  work: (there: NetworkOnProvider | Record<string, never>) => Promise<T>,
): Promise<T> {
  if (!provider) return work({});
  const north = context.engine.networkProviders.at(provider);
  const made = await onProvider(provider, () => north.addNetwork(name));
  try {
    return await work({ provider_id: provider.id, provider_network_id: made, made_on_provider: true });
  } catch (error) {
    await north
      .removeNetwork(made)
      .catch((failure: unknown) => context.engine.log.warn({ err: failure, network: made }, 'a network stays on its provider'));
    throw error;
  }
}

/** Removes a network that the engine made from its provider as well, unless another data center has it. A provider that is away keeps it. */
export async function removeFromProvider(
  context: Context,
  { provider_id: providerId, provider_network_id: networkId }: { provider_id: string | null; provider_network_id: string | null },
): Promise<void> {
  const provider = providerId === null ? undefined : await providerRow(context.db, providerId);
  if (!provider || networkId === null) return;
  const other = await context.db
    .selectFrom('network')
    .select('id')
    .where('provider_id', '=', provider.id)
    .where('provider_network_id', '=', networkId)
    .executeTakeFirst();
  if (other) return;
  await context.engine.networkProviders
    .at(provider)
    .removeNetwork(networkId)
    .catch((error: unknown) => context.engine.log.warn({ err: error, network: networkId }, 'a network stays on its provider'));
}

/** What of a network a request may not change because its provider has it; where a network comes from does not change. @throws {Fault} */
export function refuseOnProvider(current: Entity, body: Network): void {
  refusePhysical({ external_provider: current['external_provider'] as Network['external_provider'], ...body });
  const providerId = (current['external_provider'] as Entity | undefined)?.id;
  const { external_provider: wanted, ...others } = body;
  if (wanted !== undefined && wanted.id !== providerId) throw refused('ACTION_TYPE_FAILED_EXTERNAL_NETWORK_DETAILS_CANNOT_BE_EDITED');
  if (providerId === undefined) return;
  checkExternal(others);
  if (body.mtu !== undefined && body.mtu !== current['mtu']) throw refused('ACTION_TYPE_FAILED_EXTERNAL_NETWORK_DETAILS_CANNOT_BE_EDITED');
}
