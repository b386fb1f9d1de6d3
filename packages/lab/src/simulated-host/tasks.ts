import { randomUUID } from 'node:crypto';
import { commonErrors, storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { VdsmError } from '@virgate/vdsm';
import { failure, readText } from './parameters.ts';
import type { SimulatedVerb } from './parameters.ts';

/** An asynchronous task or job; plain data. */
interface Work {
  readonly id: string;
  readonly verb: string;
  state: 'running' | 'finished';
  result: '' | 'success' | 'cleanSuccess';
  code: number;
  message: string;
}

interface Job {
  readonly id: string;
  readonly job_type: string;
  readonly description: string;
  status: 'running' | 'done' | 'failed';
  progress: number;
  error?: { code: number; message: string };
}

export interface TaskContent {
  tasks: Record<string, Work>;
}

/**
 * Tasks and jobs. Outcomes of tasks survive a restart of the agent, jobs do not; what ran when the agent died is undone.
 */
export class SimulatedTasks {
  readonly content: TaskContent = { tasks: {} };
  readonly #jobs = new Map<string, Job>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #durationMs: number;
  readonly #onChange: () => void;

  constructor(options: { readonly durationMs: number; readonly onChange: () => void; readonly content?: TaskContent | undefined }) {
    this.#durationMs = options.durationMs;
    this.#onChange = options.onChange;
    if (options.content !== undefined) Object.assign(this.content, options.content);
  }

  #later(action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, this.#durationMs);
    this.#timers.add(timer);
  }

  /** Begins a task; `effect` is done as a whole at its end, so that a task that is cut off leaves nothing. @returns its id */
  start(verb: string, effect: () => void): string {
    const task: Work = { id: randomUUID(), verb, state: 'running', result: '', code: 0, message: '' };
    this.content.tasks[task.id] = task;
    this.#onChange();
    this.#later(() => {
      if (task.state === 'finished') return;
      try {
        effect();
        Object.assign(task, { state: 'finished', result: 'success' });
      } catch (error) {
        Object.assign(task, {
          state: 'finished',
          result: 'cleanSuccess',
          code: error instanceof VdsmError ? error.code : commonErrors.GeneralException,
          message: error instanceof Error ? error.message : String(error),
        });
      }
      this.#onChange();
    });
    return task.id;
  }

  /** Begins a job under an id of the caller. A repeat of a known id is the same job. */
  startJob(id: string, type: string, description: string, effect: () => void): true {
    if (this.#jobs.has(id)) return true;
    const job: Job = { id, job_type: type, description, status: 'running', progress: 0 };
    this.#jobs.set(id, job);
    this.#later(() => {
      try {
        effect();
        Object.assign(job, { status: 'done', progress: 100 });
      } catch (error) {
        Object.assign(job, {
          status: 'failed',
          error: {
            code: error instanceof VdsmError ? error.code : commonErrors.GeneralException,
            message: error instanceof Error ? error.message : String(error),
          },
        });
      }
      this.#onChange();
    });
    return true;
  }

  /** The agent dies: jobs are forgotten, running tasks have failed and left nothing. */
  abandon(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#jobs.clear();
    for (const task of Object.values(this.content.tasks)) {
      if (task.state === 'running')
        Object.assign(task, {
          state: 'finished',
          result: 'cleanSuccess',
          code: storageErrors.TaskAborted,
          message: 'The agent was restarted while the task ran',
        });
    }
  }

  #task(id: string): Work {
    const task = this.content.tasks[id];
    if (task === undefined) throw failure('UnknownTask', `Task id unknown: ${id}`);
    return task;
  }

  verbs(): Record<string, SimulatedVerb> {
    const status = (task: Work): object => ({
      taskID: task.id,
      taskState: task.state,
      taskResult: task.result,
      code: task.code,
      message: task.message,
    });
    const stop: SimulatedVerb = (params) => {
      const task = this.#task(readText(params, 'taskID'));
      if (task.state === 'running')
        Object.assign(task, {
          state: 'finished',
          result: 'cleanSuccess',
          code: storageErrors.TaskAborted,
          message: 'The task was stopped',
        });
      this.#onChange();
      return true;
    };
    return {
      'Host.getAllTasksStatuses': () => Object.fromEntries(Object.values(this.content.tasks).map((task) => [task.id, status(task)])),
      'Host.getAllTasksInfo': () =>
        Object.fromEntries(Object.values(this.content.tasks).map((task) => [task.id, { id: task.id, verb: task.verb }])),
      'Task.getStatus': (params) => status(this.#task(readText(params, 'taskID'))),
      'Task.getInfo': (params) => ({ id: readText(params, 'taskID'), verb: this.#task(readText(params, 'taskID')).verb }),
      'Task.clear': (params) => {
        const task = this.#task(readText(params, 'taskID'));
        if (task.state === 'running') throw failure('TaskNotFinished', `Task is not finished: ${task.id}`);
        delete this.content.tasks[task.id];
        this.#onChange();
        return true;
      },
      'Task.stop': stop,
      'Task.revert': stop,
      'Host.getJobs': (params) => {
        const ids = Array.isArray(params['job_ids']) ? new Set(params['job_ids']) : undefined;
        const type = params['job_type'];
        return Object.fromEntries(
          [...this.#jobs].filter(([id, job]) => (ids?.has(id) ?? true) && (type === undefined || job.job_type === type)),
        );
      },
    };
  }
}
