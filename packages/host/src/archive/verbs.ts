import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { invalidParameter, readObject, readOptionalInteger, readText, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { storageError } from '../storage-error.ts';
import type { StorageContext } from '../storage-context.ts';
import { maximumGeneration } from '../volume/volume-metadata.ts';
import { packArchive, removeArchive } from './pack.ts';
import type { PackedDisk } from './pack.ts';
import { archiveLimits } from './tar.ts';
import { describeArchive, unpackDisk } from './unpack.ts';

type Parameters = Record<string, unknown>;

/** How long a stopped job is waited for. */
const lookMs = 50;
const maximumLooks = 400;

const maximumPathLength = 4096;
/** Most room of one disk; a file system has less. */
const maximumDiskBytes = 2 ** 52;

function readFileName(params: Parameters, name: string, maximumBytes: number): string {
  const value = readText(params, name, 255);
  if (
    value === '' ||
    value === '.' ||
    value === '..' ||
    value.includes('/') ||
    Buffer.byteLength(value) > maximumBytes ||
    [...value].some((sign) => sign < ' ')
  )
    throw invalidParameter(name, `a plain name of at most ${maximumBytes} bytes is needed`);
  return value;
}

function readDisks(params: Parameters): PackedDisk[] {
  const list = params['disks'];
  if (!Array.isArray(list) || list.length >= archiveLimits.entries)
    throw invalidParameter('disks', `a list of fewer than ${archiveLimits.entries} disks is needed`);
  const disks = list.map((_, at): PackedDisk => {
    const disk = readObject({ disk: list[at] as unknown }, 'disk');
    return {
      domainId: readUuid(disk, 'sd_id'),
      imageId: readUuid(disk, 'img_id'),
      volumeId: readUuid(disk, 'vol_id'),
      name: readFileName(disk, 'name', 100),
      sizeBytes: readOptionalInteger(disk, 'size', { minimum: 1, maximum: maximumDiskBytes }) ?? 0,
    };
  });
  if (
    disks.some((disk, at) => disk.sizeBytes % 512 !== 0 || disk.sizeBytes === 0 || disks.findIndex(({ name }) => name === disk.name) !== at)
  )
    throw invalidParameter('disks', 'names of their own and sizes that are multiples of 512 are needed');
  return disks;
}

const requestOf = (params: Parameters) => ({
  jobId: readUuid(params, 'job_id'),
  directory: readText(params, 'directory', maximumPathLength),
  fileName: readFileName(params, 'filename', 255),
});

/** Stops a job that may still run, and waits for its end. */
async function endJob(context: StorageContext, id: string): Promise<void> {
  const runs = (): boolean => ['pending', 'running'].includes(context.jobs.list(undefined, [id])[id]?.status ?? '');
  if (!runs()) return;
  context.jobs.abort(id);
  for (let look = 0; runs() && look < maximumLooks; look++) await delay(lookMs);
  if (runs()) throw storageError('VolumeIsBusy', `The archive is still being packed; try again in a moment`);
}

/** Verbs of our own over archives of VMs (OVA): what they do to volumes they do as jobs. */
export function createArchiveVerbs(context: StorageContext, options: { stateDir: string; kept: readonly string[] }): VerbTable {
  const where = { kept: options.kept, recordFolder: join(options.stateDir, 'archives') };
  return {
    'Virgate.packArchive': async (params) => {
      const request = {
        ...requestOf(params),
        description: readText(params, 'ovf', archiveLimits.descriptionBytes),
        disks: readDisks(params),
      };
      context.jobs.start({ id: request.jobId, type: 'storage', description: 'pack_archive' }, (operation) =>
        packArchive(context, request, where, operation),
      );
      return true;
    },
    'Virgate.removeArchive': async (params) => {
      const request = requestOf(params);
      await endJob(context, request.jobId);
      await removeArchive(request, where);
      return true;
    },
    'Virgate.readArchive': async (params) => {
      const { description, disks } = await describeArchive(readText(params, 'path', maximumPathLength), options.kept);
      return {
        ovf: description,
        disks: disks.map(({ name, sizeBytes, image }) => ({
          name,
          size: String(sizeBytes),
          ...('problem' in image ? { problem: image.problem } : { format: image.format, capacity: String(image.virtualSizeBytes) }),
        })),
      };
    },
    'Virgate.unpackArchive': async (params) => {
      const archive = {
        path: readText(params, 'path', maximumPathLength),
        name: readFileName(params, 'name', archiveLimits.nameBytes),
        kept: options.kept,
      };
      const destination = readObject(params, 'destination');
      const to = {
        domainId: readUuid(destination, 'sd_id'),
        imageId: readUuid(destination, 'img_id'),
        volumeId: readUuid(destination, 'vol_id'),
        generation: readOptionalInteger(destination, 'generation', { minimum: 0, maximum: maximumGeneration }),
      };
      context.jobs.start({ id: readUuid(params, 'job_id'), type: 'storage', description: 'unpack_archive' }, (operation) =>
        unpackDisk(context, archive, to, operation),
      );
      return true;
    },
  };
}
