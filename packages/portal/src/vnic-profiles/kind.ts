import type { Network, Vm, VnicProfile } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { adding, editing, removing } from '../kinds/actions.ts';
import type { Entity, Kind, Reference, ValueDescription } from '../kinds/kind.ts';
import { networks, quoted } from '../kinds/references.ts';
import { valueAt, versionText } from '../kinds/value.ts';
import { permissionsTab } from '../permissions/parts.ts';
import { addProfile, editProfile, newProfile } from './form.ts';

const withCenters: Reference['list'] = (client, _, signal) => client.networks.list({ follow: 'data_center' }, { signal });
/** What a profile's network says of its data center. */
const centersOfNetworks: Reference = {
  type: 'network',
  key: () => 'data_center',
  list: withCenters,
  label: (network) => (network as Network).data_center?.name ?? '',
};
const levelsOfNetworks: Reference = { ...centersOfNetworks, label: (network) => versionText((network as Network).data_center?.version) };

export const profileColumns: readonly ValueDescription[] = [
  { label: 'label.name', path: 'name', width: 160 },
  { label: 'label.network', path: 'network.id', of: networks },
  { label: 'label.dataCenter', path: 'network.id', of: centersOfNetworks },
  { label: 'label.compatibilityVersion', path: 'network.id', of: levelsOfNetworks },
  { label: 'label.qosName', path: 'qos.name' },
  { label: 'label.networkFilter', path: 'network_filter.name', width: 160 },
  { label: 'label.portMirroring', path: 'port_mirroring', as: 'yesno' },
  { label: 'label.passthrough', path: (profile) => valueAt(profile, 'pass_through.mode') === 'enabled', as: 'yesno' },
  { label: 'label.failover', path: 'failover.name' },
  { label: 'label.description', path: 'description' },
];
export const profileFollow = 'qos,network_filter,failover';

/** Virtual machines or templates with an interface of a profile. */
async function using(client: Client, of: 'vms' | 'templates', profile: VnicProfile, signal: AbortSignal): Promise<Entity[]> {
  const network = await client.networks.network(profile.network?.id ?? '').get({}, { signal });
  const asked = { search: `vnic.network_name=${quoted(network.name)}`, follow: 'nics' };
  const all: (Entity & Pick<Vm, 'nics'>)[] =
    of === 'vms' ? await client.vms.list(asked, { signal }) : await client.templates.list(asked, { signal });
  return all.filter((one) => one.nics?.some((nic) => nic.vnic_profile?.id === profile.id) === true);
}

/** vNIC profiles: how virtual interfaces are attached to a network. */
export const vnicProfiles: Kind = {
  page: 'vnicProfiles',
  path: '/vnic-profiles',
  type: 'vnic_profile',
  title: 'vnicProfiles.title',
  empty: 'vnicProfiles.empty',
  searchable: false,
  list: (client, _, signal) => client.vnicProfiles.list({ follow: profileFollow }, { signal }),
  one: (client, id, signal) => client.vnicProfiles.profile(id).get({ follow: profileFollow }, { signal }),
  columns: profileColumns,
  tabs: [
    {
      key: 'virtual_machines',
      label: 'tab.virtualMachines',
      parts: [
        {
          types: ['vm', 'nic'],
          list: (client, owner, signal) => using(client, 'vms', owner, signal),
          columns: [{ label: 'label.name', path: 'name' }],
          opens: '/vms',
          empty: 'vms.none.here',
        },
      ],
    },
    {
      key: 'templates',
      label: 'tab.templates',
      parts: [
        {
          types: ['template', 'nic'],
          list: (client, owner, signal) => using(client, 'templates', owner, signal),
          columns: [
            { label: 'label.name', path: 'name' },
            { label: 'label.version', path: 'version.version_number', as: 'number' },
          ],
          opens: '/templates',
          empty: 'templates.none.here',
        },
      ],
    },
    permissionsTab((client, id) => client.vnicProfiles.profile(id).permissions),
  ],
  adds: [adding(newProfile(false), (client, _, body) => addProfile(client, body))],
  actions: [
    editing(editProfile, (client, target, body) => client.vnicProfiles.profile(target.id).update(body)),
    removing('vnicProfile.remove.body', (client, target) => client.vnicProfiles.profile(target.id).remove()),
  ],
};
