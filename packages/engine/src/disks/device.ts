import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { customPropertiesOf, domainPropertiesOf, withDiskProperties } from '../vms/domain-properties.ts';
import { rowOf, type DiskDevice } from '../vms/domain-xml/disks.ts';

interface Row extends Omit<DiskDevice, 'poolId' | 'bootOrder' | 'index' | 'storage' | 'lun'> {
  bootable: boolean;
  storageType: string;
  lunId: string | null;
  sgio: 'filtered' | 'unfiltered' | null;
  reserves: boolean;
  dataCenterId: string;
}

/** Disks as domains need them. @param condition on attachments `a` and disks `d` */
async function load(db: Kysely<Tables>, condition: RawBuilder<unknown>): Promise<Row[]> {
  const found = await sql<Row>`
    select d.id as "diskId", coalesce(i.id::text, '') as "volumeId", coalesce(i.storage_domain_id::text, '') as "storageDomainId",
      coalesce(s.storage_type, l.storage_type) as "storageType", a.interface, coalesce(i.format, d.format) as format,
      l.lun_id as "lunId", d.settings ->> 'sgio' as sgio, a.uses_scsi_reservation as reserves,
      a.read_only as "readOnly", d.shareable, a.pass_discard as "passDiscard", d.propagate_errors as "propagateErrors", a.bootable, q.limits as qos,
      c.data_center_id as "dataCenterId"
    from disk_attachment a join vm v on v.id = a.vm_id join cluster c on c.id = v.cluster_id join disk d on d.id = a.disk_id
      left join image i on i.disk_id = d.id and i.active left join storage_domain s on s.id = i.storage_domain_id
      left join disk_lun l on l.disk_id = d.id
      left join disk_profile p on p.id = d.disk_profile_id left join qos q on q.id = p.qos_id
    where (s.id is not null or l.lun_id is not null) and ${condition} order by a.bootable desc, d.created_at, d.id`.execute(db);
  return found.rows;
}

const deviceOf = (
  { bootable, storageType, dataCenterId, lunId, sgio, reserves, ...disk }: Row,
  index: number,
  bootOrder: number | null,
): DiskDevice => ({
  ...disk,
  poolId: dataCenterId,
  index,
  storage: storageType === 'iscsi' || storageType === 'fcp' ? 'block' : 'file',
  bootOrder: bootable ? bootOrder : null,
  ...(lunId === null ? {} : { lun: { guid: lunId, sgio, reserves } }),
});

/** The disks that a VM starts with: the bootable one first, then the oldest. */
export async function loadDiskDevices(db: Kysely<Tables>, vmId: string, bootOrder: number | null): Promise<DiskDevice[]> {
  const counts = new Map<string, number>();
  return (await load(db, sql`a.vm_id = ${vmId} and a.active`)).map((row) => {
    const index = counts.get(rowOf(row)) ?? 0;
    counts.set(rowOf(row), index + 1);
    return deviceOf(row, index, bootOrder);
  });
}

/** The device of one disk of a VM, whether the VM has it now or not; its place is found by whoever plugs it. */
export async function diskDevice(db: Kysely<Tables>, vmId: string, diskId: string): Promise<DiskDevice | undefined> {
  const [row] = await load(db, sql`a.vm_id = ${vmId} and a.disk_id = ${diskId}`);
  if (!row) return undefined;
  const { settings } = await db.selectFrom('vm').select('settings').where('id', '=', vmId).executeTakeFirstOrThrow();
  return withDiskProperties(deviceOf(row, 0, null), domainPropertiesOf(customPropertiesOf(settings)));
}
