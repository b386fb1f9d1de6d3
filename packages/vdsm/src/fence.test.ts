import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ErrorCode, VdsmError } from './errors.ts';
import type { FenceStore } from './fence.ts';
import { FenceGuard, fileFenceStore, memoryFenceStore, readFence } from './fence.ts';

const fenced = (error: unknown) => error instanceof VdsmError && error.code === ErrorCode.fenced;

describe('fencing numbers', () => {
  test('headers', () => {
    assert.equal(readFence(new Map()), undefined);
    assert.deepEqual(readFence(new Map([['virgate-fence', '7']])), { key: 'engine', number: 7 });
    assert.deepEqual(
      readFence(
        new Map([
          ['virgate-fence', '0'],
          ['virgate-fence-key', 'host-1'],
        ]),
      ),
      { key: 'host-1', number: 0 },
    );
    for (const text of ['', '-1', '1.5', 'x', '9007199254740993', '1 '])
      assert.throws(() => readFence(new Map([['virgate-fence', text]])), VdsmError, text);
    assert.throws(
      () =>
        readFence(
          new Map([
            ['virgate-fence', '1'],
            ['virgate-fence-key', ''],
          ]),
        ),
      VdsmError,
    );
  });

  test('lower numbers are refused per key, equal ones pass', async () => {
    const guard = new FenceGuard(memoryFenceStore());
    await guard.admit({ key: 'a', number: 5 });
    await guard.admit({ key: 'a', number: 5 });
    await guard.admit({ key: 'b', number: 1 });
    await assert.rejects(guard.admit({ key: 'a', number: 4 }), fenced);
    await guard.admit({ key: 'a', number: 6 });
    assert.throws(() => guard.check({ key: 'a', number: 5 }), fenced);
  });

  test('a number counts for others at once and for its own call when it is stored', async () => {
    const saves: Array<{ numbers: object; done: () => void }> = [];
    const store: FenceStore = { load: async () => ({}), save: (numbers) => new Promise<void>((done) => saves.push({ numbers, done })) };
    const guard = new FenceGuard(store);
    let admitted = false;
    const first = guard.admit({ key: 'a', number: 2 }).then(() => (admitted = true));
    await new Promise(setImmediate);
    await assert.rejects(guard.admit({ key: 'a', number: 1 }), fenced);
    assert.equal(admitted, false);
    saves[0]?.done();
    await first;
    assert.deepEqual(
      saves.map(({ numbers }) => numbers),
      [{ a: 2 }],
    );
  });

  test('a failed save refuses the call, and the next call saves again', async () => {
    let fail = true;
    const guard = new FenceGuard({
      load: async () => ({}),
      save: async () => {
        if (fail) throw new Error('disk full');
      },
    });
    await assert.rejects(guard.admit({ key: 'a', number: 1 }), /disk full/);
    fail = false;
    await guard.admit({ key: 'a', number: 1 });
  });

  test('keys are bounded', async () => {
    const guard = new FenceGuard(memoryFenceStore());
    for (let key = 0; key < 4096; key++) await guard.admit({ key: `${key}`, number: 1 });
    await assert.rejects(
      guard.admit({ key: 'one more', number: 1 }),
      (error) => error instanceof VdsmError && error.code === ErrorCode.overloaded,
    );
  });

  test('a file keeps them over a restart; a damaged file stops the start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'virgate-fence-'));
    try {
      const path = join(folder, 'fences.json');
      const before = new FenceGuard(fileFenceStore(path));
      await before.load();
      await before.admit({ key: 'engine', number: 9 });
      assert.equal(await readFile(path, 'utf8'), '{"engine":9}');
      const after = new FenceGuard(fileFenceStore(path));
      await after.load();
      await assert.rejects(after.admit({ key: 'engine', number: 8 }), fenced);
      for (const damaged of ['', '[', 'null', '{"engine":"9"}']) {
        await writeFile(path, damaged);
        await assert.rejects(new FenceGuard(fileFenceStore(path)).load(), /cannot be read/);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
