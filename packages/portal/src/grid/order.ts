/** Order of a list: by which column, and which way. */
export interface Sort {
  column: string;
  descending: boolean;
}

export type SortValue = string | number | undefined;

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The rows in order; what is unknown comes last whichever way, and equals keep their places. */
export function ordered<T>(rows: readonly T[], value: (row: T) => SortValue, descending: boolean): readonly T[] {
  const keyed = rows.map((row, index) => ({ row, index, key: value(row) }));
  const sign = descending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.key === undefined || b.key === undefined) return a.key === b.key ? a.index - b.index : a.key === undefined ? 1 : -1;
    const difference =
      typeof a.key === 'number' && typeof b.key === 'number' ? a.key - b.key : collator.compare(String(a.key), String(b.key));
    return difference === 0 ? a.index - b.index : sign * difference;
  });
  return keyed.map(({ row }) => row);
}

/** The next order when a column's header is pressed: up, down, up … */
export function nextSort(sort: Sort, column: string): Sort {
  return { column, descending: sort.column === column && !sort.descending };
}

/** `name` or `-name`: how the address of the page spells an order. */
export function sortText(sort: Sort): string {
  return (sort.descending ? '-' : '') + sort.column;
}

export function sortFrom(text: string | undefined, fallback: Sort): Sort {
  if (text === undefined || !/^-?\w+$/.test(text)) return fallback;
  return text.startsWith('-') ? { column: text.slice(1), descending: true } : { column: text, descending: false };
}
