import type { Kysely, Transaction } from 'kysely';
import { testDatabase, whyNoServer } from '@virgate/database/testing';
import { testStore } from '../store-contract.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { sagaMigrations } from './migrations.ts';
import { PostgresSagaStore } from './store.ts';
import type { SagaTables } from './tables.ts';

for (const server of [18, 15] as const) {
  testStore<Kysely<SagaTables>, Transaction<SagaTables>>(
    `PostgreSQL ${server}`,
    async (t) => {
      const clock = new VirtualClock();
      const database = await testDatabase<SagaTables>(t, { migrations: sagaMigrations, server });
      const store = new PostgresSagaStore({ db: database.db, listener: database.listener, now: () => clock.now() });
      return { store, advance: (ms) => clock.advance(ms) };
    },
    { skip: (await whyNoServer(server)) ?? false },
  );
}
