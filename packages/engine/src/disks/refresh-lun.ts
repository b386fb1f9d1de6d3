import { json } from '@virgate/database';
import type { Action } from '@virgate/contract/generated/types';
import { noteChange } from '../changes/outbox.ts';
import { refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { write } from '../rest/write.ts';
import { detailsOf } from './add-lun.ts';
import { askForLun } from './lun-details.ts';
import { lunPathsOfDisk } from './lun-paths.ts';
import { lookingHost } from './luns.ts';
import { readableDisks } from './read.ts';

/** `POST disks/{disk}/refreshlun`: a host is asked how large a LUN is by now, and what it is. */
export const refreshDiskLun: Operation = {
  permit: 'edit_disk_properties',
  subjects: (context) => [{ type: 'disk', id: context.path['disk'] ?? '' }],
  async run(context) {
    const { id = '', ...disk } = await one(context, readableDisks, context.path['disk']);
    const hostId = await lookingHost(context, (context.body as Action).host, 'refresh');
    const lun = await context.db.selectFrom('disk_lun').select('lun_id').where('disk_id', '=', id).executeTakeFirst();
    if (!lun) throw refused('ACTION_TYPE_FAILED_UNSUPPORTED_DISK_STORAGE_TYPE', { VAR_ACTION: 'refresh', VAR_TYPE: 'LUNs' });
    const paths = await lunPathsOfDisk(context.db, context.engine.authority.secretKey, hostId, id);
    const unit = await askForLun(context, hostId, lun.lun_id, paths);
    const job = await write(context, async (trx) => {
      const size = unit.size ?? 0;
      await trx
        .updateTable('disk_lun')
        .set({ size_bytes: size, settings: json({ ...detailsOf(unit) }) })
        .where('disk_id', '=', id)
        .execute();
      await trx.updateTable('disk').set({ provisioned_bytes: size }).where('id', '=', id).execute();
      await noteChange(trx, 'disk', id, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'SyncDirectLuns',
        description: `Refreshing the LUN of Disk ${String(disk['name'])}`,
        subjects: [
          { type: 'disk', id },
          { type: 'host', id: hostId },
        ],
      });
    });
    return done(job);
  },
};
