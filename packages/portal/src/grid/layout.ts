/** How much room a column wants. */
export interface ColumnRoom {
  key: string;
  /** Pixels below which it is of no use. */
  minWidth: number;
  /** Share of the room that is left over. */
  grow: number;
  /** The lowest number is the last to be left out; 0 always stays. */
  priority: number;
}

/** Columns that fit into `width`, in their own order: the least important are left out first. */
export function fitting<C extends ColumnRoom>(columns: readonly C[], width: number): C[] {
  const kept = new Set<string>();
  let used = 0;
  for (const column of [...columns].sort((a, b) => a.priority - b.priority)) {
    if (column.priority > 0 && used + column.minWidth > width) break;
    used += column.minWidth;
    kept.add(column.key);
  }
  return columns.filter((column) => kept.has(column.key));
}

/** The columns' widths as a CSS grid template. */
export function template(columns: readonly ColumnRoom[]): string {
  return columns.map((column) => `minmax(${column.minWidth}px, ${column.grow}fr)`).join(' ');
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
