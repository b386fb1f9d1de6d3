import { enumValues } from '@virgate/contract/generated/enums';
import type { Nic, VnicProfile } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import { adding, editing, removing } from '../kinds/actions.ts';
import { check, choice, name, text } from '../kinds/fields.ts';
import type { Entity, FieldDescription, FormDescription, PartsDescription, Reference } from '../kinds/kind.ts';
import { bytes } from '../format/format.ts';
import { networks } from '../kinds/references.ts';
import { megabitsOf, statisticOf } from '../kinds/statistics.ts';

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

/** Addresses that the guest agent reports for an interface; link-local ones say nothing of where it is reached. */
function guestAddresses(nic: Entity, version: 'v4' | 'v6'): string[] {
  const ips = ((nic as Nic).reported_devices ?? []).flatMap((device) => device.ips ?? []);
  return ips.flatMap((ip) => (ip.version === version && ip.address !== undefined && !/^fe80:/i.test(ip.address) ? ip.address : []));
}

/** What goes over an interface, of those of hosts and of virtual machines. */
export const traffic: PartsDescription['columns'] = [
  {
    label: 'label.rates',
    path: (row) => both(megabitsOf(row, 'data.current.rx'), megabitsOf(row, 'data.current.tx')),
    covers: ['Rx/Tx rate', 'Rx Rate (Mbps)', 'Tx Rate (Mbps)'],
  },
  {
    label: 'label.totals',
    path: (row) => both(statisticOf(row, 'data.total.rx'), statisticOf(row, 'data.total.tx'), bytes),
    covers: ['Total Rx/Tx', 'Total Rx', 'Total Tx'],
  },
  {
    label: 'label.drops',
    path: (row) => both(statisticOf(row, 'errors.total.rx'), statisticOf(row, 'errors.total.tx')),
    covers: ['Drops', 'Drops (pkts)'],
  },
];

function both(received: number | undefined, sent: number | undefined, say: (value: number) => string = String): string | undefined {
  return received === undefined || sent === undefined ? undefined : `${say(received)} / ${say(sent)}`;
}

/** Network interfaces as a table, with what can be done about them. */
export function nicsParts(of: NicsOf, form: FormDescription = nicForm): PartsDescription {
  return {
    types: ['nic'],
    list: (client, owner, signal) =>
      of(client, owner.id).list({ follow: 'vnic_profile.network,vnic_profile.qos,statistics,network_filter_parameters' }, { signal }),
    columns: [
      { label: 'label.name', path: 'name' },
      { label: 'label.networkName', path: (row) => (row as Nic).vnic_profile?.network?.id, of: networks },
      { label: 'label.profileName', path: 'vnic_profile.name' },
      { label: 'label.mac', path: 'mac.address' },
      { label: 'label.ipv4', path: (row) => guestAddresses(row, 'v4'), covers: ['IPv4'] },
      { label: 'label.ipv6', path: (row) => guestAddresses(row, 'v6'), covers: ['IPv6'] },
      { label: 'label.guestName', path: 'reported_devices.name', covers: ['Guest agent name/IPs'] },
      { label: 'label.linkState', path: 'linked', as: 'yesno' },
      { label: 'label.plugged', path: 'plugged', as: 'yesno', covers: ['(row) status icon', '(icon) vNIC Status'] },
      { label: 'label.type', path: 'interface', as: 'words' },
      { label: 'label.qosName', path: 'vnic_profile.qos.name' },
      { label: 'label.portMirroring', path: 'vnic_profile.port_mirroring', as: 'yesno' },
      ...(form === nicForm ? traffic : []),
      {
        label: 'label.filterParameters',
        path: (row) => (row as Nic).network_filter_parameters?.map((one) => `${one.name}=${one.value}`),
        covers: ['Network filter parameters'],
      },
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
