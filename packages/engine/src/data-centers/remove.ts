import { sql, type Transaction } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import { conflict, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { destroyDomain } from '../storage-domains/destroy.ts';
import type { Tables } from '../tables/schema.ts';
import { readableDataCenters } from './read.ts';

interface Domain {
  id: string;
  connectionId: string | null;
}

/** All hosts have let go of the storage before the engine forgets it. @throws {Fault} */
async function refuseWhileHostsServe(trx: Transaction<Tables>, id: string): Promise<void> {
  const serving = await sql`select 1 from host h join cluster c on c.id = h.cluster_id join host_state s on s.host_id = h.id
    where c.data_center_id = ${id} and s.status <> 'maintenance' limit 1`.execute(trx);
  if (serving.rows.length > 0) throw refused('ERROR_CANNOT_FORCE_REMOVE_STORAGE_POOL_WITH_VDS_NOT_IN_MAINTENANCE');
}

/** The engine forgets the storage domains of a data center with all that lies on them; the storage itself stays as it is. @throws {Fault} */
async function forgetStorage(trx: Transaction<Tables>, id: string): Promise<void> {
  await refuseWhileHostsServe(trx, id);
  const domains = await sql<Domain & { status: string }>`
    select s.id, s.storage_connection_id as "connectionId", d.status from data_center_storage_domain d join storage_domain s on s.id = d.storage_domain_id
    where d.data_center_id = ${id} order by s.master, s.id for update of d`.execute(trx);
  const busy = domains.rows.find((domain) => /ing/.test(domain.status) || domain.status === 'locked');
  if (busy !== undefined)
    throw conflict('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', {
      VAR_ACTION: 'remove',
      VAR_TYPE: 'Data Center',
      status: busy.status.replaceAll('_', ' '),
    });
  for (const domain of domains.rows) await destroyDomain(trx, domain);
}

/**
 * Removes a data center that has no storage domains; its clusters stay, without a data center. `force` has the engine forget the storage
 * domains, once all hosts are in maintenance.
 */
export const removeDataCenter: Operation = {
  permit: 'delete_storage_pool',
  subjects: (context) => [{ type: 'data_center', id: context.path['data_center'] ?? '' }],
  async run(context) {
    const current = await one(context, readableDataCenters, context.path['data_center']);
    const id = current.id ?? '';
    const name = String(current['name']);
    const force = context.parameters.flag('force');
    const job = await write(context, async (trx) => {
      await trx.selectFrom('data_center').select('id').where('id', '=', id).forUpdate().execute();
      if (force) await forgetStorage(trx, id);
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
      await recordEvent(trx, {
        name: force ? 'USER_FORCE_REMOVE_STORAGE_POOL' : 'USER_REMOVE_STORAGE_POOL',
        dataCenter: { id, name },
        ...attribution(context),
      });
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
