import { BellIcon } from '@patternfly/react-icons/dist/esm/icons/bell-icon.js';
import type { Event } from '@virgate/contract/generated/types';
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { ListPage } from '../app/list-page.tsx';
import { useListPlace } from '../app/list-place.ts';
import { Status } from '../app/status.tsx';
import { dateTime } from '../format/format.ts';
import type { Column } from '../grid/grid.tsx';
import { events, useCollection } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import type { Text } from '../text/text.ts';

const severities = ['normal', 'warning', 'error', 'alert'];

/** What happened, newest first. */
export function EventListPage(): ReactNode {
  const text = useText();
  const place = useListPlace('/events', 'eventId', text('events.title'), { column: 'time', descending: true });
  const query = useCollection(events, place.search);
  const columns = useMemo(() => eventColumns(text), [text]);
  return (
    <ListPage
      title={text('events.title')}
      query={query}
      columns={columns}
      sort={place.sort}
      onSort={place.onSort}
      search={place.search}
      onSearch={place.onSearch}
      empty={{ icon: BellIcon, title: text('events.empty'), body: text('events.empty.body') }}
    />
  );
}

function eventColumns(text: Text): Column<Event>[] {
  return [
    {
      key: 'severity',
      label: text('column.severity'),
      minWidth: 110,
      grow: 0,
      priority: 1,
      value: (event) => severities.indexOf(event.severity ?? ''),
      cell: (event) => <Status value={event.severity} />,
    },
    // Events of one millisecond are told apart by their numbers, which grow.
    {
      key: 'time',
      label: text('column.time'),
      minWidth: 190,
      grow: 0,
      priority: 2,
      value: (event) => (event.time ?? 0) + Number(event.id ?? 0) / 1e12,
      cell: (event) => dateTime(event.time),
    },
    { key: 'message', label: text('column.message'), minWidth: 240, grow: 1, priority: 0, value: (event) => event.description },
    { key: 'correlation', label: text('column.correlation'), minWidth: 300, grow: 0, priority: 3, value: (event) => event.correlation_id },
  ];
}
