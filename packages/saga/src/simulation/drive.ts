import assert from 'node:assert/strict';
import type { AnySagaDefinition } from '../definition.ts';
import { WorkerCrashedError } from '../errors.ts';
import { execute } from '../execution/execute.ts';
import type { Environment } from '../execution/environment.ts';
import { LeaseHandle } from '../execution/lease-handle.ts';
import { sagaLimits } from '../limits.ts';
import { isLive, type JsonObject, type SagaRecord } from '../records.ts';
import { createSagas } from '../sagas.ts';
import type { CrashMatrixOptions, Disturbance, Scenario } from './crash-matrix.ts';
import { withFault, type Fault } from './faults.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Turns of one run; far more than any saga needs. */
const turnLimit = 20_000;
/** How many points the next worker passes before a worker that was held up goes on. */
const pointsBeforeThaw = 3;

interface Disturbed {
  index: number;
  disturbance: Disturbance;
}

/** A worker of the simulation: it passes points until it dies. */
interface Worker {
  engineId: string;
  incarnation: string;
  dead: boolean;
}

/** Runs one scenario to its end, with at most one disturbance, and checks it. */
export async function driveScenario<P extends JsonObject, S extends JsonObject, Db, Trx extends Db>(
  open: CrashMatrixOptions<P, S, Db, Trx>['open'],
  fault: Fault,
  disturbed: Disturbed | undefined,
): Promise<{ points: string[]; status: SagaRecord['status'] }> {
  const clock = new VirtualClock();
  const drive = new Drive<P, S, Db, Trx>(clock, disturbed);
  const scenario = await open({ clock, point: (label) => drive.point(label) });
  try {
    const saga = await drive.run(scenario, fault);
    return { points: drive.points, status: saga.status };
  } finally {
    await scenario.close?.();
  }
}

class Drive<P extends JsonObject, S extends JsonObject, Db, Trx extends Db> {
  readonly points: string[] = [];
  private readonly clock: VirtualClock;
  private readonly disturbed: Disturbed | undefined;
  private worker: Worker = newWorker('engine-1', 1);
  private workers = 1;
  private frozen: { worker: Worker; thaw: () => void; done: Promise<unknown>; thawAt: number } | undefined;
  private stalling: ((thaw: () => void) => void) | undefined;
  private scenario: Scenario<P, S, Db, Trx> | undefined;

  constructor(clock: VirtualClock, disturbed: Disturbed | undefined) {
    this.clock = clock;
    this.disturbed = disturbed;
  }

  async run(scenario: Scenario<P, S, Db, Trx>, fault: Fault): Promise<SagaRecord> {
    this.scenario = scenario;
    const { store, params } = scenario;
    const definition = withFault(scenario.definition as unknown as AnySagaDefinition<Trx>, fault);
    const sagas = createSagas<Db, Trx>({ store, definitions: [definition], clock: this.clock });
    const id = await sagas.start(store.db, definition, { params, ...(scenario.locks === undefined ? {} : { locks: scenario.locks }) });
    for (let turn = 0; turn < turnLimit; turn += 1) {
      const details = await sagas.get(id);
      assert.ok(details !== undefined, 'the saga is still stored');
      if (!isLive(details.saga.status)) {
        await this.thaw();
        await this.check(id, details.saga);
        return details.saga;
      }
      await this.turn(definition, store);
    }
    throw new Error(`The saga did not end in ${turnLimit} turns.`);
  }

  /** A place where the worker may die or be held up. The work that calls it may be that of a worker that is dead already. */
  async point(label: string, worker: Worker = this.worker): Promise<void> {
    if (worker.dead) throw new WorkerCrashedError();
    if (worker !== this.worker) return;
    const index = this.points.push(label) - 1;
    if (this.frozen !== undefined && index >= this.frozen.thawAt) await this.thaw();
    if (this.disturbed?.index !== index) return;
    if (this.disturbed.disturbance === 'restart' || this.disturbed.disturbance === 'takeover') {
      worker.dead = true;
      throw new WorkerCrashedError();
    }
    await new Promise<void>((resolve) => this.stalling?.(resolve));
  }

  private async turn(definition: AnySagaDefinition<Trx>, store: Scenario<P, S, Db, Trx>['store']): Promise<void> {
    const { worker } = this;
    const leaseMs = sagaLimits.leaseMs;
    const kinds = [{ name: definition.name, version: definition.version }];
    const [claimed] = await store.claim({ engineId: worker.engineId, incarnation: worker.incarnation, leaseMs, limit: 1, kinds });
    if (claimed === undefined) {
      const due = await store.nextDueAt();
      assert.ok(due !== undefined, 'a live saga comes due some time');
      this.clock.advance(Math.max(1, due - this.clock.now()));
      return;
    }
    const lease = new LeaseHandle({ sagaId: claimed.id, fence: claimed.fence }, this.clock.monotonic() + leaseMs);
    const stalled = new Promise<() => void>((resolve) => (this.stalling = resolve));
    const done = execute(this.environment(definition, store, worker), claimed, lease).catch((error: unknown) => error);
    const first = await Promise.race([done, stalled]);
    if (typeof first === 'function') {
      this.frozen = {
        worker,
        thaw: first as () => void,
        done,
        thawAt: this.disturbed?.disturbance === 'stall' ? this.points.length + pointsBeforeThaw : Infinity,
      };
      await this.replaceWorker('takeover');
    } else if (worker.dead) {
      await this.replaceWorker(this.disturbed?.disturbance === 'restart' ? 'restart' : 'takeover');
    } else if (first instanceof Error) {
      throw first;
    }
  }

  private environment(definition: AnySagaDefinition<Trx>, store: Scenario<P, S, Db, Trx>['store'], worker: Worker): Environment<Db, Trx> {
    return {
      store,
      definition: () => definition,
      hooks: {},
      clock: this.clock,
      graceMs: sagaLimits.graceMs,
      probe: async (point) => await this.point(`${point.step}${point.going === 'undo' ? ' (undo)' : ''} ${point.at}`, worker),
    };
  }

  private async replaceWorker(how: 'restart' | 'takeover'): Promise<void> {
    await this.scenario?.always?.();
    this.workers += 1;
    if (how === 'restart') {
      this.worker = newWorker(this.worker.engineId, this.workers);
      await this.scenario?.store.expireEarlier(this.worker.engineId, this.worker.incarnation);
    } else {
      this.worker = newWorker(`engine-${this.workers}`, this.workers);
    }
  }

  /** The worker that was held up goes on: whatever it does now must have no effect. */
  private async thaw(): Promise<void> {
    const { frozen } = this;
    if (frozen === undefined) return;
    this.frozen = undefined;
    frozen.thaw();
    const outcome = await frozen.done;
    if (outcome instanceof Error && !(outcome instanceof WorkerCrashedError)) throw outcome;
  }

  private async check(id: string, saga: SagaRecord): Promise<void> {
    const { scenario } = this;
    if (scenario === undefined) return;
    const locks = (await scenario.store.locks(scenario.store.db)).filter((lock) => lock.sagaId === id);
    assert.deepEqual(locks, [], 'no lock is left behind');
    await scenario.check({ saga, steps: await scenario.store.readSteps(scenario.store.db, id) });
  }
}

function newWorker(engineId: string, number: number): Worker {
  return { engineId, incarnation: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`, dead: false };
}
