import { useEffect, useRef } from 'react';
import { endedSessionOf } from './session.ts';

/** What was typed into dialogs when a session ended, by user and dialog: it is there again when the same user signs in again. */
const kept = new Map<string, unknown>();

const keyOf = (user: string, dialog: string): string => `${user} ${dialog}`;

/**
 * What was kept of a dialog for the user who is signed in.
 * @param dialog its name, such as its address
 */
export function keptOf<T>(user: string, dialog: string): T | undefined {
  return kept.get(keyOf(user, dialog)) as T | undefined;
}

/** Keeps what a dialog holds when it goes because the session ended; gone in any other way it is forgotten. */
export function useKeeping(user: string, dialog: string, value: () => unknown): void {
  const newest = useRef(value);
  useEffect(() => {
    newest.current = value;
  });
  useEffect(
    () => () => {
      if (endedSessionOf() === user) kept.set(keyOf(user, dialog), newest.current());
      else kept.delete(keyOf(user, dialog));
    },
    [user, dialog],
  );
}
