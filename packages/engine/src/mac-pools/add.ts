import { json } from '@virgate/database';
import type { MacPool } from '@virgate/contract/generated/types';
import { grant } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { badRequest } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, type Operation } from '../rest/operation.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { checkName } from '../vms/definition.ts';
import { checkRanges } from './ranges.ts';
import { readableMacPools } from './read.ts';
import { refuseOverlap } from './overlap.ts';

/** Adds a MAC pool, which its creator then administers. */
export const addMacPool: Operation = {
  permit: 'create_mac_pool',
  async run(context) {
    const body = context.body as MacPool;
    const name = checkName(body.name);
    const ranges = checkRanges(body.ranges ?? []);
    if (body.default_pool) throw badRequest('ACTION_TYPE_FAILED_SETTING_DEFAULT_MAC_POOL_IS_NOT_SUPPORTED');
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await refuseOverlap(trx, id, ranges);
        await trx
          .insertInto('mac_pool')
          .values({
            id,
            name,
            description: body.description ?? '',
            allow_duplicates: body.allow_duplicates ?? false,
            ranges: json(ranges as unknown[]),
          })
          .execute();
        await grant(trx, context.user.id, 'MacPoolAdmin', { type: 'mac_pool', id });
        await recordEvent(trx, { name: 'MAC_POOL_ADD_SUCCESS', values: { macPool: name }, ...attribution(context) });
        await noteChange(trx, 'mac_pool', id, 'add');
      },
      { mac_pool_name_key: nameInUse(name) },
    );
    return created('MacPool', await one(context, readableMacPools, id));
  },
};
