import { ArrowDownIcon } from '@patternfly/react-icons/dist/esm/icons/arrow-down-icon.js';
import { ArrowUpIcon } from '@patternfly/react-icons/dist/esm/icons/arrow-up-icon.js';
import { useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { tellFailure } from '../faults/notices.tsx';
import { useText } from '../text/text.ts';
import type { Column, GridProps } from './grid.tsx';
import { boundedWidth, widthStep } from './layout.ts';
import { nextSort } from './order.ts';
import type { Rows } from './rows.ts';

interface GridHeadProps<T extends { id?: string }> extends GridProps<T> {
  style: object;
  hasActions: boolean;
  /** Told of the width that a column has while it is dragged; undefined when that is over. */
  onDragged: (dragged: { key: string; width: number } | undefined) => void;
}

/** Type of what is dragged from header to header: nothing else is taken. */
const dragType = 'application/x-virgate-column';

/**
 * The columns' headers: a press orders the rows. A header that is dragged, or moved by Alt and an arrow key, changes its place; its edge, or
 * Alt, Shift and an arrow key, its width.
 */
export function GridHead<T extends { id?: string }>(props: GridHeadProps<T>): ReactNode {
  const { columns, rows, style, hasActions, chosen, onChoose } = props;
  const text = useText();
  /** The header over which another one is dragged. */
  const [over, setOver] = useState<string>();
  return (
    <div role="row" aria-rowindex={1} className="vg-grid__head" style={style}>
      {columns.map((column, index) => (
        <Header key={column.key} {...props} column={column} index={index} over={over === column.key} onOver={setOver} />
      ))}
      {hasActions && (
        <div role="columnheader">
          <span className="pf-v6-screen-reader">{text('grid.actions')}</span>
        </div>
      )}
      {onChoose !== undefined && (
        <div role="columnheader" className="vg-grid__choose">
          <ChooseAll rows={rows} chosen={chosen} onChoose={onChoose} />
        </div>
      )}
    </div>
  );
}

interface ChooseAllProps {
  rows: Rows<unknown>;
  chosen: ReadonlySet<string> | undefined;
  onChoose: (chosen: ReadonlySet<string>) => void;
}

/** Selects all rows, loaded or not. */
function ChooseAll({ rows, chosen, onChoose }: ChooseAllProps): ReactNode {
  const text = useText();
  // It is ticked at once, although the engine may have to be asked which rows there are.
  const [asking, setAsking] = useState(false);
  const choose = async (): Promise<void> => {
    setAsking(true);
    try {
      onChoose(new Set(await rows.ids()));
    } finally {
      setAsking(false);
    }
  };
  return (
    <input
      type="checkbox"
      aria-label={text('grid.choose.all')}
      checked={asking || (rows.count > 0 && chosen !== undefined && chosen.size >= rows.count)}
      onChange={({ target }) => {
        if (target.checked) choose().catch((error: unknown) => tellFailure(error, text('grid.choose.all')));
        else onChoose(new Set());
      }}
    />
  );
}

interface HeaderProps<T extends { id?: string }> extends GridHeadProps<T> {
  column: Column<T>;
  index: number;
  over: boolean;
  onOver: (key: string | undefined) => void;
}

function Header<T extends { id?: string }>(props: HeaderProps<T>): ReactNode {
  const { column, columns, index, sort, onSort, onMove, onWidth, onDragged, onOver } = props;
  const cell = useRef<HTMLDivElement>(null);
  /** Where the drag of the edge began. */
  const edge = useRef<{ x: number; width: number }>(undefined);
  const sorted = column.key === sort.column;
  const Arrow = sort.descending ? ArrowDownIcon : ArrowUpIcon;
  const widthNow = (): number => cell.current?.getBoundingClientRect().width ?? column.minWidth;
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined || !event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const neighbour = columns[index + step];
    if (event.shiftKey) onWidth?.(column.key, boundedWidth(widthNow() + step * widthStep));
    else if (neighbour !== undefined) onMove?.(column.key, neighbour.key);
  };
  const draggedTo = (event: PointerEvent): number | undefined =>
    edge.current === undefined ? undefined : boundedWidth(edge.current.width + event.clientX - edge.current.x);
  return (
    <div
      ref={cell}
      role="columnheader"
      aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
      className={`vg-grid__header${props.over ? ' vg-grid__header--over' : ''}`}
      draggable={onMove !== undefined}
      onDragStart={(event) => {
        // The edge is dragged by itself.
        if (edge.current !== undefined) return event.preventDefault();
        event.dataTransfer.setData(dragType, column.key);
        event.dataTransfer.effectAllowed = 'move';
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(dragType)) return;
        event.preventDefault();
        onOver(column.key);
      }}
      onDragLeave={() => onOver(undefined)}
      onDragEnd={() => onOver(undefined)}
      onDrop={(event) => {
        event.preventDefault();
        onOver(undefined);
        const key = event.dataTransfer.getData(dragType);
        if (key !== '' && key !== column.key) onMove?.(key, column.key);
      }}
    >
      <button
        type="button"
        className="vg-grid__title"
        aria-keyshortcuts={onMove === undefined ? undefined : 'Alt+ArrowLeft Alt+ArrowRight Alt+Shift+ArrowLeft Alt+Shift+ArrowRight'}
        onClick={() => onSort(nextSort(sort, column.key))}
        onKeyDown={onKeyDown}
      >
        {column.label}
        {sorted && <Arrow aria-hidden />}
      </button>
      {onWidth !== undefined && (
        // For pointers; by key the header itself does it, and the dialog of the columns.
        <span
          aria-hidden
          className="vg-grid__edge"
          onPointerDown={(event) => {
            event.preventDefault();
            event.currentTarget.setPointerCapture(event.pointerId);
            edge.current = { x: event.clientX, width: widthNow() };
          }}
          onPointerMove={(event) => {
            const width = draggedTo(event);
            if (width !== undefined) onDragged({ key: column.key, width });
          }}
          onPointerUp={(event) => {
            const width = draggedTo(event);
            const moved = edge.current !== undefined && event.clientX !== edge.current.x;
            edge.current = undefined;
            onDragged(undefined);
            if (width !== undefined && moved) onWidth(column.key, width);
          }}
          onPointerCancel={() => {
            edge.current = undefined;
            onDragged(undefined);
          }}
          onDoubleClick={() => onWidth(column.key, undefined)}
        />
      )}
    </div>
  );
}
