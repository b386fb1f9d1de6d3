import { sql, type Kysely } from 'kysely';
import { refused } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Tables } from '../tables/schema.ts';

/** An ISO disk of a data domain, and where it lies. */
export interface IsoImage {
  diskId: string;
  name: string;
  volumeId: string;
  storageDomainId: string;
  dataCenterId: string;
}

type Row = IsoImage & { status: string; content: string; domain_status: string };

/**
 * The ISO disk that a VM's drive is to have: one of an active domain of the VM's own data center.
 * @param file the disk's id
 * @throws {Fault} 409 saying that there is no such image, or what keeps it from being used
 */
export async function isoOf(db: Kysely<Tables>, file: string, vm: { vmId: string; verb: string }): Promise<IsoImage> {
  const values = { VAR_ACTION: vm.verb, VAR_TYPE: 'VM' };
  const found = isUuid(file)
    ? await sql<Row>`
        select d.id as "diskId", d.name, d.status, d.content_type as content, i.id as "volumeId", i.storage_domain_id as "storageDomainId",
          x.data_center_id as "dataCenterId", x.status as domain_status
        from disk d join image i on i.disk_id = d.id and i.active join data_center_storage_domain x on x.storage_domain_id = i.storage_domain_id
          join cluster c on c.data_center_id = x.data_center_id join vm v on v.cluster_id = c.id
        where d.id = ${file}::uuid and v.id = ${vm.vmId}::uuid`.execute(db)
    : { rows: [] };
  const [row] = found.rows;
  if (row === undefined || row.content !== 'iso') throw refused('ERROR_CANNOT_FIND_ISO_IMAGE_PATH', values);
  if (row.status !== 'ok') throw refused('ERROR_ISO_IMAGE_STATUS_ILLEGAL', { ...values, status: row.status });
  if (row.domain_status !== 'active')
    throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', { ...values, status: row.domain_status });
  const { diskId, name, volumeId, storageDomainId, dataCenterId } = row;
  return { diskId, name, volumeId, storageDomainId, dataCenterId };
}
