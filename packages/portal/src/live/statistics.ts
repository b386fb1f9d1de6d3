import type { Statistics } from '@virgate/sdk';
import { useSyncExternalStore } from 'react';

/** Latest figures by object. They change often and concern single cells, so they bypass lists and queries: each cell listens for its own object. */
const figures = new Map<string, Statistics>();
const listeners = new Map<string, Set<() => void>>();

/** How often figures came, for who shows sums of many. */
let rounds = 0;
const roundListeners = new Set<() => void>();

export function putStatistics(list: readonly Statistics[]): void {
  for (const one of list) {
    figures.set(one.id, one);
    for (const listener of listeners.get(one.id) ?? []) listener();
  }
  rounds += 1;
  for (const listener of roundListeners) listener();
}

/** Latest figures of a VM or host, for who is told by {@link useStatisticsRound}. */
export const statisticsOf = (id: string): Statistics | undefined => figures.get(id);

/** Draws anew each time that figures came. */
export function useStatisticsRound(): void {
  useSyncExternalStore(
    (listener) => {
      roundListeners.add(listener);
      return () => roundListeners.delete(listener);
    },
    () => rounds,
  );
}

/** Latest figures of a VM or host; undefined when unknown. */
export function useStatistics(id: string): Statistics | undefined {
  return useSyncExternalStore(
    (listener) => {
      const set = listeners.get(id) ?? new Set();
      set.add(listener);
      listeners.set(id, set);
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(id);
      };
    },
    () => figures.get(id),
  );
}
