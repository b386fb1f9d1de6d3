import type { Disk } from '@virgate/contract/generated/types';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { entity, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import { maxDiskBytes } from './add.ts';
import { extendDisk } from './extend.ts';
import { readableDisks } from './read.ts';

/** `PUT disks/{disk}`: changes a disk's name, description and what happens to its content when it goes. */
export const updateDisk: Operation = {
  permit: 'edit_disk_properties',
  subjects: (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }],
  async run(context) {
    const disk = await one(context, readableDisks, context.path['disk']);
    const body = context.body as Disk;
    checkImmutable(disk, context.body, ['id', 'format', 'sparse', 'storage_type', 'content_type']);
    if (disk['status'] !== 'ok')
      throw conflict('ACTION_TYPE_FAILED_DISKS_LOCKED', {
        VAR_ACTION: 'edit',
        VAR_TYPE: 'Virtual Disk',
        diskAliases: String(disk['name']),
      });
    const id = disk.id ?? '';
    const name = body.alias ?? body.name;
    if (body.provisioned_size !== undefined) await extendDisk(context, id, body.provisioned_size, maxDiskBytes);
    await write(context, async (trx) => {
      await trx
        .updateTable('disk')
        .set({
          ...(name === undefined ? {} : { name: name.slice(0, 255) }),
          ...(body.description === undefined ? {} : { description: body.description }),
          ...(body.wipe_after_delete === undefined ? {} : { wipe_after_delete: body.wipe_after_delete }),
          ...(body.propagate_errors === undefined ? {} : { propagate_errors: body.propagate_errors }),
          updated_at: new Date(context.engine.now()),
        })
        .where('id', '=', id)
        .execute();
      await recordEvent(trx, { name: 'USER_UPDATE_VM_DISK', ...attribution(context), values: { disk: name ?? String(disk['name']) } });
      await noteChange(trx, 'disk', id, 'update');
    });
    return entity('Disk', await one(context, readableDisks, id));
  },
};
