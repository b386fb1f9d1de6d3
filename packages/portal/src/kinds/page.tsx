import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { CubesIcon } from '@patternfly/react-icons/dist/esm/icons/cubes-icon.js';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import type { ComponentType, ReactNode } from 'react';
import { client } from '../app/client.ts';
import { ListPage } from '../app/list-page.tsx';
import { useListPlace } from '../app/list-place.ts';
import type { ListPlace } from '../app/list-place.ts';
import { tellDone, tellFailure } from '../faults/notices.tsx';
import { orderedRows } from '../grid/rows.ts';
import type { Rows } from '../grid/rows.ts';
import { useCollection, useEntity } from '../live/collections.ts';
import { useLiveList } from '../live/lists.ts';
import { useText } from '../text/text.ts';
import { useAllowed } from './allowed.ts';
import { rowAction } from './row-action.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import { columnKey, gridColumns } from './cells.tsx';
import { collectionOf, refreshAfter } from './collection.ts';
import { KindDetails, nameOf } from './details.tsx';
import { KindDialog, partsAt } from './dialog.tsx';
import type { ActionDescription, Entity, Kind, Target } from './kind.ts';
import { rowsOf } from './rows.ts';
import { useNameOf } from './use-references.ts';

const none: readonly ActionDescription[] = [];

/** The list page of a kind, with the details of the selected object beside it. */
export function kindPage(kind: Kind): ComponentType {
  return function ListOfKind() {
    return <KindPage kind={kind} />;
  };
}

interface KindPageProps {
  kind: Kind;
  searchLabel?: string;
  /** Button for the usual way to make one, where that has a dialog of its own. */
  first?: (onDialog: (dialog: string) => void) => ReactNode;
  /** A dialog that no description has; undefined for others. */
  dialog?: (place: ListPlace) => ReactNode | undefined;
}

/** A list with the details of the selected object beside it, as the kind's description says. */
export function KindPage(props: KindPageProps): ReactNode {
  const { kind } = props;
  const text = useText();
  const title = text(kind.title);
  const [firstColumn] = kind.columns;
  const sortedAtFirst = kind.sort ?? { column: firstColumn === undefined ? 'name' : columnKey(firstColumn), descending: false };
  const place = useListPlace(kind.path, 'objectId', title, sortedAtFirst);
  const collection = collectionOf(kind);
  const { long } = kind;
  const whole = useCollection(collection, kind.searchable ? place.search : '', long === undefined);
  // Rows of long lists have the names themselves: for these nothing else is read.
  const nameless = useMemo(() => kind.columns.filter((column) => long === undefined || column.named === undefined), [kind, long]);
  const names = useNameOf(nameless);
  const columns = useMemo(() => gridColumns(kind.columns, text, names), [kind, text, names]);
  const by = kind.columns.find((column) => columnKey(column) === place.sort.column) ?? firstColumn;
  const parts = useLiveList<Entity>(
    long === undefined ? undefined : { kind: long, search: place.search, sort: by?.order ?? 'name', descending: place.sort.descending },
  );
  const hiddenAtFirst = useMemo(() => kind.columns.filter((column) => column.hidden === true).map(columnKey), [kind]);
  const { actions = none, adds = none } = kind;
  const [asked, setAsked] = useState<string>();
  const told = useAllowed(kind.unasked === true ? undefined : kind.type, asked, actions);
  const { onDialog } = place;
  const navigate = useNavigate();

  /** Does what needs no question, and tells how it went; what is asked first is asked by `ask`. */
  const begin = useCallback(
    (action: ActionDescription, target: Target, name: string, ask: () => void) => {
      // Which of the routes it is only the description tells, so the router's types can't follow here.
      if (action.leads !== undefined && target.entity !== undefined)
        return void navigate(action.leads(target.entity) as unknown as Parameters<typeof navigate>[0]);
      if (action.form !== undefined || action.confirm !== undefined || action.dialog !== undefined) return ask();
      action.run(client, target, {}).then(
        () => {
          tellDone(text('vms.sent', { action: text(action.label), name }));
          refreshAfter(kind, target.ownerId === '' ? target.id : target.ownerId);
        },
        (error: unknown) => tellFailure(error, name),
      );
    },
    [kind, text, navigate],
  );
  const act = useCallback(
    (action: ActionDescription, entity: Entity) => {
      const id = entity.id ?? '';
      begin(action, { id, entity, ownerId: '', owner: undefined }, nameOf(kind, entity), () => onDialog(action.key, id));
    },
    [kind, begin, onDialog],
  );
  const rowActions = useCallback(
    (row: Entity, all: boolean) =>
      (all ? actions : actions.filter((action) => action.quick?.when(row) === true)).map((action) =>
        rowAction(action, row, undefined, row.id === asked ? told : undefined, text, () => act(action, row)),
      ),
    [actions, asked, told, text, act],
  );
  const rowName = useCallback((row: Entity) => nameOf(kind, row), [kind]);
  const rows = whole.data;
  const ordered = useMemo(() => {
    const found = kind.searchable ? rows : plainlyFound(rows, place.search, rowName);
    const column = columns.find((one) => one.key === place.sort.column) ?? columns[0];
    return found && orderedRows(found, column?.value, place.sort.descending);
  }, [kind, rows, place.search, rowName, columns, place.sort.column, place.sort.descending]);
  const query = long === undefined ? { ...whole, data: ordered } : parts;
  const selected = useEntity(collection, place.selectedId ?? '').data;
  const actOnPart = (part: string, action: ActionDescription, row: Entity | undefined): void => {
    const name = row === undefined ? '' : (partsAt(kind, part)?.name?.(row) ?? row.name ?? row.id ?? '');
    const target = { id: row?.id ?? '', entity: row, ownerId: place.selectedId ?? '', owner: selected };
    begin(action, target, name, () => onDialog(`${part}:${action.key}:${row?.id ?? ''}`));
  };
  const first = props.first?.(onDialog);
  const add = (
    <>
      {first}
      {adds.map((action, index) => (
        <Button
          key={action.key}
          variant={index === 0 && first === undefined ? 'primary' : 'secondary'}
          onClick={() => onDialog(action.key)}
        >
          {text(action.label)}
        </Button>
      ))}
    </>
  );
  const some = first !== undefined || adds.length > 0;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [bulk, setBulk] = useState<{ action: ActionDescription; entities: readonly Entity[] }>();
  const manyActions = useMemo(() => actions.filter((action) => action.bulk === true), [actions]);
  // What was selected and is gone since, or is not found any more, is not meant.
  const [chosenIn, setChosenIn] = useState(place.search);
  if (long !== undefined && chosenIn !== place.search) {
    setChosenIn(place.search);
    setChosen(new Set());
  }
  const chosenRows = useMemo(() => (long === undefined ? heldOf(ordered, chosen) : []), [long, ordered, chosen]);
  const chosenCount = long === undefined ? chosenRows.length : chosen.size;
  const onBulk = (action: ActionDescription): void => {
    const entities = long === undefined ? Promise.resolve(chosenRows) : rowsOf<Entity>(client, long, [...chosen]);
    entities.then(
      (found) => setBulk({ action, entities: found }),
      (error: unknown) => tellFailure(error, title),
    );
  };
  const onBulkClose = (): void => {
    setBulk(undefined);
    if (long !== undefined)
      void rowsOf<Entity>(client, long, [...chosen]).then(
        (left) => setChosen(new Set(left.map((row) => row.id ?? ''))),
        () => undefined,
      );
  };
  return (
    <>
      <ListPage
        title={title}
        list={kind.path}
        hiddenAtFirst={hiddenAtFirst}
        {...(props.searchLabel === undefined ? {} : { searchLabel: props.searchLabel })}
        query={query}
        columns={columns}
        sort={place.sort}
        onSort={place.onSort}
        search={place.search}
        onSearch={place.onSearch}
        onOpen={place.onOpen}
        selectedId={place.selectedId}
        nameOf={rowName}
        {...(actions.length === 0 ? {} : { actions: rowActions, onActionsOpen: setAsked })}
        {...(some ? { toolbar: add } : {})}
        {...(manyActions.length === 0 ? {} : { chosen, onChoose: setChosen })}
        bulk={
          chosenCount === 0 ? undefined : (
            <div className="vg-bulk" role="toolbar" aria-label={text('bulk.label')}>
              <span role="status">{text('bulk.chosen', { count: chosenCount })}</span>
              {manyActions.map((action) => (
                <Button key={action.key} size="sm" variant={action.danger === true ? 'danger' : 'secondary'} onClick={() => onBulk(action)}>
                  {text(action.label)}
                </Button>
              ))}
              <Button size="sm" variant="link" onClick={() => setChosen(new Set())}>
                {text('bulk.none')}
              </Button>
            </div>
          )
        }
        empty={{
          icon: CubesIcon,
          title: kind.none === undefined ? text('kind.none', { title }) : text(kind.none),
          body: text(kind.empty),
          action: some ? (first ?? add) : undefined,
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
              onPartAction={actOnPart}
            />
          )
        }
        onPanelClose={place.onClose}
        panelLabel={text('vms.details', { name: selected === undefined ? '' : nameOf(kind, selected) })}
      />
      {place.dialog !== '' && (props.dialog?.(place) ?? <KindDialog key={place.dialog} kind={kind} place={place} />)}
      {bulk !== undefined && <BulkDialog kind={kind} action={bulk.action} entities={bulk.entities} onClose={onBulkClose} />}
    </>
  );
}

/** Those of the rows that are chosen. */
function heldOf(rows: Rows<Entity> | undefined, chosen: ReadonlySet<string>): readonly Entity[] {
  if (rows === undefined || chosen.size === 0) return [];
  return Array.from({ length: rows.count }, (_, index) => rows.at(index)).filter(
    (row) => row !== undefined && chosen.has(row.id ?? ''),
  ) as Entity[];
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
