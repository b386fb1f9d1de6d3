import { sql } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { readableMacPools } from './read.ts';

/** Removes a MAC pool that no cluster uses; the default pool stays. */
export const removeMacPool: Operation = {
  permit: 'delete_mac_pool',
  subjects: (context) => [{ type: 'mac_pool', id: context.path['mac_pool'] ?? '' }],
  async run(context) {
    const current = await one(context, readableMacPools, context.path['mac_pool']);
    const id = current.id ?? '';
    const name = String(current['name']);
    if (current['default_pool']) throw conflict('ACTION_TYPE_FAILED_CANNOT_REMOVE_DEFAULT_MAC_POOL');
    const job = await write(context, async (trx) => {
      await trx.selectFrom('mac_pool').select('id').where('id', '=', id).forUpdate().execute();
      const used =
        await sql`select 1 from cluster where mac_pool_id = ${id} union all select 1 from data_center where mac_pool_id = ${id} limit 1`.execute(
          trx,
        );
      if (used.rows.length > 0) throw conflict('ACTION_TYPE_FAILED_CANNOT_REMOVE_STILL_USED_MAC_POOL');
      await trx.deleteFrom('mac_pool').where('id', '=', id).execute();
      await revokeAllOn(trx, [id]);
      await recordEvent(trx, { name: 'MAC_POOL_REMOVE_SUCCESS', values: { macPool: name }, ...attribution(context) });
      await noteChange(trx, 'mac_pool', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveMacPool',
        description: `Removing MAC Pool ${name}`,
        subjects: [{ type: 'mac_pool', id }],
      });
    });
    return done(job);
  },
};
