import { mkdir, readdir, readlink, rm, rmdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';

/** File in an image's directory that tells that a machine uses the image. */
const preparedMark = '.prepared';

/** What makes a volume reachable and takes that back. */
export interface VolumeDevice {
  /** @returns path of the device */
  activate(volumeId: string): Promise<string>;
  deactivate(volumeId: string): Promise<void>;
}

/**
 * Which volumes of one domain this host uses. A volume is active as long as a link in an image's directory points to it; links
 * belong to machines, which are marked on disk, or to work of this agent, which is counted here.
 */
export interface VolumeUse {
  /** Path at which the volume is while it is used. */
  path(imageId: string, volumeId: string): string;
  directory(imageId: string): string;
  hold(imageId: string, volumeId: string): Promise<void>;
  release(imageId: string, volumeId: string): Promise<void>;
  /** Holds volumes for a machine. */
  prepare(imageId: string, volumeIds: readonly string[]): Promise<void>;
  teardown(imageId: string): Promise<void>;
  /** Whether anybody on this host uses a volume. */
  isUsed(volumeId: string): Promise<boolean>;
  /** Gives up a volume that is about to go, whoever held it. */
  drop(volumeId: string): Promise<void>;
  /** Points to another device, when a volume that is used changed its own. */
  relink(volumeId: string, device: () => Promise<string>): Promise<void>;
}

/**
 * @param runDirectory links of this host; gone after a reboot, as the activation is
 * @param imagesDirectory where the paths that machines know begin
 */
export function createVolumeUse(runDirectory: string, imagesDirectory: string, device: VolumeDevice): VolumeUse {
  const counts = new Map<string, number>();
  let last: Promise<unknown> = Promise.resolve();
  let swept: Promise<void> | undefined;

  /** One change at a time: two would activate and deactivate the same volume. */
  function serially<T>(run: () => Promise<T>): Promise<T> {
    const next = last
      .catch(() => undefined)
      .then(async () => {
        await (swept ??= sweep());
        return run();
      });
    last = next;
    return next;
  }

  const directory = (imageId: string): string => join(runDirectory, imageId);
  const key = (imageId: string, volumeId: string): string => `${imageId}/${volumeId}`;
  const names = (path: string): Promise<string[]> => readdir(path).catch(() => []);
  const isPrepared = async (imageId: string): Promise<boolean> => (await names(directory(imageId))).includes(preparedMark);

  async function holders(volumeId: string): Promise<string[]> {
    const images = (await names(runDirectory)).filter(isUuid);
    const found = await Promise.all(images.map(async (imageId) => ((await names(directory(imageId))).includes(volumeId) ? [imageId] : [])));
    return found.flat();
  }

  async function link(imageId: string, volumeId: string): Promise<void> {
    await point(join(directory(imageId), volumeId), await device.activate(volumeId), directory(imageId));
    await point(join(imagesDirectory, imageId), directory(imageId), imagesDirectory);
  }

  async function unlinkVolume(imageId: string, volumeId: string): Promise<void> {
    await unlink(join(directory(imageId), volumeId)).catch(ignoreMissing);
    if ((await holders(volumeId)).length === 0) await device.deactivate(volumeId);
    if ((await names(directory(imageId))).length > 0) return;
    await rmdir(directory(imageId)).catch(ignoreMissing);
    await unlink(join(imagesDirectory, imageId)).catch(ignoreMissing);
  }

  /** Work of an agent that died is over. */
  async function sweep(): Promise<void> {
    for (const imageId of (await names(runDirectory)).filter(isUuid)) {
      if (await isPrepared(imageId)) continue;
      for (const volumeId of (await names(directory(imageId))).filter(isUuid)) await unlinkVolume(imageId, volumeId).catch(() => undefined);
    }
  }

  return {
    path: (imageId, volumeId) => join(imagesDirectory, imageId, volumeId),
    directory: (imageId) => join(imagesDirectory, imageId),
    hold: (imageId, volumeId) =>
      serially(async () => {
        const held = counts.get(key(imageId, volumeId)) ?? 0;
        if (held === 0) await link(imageId, volumeId);
        counts.set(key(imageId, volumeId), held + 1);
      }),
    release: (imageId, volumeId) =>
      serially(async () => {
        const left = (counts.get(key(imageId, volumeId)) ?? 0) - 1;
        if (left > 0) {
          counts.set(key(imageId, volumeId), left);
          return;
        }
        counts.delete(key(imageId, volumeId));
        if (left === 0 && !(await isPrepared(imageId))) await unlinkVolume(imageId, volumeId);
      }),
    prepare: (imageId, volumeIds) =>
      serially(async () => {
        await mkdir(directory(imageId), { recursive: true, mode: 0o755 });
        await writeFile(join(directory(imageId), preparedMark), '');
        for (const volumeId of volumeIds) await link(imageId, volumeId);
      }),
    teardown: (imageId) =>
      serially(async () => {
        await rm(join(directory(imageId), preparedMark), { force: true });
        for (const volumeId of (await names(directory(imageId))).filter(isUuid))
          if (!counts.has(key(imageId, volumeId))) await unlinkVolume(imageId, volumeId);
        if ((await names(directory(imageId))).length > 0) return;
        await rmdir(directory(imageId)).catch(ignoreMissing);
        await unlink(join(imagesDirectory, imageId)).catch(ignoreMissing);
      }),
    isUsed: (volumeId) => serially(async () => (await holders(volumeId)).length > 0),
    drop: (volumeId) =>
      serially(async () => {
        for (const imageId of await holders(volumeId)) {
          counts.delete(key(imageId, volumeId));
          await unlinkVolume(imageId, volumeId);
        }
        await device.deactivate(volumeId);
      }),
    relink: (volumeId, moved) =>
      serially(async () => {
        const images = await holders(volumeId);
        if (images.length === 0) return;
        const path = await moved();
        for (const imageId of images) await point(join(directory(imageId), volumeId), path, directory(imageId));
      }),
  };
}

/** Makes a link point to a target, over whatever link was there. */
export async function point(path: string, target: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  if ((await readlink(path).catch(() => undefined)) === target) return;
  await unlink(path).catch(ignoreMissing);
  await symlink(target, path);
}

function ignoreMissing(error: unknown): void {
  if (systemCode(error) !== 'ENOENT') throw error;
}
