import { EmbeddedPostgresError } from './errors.ts';
import { embeddedLimits } from './limits.ts';
import { isServerOf, readPostmasterFile, sendSignal, waitForExit } from './postmaster.ts';

/** `smart` waits for clients to leave; `fast` ends their transactions; `immediate` skips the checkpoint, so the next start recovers. */
export type StopMode = 'smart' | 'fast' | 'immediate';

const signals: Record<StopMode, NodeJS.Signals> = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' };

/**
 * Stops the server of a cluster; one that is not running is fine. A shutdown that takes too long is made immediate: nothing committed is
 * lost by that.
 *
 * @throws EmbeddedPostgresError `stop_timed_out` when the process does not even end then.
 */
export async function stopCluster(clusterDir: string, mode: StopMode): Promise<void> {
  const file = await readPostmasterFile(clusterDir);
  if (file === undefined || !(await isServerOf(file.pid, clusterDir))) return;
  for (const each of mode === 'immediate' ? (['immediate'] as const) : ([mode, 'immediate'] as const)) {
    sendSignal(file.pid, signals[each]);
    if (await waitForExit(file.pid, embeddedLimits.stopTimeoutMs)) return;
  }
  throw new EmbeddedPostgresError(
    'stop_timed_out',
    `The PostgreSQL server ${file.pid} does not end: look for a stuck disk, then end it by hand.`,
  );
}
