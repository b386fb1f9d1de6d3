import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { initialState, nextState } from './status.ts';
import type { PauseCode } from './status.ts';
import { pauseTimeoutMs, storageErrorAction } from './storage-errors.ts';

const running = nextState(initialState(), { type: 'started', paused: false }, 0);
const paused = (pauseCode: PauseCode) => nextState(running, { type: 'paused', pauseCode }, 1000);

const table = [
  { it: 'goes on when its storage is back', code: 'EIO', behavior: 'auto_resume', well: true, afterMs: 5, action: 'resume' },
  { it: 'goes on by default', code: 'EIO', behavior: undefined, well: true, afterMs: 5, action: 'resume' },
  { it: 'waits for its storage', code: 'EIO', behavior: 'auto_resume', well: false, afterMs: 1e9, action: 'wait' },
  { it: 'stays paused when it shall', code: 'EIO', behavior: 'leave_paused', well: true, afterMs: 5, action: 'wait' },
  { it: 'goes on in time', code: 'EIO', behavior: 'kill', well: true, afterMs: pauseTimeoutMs - 1, action: 'resume' },
  { it: 'is ended when the time is over', code: 'EIO', behavior: 'kill', well: false, afterMs: pauseTimeoutMs, action: 'end' },
  { it: 'is ended even if its storage is back by then', code: 'EIO', behavior: 'kill', well: true, afterMs: pauseTimeoutMs, action: 'end' },
  { it: 'stays paused when somebody paused it', code: 'NOERR', behavior: 'auto_resume', well: true, afterMs: 5, action: 'wait' },
  { it: 'stays paused when the storage is full', code: 'ENOSPC', behavior: 'auto_resume', well: true, afterMs: 5, action: 'wait' },
] as const;

describe('a VM whose storage failed', () => {
  for (const row of table) {
    it(row.it, () => assert.equal(storageErrorAction(paused(row.code), row.behavior, row.well, 1000 + row.afterMs), row.action));
  }

  it('that runs is left alone', () => assert.equal(storageErrorAction(running, 'kill', true, 1e9), 'wait'));
});
