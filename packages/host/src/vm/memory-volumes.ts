import type { VolumeIds } from '../domain-xml/request.ts';
import { invalidParameter, isUuid, readObject, readText, readUuid } from '../verb.ts';

/** The two volumes that hold a suspended VM. */
export interface MemoryVolumes {
  dump: VolumeIds;
  configuration: VolumeIds;
}

function readVolume(params: Record<string, unknown>, name: string): VolumeIds {
  const volume = readObject(params, name);
  return {
    poolId: readUuid(volume, 'poolID'),
    domainId: readUuid(volume, 'domainID'),
    imageId: readUuid(volume, 'imageID'),
    volumeId: readUuid(volume, 'volumeID'),
  };
}

/** The volumes to resume from, when VM.create names some: `memoryDumpVolume` and `memoryConfVolume`. */
export function readMemoryVolumes(params: Record<string, unknown>): MemoryVolumes | undefined {
  if (params['memoryDumpVolume'] === undefined && params['memoryConfVolume'] === undefined) return undefined;
  return { dump: readVolume(params, 'memoryDumpVolume'), configuration: readVolume(params, 'memoryConfVolume') };
}

/** Two volumes as one text: `domain,pool,image,volume,image,volume`, memory first (VDSM schema, HibernationVolumeHandle; VM.snapshot). */
export function readMemoryHandle(params: Record<string, unknown>, name: 'hibernationVolHandle' | 'snapMemory'): MemoryVolumes {
  const parts = readText(params, name, 1024)
    .split(',')
    .map((part) => part.trim().toLowerCase());
  const [domainId, poolId, dumpImage, dumpVolume, configurationImage, configurationVolume] = parts;
  if (
    parts.length !== 6 ||
    !isUuid(domainId) ||
    !isUuid(poolId) ||
    !isUuid(dumpImage) ||
    !isUuid(dumpVolume) ||
    !isUuid(configurationImage) ||
    !isUuid(configurationVolume)
  )
    throw invalidParameter(name, 'six UUIDs divided by commas are needed');
  return {
    dump: { poolId, domainId, imageId: dumpImage, volumeId: dumpVolume },
    configuration: { poolId, domainId, imageId: configurationImage, volumeId: configurationVolume },
  };
}
