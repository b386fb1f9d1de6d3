import type { DiskAttachment } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';

/** Puts a disk onto a VM as a request wants it. @param active whether the VM has it from now on; default: as the request says */
export async function insertAttachment(
  trx: Transaction<Tables>,
  diskId: string,
  vmId: string,
  attachment: DiskAttachment,
  active: boolean = attachment.active ?? true,
): Promise<void> {
  await trx
    .insertInto('disk_attachment')
    .values({
      disk_id: diskId,
      vm_id: vmId,
      interface: attachment.interface ?? 'virtio_scsi',
      bootable: attachment.bootable ?? false,
      active,
      read_only: attachment.read_only ?? false,
      pass_discard: attachment.pass_discard ?? false,
      uses_scsi_reservation: attachment.uses_scsi_reservation ?? false,
    })
    .execute();
}
