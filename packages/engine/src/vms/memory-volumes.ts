import type { Kysely, Selectable } from 'kysely';
import type { Tables, VmMemoryTable } from '../tables/schema.ts';

/** The two volumes in which a suspended VM waits: its memory, and the host's notes on how it ran. */
export type MemoryVolumes = Selectable<VmMemoryTable>;

/** The memory volumes of a VM; undefined when it has none. */
export const loadMemoryVolumes = (db: Kysely<Tables>, vmId: string): Promise<MemoryVolumes | undefined> =>
  db.selectFrom('vm_memory').selectAll().where('vm_id', '=', vmId).executeTakeFirst();

const address = (volumes: MemoryVolumes, imageID: string, volumeID: string) => ({
  poolID: volumes.data_center_id,
  domainID: volumes.storage_domain_id,
  imageID,
  volumeID,
  device: 'disk',
});

/** What VM.create is told beside the domain so that the VM goes on where it was suspended. Source: VDSM, VM.create. */
export const resumeParameters = (volumes: MemoryVolumes | undefined): Record<string, unknown> =>
  volumes === undefined
    ? {}
    : {
        memoryDumpVolume: address(volumes, volumes.dump_image_id, volumes.dump_volume_id),
        memoryConfVolume: address(volumes, volumes.configuration_image_id, volumes.configuration_volume_id),
      };

/** `hibernationVolHandle` of VM.hibernate: six ids joined by commas. Source: VDSM, VM.hibernate. */
export const hibernationHandle = (volumes: MemoryVolumes): string =>
  [
    volumes.storage_domain_id,
    volumes.data_center_id,
    volumes.dump_image_id,
    volumes.dump_volume_id,
    volumes.configuration_image_id,
    volumes.configuration_volume_id,
  ].join(',');
