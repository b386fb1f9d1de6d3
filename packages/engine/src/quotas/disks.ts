import type { NewDisk } from '../disks/volumes.ts';
import type { NewConsumption } from './consume.ts';

/** What new disks take of their quotas: their full size, which is what an active volume may grow to. */
export const consumptionOf = (disks: readonly NewDisk[]): NewConsumption[] =>
  disks.map((disk) => ({
    quotaId: disk.quotaId ?? null,
    dataCenterId: disk.dataCenterId,
    storageDomainId: disk.storageDomainId,
    addedBytes: disk.provisionedBytes,
  }));
