import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { backoffDelayMs, defaultBackoff } from './backoff.ts';
import { CallQueue } from './call-queue.ts';
import { detectProtocol } from './first-bytes.ts';
import { FrameWriter } from './frame-writer.ts';
import { parseHeartbeat } from './heartbeat.ts';

describe('protocol by the first bytes', () => {
  const cases: Array<[string, ReturnType<typeof detectProtocol>]> = [
    ['', undefined],
    ['C', undefined],
    ['CONN', undefined],
    ['CONNECT', 'stomp'],
    ['SEND', 'stomp'],
    ['SUBSCRIBE\n', 'stomp'],
    ['UNSUBSCRIB', undefined],
    ['UNSUBSCRIBE', 'stomp'],
    ['DISCONNECT\n', 'stomp'],
    ['GET ', undefined],
    ['GET /', 'http'],
    ['PUT /x', 'http'],
    ['POST /', 'unknown'],
    ['\n', 'unknown'],
    ['STOMP', 'unknown'],
    ['\x16\x03\x01', 'unknown'],
    ['<stream', 'unknown'],
  ];
  for (const [text, expected] of cases)
    test(JSON.stringify(text), () => assert.equal(detectProtocol(Buffer.from(text, 'latin1')), expected));
});

test('heart-beat header', () => {
  assert.deepEqual(parseHeartbeat(undefined), [0, 0]);
  assert.deepEqual(parseHeartbeat('0,15000'), [0, 15_000]);
  for (const text of ['', '1', '1,2,3', '-1,0', 'a,b', '1.5,0', '9999999999,0']) assert.equal(parseHeartbeat(text), undefined, text);
});

test('back-off doubles up to its maximum, and jitter only shortens it', () => {
  const backoff = { ...defaultBackoff, initialMs: 100, maximumMs: 1000, factor: 2, jitter: 0.5 };
  assert.deepEqual(
    [1, 2, 3, 4, 5, 99].map((failures) => backoffDelayMs(backoff, failures, 0)),
    [100, 200, 400, 800, 1000, 1000],
  );
  assert.equal(backoffDelayMs(backoff, 5, 0.998), 501);
});

test('the call queue runs so many at once, keeps so many waiting, and refuses the rest', async () => {
  const queue = new CallQueue(2, 1);
  const releases: Array<() => void> = [];
  const started: number[] = [];
  const task = (name: number) => () =>
    new Promise<void>((resolve) => {
      started.push(name);
      releases.push(resolve);
    });
  assert.deepEqual(
    [1, 2, 3, 4].map((name) => queue.offer(task(name))),
    [true, true, true, false],
  );
  assert.deepEqual(started, [1, 2]);
  releases[1]?.();
  await new Promise(setImmediate);
  assert.deepEqual(started, [1, 2, 3]);
});

/** A peer that takes a write only when told to. */
class SlowSink extends Duplex {
  readonly taken: string[] = [];
  release: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk.toString());
    this.release = done;
  }

  override _read(): void {}
}

describe('frame writer', () => {
  const limits = { queuedFrames: 4, queuedBytes: 100, writeTimeoutMs: 10_000 };
  const settle = () => new Promise(setImmediate);

  test('the next frame leaves only after the callback of the one before; no heart-beat in between', async () => {
    const socket = new SlowSink();
    const writer = new FrameWriter({ socket, limits, now: () => 0, fail: assert.fail });
    writer.send(Buffer.from('a'));
    writer.send(Buffer.from('b'));
    writer.beat();
    await settle();
    assert.deepEqual(socket.taken, ['a']);
    socket.release?.();
    await settle();
    assert.deepEqual(socket.taken, ['a', 'b']);
    socket.release?.();
    await settle();
    writer.beat();
    assert.deepEqual(socket.taken, ['a', 'b', '\n']);
    writer.stop();
  });

  test('a peer that does not read loses its connection, by frames and by bytes', () => {
    for (const frame of [Buffer.alloc(1), Buffer.alloc(60)]) {
      const failures: string[] = [];
      const writer = new FrameWriter({ socket: new SlowSink(), limits, now: () => 0, fail: (reason) => failures.push(reason) });
      for (let count = 0; count < 20; count++) writer.send(frame);
      assert.equal(failures.length, 1);
      assert.match(failures[0] ?? '', /does not read/);
    }
  });

  test('pressure is told when the queue is half full and when it has emptied', async () => {
    const told: boolean[] = [];
    const socket = new SlowSink();
    const writer = new FrameWriter({ socket, limits, now: () => 0, fail: assert.fail, onPressure: (high) => told.push(high) });
    for (let count = 0; count < 4; count++) writer.send(Buffer.from('x'));
    assert.deepEqual(told, [true]);
    const drained = writer.drained();
    for (let count = 0; count < 4; count++) {
      await settle();
      socket.release?.();
    }
    await drained;
    assert.deepEqual(told, [true, false]);
    writer.stop();
  });

  test('between two frames lies the gap; the first goes at once', async () => {
    const socket = new SlowSink();
    const writer = new FrameWriter({ socket, limits, now: () => performance.now(), fail: assert.fail });
    writer.gapMs = 40;
    const startedAt = performance.now();
    writer.send(Buffer.from('a'));
    writer.send(Buffer.from('b'));
    assert.deepEqual(socket.taken, ['a']);
    const drained = writer.drained();
    await settle();
    socket.release?.();
    while (socket.taken.length < 2) await settle();
    assert.ok(performance.now() - startedAt >= 39);
    socket.release?.();
    await drained;
    writer.stop();
  });

  test('a write that the system does not take in time ends the connection', async () => {
    const reason = await new Promise<string>((resolve) => {
      new FrameWriter({ socket: new SlowSink(), limits: { ...limits, writeTimeoutMs: 20 }, now: () => 0, fail: resolve }).send(
        Buffer.from('x'),
      );
    });
    assert.match(reason, /took no bytes/);
  });
});
