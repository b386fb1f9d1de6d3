import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backOffMs } from './back-off.ts';
import { keepaliveDecision } from './keepalive.ts';

describe('keepalive', () => {
  const settings = { intervalMs: 1000, count: 2 };

  it('waits while there are signs of life', () => {
    assert.deepEqual(keepaliveDecision({ receivedMs: 500, pings: 0 }, settings, 1000), { act: 'wait', waitMs: 500 });
  });

  it('pings after silence and gives up after the last unanswered ping', () => {
    assert.deepEqual(keepaliveDecision({ receivedMs: 0, pings: 0 }, settings, 1000), { act: 'ping', waitMs: 1000 });
    assert.deepEqual(keepaliveDecision({ receivedMs: 0, pings: 1 }, settings, 1500), { act: 'wait', waitMs: 500 });
    assert.deepEqual(keepaliveDecision({ receivedMs: 0, pings: 1 }, settings, 2000), { act: 'ping', waitMs: 1000 });
    assert.deepEqual(keepaliveDecision({ receivedMs: 0, pings: 2 }, settings, 3000), { act: 'give up' });
  });
});

describe('back-off', () => {
  it('doubles up to its greatest and is spread over a half', () => {
    const settings = { firstMs: 100, maxMs: 1000 };
    assert.deepEqual(
      [0, 1, 2, 3, 4, 1000].map((attempt) => backOffMs(attempt, settings, () => 0)),
      [100, 200, 400, 800, 1000, 1000],
    );
    assert.equal(
      backOffMs(1, settings, () => 0.999_999),
      100,
    );
  });
});
