import type { Statistics } from '@virgate/contract/generated/virgate';
import type { Transport } from '../transport.ts';
import { keepConnected } from './connection.ts';
import type { ChangeWatch, ConnectionState } from './connection.ts';

export type { Statistics } from '@virgate/contract/generated/virgate';

export interface StatisticsOptions {
  /** All figures that changed since the last call. */
  onStatistics: (statistics: Statistics[]) => void;
  onState?: ((state: ConnectionState) => void) | undefined;
  silenceMs?: number | undefined;
  random?: (() => number) | undefined;
}

/** Follows `GET /virgate/api/statistics`. Only the latest figures count: nothing is repeated after a break. */
export function watchStatistics(transport: Transport, options: StatisticsOptions): ChangeWatch {
  return keepConnected({
    transport,
    path: () => '/virgate/api/statistics',
    headers: () => ({}),
    onEvent: (event) => {
      if (event.event !== 'statistics') return;
      const data = JSON.parse(event.data) as Statistics | Statistics[];
      options.onStatistics(Array.isArray(data) ? data : [data]);
    },
    onGone: () => undefined,
    onState: options.onState,
    silenceMs: options.silenceMs,
    random: options.random,
  });
}
