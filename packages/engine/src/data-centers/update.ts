import type { DataCenter } from '@virgate/contract/generated/types';
import { recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import { one } from '../rest/listing.ts';
import { entity, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { checkName } from '../vms/definition.ts';
import { checkLevel } from './add.ts';
import { readableDataCenters } from './read.ts';

/** Changes a data center's name, texts, level and quota mode. */
export const updateDataCenter: Operation = {
  permit: 'edit_storage_pool_configuration',
  subjects: (context) => [{ type: 'data_center', id: context.path['data_center'] ?? '' }],
  async run(context) {
    const current = await one(context, readableDataCenters, context.path['data_center']);
    const body = context.body as DataCenter;
    checkImmutable(current, context.body, ['id', 'local']);
    const version = body.version ? checkLevel(body.version) : null;
    const id = current.id ?? '';
    await write(
      context,
      async (trx) => {
        await trx
          .updateTable('data_center')
          .set({
            ...(body.name === undefined ? {} : { name: checkName(body.name) }),
            ...(body.description === undefined ? {} : { description: body.description }),
            ...(body.comment === undefined ? {} : { comment: body.comment }),
            ...(body.quota_mode === undefined ? {} : { quota_mode: body.quota_mode }),
            ...(version ? { compatibility_major: version.major, compatibility_minor: version.minor } : {}),
            updated_at: new Date(context.engine.now()),
          })
          .where('id', '=', id)
          .execute();
        await recordEvent(trx, {
          name: 'USER_UPDATE_STORAGE_POOL',
          dataCenter: { id, name: body.name ?? String(current['name']) },
          ...attribution(context),
        });
        await noteChange(trx, 'data_center', id, 'update');
      },
      { data_center_name: nameInUse(body.name ?? '') },
    );
    return entity('DataCenter', await one(context, readableDataCenters, id));
  },
};
