import type { Client } from '@virgate/sdk';
import type { Around, Entity, FieldDescription, FormDescription, Reference } from '../kinds/kind.ts';
import { clusters, dataCenters, textAt } from '../kinds/references.ts';
import { setAt, valueAt } from '../kinds/value.ts';
import { isOfType } from '../qos/forms.ts';

/** The data center that is chosen, that of the object whose page it is, or that object itself. */
const centerOf = (around: Around): string =>
  textAt(around, 'data_center') || String(valueAt(around.owner, 'data_center.id') ?? around.ownerId);

/** Host network QoS of the chosen data center. */
const hostNetworkQos: Reference = {
  type: 'qos',
  key: centerOf,
  list: async (client, around, signal) =>
    centerOf(around) === '' ? [] : await client.dataCenters.dataCenter(centerOf(around)).qoss.list({}, { signal }),
  only: isOfType('hostnetwork'),
};
const clustersOfCenter: Reference = { ...clusters, only: (option, around) => valueAt(option, 'data_center.id') === centerOf(around) };

const isOn =
  (path: string) =>
  (around: Around): boolean =>
    around.value(path) === true;

const center = (fixed: boolean): FieldDescription => ({
  label: 'label.dataCenter',
  path: 'data_center',
  control: { kind: 'reference', of: dataCenters },
  need: true,
  ...(fixed ? { fixed: true } : {}),
});

const general: readonly FieldDescription[] = [
  { label: 'label.name', path: 'name', control: { kind: 'text' }, need: true },
  { label: 'label.description', path: 'description', control: { kind: 'text' } },
  { label: 'label.comment', path: 'comment', control: { kind: 'text' } },
  {
    label: 'label.enableVlan',
    path: 'has_vlan',
    control: { kind: 'check' },
    read: (network) => valueAt(network, 'vlan.id') !== undefined,
    // Switched off it takes the tag away; switched on the tag itself says it.
    write: (body, value) => {
      if (value === false) setAt(body, 'vlan', {});
    },
  },
  { label: 'label.vlanTag', path: 'vlan.id', control: { kind: 'number', min: 0, max: 4094 }, need: true, when: isOn('has_vlan') },
  {
    label: 'label.vmNetwork',
    path: 'usages',
    control: { kind: 'check' },
    initial: true,
    read: (network) => (valueAt(network, 'usages') as string[] | undefined)?.includes('vm') === true,
    write: (body, value) => setAt(body, 'usages', value === true ? ['vm'] : []),
  },
  { label: 'label.portIsolation', path: 'port_isolation', control: { kind: 'check' }, fixed: true, when: isOn('usages') },
  { label: 'label.mtu', path: 'mtu', control: { kind: 'number', min: 68, max: 65_520 }, hint: 'network.mtu.hint' },
  { label: 'label.hostNetworkQos', path: 'qos', control: { kind: 'reference', of: hostNetworkQos, none: 'option.unlimited' } },
  {
    label: 'label.dnsServers',
    path: 'dns_resolver_configuration.name_servers',
    covers: 'dnsServersWidget shouldSetDnsConfigurationEditor',
    control: { kind: 'lines' },
    hint: 'network.dns.hint',
  },
];

const onlyNew: readonly FieldDescription[] = [
  { label: 'label.networkLabel', path: 'label', control: { kind: 'text' }, hint: 'network.label.hint' },
  { label: 'label.attachToClusters', path: 'clusters', covers: 'clustersTable', control: { kind: 'references', of: clustersOfCenter } },
  {
    label: 'label.requiredByClusters',
    path: 'clusters_require',
    control: { kind: 'check' },
    initial: true,
    write: (body, value) => setAt(body, 'clusters_require', value),
  },
];

/** A new logical network; on a data center's page that one is meant. */
export function newNetwork(inDataCenter: boolean): FormDescription {
  const [label, ...attachment] = onlyNew;
  const fields = [...(inDataCenter ? [] : [center(false)]), ...general, ...(label === undefined ? [] : [label])];
  return {
    title: 'network.new',
    dialog: 'AbstractNetworkPopupView',
    tabs: [
      { label: 'form.tab.general', fields },
      { label: 'form.tab.clusters', fields: attachment },
    ],
  };
}

export const editNetwork: FormDescription = {
  title: 'network.edit',
  dialog: 'AbstractNetworkPopupView',
  edits: true,
  tabs: [{ label: 'form.tab.general', fields: [center(true), ...general] }],
};

interface NewNetwork {
  data_center?: Entity;
  label?: string;
  clusters?: readonly Entity[];
  clusters_require?: boolean;
}

/** Adds the network, then its label and its clusters: the API has a call for each. */
export async function addNetwork(client: Client, dataCenterId: string, body: object): Promise<Entity> {
  const { label, clusters: attached = [], clusters_require: required = true, ...network } = body as NewNetwork;
  const added = await client.networks.add({ ...network, data_center: { id: network.data_center?.id ?? dataCenterId } });
  const id = added.id ?? '';
  if (label !== undefined) await client.networks.network(id).networkLabels.add({ id: label });
  for (const cluster of attached) await client.clusters.cluster(cluster.id ?? '').networks.add({ id, required });
  return added;
}
