import { useCallback, useState } from 'react';

const storageKey = (list: string): string => `virgate.columns.${list}`;

/** Keys of the columns that the user of this browser does not want to see; undefined when nothing was chosen. */
function stored(list: string): ReadonlySet<string> | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey(list)) ?? 'null');
    return Array.isArray(value) ? new Set(value.filter((one) => typeof one === 'string')) : undefined;
  } catch {
    // Storage may be blocked, or hold something else: then the usual columns are shown.
    return undefined;
  }
}

/**
 * Which columns of a list are hidden: as chosen in this browser, else as the list has it.
 * @param list its name, such as the path of its page
 */
export function useHiddenColumns(
  list: string,
  usual: readonly string[],
): { hidden: ReadonlySet<string>; hide: (hidden: ReadonlySet<string>) => void; hideUsual: () => void } {
  const [chosen, setChosen] = useState(() => stored(list));
  const hide = useCallback(
    (hidden: ReadonlySet<string> | undefined) => {
      setChosen(hidden);
      try {
        if (hidden === undefined) localStorage.removeItem(storageKey(list));
        else localStorage.setItem(storageKey(list), JSON.stringify([...hidden]));
      } catch {
        // As above: the choice then lasts as long as the page.
      }
    },
    [list],
  );
  return { hidden: chosen ?? new Set(usual), hide, hideUsual: useCallback(() => hide(undefined), [hide]) };
}
