import { useSyncExternalStore } from 'react';

export type ThemeChoice = 'light' | 'dark' | 'system';

const storageKey = 'virgate.theme';
const darkClass = 'pf-v6-theme-dark';
const listeners = new Set<() => void>();

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(storageKey);
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    // Storage may be blocked; the choice then lasts as long as the page.
    return 'system';
  }
}

let choice: ThemeChoice = stored();
const system = matchMedia('(prefers-color-scheme: dark)');

function apply(): void {
  const dark = choice === 'dark' || (choice === 'system' && system.matches);
  document.documentElement.classList.toggle(darkClass, dark);
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
}

/** Puts the theme on the page and keeps it in step with the system's. */
export function startTheme(): void {
  apply();
  system.addEventListener('change', apply);
}

export function setTheme(next: ThemeChoice): void {
  choice = next;
  try {
    if (next === 'system') localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, next);
  } catch {
    // As above.
  }
  apply();
  for (const listener of listeners) listener();
}

export function useTheme(): ThemeChoice {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => choice,
  );
}
