import type { RequestOptions } from '../request.ts';
import type { Transport } from '../transport.ts';
import { watchChanges } from '../changes/watch.ts';
import type { ChangeWatch, WatchOptions } from '../changes/watch.ts';
import { watchStatistics } from '../changes/statistics.ts';
import type { StatisticsOptions } from '../changes/statistics.ts';

/** Who is signed in, and until when. */
export interface Session {
  user: { id: string; name: string; principal: string; administrator?: boolean };
  /** Epoch milliseconds or ISO text. */
  expires: number | string;
}

/** Whether an action may be taken now, and if not, why not. */
export interface AllowedAction {
  action: string;
  allowed: boolean;
  reason?: string;
}

/** One entry to a guest's screen: a WebSocket path of the engine that carries RFB, and the password that RFB asks for. */
export interface ConsoleTicket {
  path: string;
  password: string;
  expires: number | string;
}

/** What Virgate has beside the API that it shares with others; everything lies under `/virgate/api`. */
export interface Superset {
  /** @throws ApiFault 401 when name or password are wrong */
  signIn(credentials: { username: string; password: string }, request?: RequestOptions): Promise<Session>;
  /** The browser's session; undefined when there is none. */
  currentSession(request?: RequestOptions): Promise<Session | undefined>;
  signOut(request?: RequestOptions): Promise<void>;
  vmActions(vmId: string, request?: RequestOptions): Promise<AllowedAction[]>;
  consoleTicket(vmId: string, request?: RequestOptions): Promise<ConsoleTicket>;
  watchChanges(options: WatchOptions): ChangeWatch;
  watchStatistics(options: StatisticsOptions): ChangeWatch;
}

export const supersetBase = '/virgate/api';

export function createSuperset(transport: Transport): Superset {
  const vm = (id: string): string => `${supersetBase}/vms/${encodeURIComponent(id)}`;
  const sessions = `${supersetBase}/sessions`;
  return {
    signIn: async (credentials, request) =>
      (await transport.json({ method: 'POST', path: sessions, body: credentials }, request)) as Session,
    async currentSession(request) {
      try {
        return (await transport.json({ method: 'GET', path: `${sessions}/current` }, request)) as Session;
      } catch (error) {
        if (isSignedOut(error)) return undefined;
        throw error;
      }
    },
    async signOut(request) {
      await transport.json({ method: 'DELETE', path: `${sessions}/current` }, request);
    },
    vmActions: async (id, request) => actionList(await transport.json({ method: 'GET', path: `${vm(id)}/actions` }, request)),
    consoleTicket: async (id, request) =>
      (await transport.json({ method: 'POST', path: `${vm(id)}/console-tickets`, body: {} }, request)) as ConsoleTicket,
    watchChanges: (options) => watchChanges(transport, options),
    watchStatistics: (options) => watchStatistics(transport, options),
  };
}

function isSignedOut(error: unknown): boolean {
  return error instanceof Error && 'status' in error && error.status === 401;
}

function actionList(answer: unknown): AllowedAction[] {
  return Array.isArray(answer) ? (answer as AllowedAction[]) : ((answer as { actions?: AllowedAction[] } | undefined)?.actions ?? []);
}
