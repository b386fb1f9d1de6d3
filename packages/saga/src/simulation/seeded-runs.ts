import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { defineSaga, type AnySagaDefinition, type SagaStep } from '../definition.ts';
import { LockConflictError, WorkerCrashedError } from '../errors.ts';
import { execute } from '../execution/execute.ts';
import { LeaseHandle } from '../execution/lease-handle.ts';
import { locksCollide } from '../locks/request.ts';
import { MemorySagaStore, type MemoryDb } from '../memory/store.ts';
import { isLive } from '../records.ts';
import { createSagas, type Sagas } from '../sagas.ts';
import { seededRandom } from './random.ts';
import { SimulatedHost } from './simulated-host.ts';
import { VirtualClock } from './virtual-clock.ts';

interface World {
  vms: Record<string, string>;
}
interface Params {
  vmId: string;
}
type Trx = MemoryDb<World>;
type Step = SagaStep<Params, object, Trx>;

const leaseMs = 10_000;
const vmIds = ['vm-0', 'vm-1'];

class StoreUnavailableError extends Error {
  readonly code = 'store_unavailable';
}

/** A store whose transactions break at random: before the commit, or after it, when nobody can know that they were committed. */
class BreakingStore extends MemorySagaStore<World> {
  breakNow: () => 'before' | 'after' | undefined = () => undefined;

  override async transaction<T>(db: Trx, fn: (trx: Trx) => Promise<T>): Promise<T> {
    if (db !== this.db) return await super.transaction(db, fn);
    const how = this.breakNow();
    if (how === 'before') throw new StoreUnavailableError('The store is away.');
    const result = await super.transaction(db, fn);
    if (how === 'after') throw new StoreUnavailableError('The connection broke at the commit.');
    return result;
  }
}

interface Parked {
  engine: Engine;
  resume: () => void;
  kill: () => void;
}

interface Engine {
  id: string;
  incarnation: number;
  leases: LeaseHandle[];
  dead: boolean;
}

/** One run: two engines, sagas that meet on the same objects, and whatever the seed brings. */
class Run {
  readonly outcomes: string[] = [];
  private readonly random: () => number;
  private readonly clock = new VirtualClock();
  private readonly store: BreakingStore;
  private readonly host: SimulatedHost;
  private readonly sagas: Sagas<Trx, Trx>;
  private readonly definitions: AnySagaDefinition<Trx>[];
  private readonly parked: Parked[] = [];
  private engines: Engine[] = ['a', 'b'].map((id) => ({ id, incarnation: 0, leases: [], dead: false }));
  private acting: Engine | undefined;
  private readonly ids: string[] = [];
  private uuids = 0;
  private faultsLeft = 12;

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.store = new BreakingStore({ world: { vms: {} }, now: () => this.clock.now() });
    this.host = new SimulatedHost(async () => await this.park(this.acting));
    this.definitions = [this.create(), this.remove()] as unknown as AnySagaDefinition<Trx>[];
    this.sagas = createSagas<Trx, Trx>({ store: this.store, definitions: this.definitions, clock: this.clock, newId: () => this.newId() });
    this.store.breakNow = () => (this.random() < 0.02 && this.fault() ? (this.random() < 0.5 ? 'before' : 'after') : undefined);
  }

  async play(): Promise<void> {
    for (let tick = 0; tick < 5_000; tick += 1) {
      await turn();
      this.checkLocks();
      if (this.ids.length >= 3 && this.parked.length === 0 && (await this.allEnded())) return await this.checkEnd();
      await this.act(this.random());
    }
    throw new Error('The run did not come to an end.');
  }

  private async act(dice: number): Promise<void> {
    const engine = this.engines[Math.floor(this.random() * this.engines.length)] as Engine;
    const parked = this.parked[Math.floor(this.random() * this.parked.length)];
    if (dice < 0.55 && parked !== undefined) this.resume(parked);
    else if (dice < 0.75) await this.claim(engine);
    else if (dice < 0.8) await this.startOne();
    else if (dice < 0.85) await this.renew(engine);
    else if (dice < 0.87 && this.fault()) await this.crash(engine);
    else if (dice < 0.88 && this.fault()) this.clock.advance(leaseMs * 2);
    else if (dice < 0.89 && this.fault()) await this.sagas.cancel(this.anyId()).catch(expectUnavailable);
    else if (dice < 0.91) await this.sagas.wake(this.anyId()).catch(expectUnavailable);
    else if (this.parked.length === 0) this.clock.advance(Math.max(1, ((await this.store.nextDueAt()) ?? 0) - this.clock.now()));
    else this.clock.advance(Math.floor(this.random() * 300));
  }

  private resume(parked: Parked): void {
    this.parked.splice(this.parked.indexOf(parked), 1);
    parked.resume();
  }

  private async claim(engine: Engine): Promise<void> {
    const claimed = await this.store
      .claim({ engineId: engine.id, incarnation: `${engine.id}${engine.incarnation}`, leaseMs, limit: 2, kinds: this.sagas.kinds() })
      .catch(expectUnavailable);
    for (const saga of claimed ?? []) {
      const lease = new LeaseHandle({ sagaId: saga.id, fence: saga.fence }, this.clock.now() + leaseMs);
      engine.leases.push(lease);
      const environment = {
        store: this.store,
        definition: (name: string, version: number) => this.sagas.definition(name, version),
        hooks: {},
        clock: this.clock,
        graceMs: 1_000,
        probe: async () => await this.park(engine),
      };
      void execute(environment, saga, lease)
        .catch((error: unknown) => assert.ok(error instanceof WorkerCrashedError, String(error)))
        .finally(() => engine.leases.splice(engine.leases.indexOf(lease), 1));
    }
  }

  private async startOne(): Promise<void> {
    if (this.ids.length >= 3) return;
    const definition = this.definitions[this.random() < 0.6 ? 0 : 1] as AnySagaDefinition<Trx>;
    const vmId = vmIds[Math.floor(this.random() * vmIds.length)] as string;
    const id = this.newId();
    try {
      await this.sagas.start(this.store.db, definition, { id, params: { vmId } });
      this.ids.push(id);
    } catch (error) {
      if (error instanceof LockConflictError) {
        assert.ok(error.holder !== undefined && this.ids.includes(error.holder.sagaId), 'the holder is named');
        return;
      }
      expectUnavailable(error);
      // Whether it was committed nobody knows: a repeat with the same id finds out.
      if ((await this.sagas.get(id)) !== undefined) this.ids.push(id);
    }
  }

  private async renew(engine: Engine): Promise<void> {
    const renewals = await this.store.renew(engine.leases, leaseMs).catch(expectUnavailable);
    for (const renewal of renewals ?? []) {
      const lease = engine.leases.find((each) => each.sagaId === renewal.sagaId && renewal.outcome === 'lost');
      lease?.abort('lease_lost');
    }
  }

  /** kill -9, and a restart at once or, as far as the store knows, never. */
  private async crash(engine: Engine): Promise<void> {
    engine.dead = true;
    for (const parked of this.parked.filter((each) => each.engine === engine)) {
      this.parked.splice(this.parked.indexOf(parked), 1);
      parked.kill();
    }
    await turn();
    const next: Engine = { id: engine.id, incarnation: engine.incarnation + 1, leases: [], dead: false };
    this.engines = this.engines.map((each) => (each === engine ? next : each));
    if (this.random() < 0.5) await this.store.expireEarlier(next.id, `${next.id}${next.incarnation}`).catch(expectUnavailable);
  }

  /** Nothing goes on from a probe until the seed says so. `engine` is whoever called; host calls happen right after its own probe. */
  private park(engine: Engine | undefined): Promise<void> {
    const whose = engine ?? this.engines[0];
    if (whose === undefined) throw new Error('There is no engine.');
    return new Promise((resolve, reject) => {
      const kill = (): void => reject(new WorkerCrashedError());
      if (whose.dead) return kill();
      this.parked.push({ engine: whose, resume: () => ((this.acting = whose), resolve()), kill });
    });
  }

  private create() {
    const steps: Step[] = [
      { name: 'check', run: async () => this.maybeFail(0.05) },
      {
        name: 'row',
        record: async (ctx, trx) => {
          if (trx.world.vms[ctx.params.vmId] !== undefined) throw new Error('The VM exists.');
          trx.world.vms[ctx.params.vmId] = 'locked';
        },
        unrecord: async (ctx, trx) => void delete trx.world.vms[ctx.params.vmId],
      },
      {
        name: 'disk',
        retry: { attempts: 3, delayMs: 100 },
        run: async (ctx) => {
          await this.host.create(`disk ${ctx.params.vmId}`, 'disk', ctx.fence);
          this.maybeFail(0.1);
          if (ctx.polls < 2 && this.random() < 0.5) return ctx.waitUntil({ delayMs: 500 });
        },
        undo: async (ctx) => {
          this.maybeFail(0.1);
          await this.host.remove(`disk ${ctx.params.vmId}`, ctx.fence);
        },
      },
      {
        name: 'start',
        run: async (ctx) => {
          await this.host.create(`qemu ${ctx.params.vmId}`, 'qemu', ctx.fence);
          await ctx.tx(async (trx) => void (trx.world.vms[ctx.params.vmId] = 'up'));
          this.maybeFail(0.1);
        },
        undo: async (ctx) => await this.host.remove(`qemu ${ctx.params.vmId}`, ctx.fence),
      },
    ];
    return defineSaga<Params, object, Trx>({ name: 'create', version: 1, locks: lockVm, steps, cancellable: true });
  }

  private remove() {
    const steps: Step[] = [
      {
        name: 'mark',
        record: async (ctx, trx) => {
          if (trx.world.vms[ctx.params.vmId] !== 'up') throw new Error('There is no such VM.');
          trx.world.vms[ctx.params.vmId] = 'removing';
        },
        unrecord: async (ctx, trx) => void (trx.world.vms[ctx.params.vmId] = 'up'),
      },
      { name: 'wait', run: async (ctx) => (ctx.polls === 0 ? ctx.waitUntil({ delayMs: 200 }) : this.maybeFail(0.1)) },
      {
        name: 'destroy',
        pivot: true,
        retry: { attempts: 90, delayMs: 10 },
        run: async (ctx) => await this.host.remove(`qemu ${ctx.params.vmId}`, ctx.fence),
        undo: async (ctx) => await this.host.create(`qemu ${ctx.params.vmId}`, 'qemu', ctx.fence),
      },
      {
        name: 'disk',
        retry: { attempts: 90, delayMs: 10 },
        run: async (ctx) => {
          this.maybeFail(0.1);
          await this.host.remove(`disk ${ctx.params.vmId}`, ctx.fence);
        },
      },
      { name: 'row', record: async (ctx, trx) => void delete trx.world.vms[ctx.params.vmId] },
    ];
    return defineSaga<Params, object, Trx>({ name: 'remove', version: 1, locks: lockVm, steps, cancellable: true });
  }

  private maybeFail(chance: number): void {
    if (this.random() < chance) throw new Error('The seed made this fail.');
  }

  private checkLocks(): void {
    const all = [...this.store.committed.locks.values()];
    for (const held of all) {
      for (const lock of held)
        assert.ok(isLive(this.store.committed.sagas.get(lock.sagaId)?.saga.status ?? 'failed'), 'a lock has a live owner');
      for (const [index, lock] of held.entries())
        assert.ok(!held.slice(index + 1).some((other) => locksCollide(lock, other)), 'locks exclude');
    }
  }

  private async allEnded(): Promise<boolean> {
    return [...this.store.committed.sagas.values()].every(({ saga }) => !isLive(saga.status));
  }

  private async checkEnd(): Promise<void> {
    assert.equal(this.store.committed.locks.size, 0, 'no lock is left');
    for (const vmId of vmIds) {
      const there = this.store.db.world.vms[vmId];
      assert.ok(there === undefined || there === 'up', `${vmId} is ${there}`);
      assert.equal(this.host.objects.has(`disk ${vmId}`), there === 'up', `disk of ${vmId}`);
      assert.equal(this.host.objects.has(`qemu ${vmId}`), there === 'up', `guest of ${vmId}`);
    }
    for (const { saga } of this.store.committed.sagas.values()) this.outcomes.push(`${saga.name} ${saga.status}`);
  }

  private fault(): boolean {
    if (this.faultsLeft === 0) return false;
    this.faultsLeft -= 1;
    return true;
  }

  private anyId(): string {
    return this.ids[Math.floor(this.random() * this.ids.length)] ?? '00000000-0000-4000-8000-000000000000';
  }

  private newId(): string {
    this.uuids += 1;
    return `00000000-0000-4000-9000-${String(this.uuids).padStart(12, '0')}`;
  }
}

function lockVm({ vmId }: Params) {
  return [{ group: 'VM', objectId: vmId, mode: 'exclusive' as const }];
}

function expectUnavailable(error: unknown): undefined {
  if (error instanceof StoreUnavailableError) return undefined;
  throw error;
}

/**
 * Plays a run for each seed and counts how its sagas ended.
 *
 * @throws naming the seed of the first run that ends inconsistent.
 */
export async function playSeeds(seeds: Iterable<number>): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const seed of seeds) {
    const run = new Run(seed);
    try {
      await run.play();
    } catch (error) {
      throw new Error(`Seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
    for (const outcome of run.outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}
