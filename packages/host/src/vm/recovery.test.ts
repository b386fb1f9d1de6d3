import { DomainShutoffReason, DomainState } from '@virgate/libvirt';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exitReason } from './exit.ts';
import { recoveredEvents } from './recovery.ts';
import { initialState, nextState, statusOf } from './status.ts';
import type { VmState } from './status.ts';

const launching = initialState();
const running = nextState(launching, { type: 'started', paused: false }, 0);
const paused = nextState(running, { type: 'paused', pauseCode: 'EIO' }, 1);
const saving = nextState(running, { type: 'saving' }, 1);
const shuttingDown = nextState(running, { type: 'endRequested', request: 'shutdown' }, 1);
const down = nextState(running, { type: 'stopped', detail: 'shutdown' }, 1);

const is = (state: number, reason = 0) => ({ state, reason });
const on = is(DomainState.RUNNING);
const off = (reason: number) => is(DomainState.SHUTOFF, reason);

/** What was remembered, what libvirt has, what comes of it. */
const table: {
  it: string;
  before: VmState;
  found: { state: number; reason: number } | undefined;
  status: string;
  exit?: number;
  check?: (state: VmState) => void;
}[] = [
  { it: 'runs on', before: running, found: on, status: 'Up' },
  { it: 'was paused meanwhile', before: running, found: is(DomainState.PAUSED), status: 'Paused' },
  { it: 'went on meanwhile', before: paused, found: on, status: 'Up' },
  {
    it: 'is paused for the reason it was',
    before: paused,
    found: is(DomainState.PAUSED),
    status: 'Paused',
    check: (state) => assert.equal(state.pauseCode, 'EIO'),
  },
  { it: 'ended by itself', before: running, found: off(DomainShutoffReason.SHUTDOWN), status: 'Down', exit: exitReason.guestShutdown },
  {
    it: 'ended because it was asked to',
    before: shuttingDown,
    found: off(DomainShutoffReason.SHUTDOWN),
    status: 'Down',
    exit: exitReason.adminShutdown,
  },
  { it: 'crashed', before: running, found: off(DomainShutoffReason.CRASHED), status: 'Down', exit: exitReason.lostConnection },
  {
    it: 'was killed from outside',
    before: running,
    found: off(DomainShutoffReason.DESTROYED),
    status: 'Down',
    exit: exitReason.hostShutdown,
  },
  { it: 'is gone without a trace', before: running, found: undefined, status: 'Down', exit: exitReason.domainMissing },
  {
    it: 'is off for a reason that nobody knows',
    before: running,
    found: off(DomainShutoffReason.UNKNOWN),
    status: 'Down',
    exit: exitReason.domainMissing,
  },
  { it: 'had started', before: launching, found: on, status: 'Up' },
  { it: 'had started paused', before: launching, found: is(DomainState.PAUSED), status: 'Paused' },
  { it: 'was only defined', before: launching, found: off(DomainShutoffReason.UNKNOWN), status: 'Down', exit: exitReason.startFailed },
  { it: 'was not even defined', before: launching, found: undefined, status: 'Down', exit: exitReason.startFailed },
  { it: 'is still saved', before: saving, found: is(DomainState.PAUSED), status: 'Saving State' },
  { it: 'was saved', before: saving, found: off(DomainShutoffReason.SAVED), status: 'Down', exit: exitReason.saved },
  { it: 'could not be saved', before: saving, found: on, status: 'Up' },
  { it: 'was down already', before: down, found: on, status: 'Down', exit: exitReason.guestShutdown },
];

describe('what became of a VM while no agent ran', () => {
  for (const row of table) {
    it(row.it, () => {
      const after = recoveredEvents(row.before.phase, row.found).reduce((state, event) => nextState(state, event, 1000), row.before);
      assert.equal(statusOf(after, 10_000_000), row.status);
      assert.equal(after.exit?.reason, row.exit);
      row.check?.(after);
    });
  }
});
