import { enumValues } from '@virgate/contract/generated/enums';
import type { Nic, VnicProfile } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check, choice, name, text } from '../kinds/fields.ts';
import type { Entity, FieldDescription, FormDescription, PartsDescription, Reference } from '../kinds/kind.ts';
import { networks } from '../kinds/references.ts';

/** Interfaces of one virtual machine or template. */
type NicsOf = (
  client: Client,
  ownerId: string,
) => {
  list(parameters: { follow: string }, request: { signal: AbortSignal }): Promise<Entity[]>;
  add(body: Nic): Promise<unknown>;
  nic(id: string): { update(body: Nic): Promise<unknown>; remove(): Promise<unknown> };
};

export const vnicProfileOptions: Reference = {
  type: 'vnic_profile',
  list: (client, _, signal) => client.vnicProfiles.list({ follow: 'network' }, { signal }),
  label: (option) => {
    const profile = option as VnicProfile;
    return profile.network?.name === undefined || profile.network.name === profile.name
      ? (profile.name ?? '')
      : `${profile.name} (${profile.network.name})`;
  },
};

const fields: readonly FieldDescription[] = [
  name,
  {
    label: 'label.profile',
    path: 'vnic_profile',
    covers: 'profileEditor',
    control: { kind: 'reference', of: vnicProfileOptions, none: 'option.none' },
  },
  choice('label.type', 'interface', enumValues.NicInterface, { need: true, initial: 'virtio' }),
  text('label.customMac', 'mac.address', { covers: 'enableManualMacCheckbox MACEditor', hint: 'nic.mac.hint' }),
  check('label.linkState', 'linked', { initial: true, covers: 'linkStateEditor linkedEditor unlinkedEditor' }),
  check('label.cardStatus', 'plugged', { initial: true, covers: 'cardStatusEditor pluggedEditor unpluggedEditor' }),
];
export const nicForm: FormDescription = {
  title: 'nic.new',
  dialog: 'NetworkInterfacePopupWidget',
  tabs: [{ label: 'form.tab.general', fields }],
};

/** An interface of a template: a machine that is made from it gets an address of its own. */
export const templateNicForm: FormDescription = {
  ...nicForm,
  tabs: [{ label: 'form.tab.general', fields: fields.filter((field) => field.path !== 'mac.address') }],
};

/** Network interfaces as a table, with what can be done about them. */
export function nicsParts(of: NicsOf, form: FormDescription = nicForm): PartsDescription {
  return {
    types: ['nic'],
    list: (client, owner, signal) => of(client, owner.id).list({ follow: 'vnic_profile.network' }, { signal }),
    columns: [
      { label: 'label.name', path: 'name' },
      { label: 'label.networkName', path: (row) => (row as Nic).vnic_profile?.network?.id, of: networks },
      { label: 'label.profileName', path: 'vnic_profile.name' },
      { label: 'label.mac', path: 'mac.address' },
      { label: 'label.ipAddresses', path: 'reported_devices.ips.address' },
      { label: 'label.linkState', path: 'linked', as: 'yesno' },
      { label: 'label.plugged', path: 'plugged', as: 'yesno' },
      { label: 'label.type', path: 'interface', as: 'words' },
    ],
    empty: 'vm.nics.empty',
    adds: [adding(form, (client, target, body) => of(client, target.ownerId).add(body))],
    actions: [
      editing(
        { ...form, title: 'nic.edit', edits: true },
        (client, target, body) => of(client, target.ownerId).nic(target.id).update(body),
        null,
      ),
      removing('nic.remove.body', (client, target) => of(client, target.ownerId).nic(target.id).remove(), null),
    ],
  };
}
