/** What the address of a list page holds: search, order (`-time`), the tab of the details, and the dialog that is open with its side tab. */
export interface ListSearch {
  search?: string;
  sort?: string;
  tab?: string;
  dialog?: string;
  pane?: string;
}

/** Anything else in the address is dropped: it reaches the engine and the page. */
export function listSearch(input: Record<string, unknown>): ListSearch {
  const text = (key: string, most: number): Record<string, string> => {
    const value = input[key];
    // An all-digit text arrives as a number.
    const words = typeof value === 'number' ? String(value) : value;
    return typeof words === 'string' && words !== '' && words.length <= most ? { [key]: words } : {};
  };
  return { ...text('search', 1000), ...text('sort', 40), ...text('tab', 40), ...text('dialog', 120), ...text('pane', 60) };
}

/** The portal has two addresses, of which only the first path differs. */
export function basePath(pathname: string): string {
  return /^\/ovirt-engine\/(?:webadmin|web-ui)(?=\/|$)/.exec(pathname)?.[0] ?? '/';
}

/** Where somebody begins: administrators of the administration portal with the whole of it, all others with their machines. */
export function homePath(base: string, administrator: boolean): '/dashboard' | '/vms' {
  return base === '/ovirt-engine/webadmin' && administrator ? '/dashboard' : '/vms';
}
