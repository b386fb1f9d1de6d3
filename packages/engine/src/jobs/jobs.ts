import { transaction } from '@virgate/database';
import {
  PostgresSagaStore,
  createRunner,
  createSagas,
  isLive,
  type LockRequest,
  type ProbePoint,
  type Runner,
  type SagaDefinition,
  type Sagas,
  type Subject,
} from '@virgate/saga';
import type { Kysely, Transaction } from 'kysely';
import type { Logger } from 'pino';
import { noteChange } from '../changes/outbox.ts';
import type { Database } from '@virgate/database';
import { endInExternal, placeInExternal } from './external-place.ts';
import { faultOfJob } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import type { Tables } from '../tables/schema.ts';

type Db = Kysely<Tables>;
type Trx = Transaction<Tables>;
/** A definition of this engine, whatever its parameters and state. */
export type EngineSaga<P extends object = never, S extends object = never> = SagaDefinition<P, S, Trx>;

/** How long a request waits for its job before it answers 202. */
const waitMs = 45_000;
/** How many jobs this engine works on at once. */
const workers = 32;

/** What a job is called and about. */
export interface JobLabel {
  description: string;
  subjects: readonly Subject[];
}

/** What starts a job: its definition's name and parameters, and a check in the same transaction, after the locks are taken. */
export interface JobRequest<P extends object> extends JobLabel {
  params: P;
  locks?: readonly LockRequest[];
  /** Of the request that it belongs to, where that is not the one at hand. */
  correlationId?: string;
  check?(trx: Trx): Promise<void>;
}

/** The engine's jobs: sagas, with the user and correlation of the request that asked for them. */
export class Jobs {
  readonly sagas: Sagas<Db, Trx>;
  readonly #db: Db;
  readonly #runner: Runner;
  readonly #definitions: ReadonlyMap<string, EngineSaga>;

  constructor(
    database: Database<Tables>,
    engineId: string,
    definitions: readonly EngineSaga[],
    log: Logger,
    probe?: (point: ProbePoint) => Promise<void>,
  ) {
    this.#db = database.db;
    this.#definitions = new Map(definitions.map((definition) => [definition.name, definition]));
    this.sagas = createSagas<Db, Trx>({
      store: new PostgresSagaStore<Tables>({ db: database.db, listener: database.listener }),
      definitions,
      hooks: {
        onTransition: async (trx, saga, change) => {
          const isNew = change.kind === 'saga' && change.from === null;
          await noteChange(trx, 'job', saga.id, isNew ? 'add' : 'update');
          if (change.kind === 'saga' && !isNew && !isLive(change.to)) await endInExternal(trx, this.sagas, saga.id, change.to);
        },
        onError: (error, where) => log.warn({ err: error, ...where }, 'a job met an error'),
      },
    });
    this.#runner = createRunner<Db, Trx>({ sagas: this.sagas, engineId, workers, ...(probe ? { probe } : {}) });
  }

  start(): Promise<void> {
    return this.#runner.start();
  }

  stop(): Promise<void> {
    return this.#runner.stop();
  }

  /** Notes the job of an operation that is one transaction, in that transaction. */
  async record(trx: Trx, context: Context, job: JobLabel & { action: string }): Promise<string> {
    const id = await this.sagas.record(trx, {
      name: job.action,
      owner: context.user.id,
      correlationId: context.correlationId,
      title: job.description,
      description: job.description,
      subjects: job.subjects,
    });
    await this.place(trx, context, id);
    return id;
  }

  /** Makes a job that was begun in the same transaction a step of another system's job, where the request says so. */
  async place(trx: Trx, { externalPlace }: Context, id: string): Promise<void> {
    if (externalPlace) await placeInExternal(trx, this.sagas, externalPlace, id);
  }

  /**
   * Starts a job in one transaction: its row, its locks, then the check, which sees the state under the locks and may refuse.
   * @throws {Fault} what the check throws; LockConflictError
   */
  async begin<P extends object>(context: Context, name: string, request: JobRequest<P>): Promise<string> {
    const { precondition } = context;
    const check = async (trx: Trx): Promise<void> => {
      await precondition?.check(context, trx);
      await request.check?.(trx);
    };
    const id = await transaction(this.#db, (trx) => this.beginIn(trx, context, name, { ...request, check }));
    precondition?.meet();
    return id;
  }

  /** As {@link begin}, within a transaction that does more. */
  async beginIn<P extends object>(trx: Trx, context: Context, name: string, request: JobRequest<P>): Promise<string> {
    const definition = this.#definitions.get(name);
    if (!definition) throw new Error(`There is no job ${name}`);
    const id = await this.sagas.start(trx, definition as unknown as SagaDefinition<P, object, Trx>, {
      params: request.params,
      owner: context.user.id,
      correlationId: context.correlationId,
      title: request.description,
      description: request.description,
      subjects: request.subjects,
      ...(request.locks ? { locks: request.locks } : {}),
    });
    await request.check?.(trx);
    await this.place(trx, context, id);
    return id;
  }

  /** Starts a job outside of a request, within a transaction: for a user, or for nobody where the engine itself wants it. */
  async beginFor<P extends object>(
    trx: Trx,
    user: { id: string; name: string } | null,
    name: string,
    request: JobRequest<P>,
  ): Promise<string> {
    return this.#start(trx, user, name, request);
  }

  /** Starts a job of the engine's own, which nobody asked for; within a transaction that does more, when one is given. */
  async beginAlone<P extends object>(name: string, request: JobRequest<P>, trx?: Trx): Promise<string> {
    return this.#start(trx ?? this.#db, null, name, request);
  }

  #start<P extends object>(db: Db | Trx, user: { id: string } | null, name: string, request: JobRequest<P>): Promise<string> {
    const definition = this.#definitions.get(name);
    if (!definition) throw new Error(`There is no job ${name}`);
    return this.sagas.start(db, definition as unknown as SagaDefinition<P, object, Trx>, {
      params: request.params,
      ...(user ? { owner: user.id } : {}),
      ...(request.correlationId ? { correlationId: request.correlationId } : {}),
      title: request.description,
      description: request.description,
      subjects: request.subjects,
      ...(request.locks ? { locks: request.locks } : {}),
    });
  }

  /**
   * Waits for a job as long as a request may last.
   * @returns whether it ended
   * @throws {Fault} why the job failed
   */
  async settle(id: string): Promise<boolean> {
    const { ended, saga } = await this.sagas.wait(id, { timeoutMs: waitMs });
    if (ended && !isLive(saga.status) && saga.status !== 'succeeded') throw faultOfJob(saga.error);
    return ended;
  }

  /** Starts a job and, unless the request is asynchronous, waits for it. */
  async run<P extends object>(context: Context, name: string, request: JobRequest<P>): Promise<{ job: string; ended: boolean }> {
    const job = await this.begin(context, name, request);
    return { job, ended: context.asynchronous ? false : await this.settle(job) };
  }
}
