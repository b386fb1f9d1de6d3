import type { AnySagaDefinition } from '../definition.ts';
import type { JsonObject } from '../records.ts';
import type { Environment } from './environment.ts';
import type { LeaseHandle } from './lease-handle.ts';
import { progress, type Decision, type SagaEvent, type SagaView } from './progress.ts';

/** What goes into the journal. */
export interface JournalEntry<Trx> {
  event: SagaEvent;
  /** State to be stored with it; undefined keeps what is stored. */
  state?: () => JsonObject;
  /** What the step writes in the same transaction. */
  record?: ((trx: Trx) => Promise<void>) | undefined;
}

/**
 * One transaction: makes sure that the lease is held, lets the step write, decides what follows, stores that with the intent of the next
 * move, tells the hooks and, at the end, gives the locks back. Brings `view` up to date.
 *
 * @throws LeaseLostError, or whatever the step's writing or a hook threw: nothing was written.
 */
export async function journal<Db, Trx extends Db>(
  environment: Environment<Db, Trx>,
  definition: AnySagaDefinition<Trx>,
  lease: LeaseHandle,
  view: SagaView,
  entry: JournalEntry<Trx>,
): Promise<Decision> {
  const { store } = environment;
  lease.transactions += 1;
  try {
    const decision = await store.transaction(store.db, async (trx) => {
      const held = await store.hold(trx, lease);
      await entry.record?.(trx);
      const state = entry.state?.() ?? (await store.read(trx, lease.sagaId))?.state ?? view.saga.state;
      const decided = progress({ ...view, saga: { ...view.saga, state } }, entry.event, { ...held, pause: lease.pause });
      await storeDecision(environment, definition, trx, decided);
      return decided;
    });
    view.saga = decision.saga;
    view.steps = decision.steps;
    return decision;
  } finally {
    lease.transactions -= 1;
  }
}

async function storeDecision<Db, Trx extends Db>(
  { store, hooks }: Environment<Db, Trx>,
  definition: AnySagaDefinition<Trx>,
  trx: Trx,
  decision: Decision,
): Promise<void> {
  const { saga } = decision;
  const ends = decision.next.kind === 'end';
  // Locks are tied to a live saga, so they go first; until the commit nobody else sees them gone.
  if (ends) await store.unlock(trx, saga.id);
  await store.write(trx, saga, decision.changed);
  for (const change of decision.changes) await hooks.onTransition?.(trx, saga, change);
  if (!ends) return;
  await definition.ended?.(
    {
      id: saga.id,
      params: saga.params,
      state: saga.state,
      status: saga.status as 'succeeded' | 'failed' | 'aborted',
      error: saga.error ?? undefined,
      saga,
    },
    trx,
  );
  await store.announce(trx, 'ended', saga.id);
}
