import { SagaError } from './errors.ts';
import type { SagaHooks } from './hooks.ts';
import { isUuid } from './identity.ts';
import { newSaga, subjectsOf, type SagaLabels } from './labels.ts';
import { sagaLimits } from './limits.ts';
import { freshStep, isLive, type SagaRecord, type StepRecord } from './records.ts';
import type { SagaStore } from './store.ts';

/** A job that an outside client keeps up. */
export interface ExternalJobOptions extends SagaLabels {
  name: string;
}

/** A step of such a job. */
export interface ExternalStepOptions {
  name: string;
  title?: string;
  /** The step that it belongs to. */
  parentId?: string;
  externalId?: string;
  externalSystem?: string;
}

/** How an outside client says that its job or step has ended. */
export type ExternalEnd = 'succeeded' | 'failed';

/** Jobs that nothing here runs: an outside client adds their steps and ends them. */
export class ExternalJobs<Db, Trx extends Db> {
  private readonly store: SagaStore<Db, Trx>;
  private readonly hooks: SagaHooks<Trx>;
  private readonly newId: () => string;

  constructor(store: SagaStore<Db, Trx>, hooks: SagaHooks<Trx>, newId: () => string) {
    this.store = store;
    this.hooks = hooks;
    this.newId = newId;
  }

  /** Begins a job. Default: `prune` leaves it alone. Returns its id. */
  async open(trx: Trx, options: ExternalJobOptions): Promise<string> {
    const id = this.newId();
    const startedAt = await this.store.now(trx);
    const labels = { ...options, autoCleared: options.autoCleared ?? false };
    const saga: SagaRecord = { ...newSaga(id, options.name, labels), external: true, status: 'running', startedAt };
    await this.store.insert(trx, { saga, steps: [], subjects: subjectsOf(options) });
    await this.hooks.onTransition?.(trx, saga, { kind: 'saga', from: null, to: 'running' });
    return id;
  }

  /** Adds a step that has begun. Returns its id. @throws SagaError `not_found`, `not_external`, `too_large`. */
  async addStep(trx: Trx, jobId: string, options: ExternalStepOptions): Promise<string> {
    const saga = await this.live(trx, jobId);
    const steps = await this.store.readSteps(trx, jobId);
    if (steps.length >= sagaLimits.steps) throw new SagaError('too_large', `A job has at most ${sagaLimits.steps} steps.`);
    if (options.parentId !== undefined && !steps.some((step) => step.id === options.parentId)) {
      throw new SagaError('not_found', `The job ${jobId} has no step ${options.parentId}.`);
    }
    const step: StepRecord = {
      ...freshStep(this.newId(), steps.length, options.name, options.title ?? null),
      parentId: options.parentId ?? null,
      externalId: options.externalId ?? null,
      externalSystem: options.externalSystem ?? null,
      status: 'running',
      attempt: 1,
      intentAt: await this.store.now(trx),
    };
    await this.store.insertStep(trx, jobId, step);
    await this.hooks.onTransition?.(trx, saga, { kind: 'step', step, from: 'pending', to: 'running' });
    return step.id;
  }

  /** Ends a step. One that has ended stays as it is. @throws SagaError `not_found`, `not_external`. */
  async endStep(trx: Trx, jobId: string, stepId: string, end: ExternalEnd): Promise<void> {
    const saga = await this.live(trx, jobId);
    const step = (await this.store.readSteps(trx, jobId)).find((each) => each.id === stepId);
    if (step === undefined) throw new SagaError('not_found', `The job ${jobId} has no step ${stepId}.`);
    if (step.status !== 'running') return;
    await this.writeEnd(trx, saga, step, end, await this.store.now(trx));
  }

  /** Ends a job and the steps of it that run still. @throws SagaError `not_found`, `not_external`. */
  async end(trx: Trx, jobId: string, end: ExternalEnd): Promise<void> {
    const saga = await this.live(trx, jobId);
    const now = await this.store.now(trx);
    for (const step of await this.store.readSteps(trx, jobId)) {
      if (step.status === 'running') await this.writeEnd(trx, saga, step, end, now);
    }
    const ended: SagaRecord = { ...saga, status: end, endedAt: now };
    await this.store.write(trx, ended, []);
    await this.hooks.onTransition?.(trx, ended, { kind: 'saga', from: saga.status, to: end });
    await this.store.announce(trx, 'ended', jobId);
  }

  /** Removes a job that has ended. @throws SagaError `not_found`, `not_external`. */
  async clear(trx: Trx, jobId: string): Promise<void> {
    const saga = isUuid(jobId) ? await this.store.readForUpdate(trx, jobId) : undefined;
    if (saga?.external === false) throw new SagaError('not_external', `The job ${jobId} is the engine's own: it is removed by itself.`);
    if (saga === undefined || !(await this.store.remove(trx, jobId))) throw new SagaError('not_found', `There is no ended job ${jobId}.`);
  }

  private async writeEnd(trx: Trx, saga: SagaRecord, step: StepRecord, end: ExternalEnd, now: number): Promise<void> {
    const ended: StepRecord = { ...step, status: end, doneAt: now };
    await this.store.writeSteps(trx, saga.id, [ended]);
    await this.hooks.onTransition?.(trx, saga, { kind: 'step', step: ended, from: step.status, to: end });
  }

  private async live(trx: Trx, jobId: string): Promise<SagaRecord> {
    const saga = isUuid(jobId) ? await this.store.readForUpdate(trx, jobId) : undefined;
    if (saga === undefined || !isLive(saga.status)) throw new SagaError('not_found', `There is no running job ${jobId}.`);
    if (!saga.external) throw new SagaError('not_external', `The job ${jobId} is the engine's own: only the engine changes it.`);
    return saga;
  }
}
