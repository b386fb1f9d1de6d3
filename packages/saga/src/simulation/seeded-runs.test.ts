// Budget: 24 s
import assert from 'node:assert/strict';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import { playSeeds } from './seeded-runs.ts';

const runs = Number(process.env['VIRGATE_SIMULATED_RUNS'] ?? 10_000);

/** In a thread of its own: the test runner watches every promise of its own thread, and here there are millions. */
async function playInThread(from: number, to: number): Promise<Map<string, number>> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.module).then(({ playSeeds }) => playSeeds(workerData.seeds)).then((counts) => parentPort.postMessage(counts));
  `;
  const seeds = Array.from({ length: to - from }, (_, index) => from + index);
  const module = new URL('./seeded-runs.ts', import.meta.url).href;
  const worker = new Worker(code, { eval: true, workerData: { module, seeds } });
  return await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The simulation ended with code ${code}.`)));
  });
}

test(`${runs} seeded runs with crashes, pauses, lost stores and cancels end consistent`, async (t) => {
  const counts = await playInThread(1, runs + 1);
  t.diagnostic(
    [...counts]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([outcome, count]) => `${outcome} ${count}`)
      .join(', '),
  );
  for (const outcome of ['create succeeded', 'create failed', 'create aborted', 'remove succeeded', 'remove failed', 'remove aborted']) {
    assert.ok((counts.get(outcome) ?? 0) > 0, `some runs end with ${outcome}`);
  }
});

test('the same seed gives the same run', async () => {
  assert.deepEqual([...(await playSeeds([42, 43, 44]))], [...(await playSeeds([42, 43, 44]))]);
});
