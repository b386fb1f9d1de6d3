import type { Clock } from '../clock.ts';
import type { AnySagaDefinition } from '../definition.ts';
import type { SagaHooks } from '../hooks.ts';
import type { SagaStore } from '../store.ts';

/** A place in the execution where a simulation may end or hold up the worker. */
export interface ProbePoint {
  sagaId: string;
  step: string;
  going: 'run' | 'undo';
  /**
   * `taken`: leased, nothing decided; `intent`: the intent is stored; `tx` and `tx_done`: before and after a transaction of the step;
   * `ran`: the step's function is back, its success not stored; `stored`: after the journal's transaction.
   */
  at: 'taken' | 'intent' | 'tx' | 'tx_done' | 'ran' | 'stored';
}

/** What executing a saga needs from outside. */
export interface Environment<Db, Trx extends Db> {
  store: SagaStore<Db, Trx>;
  /** The definition of that name and version. */
  definition(name: string, version: number): AnySagaDefinition<Trx> | undefined;
  hooks: SagaHooks<Trx>;
  clock: Clock;
  graceMs: number;
  /** Only simulations have it. It throws WorkerCrashedError to end the worker there. */
  readonly probe?: (point: ProbePoint) => Promise<void>;
}
