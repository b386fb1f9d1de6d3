import type { Network, OpenStackSubnet } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { removing } from '../kinds/actions.ts';
import { choice, reference, text } from '../kinds/fields.ts';
import type { Entity, FieldDescription, PartsDescription, Reference } from '../kinds/kind.ts';
import { valueAt } from '../kinds/value.ts';

/** A subnet, with the provider that has it: its address needs both. */
type Subnet = OpenStackSubnet & { provider?: string };

/** Networks of the provider on whose page it is. */
export const networksOfProvider: Reference = {
  type: 'openstack_network',
  key: (around) => around.ownerId,
  list: (client, around, signal) =>
    around.ownerId === '' ? Promise.resolve([]) : client.openstackNetworkProviders.provider(around.ownerId).networks.list({}, { signal }),
};

const networkService = (client: Client, provider: string, network: string) =>
  client.openstackNetworkProviders.provider(provider).networks.network(network);

async function subnetsOf(client: Client, provider: string, network: string, signal: AbortSignal): Promise<Subnet[]> {
  const found = await networkService(client, provider, network).subnets.list({}, { signal });
  return found.map((subnet) => ({ ...subnet, provider }));
}

/** What a network of a data center is called at its provider; undefined of one that has none. */
async function atProvider(
  client: Client,
  network: Entity,
  signal: AbortSignal,
): Promise<{ provider: string; network: string } | undefined> {
  const provider = (network as Network).external_provider?.id;
  if (provider === undefined) return undefined;
  const all = await client.openstackNetworkProviders.provider(provider).networks.list({}, { signal });
  const found = all.find((one) => one.name === network.name)?.id;
  return found === undefined ? undefined : { provider, network: found };
}

const fields: readonly FieldDescription[] = [
  text('label.name', 'name', { need: true }),
  text('label.cidr', 'cidr', { need: true, hint: 'subnet.cidr.hint' }),
  choice('label.ipVersion', 'ip_version', ['v4'], { need: true }),
  text('label.gateway', 'gateway'),
  { label: 'label.dnsServers', path: 'dns_servers', control: { kind: 'lines' }, hint: 'subnet.dns.hint' },
];

const columns: PartsDescription['columns'] = [
  { label: 'label.name', path: 'name' },
  { label: 'label.cidr', path: 'cidr' },
  { label: 'label.ipVersion', path: 'ip_version' },
  { label: 'label.gateway', path: 'gateway' },
  { label: 'label.dnsServers', path: 'dns_servers' },
  { label: 'label.externalId', path: 'id' },
];

const removal = removing(
  'subnet.remove.body',
  (client, target) => {
    const { provider = '', openstack_network: network } = target.entity as Subnet;
    return networkService(client, provider, network?.id ?? '')
      .subnets.subnet(target.id)
      .remove();
  },
  null,
);

/** Subnets of all networks that a provider has. */
export const providerSubnets: PartsDescription = {
  title: 'tab.externalSubnets',
  types: [],
  list: async (client, owner, signal) => {
    const networks = await client.openstackNetworkProviders.provider(owner.id).networks.list({}, { signal });
    const lists = await Promise.all(networks.map(({ id = '' }) => subnetsOf(client, owner.id, id, signal)));
    return lists.flat();
  },
  columns,
  empty: 'subnets.empty',
  adds: [
    {
      key: 'add',
      label: 'action.newSubnet',
      form: {
        title: 'subnet.new',
        dialog: 'ExternalSubnetPopupView',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              reference('label.network', 'openstack_network', networksOfProvider, { need: true, covers: 'subnetWidget' }),
              ...fields,
            ],
          },
        ],
      },
      run: (client, target, body) => {
        const { openstack_network: network, ...subnet } = body as OpenStackSubnet;
        return networkService(client, target.ownerId, network?.id ?? '').subnets.add(subnet);
      },
    },
  ],
  actions: [removal],
};

/** Subnets of one network of a data center, which a provider has. */
export const networkSubnets: PartsDescription = {
  types: [],
  list: async (client, owner, signal) => {
    const there = await atProvider(client, owner, signal);
    return there === undefined ? [] : subnetsOf(client, there.provider, there.network, signal);
  },
  columns,
  empty: 'subnets.empty.network',
  adds: [
    {
      key: 'add',
      label: 'action.new',
      reason: (_, owner) => (valueAt(owner, 'external_provider.id') === undefined ? 'subnet.reason.internal' : undefined),
      form: { title: 'subnet.new', dialog: 'ExternalSubnetWidget', tabs: [{ label: 'form.tab.general', fields }] },
      run: async (client, target, body) => {
        const there = target.owner === undefined ? undefined : await atProvider(client, target.owner, AbortSignal.timeout(30_000));
        if (there === undefined) throw new Error('No external provider has this network.');
        return networkService(client, there.provider, there.network).subnets.add(body);
      },
    },
  ],
  actions: [removal],
};
