import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VdsmError } from '@virgate/vdsm';
import type { StorageClock } from '../storage-clock.ts';
import { createJobRegistry } from './registry.ts';
import type { JobInfo } from './registry.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

function setUp() {
  let monotonicMs = 0;
  let sweep = (): void => undefined;
  const clock: StorageClock = {
    nowMs: () => monotonicMs,
    monotonicMs: () => monotonicMs,
    every: (_interval, run) => {
      sweep = run;
      return () => undefined;
    },
  };
  const ended: JobInfo[] = [];
  const jobs = createJobRegistry({ clock, log: silent, onEnd: (job) => void ended.push(job) });
  return {
    jobs,
    ended,
    pass: (ms: number) => {
      monotonicMs += ms;
      sweep();
    },
  };
}

test('a job is listed by id and kind from its start to an hour after its end', async () => {
  const { jobs, ended, pass } = setUp();
  const gate = Promise.withResolvers<void>();
  jobs.start({ id: id(1), type: 'storage', description: 'copy' }, async ({ progress }) => {
    progress(41.7);
    await gate.promise;
  });
  await Promise.resolve();
  assert.deepEqual(jobs.list('storage', [id(1)]), {
    [id(1)]: { id: id(1), job_type: 'storage', status: 'running', description: 'copy', progress: 41 },
  });
  assert.deepEqual(jobs.list('virt'), {});
  assert.deepEqual(jobs.list('storage', [id(2)]), {});
  assert.throws(() => jobs.start({ id: id(1), type: 'storage', description: '' }, async () => undefined), { code: 69 });
  gate.resolve();
  await jobs.close();
  assert.equal(jobs.list()[id(1)]?.status, 'done');
  assert.deepEqual(
    ended.map((job) => job.status),
    ['done'],
  );
  pass(3_599_000);
  assert.equal(Object.keys(jobs.list()).length, 1);
  pass(2_000);
  assert.equal(Object.keys(jobs.list()).length, 0);
});

test('a failed job carries its code', async () => {
  const { jobs } = setUp();
  jobs.start({ id: id(1), type: 'virt', description: '' }, async () => {
    throw new VdsmError(911, 'generation');
  });
  await new Promise(setImmediate);
  assert.deepEqual(jobs.list()[id(1)]?.error, { code: 911, message: 'generation' });
  assert.equal(jobs.list()[id(1)]?.status, 'failed');
});

test('six run at once, the rest wait; abort ends both kinds', async () => {
  const { jobs } = setUp();
  for (let number = 1; number <= 7; number++) {
    jobs.start(
      { id: id(number), type: 'storage', description: '' },
      ({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    );
  }
  assert.equal(jobs.list()[id(6)]?.status, 'running');
  assert.equal(jobs.list()[id(7)]?.status, 'pending');
  jobs.abort(id(7));
  assert.equal(jobs.list()[id(7)]?.status, 'aborted');
  jobs.abort(id(1));
  await jobs.close();
  assert.deepEqual(new Set(Object.values(jobs.list()).map((job) => job.status)), new Set(['aborted']));
  assert.throws(() => jobs.abort(id(1)), { code: 84 });
  assert.throws(() => jobs.abort(id(99)), { code: 66 });
});
