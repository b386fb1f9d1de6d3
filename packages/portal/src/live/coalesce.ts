import type { Change } from '@virgate/sdk';

/** What happened to the objects of one type since the last batch. */
export interface Batch {
  type: string;
  /** Latest operation on each object. */
  ids: Map<string, Change['op']>;
  /** Those that are as they were: only something that hangs on them changed. */
  same: Set<string>;
}

/**
 * Gathers changes, so that a burst becomes one update of the page: the first change starts a timer, what comes until it ends goes along.
 * @param schedule runs a function after so many milliseconds
 */
export function coalesce(
  apply: (batches: Batch[]) => void,
  delayMs: number,
  schedule: (run: () => void, delayMs: number) => void,
): (change: Change) => void {
  let waiting = new Map<string, Batch>();
  return (change) => {
    if (waiting.size === 0) {
      schedule(() => {
        const batches = [...waiting.values()];
        waiting = new Map();
        apply(batches);
      }, delayMs);
    }
    const batch = waiting.get(change.type) ?? { type: change.type, ids: new Map<string, Change['op']>(), same: new Set<string>() };
    // An object that was added and changed within one batch is still new to the page.
    const before = batch.ids.get(change.id);
    if (change.fields?.length !== 0) batch.same.delete(change.id);
    else if (before === undefined) batch.same.add(change.id);
    batch.ids.set(change.id, before === 'add' && change.op === 'update' ? 'add' : change.op);
    waiting.set(change.type, batch);
  };
}
