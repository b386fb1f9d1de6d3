import type { DiskAttachment, Event, Nic, Snapshot, Vm } from '@virgate/contract/generated/types';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Facts, Parts } from '../app/details.tsx';
import type { PartColumn } from '../app/details.tsx';
import { Status } from '../app/status.tsx';
import { bytes, dateTime } from '../format/format.ts';
import { useNames, useParts, vnicProfiles } from '../live/collections.ts';
import { useText, words } from '../text/text.ts';
import type { Text } from '../text/text.ts';
import { addressesOf } from './columns.tsx';

const owner = (vmId: string): { type: string; id: string } => ({ type: 'vm', id: vmId });
/** The newest of a VM's events are enough beside its details. */
const newestEvents = 50;

export function DisksTab({ vmId }: { vmId: string }): ReactNode {
  const text = useText();
  const query = useParts(owner(vmId), ['disk', 'disk_attachment'], 'disks', (signal) =>
    client.vms.vm(vmId).diskAttachments.list({ follow: 'disk' }, { signal }),
  );
  const columns: PartColumn<DiskAttachment>[] = [
    { title: text('column.name'), cell: (one) => one.disk?.alias ?? one.disk?.name ?? one.id },
    { title: text('column.status'), cell: (one) => <Status value={one.disk?.status} /> },
    { title: text('column.size'), cell: (one) => bytes(one.disk?.provisioned_size) },
    { title: text('column.actual'), cell: (one) => bytes(one.disk?.actual_size) },
    { title: text('column.format'), cell: (one) => (one.disk?.format === 'cow' ? 'qcow2' : one.disk?.format) },
    { title: text('column.interface'), cell: (one) => words(one.interface) },
    { title: text('column.bootable'), cell: (one) => text(one.bootable === true ? 'yes' : 'no') },
  ];
  return <Parts label={text('vm.tab.disks')} query={query} columns={columns} empty={text('vm.disks.empty')} />;
}

export function NicsTab({ vm }: { vm: Vm }): ReactNode {
  const text = useText();
  const vmId = vm.id ?? '';
  const profileName = useNames(vnicProfiles);
  const query = useParts(owner(vmId), ['nic'], 'nics', (signal) => client.vms.vm(vmId).nics.list({}, { signal }));
  const columns: PartColumn<Nic>[] = [
    { title: text('column.name'), cell: (nic) => nic.name },
    { title: text('column.linked'), cell: (nic) => text(nic.linked === false || nic.plugged === false ? 'vm.linked.no' : 'vm.linked.yes') },
    { title: text('column.profile'), cell: (nic) => profileName(nic.vnic_profile?.id) ?? text('vm.profile.none') },
    { title: text('column.mac'), cell: (nic) => nic.mac?.address },
    { title: text('column.interface'), cell: (nic) => words(nic.interface) },
    {
      title: text('column.addresses'),
      cell: (nic) =>
        addressesOf({ reported_devices: vm.reported_devices?.filter((one) => one.mac?.address === nic.mac?.address) ?? [] }).join(', ') ||
        '—',
    },
  ];
  return <Parts label={text('vm.tab.nics')} query={query} columns={columns} empty={text('vm.nics.empty')} />;
}

export function SnapshotsTab({ vmId }: { vmId: string }): ReactNode {
  const text = useText();
  const query = useParts(owner(vmId), ['disk'], 'snapshots', (signal) => client.vms.vm(vmId).snapshots.list({}, { signal }));
  const columns: PartColumn<Snapshot>[] = [
    { title: text('column.description'), cell: (one) => one.description },
    { title: text('column.status'), cell: (one) => <Status value={one.snapshot_status} /> },
    { title: text('column.type'), cell: (one) => words(one.snapshot_type) },
    { title: text('column.date'), cell: (one) => dateTime(one.date) },
  ];
  return <Parts label={text('vm.tab.snapshots')} query={query} columns={columns} empty={text('vm.snapshots.empty')} />;
}

/** Events about one object by the search language: `vm.name = "…"`, then those with its very id. */
export function EventsTab({ vmId, name }: { vmId: string; name: string | undefined }): ReactNode {
  const text = useText();
  const query = useParts(owner(vmId), ['event'], `events ${name}`, async (signal) => {
    const found = await client.events.list(
      { search: `vm.name="${(name ?? '').replaceAll('"', '')}" sortby time desc`, max: newestEvents },
      { signal },
    );
    return found.filter((event) => event.vm?.id === undefined || event.vm.id === vmId);
  });
  return <Parts label={text('vm.tab.events')} query={query} columns={eventColumns(text)} empty={text('vm.events.empty')} />;
}

function eventColumns(text: Text): PartColumn<Event>[] {
  return [
    { title: text('column.severity'), cell: (event) => <Status value={event.severity} /> },
    { title: text('column.time'), cell: (event) => dateTime(event.time) },
    { title: text('column.message'), cell: (event) => event.description },
  ];
}

export function GuestTab({ vm }: { vm: Vm }): ReactNode {
  const text = useText();
  const guest = vm.guest_operating_system;
  const addresses = addressesOf(vm);
  if (guest === undefined && addresses.length === 0 && vm.fqdn === undefined) return <p className="vg-quiet">{text('vm.guest.empty')}</p>;
  return (
    <Facts
      rows={[
        [text('column.fqdn'), vm.fqdn],
        [text('column.addresses'), addresses.join(', ')],
        [text('vm.field.distribution'), [guest?.distribution, guest?.version?.full_version].filter(Boolean).join(' ')],
        [text('vm.field.kernel'), guest?.kernel?.version?.full_version],
        [text('vm.field.architecture'), guest?.architecture],
        [text('vm.field.timezone'), vm.guest_time_zone?.name],
      ]}
    />
  );
}
