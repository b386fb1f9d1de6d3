import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, MouseEvent, ReactNode } from 'react';
import { tellFailure } from '../faults/notices.tsx';
import { useText } from '../text/text.ts';
import { fitting, moved, template } from './layout.ts';
import type { ColumnRoom } from './layout.ts';
import { GridHead } from './grid-head.tsx';
import type { Sort, SortValue } from './order.ts';
import { RowActions } from './row-actions.tsx';
import type { RowAction } from './row-actions.tsx';
import type { Rows } from './rows.ts';
import './grid.css';

export interface Column<T> extends ColumnRoom {
  label: string;
  /** What the column is sorted by, and what the cell shows unless `cell` says otherwise. */
  value: (row: T) => SortValue;
  cell?: (row: T) => ReactNode;
  strong?: boolean;
}

export interface GridProps<T extends { id?: string }> {
  label: string;
  columns: readonly Column<T>[];
  /** In the order that `sort` says. */
  rows: Rows<T>;
  sort: Sort;
  onSort: (sort: Sort) => void;
  /** Without it rows lead nowhere. */
  onOpen?: (row: T) => void;
  selectedId?: string | undefined;
  nameOf?: (row: T) => string;
  /** What can be done with a row: all of it for its menu, otherwise what has a button in the row. */
  actions?: (row: T, all: boolean) => RowAction[];
  /** Told which row's actions are looked at. */
  onActionsOpen?: (id: string) => void;
  /** Rows that are selected for something that is done with several; without it none can be. */
  chosen?: ReadonlySet<string> | undefined;
  onChoose?: ((chosen: ReadonlySet<string>) => void) | undefined;
  /** Told that a column was moved to the place of another one that is shown; without it columns stay where they are. */
  onMove?: ((key: string, toPlaceOf: string) => void) | undefined;
  /** Told of the pixels that a column was given; undefined: as usual again. */
  onWidth?: ((key: string, pixels: number | undefined) => void) | undefined;
}

const rowHeight = 44;
const headHeight = 40;
const padding = 40;
/** Rows that are drawn beyond each end of what is in sight. */
const overscan = 8;
const actionsColumn: ColumnRoom = { key: 'actions', minWidth: 104, grow: 0, priority: 0 };
/** It stands first to the eye and last in a row's content: a row is called by its name. */
const chosenColumn: ColumnRoom = { key: 'chosen', minWidth: 36, grow: 0, priority: 0 };

/** A list of any length: only the rows in sight are in the page. Arrow keys move, Enter opens, the context menu key opens a row's actions. */
export function Grid<T extends { id?: string }>(props: GridProps<T>): ReactNode {
  const { columns, rows, onOpen, actions } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const [active, setActive] = useState(0);
  const [menuRow, setMenuRow] = useState<string>();
  const { onActionsOpen, onChoose, chosen } = props;
  const choose = useCallback(
    (id: string, on: boolean) => {
      const next = new Set(chosen);
      if (on) next.add(id);
      else next.delete(id);
      onChoose?.(next);
    },
    [chosen, onChoose],
  );
  const openMenu = useCallback(
    (id: string | undefined) => {
      setMenuRow(id);
      if (id !== undefined) onActionsOpen?.(id);
    },
    [onActionsOpen],
  );
  const gridId = useId();
  /** The width of a column while it is being dragged. */
  const [dragged, setDragged] = useState<{ key: string; width: number }>();
  const shown = useMemo(
    () =>
      fitting(
        dragged === undefined
          ? columns
          : columns.map((column) => (column.key === dragged.key ? { ...column, width: dragged.width } : column)),
        width - padding - (actions === undefined ? 0 : actionsColumn.minWidth) - (onChoose === undefined ? 0 : chosenColumn.minWidth),
      ),
    [columns, width, actions, onChoose, dragged],
  );
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan,
    scrollPaddingStart: headHeight,
  });
  const style = useMemo(
    () => ({
      gridTemplateColumns: template([
        ...(onChoose === undefined ? [] : [chosenColumn]),
        ...shown,
        ...(actions === undefined ? [] : [actionsColumn]),
      ]),
    }),
    [shown, actions, onChoose],
  );
  const items = virtual.getVirtualItems();
  // A row that comes into sight is drawn into the elements of one that left: what is made and dropped costs frames. So there are always as
  // many rows, as long as there are enough.
  const slots = Math.ceil((virtual.scrollRect?.height ?? 0) / rowHeight) + 2 * overscan + 2;
  const first = Math.max(0, Math.min(items[0]?.index ?? 0, rows.count - slots));
  const shownRows = items.length === 0 ? 0 : Math.min(slots, rows.count - first);
  const last = first + Math.max(0, shownRows - 1);
  const { want } = rows;
  useEffect(() => want?.(first, last), [want, first, last]);
  const rowId = (index: number): string => `${gridId}-${index}`;
  const closeMenu = useCallback(() => {
    setMenuRow(undefined);
    scroller.current?.focus();
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== scroller.current) return;
    const row = rows.at(active);
    const to = moved(event.key, active, rows.count, Math.max(1, Math.floor((scroller.current.clientHeight - headHeight) / rowHeight) - 1));
    if (to !== undefined) {
      setActive(to);
      virtual.scrollToIndex(to);
    } else if (event.key === ' ' && onChoose !== undefined && row?.id !== undefined) choose(row.id, chosen?.has(row.id) !== true);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey) && onChoose !== undefined)
      rows.ids().then(
        (ids) => onChoose(new Set(ids)),
        (error: unknown) => tellFailure(error, props.label),
      );
    else if ((event.key === 'Enter' || event.key === ' ') && row !== undefined) onOpen?.(row);
    else if ((event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) && row !== undefined && actions !== undefined)
      openMenu(row.id);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      className="vg-grid"
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={rows.count + 1}
      aria-colcount={shown.length + (actions === undefined ? 0 : 1) + (onChoose === undefined ? 0 : 1)}
      aria-multiselectable={onChoose === undefined ? undefined : true}
      aria-activedescendant={rows.count > 0 ? rowId(active) : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup">
        <GridHead {...props} columns={shown} style={style} hasActions={actions !== undefined} onDragged={setDragged} />
      </div>
      <div role="rowgroup" className="vg-grid__body" style={{ height: virtual.getTotalSize() }}>
        {inSlots(first, shownRows, slots).map((index) => {
          const row = rows.at(index);
          const key = index % slots;
          const top = index * rowHeight;
          if (row === undefined) return <WaitingRow key={key} id={rowId(index)} index={index} top={top} />;
          return (
            <Row<T>
              key={key}
              id={rowId(index)}
              row={row}
              index={index}
              top={top}
              columns={shown}
              style={style}
              selected={props.selectedId !== undefined && row.id === props.selectedId}
              active={index === active}
              onOpen={onOpen}
              nameOf={props.nameOf}
              actions={actions}
              onActive={setActive}
              chosen={row.id !== undefined && chosen?.has(row.id) === true}
              onChoose={onChoose === undefined ? undefined : choose}
              menuOpen={menuRow !== undefined && menuRow === row.id}
              onMenu={openMenu}
              onMenuClose={closeMenu}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Indexes of rows in the order of the elements that they are drawn into: a row that changes its place among them would be taken out and put in. */
function inSlots(first: number, count: number, slots: number): number[] {
  return Array.from({ length: count }, (_, at) => first + at).sort((a, b) => (a % slots) - (b % slots));
}

/** A row that is not loaded yet. */
function WaitingRow({ id, index, top }: { id: string; index: number; top: number }): ReactNode {
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-busy
      className="vg-grid__row vg-grid__row--waiting"
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="gridcell" className="vg-grid__waiting" />
    </div>
  );
}

interface RowProps<T> {
  id: string;
  row: T;
  index: number;
  top: number;
  columns: readonly Column<T>[];
  style: object;
  selected: boolean;
  active: boolean;
  onOpen: ((row: T) => void) | undefined;
  nameOf: ((row: T) => string) | undefined;
  actions: ((row: T, all: boolean) => RowAction[]) | undefined;
  onActive: (index: number) => void;
  chosen: boolean;
  onChoose: ((id: string, on: boolean) => void) | undefined;
  menuOpen: boolean;
  onMenu: (id: string | undefined) => void;
  onMenuClose: () => void;
}

function PlainRow<T extends { id?: string }>(props: RowProps<T>): ReactNode {
  const text = useText();
  const { row, columns, actions, onOpen, onChoose } = props;
  const open = (): void => {
    props.onActive(props.index);
    onOpen?.(row);
  };
  const contextMenu = (event: MouseEvent): void => {
    if (actions === undefined) return;
    event.preventDefault();
    props.onActive(props.index);
    props.onMenu(row.id);
  };
  return (
    <div
      role="row"
      id={props.id}
      aria-rowindex={props.index + 2}
      aria-selected={onOpen === undefined ? undefined : props.selected}
      className={`vg-grid__row${props.active ? ' vg-grid__row--active' : ''}${onOpen === undefined ? ' vg-grid__row--static' : ''}`}
      style={{ ...props.style, transform: `translateY(${props.top}px)` }}
      onClick={open}
      onContextMenu={contextMenu}
    >
      {columns.map((column) => {
        const content = column.cell?.(row) ?? column.value(row) ?? '—';
        return (
          <div
            key={column.key}
            role="gridcell"
            className={`vg-grid__cell${column.strong === true ? ' vg-grid__cell--strong' : ''}`}
            title={typeof content === 'string' ? content : undefined}
          >
            {content}
          </div>
        );
      })}
      {actions !== undefined && (
        <div role="gridcell" className="vg-grid__cell vg-grid__actions">
          <RowActions
            name={props.nameOf?.(row) ?? row.id ?? ''}
            actions={actions(row, props.menuOpen)}
            open={props.menuOpen}
            onOpen={() => props.onMenu(row.id)}
            onClose={props.onMenuClose}
          />
        </div>
      )}
      {onChoose !== undefined && (
        // A click beside the box is not meant for the row.
        <div role="gridcell" className="vg-grid__choose" onClick={(event) => event.stopPropagation()}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={text('grid.choose', { name: props.nameOf?.(row) ?? row.id ?? '' })}
            checked={props.chosen}
            onChange={(event) => onChoose(row.id ?? '', event.target.checked)}
          />
        </div>
      )}
    </div>
  );
}

// `memo` loses a component's type parameter.
const Row = memo(PlainRow) as typeof PlainRow;

function useWidth(ref: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(1200);
  useLayoutEffect(() => setWidth(ref.current?.clientWidth ?? 1200), [ref]);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
