import type { Event, Vm } from '@virgate/contract/generated/types';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Facts, Parts } from '../app/details.tsx';
import type { PartColumn } from '../app/details.tsx';
import { Status } from '../app/status.tsx';
import { dateTime } from '../format/format.ts';
import { useParts } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import type { Text } from '../text/text.ts';
import { addressesOf } from './columns.tsx';

const owner = (vmId: string): { type: string; id: string } => ({ type: 'vm', id: vmId });
/** The newest of a VM's events are enough beside its details. */
const newestEvents = 50;

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
