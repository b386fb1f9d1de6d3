import type { Network, OpenStackNetworkProvider, Property } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check, description, name, reference, text } from '../kinds/fields.ts';
import type { Entity, FormDescription, Kind, PartsDescription } from '../kinds/kind.ts';
import { dataCenters } from '../kinds/references.ts';
import { networksOfProvider, providerSubnets } from './subnets.ts';

const southbound = 'southbound';

/** Where hosts find the southbound database, when it is not beside the northbound one. */
const southboundOf = (provider: Entity): string =>
  (provider as OpenStackNetworkProvider).properties?.find((one: Property) => one.name === southbound)?.value ?? '';

const form: FormDescription = {
  title: 'provider.new',
  dialog: 'ProviderPopupView',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        name,
        description,
        text('label.providerUrl', 'url', { need: true, hint: 'provider.url.hint' }),
        {
          ...text('label.southbound', 'properties', { hint: 'provider.southbound.hint' }),
          read: southboundOf,
          write: (body, value) => {
            const said = String(value).trim();
            Object.assign(body, { properties: said === '' ? [] : [{ name: southbound, value: said }] });
          },
        },
        check('label.readOnly', 'read_only'),
      ],
    },
  ],
};

const serviceOf = (client: Client, id: string) => client.openstackNetworkProviders.provider(id);

/** What a provider has, with the data centers into which it was imported. */
const networks: PartsDescription = {
  types: ['network'],
  list: async (client, owner, signal) => {
    const [there, here] = await Promise.all([
      serviceOf(client, owner.id).networks.list({}, { signal }),
      client.networks.list({}, { signal }),
    ]);
    const imported = here.filter((network: Network) => network.external_provider?.id === owner.id);
    return there.map((network) => ({
      ...network,
      data_centers: imported.filter((one) => one.name === network.name).map((one) => one.data_center?.id),
    }));
  },
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.externalId', path: 'id' },
    { label: 'label.dataCenter', path: 'data_centers', of: dataCenters },
  ],
  empty: 'provider.networks.empty',
  adds: [
    {
      key: 'import',
      label: 'action.import',
      form: {
        title: 'provider.import',
        dialog: 'ImportNetworksPopupView',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              reference('label.network', 'network', networksOfProvider, { need: true, covers: 'splitTable' }),
              reference('label.dataCenter', 'data_center', dataCenters, { need: true }),
            ],
          },
        ],
      },
      run: (client, target, body) => {
        const { network, data_center: dataCenter } = body as { network?: Entity; data_center?: Entity };
        return serviceOf(client, target.ownerId)
          .networks.network(network?.id ?? '')
          .import(dataCenter === undefined ? {} : { dataCenter });
      },
    },
  ],
};

/** Providers of networks outside the engine: OVN by its northbound database. */
export const providers: Kind = {
  page: 'providers',
  path: '/providers',
  type: 'network_provider',
  title: 'providers.title',
  empty: 'providers.empty',
  searchable: false,
  unasked: true,
  list: (client, _, signal) => client.openstackNetworkProviders.list({}, { signal }),
  one: (client, id, signal) => serviceOf(client, id).get({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name', width: 200 },
    { label: 'label.type', path: 'type', as: 'words' },
    { label: 'label.description', path: 'description', width: 240 },
    { label: 'label.providerUrl', path: 'url', width: 280 },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.name', path: 'name' },
        { label: 'label.type', path: 'type', as: 'words' },
        { label: 'label.description', path: 'description' },
        { label: 'label.providerUrl', path: 'url' },
        { label: 'label.southbound', path: southboundOf },
        { label: 'label.readOnly', path: 'read_only', as: 'yesno' },
      ],
    },
    { key: 'networks', label: 'tab.networks', parts: [networks, providerSubnets] },
  ],
  adds: [adding(form, (client, _, body) => client.openstackNetworkProviders.add({ ...body, type: 'external' }), 'action.add')],
  actions: [
    editing({ ...form, title: 'provider.edit', edits: true }, (client, target, body) => serviceOf(client, target.id).update(body), null),
    { key: 'test', label: 'action.test', can: null, run: (client, target) => serviceOf(client, target.id).testConnectivity() },
    { ...removing('provider.remove.body', (client, target) => serviceOf(client, target.id).remove(), null), bulk: true },
  ],
};
