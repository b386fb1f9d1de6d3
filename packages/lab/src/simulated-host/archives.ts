import { failure, readInteger, readList, readObject, readText } from './parameters.ts';
import type { Parameters, SimulatedVerb } from './parameters.ts';
import type { SimulatedArchive, SimulatedStorage } from './storage.ts';
import type { SimulatedTasks } from './tasks.ts';

const pathOf = (params: Parameters): string => `${readText(params, 'directory').replace(/\/$/, '')}/${readText(params, 'filename')}`;

/** Verbs over archives of VMs. A simulated host's archives lie beside its storage: their disks have sizes and no content. */
export function archiveVerbs({ storage, tasks }: { storage: SimulatedStorage; tasks: SimulatedTasks }): Record<string, SimulatedVerb> {
  const archives = (): Record<string, SimulatedArchive> => (storage.content.archives ??= {});
  const find = (path: string): SimulatedArchive => {
    const found = archives()[path];
    if (found === undefined) throw failure('StorageDomainAccessError', `The archive is refused: ${path} can't be opened (ENOENT)`);
    return found;
  };
  return {
    'Virgate.packArchive': (params) => {
      const path = pathOf(params);
      const jobId = readText(params, 'job_id');
      const ovf = readText(params, 'ovf');
      const disks = readList(params, 'disks').map((value) => {
        const disk = readObject({ value }, 'value');
        const { capacityBytes, content } = storage.volume(readText(disk, 'sd_id'), readText(disk, 'vol_id'));
        return {
          name: readText(disk, 'name'),
          sizeBytes: readInteger(disk, 'size'),
          capacityBytes,
          ...(content === undefined ? {} : { content }),
        };
      });
      return tasks.startJob(jobId, 'storage', 'pack_archive', () => {
        if (archives()[path]?.jobId === jobId) return;
        if (archives()[path] !== undefined) throw failure('CopyImageError', `There is a file ${path} already`);
        archives()[path] = { jobId, ovf, disks };
        storage.onChange();
      });
    },
    'Virgate.removeArchive': (params) => {
      const path = pathOf(params);
      if (archives()[path]?.jobId === readText(params, 'job_id')) delete archives()[path];
      storage.onChange();
      return true;
    },
    'Virgate.readArchive': (params) => {
      const { ovf, disks } = find(readText(params, 'path'));
      return {
        ovf,
        disks: disks.map(({ name, sizeBytes, capacityBytes }) => ({
          name,
          size: String(sizeBytes),
          format: 'qcow2',
          capacity: String(capacityBytes),
        })),
      };
    },
    'Virgate.unpackArchive': (params) => {
      const disk = find(readText(params, 'path')).disks.find(({ name }) => name === readText(params, 'name'));
      if (disk === undefined) throw failure('ImageVerificationError', 'The archive has no such file');
      const destination = readObject(params, 'destination');
      const volume = storage.volume(readText(destination, 'sd_id'), readText(destination, 'vol_id'));
      const expected = destination['generation'];
      return tasks.startJob(readText(params, 'job_id'), 'storage', 'unpack_archive', () => {
        if (typeof expected === 'number' && expected !== volume.generation)
          throw failure('GenerationMismatch', `The volume's generation is ${volume.generation}, not ${expected}`);
        if (disk.capacityBytes > volume.capacityBytes)
          throw failure('DestinationVolumeTooSmall', `The image has ${disk.capacityBytes} bytes`);
        volume.generation += 1;
        if (disk.content !== undefined) volume.content = disk.content;
        storage.onChange();
      });
    },
  };
}
