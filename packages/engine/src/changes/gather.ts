import type { Change } from './feed.ts';

/**
 * Two changes of one object as one: what it was first, how it is now. An object that was added and changed is still new to who hears of it
 * once; one that was removed is gone.
 */
function together(before: Change, after: Change): Change {
  const op = before.op === 'add' && after.op === 'update' ? 'add' : after.op;
  const fields =
    op !== 'update' || before.fields === null || after.fields === null ? null : [...new Set([...before.fields, ...after.fields])].sort();
  return { ...after, op, fields };
}

/** The latest of each object, in the order in which they were told of first. */
export function gathered(changes: readonly Change[]): Change[] {
  const found = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.type} ${change.id}`;
    const before = found.get(key);
    found.set(key, before === undefined ? change : together(before, change));
  }
  return [...found.values()];
}
