import { ServerIcon } from '@patternfly/react-icons/dist/esm/icons/server-icon.js';
import type { Host } from '@virgate/contract/generated/types';
import { useCallback, useMemo } from 'react';
import type { ReactNode } from 'react';
import { ListPage } from '../app/list-page.tsx';
import { useListPlace } from '../app/list-place.ts';
import { Meter } from '../app/meter.tsx';
import { Status } from '../app/status.tsx';
import { bytes } from '../format/format.ts';
import type { Column } from '../grid/grid.tsx';
import { clusters, hosts, useCollection, useNames } from '../live/collections.ts';
import { useStatistics } from '../live/statistics.ts';
import { useText, words } from '../text/text.ts';
import type { Text } from '../text/text.ts';
import { HostDetails } from './details.tsx';
import { useHostActions } from './use-host-actions.tsx';

/** The machines that guests run on. */
export function HostListPage(): ReactNode {
  const text = useText();
  const place = useListPlace('/hosts', 'hostId', text('hosts.title'), { column: 'name', descending: false });
  const query = useCollection(hosts, place.search);
  const clusterName = useNames(clusters);
  const { actionsOf, dialog } = useHostActions();
  const columns = useMemo(() => hostColumns(text, clusterName), [text, clusterName]);
  const nameOf = useCallback((host: Host) => host.name ?? '', []);
  const selected = query.data?.find((host) => host.id === place.selectedId);
  return (
    <>
      <ListPage
        title={text('hosts.title')}
        query={query}
        columns={columns}
        sort={place.sort}
        onSort={place.onSort}
        search={place.search}
        onSearch={place.onSearch}
        onOpen={place.onOpen}
        selectedId={place.selectedId}
        nameOf={nameOf}
        actions={actionsOf}
        empty={{ icon: ServerIcon, title: text('hosts.empty'), body: text('hosts.empty.body') }}
        panel={
          place.selectedId === undefined ? undefined : (
            <HostDetails
              key={place.selectedId}
              id={place.selectedId}
              tab={place.tab}
              onTab={place.onTab}
              onClose={place.onClose}
              actionsOf={actionsOf}
            />
          )
        }
        panelLabel={text('hosts.details', { name: selected?.name ?? '' })}
      />
      {dialog}
    </>
  );
}

function hostColumns(text: Text, clusterName: (id: string | undefined) => string | undefined): Column<Host>[] {
  return [
    { key: 'name', label: text('column.name'), minWidth: 160, grow: 2, priority: 0, strong: true, value: (host) => host.name },
    {
      key: 'status',
      label: text('column.status'),
      minWidth: 150,
      grow: 1.1,
      priority: 1,
      value: (host) => words(host.status),
      cell: (host) => <Status value={host.status} detail={host.status_detail} />,
    },
    { key: 'address', label: text('column.address'), minWidth: 130, grow: 1.3, priority: 2, value: (host) => host.address },
    { key: 'cluster', label: text('column.cluster'), minWidth: 110, grow: 1, priority: 4, value: (host) => clusterName(host.cluster?.id) },
    {
      key: 'vms',
      label: text('column.vms'),
      minWidth: 120,
      grow: 0.7,
      priority: 3,
      value: (host) => host.summary?.active,
      cell: (host) => host.summary?.active ?? '—',
    },
    {
      key: 'memory',
      label: text('column.memory'),
      minWidth: 124,
      grow: 0.8,
      priority: 5,
      value: (host) => host.memory,
      cell: (host) => <HostUsage host={host} of="memory" text={text} />,
    },
    {
      key: 'cpu',
      label: text('column.cpu'),
      minWidth: 110,
      grow: 0.8,
      priority: 6,
      value: (host) => host.cpu?.topology?.cores,
      cell: (host) => <HostUsage host={host} of="cpu" text={text} />,
    },
  ];
}

export function logicalCpus(host: Host): number | undefined {
  const topology = host.cpu?.topology;
  return topology === undefined ? undefined : (topology.sockets ?? 1) * (topology.cores ?? 1) * (topology.threads ?? 1);
}

function HostUsage({ host, of, text }: { host: Host; of: 'memory' | 'cpu'; text: Text }): ReactNode {
  const figures = useStatistics(host.id ?? '');
  const count = logicalCpus(host);
  const size = of === 'memory' ? bytes(host.memory) : count === undefined ? '—' : String(count);
  return (
    <Meter
      value={of === 'memory' ? figures?.memoryPercent : figures?.cpuPercent}
      text={size}
      label={text(of === 'memory' ? 'column.memory' : 'column.cpu')}
    />
  );
}
