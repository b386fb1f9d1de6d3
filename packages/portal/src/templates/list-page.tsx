import { CubeIcon } from '@patternfly/react-icons/dist/esm/icons/cube-icon.js';
import { PlusCircleIcon } from '@patternfly/react-icons/dist/esm/icons/plus-circle-icon.js';
import type { Template } from '@virgate/contract/generated/types';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { ListPage } from '../app/list-page.tsx';
import { useListPlace } from '../app/list-place.ts';
import { Status } from '../app/status.tsx';
import { bytes, dateTime } from '../format/format.ts';
import type { Column } from '../grid/grid.tsx';
import type { RowAction } from '../grid/row-actions.tsx';
import { clusters, templates, useCollection, useNames } from '../live/collections.ts';
import { useText, words } from '../text/text.ts';
import type { Text } from '../text/text.ts';
import { TemplateDetails } from './details.tsx';

const CreateVm = lazy(() => import('../vms/create-dialog.tsx').then((module) => ({ default: module.CreateVmDialog })));

/** What virtual machines are made from. */
export function TemplateListPage(): ReactNode {
  const text = useText();
  const place = useListPlace('/templates', 'templateId', text('templates.title'), { column: 'name', descending: false });
  const query = useCollection(templates, place.search);
  const clusterName = useNames(clusters);
  const [from, setFrom] = useState<string>();
  const columns = useMemo(() => templateColumns(text, clusterName), [text, clusterName]);
  const nameOf = useCallback((template: Template) => template.name ?? '', []);
  const actions = useCallback(
    (template: Template): RowAction[] => [
      {
        key: 'create',
        label: text('template.create'),
        icon: PlusCircleIcon,
        run: () => setFrom(template.id),
        reason: template.status === 'locked' ? text('vm.reason.locked') : undefined,
      },
    ],
    [text],
  );
  const selected = query.data?.find((template) => template.id === place.selectedId);
  return (
    <>
      <ListPage
        title={text('templates.title')}
        query={query}
        columns={columns}
        sort={place.sort}
        onSort={place.onSort}
        search={place.search}
        onSearch={place.onSearch}
        onOpen={place.onOpen}
        selectedId={place.selectedId}
        nameOf={nameOf}
        actions={actions}
        empty={{ icon: CubeIcon, title: text('templates.empty'), body: text('templates.empty.body') }}
        panel={
          place.selectedId === undefined ? undefined : (
            <TemplateDetails key={place.selectedId} id={place.selectedId} tab={place.tab} onTab={place.onTab} onClose={place.onClose} />
          )
        }
        panelLabel={text('templates.details', { name: selected?.name ?? '' })}
      />
      {from !== undefined && (
        <Suspense fallback={null}>
          <CreateVm templateId={from} onClose={() => setFrom(undefined)} />
        </Suspense>
      )}
    </>
  );
}

function templateColumns(text: Text, clusterName: (id: string | undefined) => string | undefined): Column<Template>[] {
  return [
    { key: 'name', label: text('column.name'), minWidth: 160, grow: 2, priority: 0, strong: true, value: (template) => template.name },
    {
      key: 'status',
      label: text('column.status'),
      minWidth: 110,
      grow: 0.8,
      priority: 1,
      value: (template) => words(template.status),
      cell: (template) => <Status value={template.status} />,
    },
    {
      key: 'version',
      label: text('column.version'),
      minWidth: 90,
      grow: 0.7,
      priority: 4,
      value: (template) => template.version?.version_name ?? String(template.version?.version_number ?? 1),
    },
    {
      key: 'cluster',
      label: text('column.cluster'),
      minWidth: 110,
      grow: 1,
      priority: 3,
      value: (template) => clusterName(template.cluster?.id),
    },
    {
      key: 'memory',
      label: text('column.memory'),
      minWidth: 90,
      grow: 0.6,
      priority: 5,
      value: (template) => template.memory,
      cell: (template) => bytes(template.memory),
    },
    { key: 'os', label: text('column.os'), minWidth: 130, grow: 1, priority: 6, value: (template) => words(template.os?.type) },
    {
      key: 'created',
      label: text('column.created'),
      minWidth: 170,
      grow: 1,
      priority: 2,
      value: (template) => template.creation_time,
      cell: (template) => dateTime(template.creation_time),
    },
    {
      key: 'description',
      label: text('column.description'),
      minWidth: 140,
      grow: 1.4,
      priority: 7,
      value: (template) => template.description,
    },
  ];
}
