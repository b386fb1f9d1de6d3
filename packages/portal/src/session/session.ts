import type { Session } from '@virgate/sdk';
import { useSyncExternalStore } from 'react';
import { client } from '../app/client.ts';

/** What is known of the session: not asked yet, none (and whether one just ended), or who is signed in. */
export type SessionState =
  | { kind: 'unknown' }
  | { kind: 'signed-out'; ended: boolean }
  | { kind: 'unreachable'; error: unknown }
  | { kind: 'signed-in'; session: Session };

let state: SessionState = { kind: 'unknown' };
const listeners = new Set<() => void>();

function set(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): SessionState {
  return useSyncExternalStore(subscribe, () => state);
}

/** True for users who may see the infrastructure, not only their own virtual machines. */
export function useAdministrator(): boolean {
  const session = useSession();
  return session.kind === 'signed-in' && session.session.user.administrator;
}

/** Name of who is signed in, `admin@internal`; empty when nobody is. */
export function useUserName(): string {
  const session = useSession();
  return session.kind === 'signed-in' ? session.session.user.principal : '';
}

let endedFor: string | undefined;

/** Whose session just ended by itself; undefined while there is one, or after signing out. */
export function endedSessionOf(): string | undefined {
  return state.kind === 'signed-out' && state.ended ? endedFor : undefined;
}

/** The same for who is no component. */
export const isAdministrator = (): boolean => state.kind === 'signed-in' && state.session.user.administrator;

/** Asks the engine whether the browser's cookie still stands for somebody. */
export async function loadSession(): Promise<void> {
  try {
    const session = await client.virgate.currentSession();
    set(session === undefined ? { kind: 'signed-out', ended: false } : { kind: 'signed-in', session });
  } catch (error) {
    set({ kind: 'unreachable', error });
  }
}

/** @throws ApiFault 401 when name or password are wrong; EngineUnreachable */
export async function signIn(username: string, password: string): Promise<void> {
  set({ kind: 'signed-in', session: await client.virgate.sessions.add({ username, password }) });
}

export async function signOut(): Promise<void> {
  try {
    await client.virgate.sessions.current.remove();
  } finally {
    set({ kind: 'signed-out', ended: false });
  }
}

/** The engine no longer knows the session: called for every answer 401. */
export function sessionEnded(): void {
  if (state.kind !== 'signed-in') return;
  endedFor = state.session.user.principal;
  set({ kind: 'signed-out', ended: true });
}
