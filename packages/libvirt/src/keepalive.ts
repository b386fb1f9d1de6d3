/** How a connection is watched: a ping after `intervalMs` of silence, given up after `count` pings without a sign of life. */
export interface KeepaliveSettings {
  intervalMs: number;
  count: number;
}

export const defaultKeepalive: KeepaliveSettings = { intervalMs: 5000, count: 5 };

export interface KeepaliveState {
  /** When the last bytes came in. */
  receivedMs: number;
  /** Pings sent since then. */
  pings: number;
}

export type KeepaliveDecision = { act: 'wait'; waitMs: number } | { act: 'ping'; waitMs: number } | { act: 'give up' };

/** What to do now; pure. Any received byte resets the state, so that a busy connection is never pinged. */
export function keepaliveDecision(state: KeepaliveState, settings: KeepaliveSettings, nowMs: number): KeepaliveDecision {
  const dueMs = state.receivedMs + settings.intervalMs * (state.pings + 1);
  if (nowMs < dueMs) return { act: 'wait', waitMs: dueMs - nowMs };
  if (state.pings >= settings.count) return { act: 'give up' };
  return { act: 'ping', waitMs: settings.intervalMs };
}
