import { testStore } from '../store-contract.ts';
import { VirtualClock } from '../simulation/virtual-clock.ts';
import { MemorySagaStore, type MemoryDb } from './store.ts';

testStore<MemoryDb<object>, MemoryDb<object>>('memory', async () => {
  const clock = new VirtualClock();
  return { store: new MemorySagaStore<object>({ world: {}, now: () => clock.now() }), advance: (ms) => clock.advance(ms) };
});
