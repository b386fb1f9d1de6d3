import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { CubesIcon } from '@patternfly/react-icons/dist/esm/icons/cubes-icon.js';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import type { ComponentType, ReactNode } from 'react';
import { client } from '../app/client.ts';
import { ListPage } from '../app/list-page.tsx';
import { useListPlace } from '../app/list-place.ts';
import { tellDone, tellFailure } from '../faults/notices.tsx';
import { useCollection } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import { rowAction, useAllowed } from './allowed.ts';
import { columnKey, gridColumns } from './cells.tsx';
import { collectionOf, refreshAfter } from './collection.ts';
import { KindDetails, nameOf } from './details.tsx';
import { KindDialog } from './dialog.tsx';
import type { ActionDescription, Entity, Kind } from './kind.ts';
import { useNameOf } from './use-references.ts';

const none: readonly ActionDescription[] = [];

/** The list page of a kind, with the details of the selected object beside it. */
export function kindPage(kind: Kind): ComponentType {
  return function ListOfKind() {
    return <KindPage kind={kind} />;
  };
}

function KindPage({ kind }: { kind: Kind }): ReactNode {
  const text = useText();
  const title = text(kind.title);
  const [first] = kind.columns;
  const place = useListPlace(kind.path, 'objectId', title, { column: first === undefined ? 'name' : columnKey(first), descending: false });
  const collection = collectionOf(kind);
  const query = useCollection(collection, kind.searchable ? place.search : '');
  const names = useNameOf(kind.columns);
  const columns = useMemo(() => gridColumns(kind.columns, text, names), [kind, text, names]);
  const { actions = none, adds = none } = kind;
  const [asked, setAsked] = useState<string>();
  const told = useAllowed(kind.unasked === true ? undefined : kind.type, asked, actions);
  const { onDialog } = place;
  const navigate = useNavigate();

  const act = useCallback(
    (action: ActionDescription, entity: Entity) => {
      const id = entity.id ?? '';
      // Which of the routes it is only the description tells, so the router's types can't follow here.
      if (action.leads !== undefined) return void navigate(action.leads(entity) as unknown as Parameters<typeof navigate>[0]);
      if (action.form !== undefined || action.confirm !== undefined || action.dialog !== undefined) return onDialog(action.key, id);
      action.run(client, { id, entity, ownerId: '', owner: undefined }, {}).then(
        () => {
          tellDone(text('vms.sent', { action: text(action.label), name: nameOf(kind, entity) }));
          refreshAfter(kind, id);
        },
        (error: unknown) => tellFailure(error, nameOf(kind, entity)),
      );
    },
    [kind, text, onDialog, navigate],
  );
  const rowActions = useCallback(
    (row: Entity) =>
      actions.map((action) => rowAction(action, row, undefined, row.id === asked ? told : undefined, text, () => act(action, row))),
    [actions, asked, told, text, act],
  );
  const rowName = useCallback((row: Entity) => nameOf(kind, row), [kind]);
  const rows = query.data;
  const filtered = useMemo(() => (kind.searchable ? rows : plainlyFound(rows, place.search, rowName)), [kind, rows, place.search, rowName]);
  const selected = rows?.find((row) => row.id === place.selectedId);
  const add = adds.map((action, index) => (
    <Button key={action.key} variant={index === 0 ? 'primary' : 'secondary'} onClick={() => onDialog(action.key)}>
      {text(action.label)}
    </Button>
  ));
  return (
    <>
      <ListPage
        title={title}
        query={{ ...query, data: filtered }}
        columns={columns}
        sort={place.sort}
        onSort={place.onSort}
        search={place.search}
        onSearch={place.onSearch}
        onOpen={place.onOpen}
        selectedId={place.selectedId}
        nameOf={rowName}
        {...(actions.length === 0 ? {} : { actions: rowActions, onActionsOpen: setAsked })}
        {...(adds.length === 0 ? {} : { toolbar: add })}
        empty={{
          icon: CubesIcon,
          title: kind.none === undefined ? text('kind.none', { title }) : text(kind.none),
          body: text(kind.empty),
          action: adds.length === 0 ? undefined : add,
        }}
        panel={
          place.selectedId === undefined ? undefined : (
            <KindDetails
              key={place.selectedId}
              kind={kind}
              id={place.selectedId}
              tab={place.tab}
              onTab={place.onTab}
              onClose={place.onClose}
              onAction={act}
              onPartAction={(part, action, row) => onDialog(`${part}:${action.key}:${row?.id ?? ''}`)}
            />
          )
        }
        panelLabel={text('vms.details', { name: selected === undefined ? '' : nameOf(kind, selected) })}
      />
      {place.dialog !== '' && <KindDialog key={place.dialog} kind={kind} place={place} />}
    </>
  );
}

/** What the engine can't search is searched here, by name. */
function plainlyFound(
  rows: readonly Entity[] | undefined,
  search: string,
  nameOfRow: (row: Entity) => string,
): readonly Entity[] | undefined {
  const words = search.toLowerCase();
  return words === '' ? rows : rows?.filter((row) => nameOfRow(row).toLowerCase().includes(words));
}
