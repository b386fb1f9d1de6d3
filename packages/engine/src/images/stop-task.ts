import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import type { Wait } from '@virgate/saga';
import { VdsmError, type CallOptions } from '@virgate/vdsm';
import type { HostSessions } from '../monitoring/sessions.ts';
import { hostFailed } from '../rest/fault.ts';
import { whileAway, type Context, type HostTask, type TaskState } from './host-tasks.ts';

const callTimeoutMs = 60_000;
const pollMs = 500;

/** What became of a task that was to be stopped: its traces are removed; it was done before; the host knows nothing of it, or not any more. */
export type TaskEnd = 'stopped' | 'done' | 'unknown';

/**
 * Stops a task that a host was given, if it goes on still, and waits until it has ended. To be returned from a step's `undo`, so that nobody
 * works any longer on what is then taken back.
 * @param then goes on with what became of it
 * @throws {Fault} that the task left something, to be tried again
 */
export function stopTask<S extends TaskState>(
  ctx: Context<S>,
  hosts: HostSessions,
  task: Pick<HostTask, 'name' | 'action'>,
  then: (end: TaskEnd) => Promise<Wait | undefined>,
): Promise<Wait | undefined> {
  const { hostId, taskId: taskID } = ctx.state.tasks[task.name] ?? {};
  if (hostId === undefined || taskID === undefined) return then('unknown');
  return whileAway(ctx, { ...task, hostId }, async () => {
    const { client, fence } = await hosts.access(hostId);
    const options: CallOptions = { timeoutMs: callTimeoutMs, fence, signal: ctx.signal };
    try {
      const status = (await client.call('Task.getStatus', { taskID }, options)) as { taskState?: string; taskResult?: string };
      if (status.taskState !== 'finished') {
        if (status.taskState !== 'aborting') await client.call('Task.stop', { taskID }, options);
        return ctx.waitUntil({ delayMs: pollMs });
      }
      // its host tries again by itself to remove what is left
      if (status.taskResult === 'cleanFailure') throw hostFailed(task.action, 'what it left could not be removed yet');
      await client.call('Task.clear', { taskID }, options).catch(() => undefined);
      return await then(status.taskResult === 'success' ? 'done' : 'stopped');
    } catch (error) {
      if (error instanceof VdsmError && error.code === storageErrors.UnknownTask) return then('unknown');
      throw error;
    }
  });
}
