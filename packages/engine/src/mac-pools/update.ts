import { json } from '@virgate/database';
import type { MacPool } from '@virgate/contract/generated/types';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { badRequest } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { entity, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { checkName } from '../vms/definition.ts';
import { checkRanges } from './ranges.ts';
import { readableMacPools } from './read.ts';
import { refuseOverlap } from './overlap.ts';

/** Changes a MAC pool. NICs keep the addresses that they have, also when these are no longer in the ranges. */
export const updateMacPool: Operation = {
  permit: 'edit_mac_pool',
  subjects: (context) => [{ type: 'mac_pool', id: context.path['mac_pool'] ?? '' }],
  async run(context) {
    const current = await one(context, readableMacPools, context.path['mac_pool']);
    const body = context.body as MacPool;
    checkImmutable(current, context.body);
    if (body.default_pool !== undefined && body.default_pool !== current['default_pool'])
      throw badRequest('ACTION_TYPE_FAILED_CHANGING_DEFAULT_MAC_POOL_IS_NOT_SUPPORTED');
    const ranges = body.ranges === undefined ? null : checkRanges(body.ranges);
    const name = body.name === undefined ? String(current['name']) : checkName(body.name);
    const id = current.id ?? '';
    await write(
      context,
      async (trx) => {
        if (ranges) await refuseOverlap(trx, id, ranges);
        await trx
          .updateTable('mac_pool')
          .set({
            name,
            ...(body.description === undefined ? {} : { description: body.description }),
            ...(body.allow_duplicates === undefined ? {} : { allow_duplicates: body.allow_duplicates }),
            ...(ranges ? { ranges: json(ranges as unknown[]) } : {}),
          })
          .where('id', '=', id)
          .execute();
        await recordEvent(trx, { name: 'MAC_POOL_EDIT_SUCCESS', values: { macPool: name }, ...attribution(context) });
        await noteChange(trx, 'mac_pool', id, 'update');
      },
      { mac_pool_name_key: nameInUse(name) },
    );
    return entity('MacPool', await one(context, readableMacPools, id));
  },
};
