import { sql } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import { conflict } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { readableDataCenters } from './read.ts';

/** Removes a data center that has no storage domains; its clusters stay, without a data center. */
export const removeDataCenter: Operation = {
  permit: 'delete_storage_pool',
  subjects: (context) => [{ type: 'data_center', id: context.path['data_center'] ?? '' }],
  async run(context) {
    const current = await one(context, readableDataCenters, context.path['data_center']);
    const id = current.id ?? '';
    const name = String(current['name']);
    const job = await write(context, async (trx) => {
      await trx.selectFrom('data_center').select('id').where('id', '=', id).forUpdate().execute();
      const used = await sql<{ domains: number; vms: number }>`select
        (select count(*) from data_center_storage_domain where data_center_id = ${id}) as domains,
        (select count(*) from vm where data_center_id = ${id}) as vms`.execute(trx);
      if ((used.rows[0]?.domains ?? 0) > 0) throw conflict('ERROR_CANNOT_REMOVE_STORAGE_POOL_WITH_NONMASTER_DOMAINS');
      if ((used.rows[0]?.vms ?? 0) > 0) throw conflict('DATA_CENTER_HAS_VMS');
      await trx.updateTable('cluster').set({ data_center_id: null }).where('data_center_id', '=', id).execute();
      await trx.deleteFrom('network').where('data_center_id', '=', id).execute();
      await sql`delete from permission where object_id in (select id from quota where data_center_id = ${id})`.execute(trx);
      await trx.deleteFrom('data_center').where('id', '=', id).execute();
      await revokeAllOn(trx, [id]);
      await recordEvent(trx, { name: 'USER_REMOVE_STORAGE_POOL', dataCenter: { id, name }, ...attribution(context) });
      await noteChange(trx, 'data_center', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveStoragePool',
        description: `Removing Data Center ${name}`,
        subjects: [{ type: 'data_center', id }],
      });
    });
    return done(job);
  },
};
