import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { VdsmError } from '@virgate/vdsm';
import { createTaskRegistry } from './registry.ts';
import type { TaskContext, TaskUndo } from './registry.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const poolId = '00000000-0000-4000-8000-000000000001';
const undo: TaskUndo = { kind: 'volume', domainId: poolId, imageId: poolId, volumeId: poolId };

/** Waits until the task file in a directory holds a text. */
async function saved(directory: string, text: string): Promise<void> {
  for (let round = 0; round < 1000; round++) {
    const [name] = (await readdir(directory)).filter((file) => file.endsWith('.json'));
    if (name !== undefined && (await readFile(join(directory, name), 'utf8')).includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`no task file with ${text}`);
}

/** Work that has begun and never ends by itself. */
async function untilStopped({ signal, begin }: TaskContext): Promise<void> {
  await begin();
  await new Promise((_resolve, reject) => {
    if (signal.aborted) reject(new Error('ended'));
    signal.addEventListener('abort', () => reject(new Error('ended')));
  });
}

async function withDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tasks-'));
  try {
    await run(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test('a task runs, keeps its outcome over a restart, and is cleared', async () => {
  await withDirectory(async (directory) => {
    const options = { directory, log: silent, undo: () => Promise.reject(new Error('not to be undone')) };
    const first = createTaskRegistry(options);
    await first.recover();
    const gate = Promise.withResolvers<void>();
    const id = await first.start({ verb: 'createVolume', poolId, undo, key: 'k' }, () => gate.promise);
    assert.equal(await first.start({ verb: 'createVolume', poolId, undo, key: 'k' }, () => gate.promise), id);
    assert.equal(first.status(id).taskState, 'running');
    assert.equal(first.isBusy(poolId), true);
    await assert.rejects(first.clear(id), { code: 403 });
    gate.resolve();
    while (first.isBusy(poolId)) await new Promise(setImmediate);
    await first.close();

    const second = createTaskRegistry(options);
    await second.recover();
    assert.deepEqual(second.statuses(), { [id]: { taskID: id, taskState: 'finished', taskResult: 'success', code: 0, message: '' } });
    assert.deepEqual(second.infos(), { [id]: { id, verb: 'createVolume' } });
    await second.clear(id);
    assert.throws(() => second.status(id), { code: 401 });
    assert.deepEqual(await readdir(directory), []);
  });
});

test('a task that fails is undone and says why', async () => {
  await withDirectory(async (directory) => {
    const undone: TaskUndo[] = [];
    const tasks = createTaskRegistry({
      directory,
      log: silent,
      undo: async (what) => {
        undone.push(what);
        return 'undone';
      },
    });
    await tasks.recover();
    const id = await tasks.start({ verb: 'createVolume', poolId, undo }, async ({ begin }) => {
      await begin();
      throw new VdsmError(397, 'full');
    });
    while (tasks.isBusy(poolId)) await new Promise(setImmediate);
    assert.deepEqual(tasks.status(id), { taskID: id, taskState: 'finished', taskResult: 'cleanSuccess', code: 397, message: 'full' });
    assert.deepEqual(undone, [undo]);
  });
});

test('a task that was running when the agent died is undone by the next one, as soon as it can', async () => {
  await withDirectory(async (directory) => {
    const dying = createTaskRegistry({ directory, log: silent, undo: async () => 'undone' });
    await dying.recover();
    const id = await dying.start({ verb: 'createVolume', poolId, undo }, untilStopped);
    await saved(directory, '"begun":true');
    await dying.close();

    let reachable = false;
    const next = createTaskRegistry({
      directory,
      log: silent,
      undo: async () => {
        if (!reachable) throw new Error('storage is away');
        return 'undone';
      },
    });
    await next.recover();
    assert.equal(next.status(id).taskResult, 'cleanFailure');
    assert.equal(next.status(id).code, 411);
    reachable = true;
    await next.retryUndo();
    assert.equal(next.status(id).taskResult, 'cleanSuccess');
  });
});

test('a task that is stopped is undone', async () => {
  await withDirectory(async (directory) => {
    const undone: TaskUndo[] = [];
    const tasks = createTaskRegistry({
      directory,
      log: silent,
      undo: async (what) => {
        undone.push(what);
        return 'undone';
      },
    });
    await tasks.recover();
    const id = await tasks.start({ verb: 'copyVolume', poolId, undo }, untilStopped);
    await saved(directory, '"begun":true');
    tasks.stop(id);
    assert.equal(tasks.status(id).taskState, 'aborting');
    while (tasks.isBusy(poolId)) await new Promise(setImmediate);
    assert.deepEqual([tasks.status(id).taskResult, tasks.status(id).code, undone.length], ['cleanSuccess', 411, 1]);
  });
});

test('a task whose work turns out to be done counts as done', async () => {
  await withDirectory(async (directory) => {
    const dying = createTaskRegistry({ directory, log: silent, undo: async () => 'undone' });
    await dying.recover();
    const id = await dying.start({ verb: 'moveImage', poolId, undo }, untilStopped);
    await saved(directory, '"begun":true');
    await dying.close();
    const next = createTaskRegistry({ directory, log: silent, undo: async () => 'complete' });
    await next.recover();
    assert.deepEqual(next.status(id), { taskID: id, taskState: 'finished', taskResult: 'success', code: 0, message: '' });
  });
});

test('a task that has not begun is never undone: what is there belongs to another', async () => {
  await withDirectory(async (directory) => {
    const never = (): Promise<never> => Promise.reject(new Error('undone'));
    const tasks = createTaskRegistry({ directory, log: silent, undo: never });
    await tasks.recover();
    const failing = await tasks.start({ verb: 'createVolume', poolId, undo }, async () => {
      throw new VdsmError(212, 'exists');
    });
    while (tasks.isBusy(poolId)) await new Promise(setImmediate);
    assert.deepEqual([tasks.status(failing).code, tasks.status(failing).taskResult], [212, 'cleanSuccess']);
    const waiting = await tasks.start(
      { verb: 'createVolume', poolId, undo },
      ({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('ended')))),
    );
    await tasks.close();
    const next = createTaskRegistry({ directory, log: silent, undo: never });
    await next.recover();
    assert.deepEqual([next.status(waiting).code, next.status(waiting).taskResult], [411, 'cleanSuccess']);
  });
});
