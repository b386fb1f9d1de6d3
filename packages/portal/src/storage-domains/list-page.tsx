import { StorageDomainIcon } from '@patternfly/react-icons/dist/esm/icons/storage-domain-icon.js';
import type { StorageDomain } from '@virgate/contract/generated/types';
import { useCallback, useMemo } from 'react';
import type { ReactNode } from 'react';
import { ListPage } from '../app/list-page.tsx';
import { useListPlace } from '../app/list-place.ts';
import { Meter } from '../app/meter.tsx';
import { Status } from '../app/status.tsx';
import { bytes } from '../format/format.ts';
import type { Column } from '../grid/grid.tsx';
import { storageDomains, useCollection } from '../live/collections.ts';
import { useText, words } from '../text/text.ts';
import type { Text } from '../text/text.ts';
import { StorageDomainDetails } from './details.tsx';

/** Where disks, templates and images lie. */
export function StorageDomainListPage(): ReactNode {
  const text = useText();
  const place = useListPlace('/storage', 'domainId', text('domains.title'), { column: 'name', descending: false });
  const query = useCollection(storageDomains, place.search);
  const columns = useMemo(() => domainColumns(text), [text]);
  const nameOf = useCallback((domain: StorageDomain) => domain.name ?? '', []);
  const selected = query.data?.find((domain) => domain.id === place.selectedId);
  return (
    <ListPage
      title={text('domains.title')}
      query={query}
      columns={columns}
      sort={place.sort}
      onSort={place.onSort}
      search={place.search}
      onSearch={place.onSearch}
      onOpen={place.onOpen}
      selectedId={place.selectedId}
      nameOf={nameOf}
      empty={{ icon: StorageDomainIcon, title: text('domains.empty'), body: text('domains.empty.body') }}
      panel={
        place.selectedId === undefined ? undefined : (
          <StorageDomainDetails key={place.selectedId} id={place.selectedId} tab={place.tab} onTab={place.onTab} onClose={place.onClose} />
        )
      }
      panelLabel={text('domains.details', { name: selected?.name ?? '' })}
    />
  );
}

/** The top collection tells `external_status` always and `status` only of domains that are attached nowhere; attached and told nothing is active. */
export function domainStatus(domain: StorageDomain): string {
  return domain.status ?? 'active';
}

/** Share of the space that is used; undefined while sizes are unknown. */
export function usedPercent(domain: StorageDomain): number | undefined {
  const { used, available } = domain;
  return used === undefined || available === undefined || used + available === 0 ? undefined : (100 * used) / (used + available);
}

function domainColumns(text: Text): Column<StorageDomain>[] {
  return [
    { key: 'name', label: text('column.name'), minWidth: 160, grow: 2, priority: 0, strong: true, value: (domain) => domain.name },
    {
      key: 'status',
      label: text('column.status'),
      minWidth: 140,
      grow: 1,
      priority: 1,
      value: (domain) => words(domainStatus(domain)),
      cell: (domain) => <Status value={domainStatus(domain)} />,
    },
    {
      key: 'type',
      label: text('column.type'),
      minWidth: 120,
      grow: 1,
      priority: 3,
      value: (domain) => [words(domain.type), domain.storage?.type].filter(Boolean).join(' / '),
    },
    {
      key: 'format',
      label: text('column.format'),
      minWidth: 80,
      grow: 0.5,
      priority: 5,
      value: (domain) => domain.storage_format?.toUpperCase(),
    },
    {
      key: 'used',
      label: text('column.used'),
      minWidth: 150,
      grow: 1,
      priority: 4,
      value: (domain) => domain.used,
      cell: (domain) => <Meter value={usedPercent(domain)} text={bytes(domain.used)} label={text('column.used')} />,
    },
    {
      key: 'free',
      label: text('column.free'),
      minWidth: 100,
      grow: 0.8,
      priority: 2,
      value: (domain) => domain.available,
      cell: (domain) => bytes(domain.available),
    },
  ];
}
