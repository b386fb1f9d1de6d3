import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';

/** A disk of a template, with the volume that VMs are made from. */
export interface TemplateDisk {
  diskId: string;
  volumeId: string;
  storageDomainId: string;
  name: string;
  description: string;
  status: string;
  provisionedBytes: number;
  format: 'cow' | 'raw';
  sparse: boolean;
  wipe: boolean;
  interface: string;
  bootable: boolean;
  readOnly: boolean;
  passDiscard: boolean;
  diskProfileId: string | null;
}

/** The disks of a template in the order in which its VMs get them. */
export async function templateDisks(db: Kysely<Tables>, templateId: string): Promise<TemplateDisk[]> {
  const found = await sql<TemplateDisk>`
    select d.id as "diskId", i.id as "volumeId", i.storage_domain_id as "storageDomainId", d.name, d.description, d.status, d.provisioned_bytes as "provisionedBytes", i.format, i.sparse,
      d.wipe_after_delete as wipe, a.interface, a.bootable, a.read_only as "readOnly", a.pass_discard as "passDiscard", d.disk_profile_id as "diskProfileId"
    from disk_attachment a join disk d on d.id = a.disk_id join image i on i.disk_id = d.id and i.active
    where a.vm_id = ${templateId} order by a.bootable desc, d.created_at, d.id`.execute(db);
  return found.rows;
}
