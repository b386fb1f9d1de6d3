import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { VdsmError } from '@virgate/vdsm';
import { replaceFile } from '../storage-domain/beneath.ts';
import { systemClock } from '../storage-clock.ts';
import type { StorageClock, StorageLog } from '../storage-clock.ts';
import { storageCode, storageError } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';

export type TaskState = 'init' | 'running' | 'aborting' | 'finished';

/** `success`, or a failure whose traces were removed (`cleanSuccess`) or could not be (`cleanFailure`). */
export type TaskResult = '' | 'success' | 'cleanSuccess' | 'cleanFailure';

/** How to remove what a task left when it did not succeed; plain data, because it is read again after a crash. */
export type TaskUndo =
  | { kind: 'none' }
  /** Remove what was made for a volume that never became one. */
  | { kind: 'volume'; domainId: string; imageId: string; volumeId: string }
  /** Remove what was fetched for a volume; the volume itself stays, illegal. */
  | { kind: 'import'; domainId: string; imageId: string; volumeId: string }
  /** Remove the copy of an image, unless its source is gone already: then the copy is the image. */
  | { kind: 'move'; domainId: string; imageId: string; sourceDomainId: string };

/** What undoing found: traces that are removed now, or that the task had done all of its work. */
export type UndoOutcome = 'undone' | 'complete';

/** `Task.getStatus`. */
export interface TaskStatus {
  taskID: string;
  taskState: TaskState;
  taskResult: TaskResult;
  code: number;
  message: string;
}

export interface TaskContext {
  /** Aborted when the task is to stop. */
  signal: AbortSignal;
  /**
   * Has to be awaited before the first effect, when the task knows that what it makes is its own:
   * only from then on is the task undone when it fails or the agent dies.
   */
  begin(): Promise<void>;
}

export interface NewTask {
  /** Name of the verb that began it, without its namespace (`createVolume`). */
  verb: string;
  poolId: string;
  undo: TaskUndo;
  /** A repeat of the same call gets the running task instead of a second one. */
  key?: string;
}

/** Asynchronous work of the storage pool manager. Outcomes are kept on disk until the caller clears them. */
export interface TaskRegistry {
  /**
   * Takes a task in: when this returns, its id and undo are on disk.
   *
   * @returns the task's id
   * @throws 1100 ResourceExhausted when too many are known
   */
  start(task: NewTask, run: (context: TaskContext) => Promise<void>): Promise<string>;
  status(id: string): TaskStatus;
  statuses(): Record<string, TaskStatus>;
  infos(): Record<string, { id: string; verb: string }>;
  /** Everything about every task, for `Host.getAllTasks`. */
  details(): Record<string, object>;
  /** Asks a task to stop; its traces are removed. @throws 401 */
  stop(id: string): void;
  /** Forgets a finished task. @throws 401 UnknownTask, 403 TaskNotFinished */
  clear(id: string): Promise<void>;
  /** Whether a task of the pool has not ended. */
  isBusy(poolId: string): boolean;
  /** Reads the tasks of the agent's last life: what it was doing then is undone and counts as failed. */
  recover(): Promise<void>;
  /** Tries again to undo what could not be undone, as a domain may be back. */
  retryUndo(): Promise<void>;
  close(): Promise<void>;
}

interface Task {
  id: string;
  verb: string;
  poolId: string;
  undo: TaskUndo;
  /** Whether there may be traces. */
  begun: boolean;
  key?: string | undefined;
  state: TaskState;
  result: TaskResult;
  code: number;
  message: string;
  startedMs: number;
}

type Outcome = Pick<Task, 'state' | 'result' | 'code' | 'message'>;

interface Live {
  task: Task;
  abort: AbortController;
  ended: Promise<void>;
}

/** Tasks that run at once; the others wait. */
const maximumRunning = 10;

/** Tasks that are known at once. Past it the oldest finished ones are forgotten. */
const maximumTasks = 2000;

export interface TaskRegistryOptions {
  /** Directory of the task files. */
  directory: string;
  clock?: StorageClock;
  log: StorageLog;
  /** Removes the traces of a task. Has to be repeatable. After a crash the work may turn out to be complete. */
  undo: (undo: TaskUndo, cause: 'failure' | 'crash') => Promise<UndoOutcome>;
}

export function createTaskRegistry(options: TaskRegistryOptions): TaskRegistry {
  const clock = options.clock ?? systemClock;
  const tasks = new Map<string, Task>();
  const live = new Map<string, Live>();
  const waiting: (() => void)[] = [];
  let running = 0;
  let closed = false;

  const file = (id: string): string => join(options.directory, `${id}.json`);
  const save = (task: Task): Promise<void> => replaceFile(file(task.id), JSON.stringify(task), undefined, 0o600);

  function known(id: string): Task {
    const task = tasks.get(id);
    if (task === undefined) throw storageError('UnknownTask', `Task id unknown: ${id}`);
    return task;
  }

  async function makeRoom(): Promise<void> {
    if (tasks.size < maximumTasks) return;
    const oldest = [...tasks.values()]
      .filter((task) => task.state === 'finished')
      .sort((left, right) => left.startedMs - right.startedMs)[0];
    if (oldest === undefined) throw storageError('ResourceExhausted', `${tasks.size} tasks are running; wait until some have ended`);
    tasks.delete(oldest.id);
    await rm(file(oldest.id), { force: true });
  }

  async function place(): Promise<void> {
    if (running < maximumRunning) running++;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
  }

  /** Removes the traces of a task that failed, and tells what became of it. */
  async function undone(task: Task, cause: 'failure' | 'crash', code: number, message: string): Promise<Outcome> {
    try {
      const found = task.begun ? await options.undo(task.undo, cause) : 'undone';
      return found === 'complete'
        ? { state: 'finished', result: 'success', code: 0, message: '' }
        : { state: 'finished', result: 'cleanSuccess', code, message };
    } catch (error) {
      options.log.warn({ task: task.id, verb: task.verb, error: String(error) }, 'Traces of a failed task remain');
      return { state: 'finished', result: 'cleanFailure', code, message };
    }
  }

  /** The caller may see an outcome only when it is on disk: after a restart it must still be the same. */
  async function settle(task: Task, outcome: Outcome): Promise<void> {
    await save({ ...task, ...outcome }).catch((error: unknown) =>
      options.log.error({ task: task.id, error: String(error) }, 'Outcome of a task was not saved'),
    );
    Object.assign(task, outcome);
  }

  async function outcomeOf(entry: Live, run: (context: TaskContext) => Promise<void>): Promise<Outcome | undefined> {
    const { task, abort } = entry;
    try {
      abort.signal.throwIfAborted();
      if (task.state === 'init') task.state = 'running';
      const begin = async (): Promise<void> => {
        await save({ ...task, begun: true });
        task.begun = true;
      };
      await run({ signal: abort.signal, begin });
      return { state: 'finished', result: 'success', code: 0, message: '' };
    } catch (error) {
      // a task that ends because the agent ends is left to the next agent, which undoes it
      if (closed) return undefined;
      const stopped = abort.signal.aborted;
      const code = stopped ? storageCode('TaskAborted') : error instanceof VdsmError ? error.code : storageCode('GeneralException');
      const message = stopped ? 'The task was stopped' : error instanceof Error ? error.message : String(error);
      options.log.warn({ task: task.id, verb: task.verb, code, error: message }, 'Task failed');
      return await undone(task, 'failure', code, message);
    }
  }

  async function perform(entry: Live, run: (context: TaskContext) => Promise<void>): Promise<void> {
    await place();
    const outcome = await outcomeOf(entry, run);
    if (outcome !== undefined) await settle(entry.task, outcome);
    // a place is handed over, so that nobody slips in between
    const successor = waiting.shift();
    if (successor === undefined) running--;
    else successor();
    live.delete(entry.task.id);
  }

  const statusOf = (task: Task): TaskStatus => ({
    taskID: task.id,
    taskState: task.state,
    taskResult: task.result,
    code: task.code,
    message: task.message,
  });

  return {
    async start(request, run) {
      if (closed) throw storageError('ShuttingDownError', 'The host agent is ending');
      const twin = request.key === undefined ? undefined : [...live.values()].find((entry) => entry.task.key === request.key);
      if (twin !== undefined) return twin.task.id;
      await makeRoom();
      const task: Task = {
        id: randomUUID(),
        ...request,
        begun: false,
        state: 'init',
        result: '',
        code: 0,
        message: 'Task is initializing',
        startedMs: clock.nowMs(),
      };
      const entry: Live = { task, abort: new AbortController(), ended: Promise.resolve() };
      tasks.set(task.id, task);
      live.set(task.id, entry);
      try {
        await save(task);
      } catch (error) {
        tasks.delete(task.id);
        live.delete(task.id);
        throw storageError('TaskPersistError', "The task could not be saved; see the free space of the agent's state directory", error);
      }
      task.message = '';
      entry.ended = perform(entry, run);
      return task.id;
    },
    status: (id) => statusOf(known(id)),
    statuses: () => Object.fromEntries([...tasks.values()].map((task) => [task.id, statusOf(task)])),
    infos: () => Object.fromEntries([...tasks.values()].map((task) => [task.id, { id: task.id, verb: task.verb }])),
    details: () =>
      Object.fromEntries(
        [...tasks.values()].map((task) => [
          task.id,
          { id: task.id, verb: task.verb, state: task.state, taskResult: task.result, code: task.code, message: task.message, tag: 'spm' },
        ]),
      ),
    stop(id) {
      const task = known(id);
      if (task.state === 'finished') return;
      task.state = 'aborting';
      live.get(id)?.abort.abort();
    },
    async clear(id) {
      if (known(id).state !== 'finished') throw storageError('TaskNotFinished', `Task is not finished: ${id}`);
      await live.get(id)?.ended;
      tasks.delete(id);
      await rm(file(id), { force: true });
    },
    isBusy: (poolId) => [...live.values()].some((entry) => entry.task.poolId === poolId),
    async recover() {
      await mkdir(options.directory, { recursive: true, mode: 0o700 });
      for (const task of await load(options.directory)) {
        tasks.set(task.id, task);
        if (task.state === 'finished') continue;
        await settle(
          task,
          await undone(
            task,
            'crash',
            storageCode('TaskAborted'),
            'The host agent was restarted while the task ran; what it had done was removed. Repeat the operation',
          ),
        );
      }
    },
    async retryUndo() {
      for (const task of tasks.values()) {
        if (task.state !== 'finished' || task.result !== 'cleanFailure') continue;
        await settle(task, await undone(task, 'crash', task.code, task.message));
      }
    },
    async close() {
      closed = true;
      for (const entry of live.values()) entry.abort.abort();
      await Promise.all([...live.values()].map((entry) => entry.ended));
    },
  };
}

async function load(directory: string): Promise<Task[]> {
  const tasks: Task[] = [];
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.json') || !isUuid(name.slice(0, -5))) {
      if (name.endsWith('.new')) await rm(join(directory, name), { force: true });
      continue;
    }
    try {
      tasks.push(JSON.parse(await readFile(join(directory, name), 'utf8')) as Task);
    } catch {
      // replaced as a whole, so a torn file means that the disk lost it: nothing is known of this task
      await rm(join(directory, name), { force: true });
    }
  }
  return tasks;
}
