import type { DataCenter, OpenStackSubnet } from '@virgate/contract/generated/types';
import { isIPv4 } from 'node:net';
import { importNetwork } from '../networks/import.ts';
import type { OvnNetwork, OvnSubnet } from '../ovn/northbound.ts';
import { firstAddress, isInside, parseCidr } from '../ovn/subnets.ts';
import { conflict, incomplete, invalidValue, notFound, refused, say } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { collection, created, done, entity, type Context, type Entity, type Operation, type Service } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { onProvider, providerOfPath, type ProviderRow } from './providers.ts';

const maxDnsServers = 3;
const permit = 'create_storage_pool_network';

const networkEntity = (provider: ProviderRow, { id, name }: OvnNetwork): Entity => ({
  id,
  name,
  openstack_network_provider: { id: provider.id },
});

const subnetEntity = (subnet: OvnSubnet): Entity => ({
  id: subnet.id,
  name: subnet.name,
  cidr: subnet.cidr,
  ip_version: 'v4',
  ...(subnet.gateway === null ? {} : { gateway: subnet.gateway }),
  ...(subnet.dnsServers.length === 0 ? {} : { dns_servers: subnet.dnsServers }),
  openstack_network: { id: subnet.networkId },
});

/** Does something on the provider of the path. @throws {Fault} 404, 503, 409 */
async function there<T>(
  context: Context,
  work: (north: ReturnType<Context['engine']['networkProviders']['at']>, provider: ProviderRow) => Promise<T>,
): Promise<T> {
  const provider = await providerOfPath(context);
  return onProvider(provider, () => work(context.engine.networkProviders.at(provider), provider));
}

/** The network of the path, as its provider has it. @throws {Fault} 404 */
async function networkOfPath(context: Context): Promise<{ provider: ProviderRow; network: OvnNetwork }> {
  const id = context.path['network'] ?? '';
  return there(context, async (north, provider) => {
    const [network] = isUuid(id) ? await north.networks(id) : [];
    if (!network) throw notFound();
    return { provider, network };
  });
}

/** `POST …/networks/{network}/import`: the network becomes one of a data center, with a vNIC profile. */
const importIt: Operation = {
  permit,
  async run(context) {
    const { provider, network } = await networkOfPath(context);
    const { data_center: reference } = context.body as { data_center?: DataCenter };
    const dataCenter = await resolve(context.db, 'DataCenter', 'data_center', reference);
    await importNetwork(context, { provider, network, dataCenter });
    return done();
  },
};

export const providerNetworks: Service = {
  list: {
    permit: null,
    run: async (context) =>
      collection(
        'OpenStackNetwork',
        await there(context, async (north, provider) =>
          (await north.networks()).slice(0, context.parameters.max()).map((one) => networkEntity(provider, one)),
        ),
      ),
  },
};

export const providerNetwork: Service = {
  get: {
    permit: null,
    async run(context) {
      const { provider, network } = await networkOfPath(context);
      return entity('OpenStackNetwork', networkEntity(provider, network));
    },
  },
  import: importIt,
};

async function subnetsOfPath(context: Context): Promise<OvnSubnet[]> {
  const { network } = await networkOfPath(context);
  return there(context, (north) => north.subnets(network.id));
}

async function subnetOfPath(context: Context): Promise<OvnSubnet> {
  const found = (await subnetsOfPath(context)).find((subnet) => subnet.id === context.path['subnet']);
  if (!found) throw notFound();
  return found;
}

/** What a request says of a new subnet. @throws {Fault} 400 */
function checkSubnet(body: OpenStackSubnet): Pick<OvnSubnet, 'name' | 'cidr' | 'gateway' | 'dnsServers'> {
  const { name, cidr, gateway = null, dns_servers: dnsServers = [], ip_version: version = 'v4' } = body;
  if (name === undefined || name.trim() === '') throw incomplete('OpenStackSubnet [name]');
  if (cidr === undefined) throw incomplete('OpenStackSubnet [cidr]');
  if (version !== 'v4' && version !== '4') throw invalidValue('ip_version', 'must be v4');
  const block = parseCidr(cidr);
  if (block === null) throw invalidValue('cidr', 'must be an IPv4 network with at least two addresses for guests, such as 192.0.2.0/24');
  if (gateway !== null && !isInside(gateway, block)) throw invalidValue('gateway', say`must be an address of ${cidr}`);
  if (dnsServers.length > maxDnsServers) throw invalidValue('dns_servers', say`at most ${maxDnsServers}`);
  const wrong = dnsServers.find((server) => !isIPv4(server));
  if (wrong !== undefined) throw invalidValue('dns_servers', say`${wrong.slice(0, 80)} is no IPv4 address`);
  if (gateway === null && dnsServers.includes(firstAddress(block)))
    throw invalidValue(
      'dns_servers',
      say`${firstAddress(block)} is the address from which guests get theirs; name a gateway or another server`,
    );
  return { name: name.trim(), cidr, gateway, dnsServers };
}

async function refuseReadOnly(context: Context): Promise<void> {
  if ((await providerOfPath(context)).read_only) throw refused('ACTION_TYPE_FAILED_EXTERNAL_PROVIDER_IS_READ_ONLY');
}

/** `POST …/subnets`: the addresses that guests on the network get from OVN. A network has one subnet. */
const addSubnet: Operation = {
  permit,
  async run(context) {
    const subnet = checkSubnet(context.body);
    const { network } = await networkOfPath(context);
    await refuseReadOnly(context);
    if ((await subnetsOfPath(context)).length > 0) throw conflict('PROVIDER_NETWORK_HAS_SUBNET', { network: network.name });
    const id = await there(context, (north) => north.addSubnet({ ...subnet, networkId: network.id }));
    return created('OpenStackSubnet', subnetEntity({ ...subnet, id, networkId: network.id }));
  },
};

const removeSubnet: Operation = {
  permit,
  async run(context) {
    const subnet = await subnetOfPath(context);
    await refuseReadOnly(context);
    await there(context, (north) => north.removeSubnet(subnet));
    return done();
  },
};

export const providerSubnets: Service = {
  list: {
    permit: null,
    run: async (context) =>
      collection('OpenStackSubnet', (await subnetsOfPath(context)).slice(0, context.parameters.max()).map(subnetEntity)),
  },
  add: addSubnet,
};

export const providerSubnet: Service = {
  get: { permit: null, run: async (context) => entity('OpenStackSubnet', subnetEntity(await subnetOfPath(context))) },
  remove: removeSubnet,
};
