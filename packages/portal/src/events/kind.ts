import type { Event } from '@virgate/contract/generated/types';
import type { Kind } from '../kinds/kind.ts';

/** Events that are shown at once. */
const newestEvents = 500;

/** What happened. Events are endless: the newest are shown, or the newest that a search finds. */
export const events: Kind = {
  page: 'events',
  path: '/events',
  type: 'event',
  title: 'events.title',
  none: 'events.empty',
  empty: 'events.empty.body',
  searchable: true,
  unasked: true,
  sort: { column: 'time', descending: true },
  list: (client, search, signal) => client.events.list({ ...(search === '' ? {} : { search }), max: newestEvents }, { signal }),
  one: (client, id, signal) => client.events.event(id).get({}, { signal }),
  name: (event) => (event as Event).description ?? event.id ?? '',
  columns: [
    { label: 'column.message', path: 'description', width: 240, priority: 0 },
    { label: 'column.severity', path: 'severity', as: 'status', width: 110, priority: 1 },
    { label: 'column.time', path: 'time', as: 'date', width: 190, priority: 2 },
    { label: 'column.correlation', path: 'correlation_id', width: 300, priority: 3 },
    { label: 'label.eventId', path: 'code', as: 'number' },
    { label: 'label.eventUser', path: 'user.name', covers: ['User & Domain'] },
    { label: 'label.host', path: 'host.name' },
    { label: 'label.virtualMachine', path: 'vm.name' },
    { label: 'label.template', path: 'template.name' },
    { label: 'label.dataCenter', path: 'data_center.name' },
    { label: 'label.storageOfEvent', path: 'storage_domain.name', covers: ['Storage'] },
    { label: 'label.cluster', path: 'cluster.name' },
    { label: 'label.origin', path: 'origin' },
    { label: 'label.customEventId', path: 'custom_id', as: 'number', hidden: true },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'column.message', path: 'description' },
        { label: 'column.severity', path: 'severity', as: 'status' },
        { label: 'column.time', path: 'time', as: 'date' },
        { label: 'label.eventId', path: 'code', as: 'number' },
        { label: 'column.correlation', path: 'correlation_id' },
        { label: 'label.eventUser', path: 'user.name' },
      ],
    },
  ],
};
