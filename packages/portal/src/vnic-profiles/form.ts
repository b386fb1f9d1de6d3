import type { Network, VnicProfile } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { check, description, name, reference } from '../kinds/fields.ts';
import type { Around, Entity, FieldDescription, FormDescription, Reference } from '../kinds/kind.ts';
import { everyoneId, networks, textAt } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';
import { isOfType } from '../qos/forms.ts';

const networkFilters: Reference = { type: 'network_filter', list: (client, _, signal) => client.networkFilters.list({}, { signal }) };
/** Networks that virtual machines can be in: only those have profiles. */
const vmNetworks: Reference = { ...networks, only: (option) => (option as Network).usages?.includes('vm') === true };
const networkOf = (around: Around): string => textAt(around, 'network') || String(valueAt(around.owner, 'id') ?? '');

/** VM network QoS of the data center of the profile's network. */
const networkQos: Reference = {
  type: 'qos',
  key: networkOf,
  list: async (client, around, signal) => {
    const id = networkOf(around);
    if (id === '') return [];
    const { data_center: center } = await client.networks.network(id).get({}, { signal });
    return await client.dataCenters.dataCenter(center?.id ?? '').qoss.list({}, { signal });
  },
  only: isOfType('network'),
};
const failovers: Reference = {
  type: 'vnic_profile',
  list: (client, _, signal) => client.vnicProfiles.list({}, { signal }),
  only: (option, around) => valueAt(option, 'network.id') === networkOf(around) && valueAt(option, 'pass_through.mode') !== 'enabled',
};
const passesThrough = (around: Around): boolean => around.value('pass_through.mode') === true;

const fields: readonly FieldDescription[] = [
  name,
  description,
  check('label.passthrough', 'pass_through.mode', {
    read: (profile) => valueAt(profile, 'pass_through.mode') === 'enabled',
    write: (body, value) => Object.assign(body, { pass_through: { mode: value === true ? 'enabled' : 'disabled' } }),
  }),
  check('label.migratable', 'migratable', { initial: true, when: passesThrough }),
  reference('label.failover', 'failover', failovers, { when: (around) => passesThrough(around) && around.value('migratable') === true }),
  reference('label.qos', 'qos', networkQos, { when: (around) => !passesThrough(around) }),
  reference('label.networkFilter', 'network_filter', networkFilters, { when: (around) => !passesThrough(around) }),
  check('label.portMirroring', 'port_mirroring', { when: (around) => !passesThrough(around) }),
  { label: 'label.customProperties', path: 'custom_properties', control: { kind: 'pairs' } },
];

const forEverybody = check('label.profileForEverybody', 'forEverybody', { covers: 'publicUseEditor' });
/** A new profile; on a network's page that network is meant. */
export function newProfile(inNetwork: boolean): FormDescription {
  const network = reference('label.network', 'network', vmNetworks, { need: true });
  return {
    title: 'vnicProfile.new',
    dialog: 'VnicProfilePopupView',
    tabs: [{ label: 'form.tab.general', fields: [...(inNetwork ? [] : [network]), ...fields, forEverybody] }],
  };
}

export const editProfile: FormDescription = {
  title: 'vnicProfile.edit',
  dialog: 'VnicProfilePopupView',
  edits: true,
  tabs: [{ label: 'form.tab.general', fields }],
};

/** The role by which a profile is used (the engine's `VnicProfileUser`). */
const profileUser = 'VnicProfileUser';

/** Adds the profile, and then lets everybody use it when that is wanted: the API has a call for each. @param network on whose page it is made */
export async function addProfile(client: Client, body: object, network?: string): Promise<Entity> {
  const { forEverybody: open, ...profile } = body as VnicProfile & { forEverybody?: boolean };
  const added = await client.vnicProfiles.add({ ...profile, ...(network === undefined ? {} : { network: { id: network } }) });
  if (open === true) {
    const role = (await client.roles.list()).find((one) => one.name === profileUser);
    await client.vnicProfiles.profile(added.id ?? '').permissions.add({ group: { id: everyoneId }, role: { id: role?.id ?? '' } });
  }
  return added;
}
