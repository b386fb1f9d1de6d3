import { VdsmError } from '@virgate/vdsm';
import { sql } from 'kysely';
import { recordEvent } from '../events/record.ts';
import { storageManagerOf } from '../images/host-tasks.ts';
import { hostFailed } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Context, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { readableDataCenters } from './read.ts';

const timeoutMs = 60_000;

interface TaskStatus {
  taskState?: string;
}

/** Tasks that a job of the engine still waits for: their end is what tells it how its work went. */
async function awaited(context: Context, taskIds: readonly string[]): Promise<Set<string>> {
  const found = await sql<{ id: string }>`select t.id from unnest(${[...taskIds]}::text[]) as t (id)
    where exists (select 1 from saga s where s.status in ('running', 'undoing') and s.state::text like '%' || t.id || '%')`.execute(
    context.db,
  );
  return new Set(found.rows.map((row) => row.id));
}

/**
 * `POST datacenters/{data_center}/cleanfinishedtasks`: has the storage manager forget the tasks that have ended and that nobody waits for.
 * Such a task keeps a host from giving up the management of the storage.
 */
export const cleanFinishedTasks: Operation = {
  permit: 'manipulate_host',
  subjects: (context) => [{ type: 'data_center', id: context.path['data_center'] ?? '' }],
  async run(context) {
    const found = await one(context, readableDataCenters, context.path['data_center']);
    const dataCenter = { id: found.id ?? '', name: String(found['name']) };
    const hostId = await storageManagerOf(context.db, dataCenter.id);
    const { client, fence } = await context.engine.hosts.access(hostId);
    const call = (method: string, params: Record<string, unknown> = {}): Promise<unknown> =>
      client.call(method, params, { timeoutMs, fence });
    let left: string[];
    try {
      const statuses = (await call('Host.getAllTasksStatuses')) as { allTasksStatus?: Record<string, TaskStatus> } & Record<
        string,
        TaskStatus
      >;
      const all = Object.entries<TaskStatus>(statuses.allTasksStatus ?? statuses);
      left = all.filter(([, task]) => task.taskState === 'finished').map(([id]) => id);
    } catch (error) {
      if (!(error instanceof VdsmError)) throw error;
      await write(context, (trx) =>
        recordEvent(trx, { name: 'VDS_ALERT_CLEAN_SPM_FINISHED_TASKS_FAILURE', dataCenter, ...attribution(context) }),
      );
      throw hostFailed('Cannot clean finished tasks', error.message, error);
    }
    const busy = await awaited(context, left);
    const kept: string[] = [];
    for (const taskID of left.filter((id) => !busy.has(id))) {
      await call('Task.clear', { taskID }).catch((error: unknown) => {
        if (!(error instanceof VdsmError)) throw error;
        kept.push(taskID);
      });
    }
    const job = await write(context, async (trx) => {
      await recordEvent(trx, {
        name: kept.length === 0 ? 'VDS_ALERT_CLEAN_SPM_FINISHED_TASKS_SUCCESS' : 'VDS_ALERT_CLEAN_SPM_FINISHED_TASKS_FAILURE_PARTIAL',
        dataCenter,
        ...attribution(context),
        values: { tasks: kept.join(', ') },
      });
      return context.engine.jobs.record(trx, context, {
        action: 'CleanFinishedTasks',
        description: `Cleaning finished tasks of Data Center ${dataCenter.name}`,
        subjects: [{ type: 'data_center', id: dataCenter.id }],
      });
    });
    return done(job);
  },
};
