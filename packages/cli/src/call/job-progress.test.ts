import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressOfJobs } from './job-progress.ts';

test('how far a request is, is told by the step that goes on', () => {
  const job = { id: 'j', description: 'Moving disk data', status: 'started' as const };
  const step = (number: number, status: 'finished' | 'started' | 'unknown', more: object = {}) => ({
    id: `s${number}`,
    number,
    status,
    description: `step ${number}`,
    ...more,
  });
  assert.equal(progressOfJobs([]), undefined);
  assert.equal(progressOfJobs([{ ...job, status: 'finished' }]), undefined);
  assert.deepEqual(progressOfJobs([job]), { text: 'Moving disk data' });
  const steps = [step(3, 'unknown'), step(1, 'finished'), step(2, 'started')];
  assert.deepEqual(progressOfJobs([{ ...job, steps }]), { text: 'Moving disk data: step 2 (2 of 3)' });
  assert.deepEqual(progressOfJobs([{ ...job, steps: [steps[0] ?? {}, steps[1] ?? {}, step(2, 'started', { progress: 42 })] }]), {
    text: 'Moving disk data: step 2',
    done: 42,
    total: 100,
  });
  const within = step(2, 'started', { parent_step: { id: 's1' }, progress: 7 });
  assert.deepEqual(
    progressOfJobs([
      { ...job, status: 'finished' },
      { ...job, steps: [step(1, 'started'), within] },
    ]),
    { text: 'Moving disk data: step 2', done: 7, total: 100 },
    'steps that contain others are only their frame',
  );
});
