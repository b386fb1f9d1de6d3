import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { Watch } from './watch.ts';

class Counting extends Watch {
  rounds = 0;
  atOnce = 0;
  most = 0;

  protected async look(ending: AbortSignal): Promise<void> {
    this.rounds += 1;
    this.most = Math.max(this.most, (this.atOnce += 1));
    try {
      if (this.rounds === 1) throw new Error('the first round fails');
      await delay(60_000, undefined, { signal: ending });
    } finally {
      this.atOnce -= 1;
    }
  }
}

test('rounds follow one another, also after one that failed, and the last is ended with the watch', async () => {
  const watch = new Counting({ what: 'nothing', everyMs: 1, log: pino({ level: 'silent' }) });
  watch.start();
  for (let waited = 0; watch.rounds < 2 && waited < 400; waited += 1) await delay(5);
  await delay(20);
  assert.deepEqual([watch.rounds, watch.most], [2, 1]);
  await watch.stop();
  assert.equal(watch.atOnce, 0);
});
