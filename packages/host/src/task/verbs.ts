import { readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import type { TaskRegistry } from './registry.ts';

/** Verbs over asynchronous tasks of the storage pool manager. */
export function createTaskVerbs(tasks: TaskRegistry): VerbTable {
  const stop = async (params: Record<string, unknown>): Promise<true> => {
    tasks.stop(readUuid(params, 'taskID'));
    return true;
  };
  return {
    'Host.getAllTasksStatuses': async () => tasks.statuses(),
    'Host.getAllTasksInfo': async () => tasks.infos(),
    'Host.getAllTasks': async () => tasks.details(),
    'Task.getStatus': async (params) => tasks.status(readUuid(params, 'taskID')),
    'Task.getInfo': async (params) => {
      const id = readUuid(params, 'taskID');
      tasks.status(id);
      return tasks.infos()[id];
    },
    'Task.clear': async (params) => {
      await tasks.clear(readUuid(params, 'taskID'));
      return true;
    },
    'Task.stop': stop,
    // a task that fails or stops is always undone, so there is nothing more to take back
    'Task.revert': stop,
  };
}
