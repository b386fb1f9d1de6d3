import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exitReason } from './exit.ts';
import { bootTimeMs, initialState, nextChangeMs, nextState, shutdownTimeMs, statusOf } from './status.ts';
import type { VmEvent, VmState, VmStatus } from './status.ts';

const started: VmEvent = { type: 'started', paused: false };
const shutdown: VmEvent = { type: 'endRequested', request: 'shutdown' };

/** Each row: events with the time of each, then the status at the last time given. */
const table: { it: string; events: [number, VmEvent][]; atMs: number; status: VmStatus }[] = [
  { it: 'waits for launch', events: [], atMs: 5, status: 'WaitForLaunch' },
  { it: 'powers up without an agent', events: [[10, started]], atMs: 10 + bootTimeMs - 1, status: 'Powering up' },
  { it: 'is up a minute after it started', events: [[10, started]], atMs: 10 + bootTimeMs, status: 'Up' },
  {
    it: 'is up as soon as the agent speaks',
    events: [
      [10, started],
      [12, { type: 'agentSpoke' }],
    ],
    atMs: 13,
    status: 'Up',
  },
  { it: 'starts paused', events: [[10, { type: 'started', paused: true }]], atMs: 11, status: 'Paused' },
  {
    it: 'goes on',
    events: [
      [10, { type: 'started', paused: true }],
      [20, { type: 'resumed' }],
    ],
    atMs: 21,
    status: 'Powering up',
  },
  {
    it: 'powers down',
    events: [
      [0, started],
      [bootTimeMs, shutdown],
    ],
    atMs: bootTimeMs + 1,
    status: 'Powering down',
  },
  {
    it: 'is up again when the guest ignores the shutdown',
    events: [
      [0, started],
      [bootTimeMs, shutdown],
    ],
    atMs: bootTimeMs + shutdownTimeMs,
    status: 'Up',
  },
  {
    it: 'is up again when the shutdown is given up',
    events: [
      [0, started],
      [bootTimeMs, shutdown],
      [bootTimeMs + 1, { type: 'endGivenUp' }],
    ],
    atMs: bootTimeMs + 2,
    status: 'Up',
  },
  {
    it: 'reboots',
    events: [
      [0, started],
      [100_000, { type: 'rebooted' }],
    ],
    atMs: 100_001,
    status: 'RebootInProgress',
  },
  {
    it: 'is up after a reboot without agent',
    events: [
      [0, started],
      [100_000, { type: 'rebooted' }],
    ],
    atMs: 100_000 + bootTimeMs,
    status: 'Up',
  },
  {
    it: 'is up after a reboot with agent',
    events: [
      [0, started],
      [100_000, { type: 'rebooted' }],
      [100_005, { type: 'agentSpoke' }],
    ],
    atMs: 100_006,
    status: 'Up',
  },
  {
    it: 'shows a reboot rather than the shutdown that led to it',
    events: [
      [0, started],
      [90_000, shutdown],
      [91_000, { type: 'rebooted' }],
    ],
    atMs: 91_001,
    status: 'RebootInProgress',
  },
  {
    it: 'pauses on a disk error',
    events: [
      [0, started],
      [1, { type: 'paused', pauseCode: 'ENOSPC' }],
    ],
    atMs: 2,
    status: 'Paused',
  },
  {
    it: 'saves its state',
    events: [
      [0, started],
      [1, { type: 'saving' }],
    ],
    atMs: 2,
    status: 'Saving State',
  },
  {
    it: 'is not paused by the pause that saving makes',
    events: [
      [0, started],
      [1, { type: 'saving' }],
      [2, { type: 'paused', pauseCode: 'NOERR' }],
    ],
    atMs: 3,
    status: 'Saving State',
  },
  {
    it: 'runs on when saving failed',
    events: [
      [0, started],
      [1, { type: 'saving' }],
      [2, { type: 'savingFailed', paused: false }],
    ],
    atMs: bootTimeMs,
    status: 'Up',
  },
  {
    it: 'stays down',
    events: [
      [0, started],
      [1, { type: 'stopped', detail: 'shutdown' }],
      [2, started],
      [3, { type: 'agentSpoke' }],
    ],
    atMs: 4,
    status: 'Down',
  },
];

function play(events: [number, VmEvent][], from: VmState = initialState()): VmState {
  return events.reduce((state, [atMs, event]) => nextState(state, event, atMs), from);
}

describe('status of a VM', () => {
  for (const row of table) {
    it(row.it, () => assert.equal(statusOf(play(row.events), row.atMs), row.status));
  }

  it('is up at once after its state was restored', () => {
    const state = play([[5, { type: 'started', paused: false, restored: true }]], initialState('restoring'));
    assert.equal(statusOf(initialState('restoring'), 1), 'Restoring state');
    assert.equal(statusOf(state, 6), 'Up');
  });

  it('says when it will change by itself', () => {
    const booting = play([[10, started]]);
    assert.equal(nextChangeMs(booting, 11), 10 + bootTimeMs);
    assert.equal(nextChangeMs(booting, 10 + bootTimeMs), undefined);
    assert.equal(
      nextChangeMs(
        play([
          [0, started],
          [1, { type: 'agentSpoke' }],
          [70_000, shutdown],
        ]),
        70_001,
      ),
      70_000 + shutdownTimeMs,
    );
    assert.equal(
      nextChangeMs(
        play([
          [0, started],
          [1, { type: 'paused', pauseCode: 'NOERR' }],
        ]),
        2,
      ),
      undefined,
    );
  });
});

describe('end of a VM', () => {
  const ends: { it: string; events: VmEvent[]; code: 0 | 1; reason: number }[] = [
    { it: 'the guest shuts down', events: [{ type: 'stopped', detail: 'shutdown' }], code: 0, reason: exitReason.guestShutdown },
    {
      it: 'the engine shuts it down',
      events: [shutdown, { type: 'stopped', detail: 'shutdown' }],
      code: 0,
      reason: exitReason.adminShutdown,
    },
    {
      it: 'a shutdown ends by force',
      events: [shutdown, { type: 'stopped', detail: 'destroyed' }],
      code: 0,
      reason: exitReason.adminShutdown,
    },
    { it: 'QEMU dies', events: [{ type: 'stopped', detail: 'failed' }], code: 1, reason: exitReason.lostConnection },
    {
      it: 'QEMU dies during a shutdown',
      events: [shutdown, { type: 'stopped', detail: 'failed' }],
      code: 1,
      reason: exitReason.lostConnection,
    },
    { it: 'somebody on the host ends it', events: [{ type: 'stopped', detail: 'destroyed' }], code: 1, reason: exitReason.hostShutdown },
    {
      it: 'a reboot ends it',
      events: [
        { type: 'endRequested', request: 'reboot' },
        { type: 'stopped', detail: 'destroyed' },
      ],
      code: 0,
      reason: exitReason.destroyedOnReboot,
    },
    {
      it: 'its storage did not come back',
      events: [
        { type: 'paused', pauseCode: 'EIO' },
        { type: 'endRequested', request: 'pauseTimeout' },
        { type: 'stopped', detail: 'destroyed' },
      ],
      code: 1,
      reason: exitReason.destroyedOnPauseTimeout,
    },
    { it: 'its state was saved', events: [{ type: 'saving' }, { type: 'stopped', detail: 'saved' }], code: 0, reason: exitReason.saved },
    {
      it: 'QEMU dies while its state is saved',
      events: [{ type: 'saving' }, { type: 'stopped', detail: 'failed' }],
      code: 1,
      reason: exitReason.lostConnection,
    },
  ];
  for (const row of ends) {
    it(row.it, () => {
      const { exit } = play([started, ...row.events].map((event, index) => [index, event]));
      assert.equal(exit?.code, row.code);
      assert.equal(exit?.reason, row.reason);
      assert.notEqual(exit?.message, '');
    });
  }

  it('keeps the reason of a start that failed', () => {
    const exit = { code: 1, message: 'no such bridge', reason: exitReason.startFailed } as const;
    assert.deepEqual(play([[0, { type: 'startFailed', exit }]]).exit, exit);
  });
});
