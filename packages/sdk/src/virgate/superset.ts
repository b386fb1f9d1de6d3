import type { Session } from '@virgate/contract/generated/virgate';
import { watchFrames } from '../changes/frames.ts';
import type { FrameOptions, FrameWatch } from '../changes/frames.ts';
import { watchChanges } from '../changes/watch.ts';
import type { ChangeWatch, WatchOptions } from '../changes/watch.ts';
import { watchStatistics } from '../changes/statistics.ts';
import type { StatisticsOptions } from '../changes/statistics.ts';
import type { VirgateRoot } from '../generated/virgate.ts';
import type { RequestOptions } from '../request.ts';
import type { Transport } from '../transport.ts';

/** What Virgate has beside the API that it shares with others; everything lies under `/virgate/api`. */
export interface Superset extends VirgateRoot {
  /** The browser's session; undefined when there is none. */
  currentSession(request?: RequestOptions): Promise<Session | undefined>;
  watchChanges(options: WatchOptions): ChangeWatch;
  watchFrames(options: FrameOptions): FrameWatch;
  watchStatistics(options: StatisticsOptions): ChangeWatch;
}

/** What of it is more than a call. */
export function supersetFunctions(
  transport: Transport,
): Pick<Superset, 'currentSession' | 'watchChanges' | 'watchFrames' | 'watchStatistics'> {
  return {
    async currentSession(request) {
      try {
        return (await transport.json({ method: 'GET', path: '/virgate/api/sessions/current' }, request)) as Session;
      } catch (error) {
        if (error instanceof Error && 'status' in error && error.status === 401) return undefined;
        throw error;
      }
    },
    watchChanges: (options) => watchChanges(transport, options),
    watchFrames: (options) => watchFrames(transport, options),
    watchStatistics: (options) => watchStatistics(transport, options),
  };
}
