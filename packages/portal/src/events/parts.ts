import type { Event } from '@virgate/contract/generated/types';
import type { Entity, TabDescription } from '../kinds/kind.ts';

/** The newest of an object's events are enough beside its details. */
const newestEvents = 100;

/**
 * What happened to one object, as a tab of its details.
 * @param field of the search language that finds events by the object's name
 * @param attribute of an event that tells the object, so that another of the same name is told apart
 */
export function eventsTab(
  field: string,
  attribute: 'data_center' | 'cluster' | 'host' | 'storage_domain' | 'template' | 'vm' | 'user',
  nameOf?: (owner: Entity) => string,
): TabDescription {
  return {
    key: 'events',
    label: 'tab.events',
    parts: [
      {
        types: ['event'],
        list: async (client, owner, signal) => {
          const name = (nameOf?.(owner) ?? owner.name ?? '').replaceAll('"', '');
          const found: Event[] = await client.events.list({ search: `${field}="${name}" sortby time desc`, max: newestEvents }, { signal });
          return found.filter((event) => event[attribute]?.id === undefined || event[attribute].id === owner.id);
        },
        columns: [
          { label: 'label.severity', path: 'severity', as: 'status' },
          { label: 'label.time', path: 'time', as: 'date' },
          { label: 'label.message', path: 'description' },
          { label: 'label.correlationId', path: 'correlation_id' },
          { label: 'label.origin', path: 'origin' },
          { label: 'label.customEventId', path: 'custom_id' },
        ],
        empty: 'events.empty',
      },
    ],
  };
}
