import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balloonTarget } from './balloon.ts';
import type { GuestMemory } from './balloon.ts';
import { pageSharing } from './ksm.ts';

const host = (freePercent: number) => ({ totalKib: 1_000_000, freeKib: freePercent * 10_000 });
const guest = (change: Partial<GuestMemory> = {}): GuestMemory => ({
  currentKib: 100_000,
  minimumKib: 10_000,
  maximumKib: 100_000,
  unusedKib: 60_000,
  ...change,
});

test('a guest gives memory away in small steps while the host is short of it', () => {
  assert.equal(balloonTarget(host(20), guest()), undefined);
  assert.equal(balloonTarget(host(19), guest()), 95_000);
  // What the guest uses stays its, and a part of the rest; what is guaranteed too.
  assert.equal(balloonTarget(host(10), guest({ unusedKib: 12_000 })), 98_000);
  assert.equal(balloonTarget(host(10), guest({ unusedKib: 10_000 })), undefined);
  assert.equal(balloonTarget(host(10), guest({ minimumKib: 99_000 })), 99_000);
  assert.equal(balloonTarget(host(10), guest({ minimumKib: 100_000 })), undefined);
  // In need it has to swap out what it uses.
  assert.equal(balloonTarget(host(1), guest({ unusedKib: 0 })), 96_000);
});

test('a guest gets its memory back when the host has some again', () => {
  assert.equal(balloonTarget(host(50), guest({ currentKib: 80_000 })), 84_000);
  assert.equal(balloonTarget(host(50), guest({ currentKib: 99_900 })), 100_000);
  assert.equal(balloonTarget(host(50), guest({ currentKib: 100_000 })), undefined);
  assert.equal(balloonTarget(host(10), guest({ currentKib: 80_000, minimumKib: 90_000 })), undefined);
});

test('whatever it is told, a guest has between its least and its most', () => {
  for (let free = 0; free <= 100; free++)
    for (const currentKib of [10_000, 10_020, 50_000, 99_990, 100_000])
      for (const unusedKib of [0, 5000, 200_000]) {
        const target = balloonTarget(host(free), guest({ currentKib, unusedKib }));
        if (target === undefined) continue;
        assert.ok(target >= 10_000 && target <= 100_000, `${free} ${currentKib} ${unusedKib}: ${target}`);
        assert.ok(Math.abs(target - currentKib) <= currentKib * 0.05 + 1);
      }
});

test('equal pages are shared when memory is or may become short', () => {
  const now = { run: 0, pages_to_scan: 100, sleep_millisecs: 20, merge_across_nodes: 1, pages_sharing: 0 };
  const on = { enabled: true, acrossNodes: true };
  const asItWas = { run: 0, pages_to_scan: 100, sleep_millisecs: 20, merge_across_nodes: 1 };
  assert.deepEqual(pageSharing(on, host(50), 100_000, now), asItWas);
  assert.deepEqual(pageSharing(on, host(50), 100_000, { ...now, run: 1 }), {
    run: 0,
    pages_to_scan: 64,
    sleep_millisecs: 168,
    merge_across_nodes: 1,
  });
  assert.equal(pageSharing(on, host(50), 850_000, now).run, 1);
  assert.deepEqual(pageSharing(on, host(10), 0, now), { run: 1, pages_to_scan: 400, sleep_millisecs: 168, merge_across_nodes: 1 });
  assert.equal(pageSharing(on, host(10), 0, { ...now, pages_to_scan: 1200 }).pages_to_scan, 1250);
  // Switched off all pages are parted; so they are before they are merged in another way.
  assert.equal(pageSharing({ ...on, enabled: false }, host(10), 0, { ...now, run: 1 }).run, 2);
  assert.equal(pageSharing({ ...on, enabled: false }, host(10), 0, { ...now, pages_sharing: 7 }).run, 2);
  assert.equal(pageSharing({ ...on, enabled: false }, host(10), 0, now).run, 0);
  assert.equal(pageSharing({ ...on, acrossNodes: false }, host(10), 0, { ...now, run: 1, pages_sharing: 7 }).run, 2);
  assert.equal(pageSharing({ ...on, acrossNodes: false }, host(10), 0, { ...now, run: 2 }).merge_across_nodes, 0);
});
