/** How much room a column wants. */
export interface ColumnRoom {
  key: string;
  /** Pixels below which it is of no use. */
  minWidth: number;
  /** Share of the room that is left over. */
  grow: number;
  /** The lowest number is the last to be left out; 0 always stays. */
  priority: number;
  /** Pixels that it was given by hand: it then neither grows nor shrinks. */
  width?: number | undefined;
}

/** What was chosen of a list's columns; what is left out is as usual. */
export interface ColumnLayout {
  /** Keys of the columns that are not shown. */
  readonly hidden?: readonly string[];
  /** Keys in the order in which they are shown. */
  readonly order?: readonly string[];
  /** Pixels by key. */
  readonly widths?: Readonly<Record<string, number>>;
}

/** Bounds of a width that is given by hand, in pixels. */
export const widthBounds = { least: 48, most: 1_200 } as const;
/** One press of a key. */
export const widthStep = 16;
const maxColumns = 100;

export const boundedWidth = (pixels: number): number => Math.round(Math.min(widthBounds.most, Math.max(widthBounds.least, pixels)));

/** A layout as it was kept; what is none of it is left out. */
export function layoutFrom(value: unknown): ColumnLayout {
  if (typeof value !== 'object' || value === null) return {};
  const { hidden, order, widths } = value as Record<string, unknown>;
  const keys = (list: unknown): readonly string[] | undefined =>
    Array.isArray(list) ? list.filter((key) => typeof key === 'string').slice(0, maxColumns) : undefined;
  const pixels =
    typeof widths === 'object' && widths !== null
      ? Object.entries(widths)
          .filter((entry): entry is [string, number] => Number.isFinite(entry[1]))
          .slice(0, maxColumns)
          .map(([key, width]) => [key, boundedWidth(width)] as const)
      : [];
  const [hiddenKeys, orderedKeys] = [keys(hidden), keys(order)];
  return {
    ...(hiddenKeys === undefined ? {} : { hidden: hiddenKeys }),
    ...(orderedKeys === undefined ? {} : { order: orderedKeys }),
    ...(pixels.length === 0 ? {} : { widths: Object.fromEntries(pixels) }),
  };
}

/** Columns in the order that was chosen; one that the choice doesn't know stands behind the one that it usually follows. */
export function arranged<C extends { key: string }>(columns: readonly C[], order: readonly string[] | undefined): readonly C[] {
  if (order === undefined) return columns;
  const byKey = new Map(columns.map((column) => [column.key, column]));
  const result = [...new Set(order)].flatMap((key) => byKey.get(key) ?? []);
  for (const [index, column] of columns.entries()) {
    if (result.includes(column)) continue;
    const before = columns[index - 1];
    result.splice(before === undefined ? 0 : result.indexOf(before) + 1, 0, column);
  }
  return result;
}

/** The keys with one of them moved to the place of another; the same when there is nothing to move. */
export function movedTo(keys: readonly string[], key: string, place: number): readonly string[] {
  const from = keys.indexOf(key);
  const to = Math.min(keys.length - 1, Math.max(0, place));
  return from < 0 || from === to ? keys : keys.toSpliced(from, 1).toSpliced(to, 0, key);
}

const roomOf = (column: ColumnRoom): number => column.width ?? column.minWidth;

/** Columns that fit into `width`, in their own order: the least important are left out first. */
export function fitting<C extends ColumnRoom>(columns: readonly C[], width: number): C[] {
  const kept = new Set<string>();
  let used = 0;
  for (const column of [...columns].sort((a, b) => a.priority - b.priority)) {
    if (column.priority > 0 && used + roomOf(column) > width) break;
    used += roomOf(column);
    kept.add(column.key);
  }
  return columns.filter((column) => kept.has(column.key));
}

/** The columns' widths as a CSS grid template. */
export function template(columns: readonly ColumnRoom[]): string {
  return columns
    .map((column) => (column.width === undefined ? `minmax(${column.minWidth}px, ${column.grow}fr)` : `${column.width}px`))
    .join(' ');
}

/** Row that a key leads to; undefined for keys that move nothing. */
export function moved(key: string, row: number, count: number, page: number): number | undefined {
  const target: Record<string, number> = {
    ArrowDown: row + 1,
    ArrowUp: row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: count - 1,
  };
  const to = target[key];
  return to === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, to));
}
