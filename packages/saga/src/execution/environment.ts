import type { Clock } from '../clock.ts';
import type { AnySagaDefinition } from '../definition.ts';
import type { SagaHooks } from '../hooks.ts';
import type { SagaStore } from '../store.ts';
import type { SagaView } from './progress.ts';

/** A place in the execution where a simulation may end or hold up the worker. */
export interface ProbePoint {
  sagaId: string;
  /** Name of the saga's definition. */
  saga: string;
  step: string;
  going: 'run' | 'undo';
  /**
   * `taken`: leased, nothing decided; `intent`: the intent is stored; `tx` and `tx_done`: before and after a transaction of the step;
   * `waits`: the step's function is back, but only to be called again; `ran`: it is back, its success not stored; `stored`: after the
   * journal's transaction.
   */
  at: 'taken' | 'intent' | 'tx' | 'tx_done' | 'waits' | 'ran' | 'stored';
  /** A step after which there is no way back has succeeded. */
  beyondReturn: boolean;
  /** The step does nothing but write to the store, with the journal's entry: nothing outside can make it fail. */
  onlyRecords: boolean;
}

/** What executing a saga needs from outside. */
export interface Environment<Db, Trx extends Db> {
  store: SagaStore<Db, Trx>;
  /** The definition of that name and version. */
  definition(name: string, version: number): AnySagaDefinition<Trx> | undefined;
  hooks: SagaHooks<Trx>;
  clock: Clock;
  graceMs: number;
  /** Only simulations have it. It throws WorkerCrashedError to end the worker there; another error, at `intent`, makes the step fail. */
  readonly probe?: (point: ProbePoint) => Promise<void>;
}

/** Where a saga is. */
export function probePoint(view: SagaView, place: Pick<ProbePoint, 'step' | 'going' | 'at'>): ProbePoint {
  const { id, name } = view.saga;
  const beyondReturn = view.plan.some((step, ordinal) => step.pivot && (view.steps[ordinal]?.doneAt ?? null) !== null);
  const onlyRecords = view.plan.some((step, ordinal) => !step.acts && view.steps[ordinal]?.name === place.step);
  return { sagaId: id, saga: name, ...place, beyondReturn, onlyRecords };
}
