import type { DataCenter } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import { chooseMacPool } from '../mac-pools/choose.ts';
import { managementNetworkName } from '../networks/management.ts';
import { refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { entity, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { checkName } from '../vms/definition.ts';
import { checkLevel } from './add.ts';
import { readableDataCenters } from './read.ts';
import { checkFormat } from './storage-format.ts';

interface Level {
  major: number;
  minor: number;
}

const isBelow = (one: Level, other: Level): boolean => one.major < other.major || (one.major === other.major && one.minor < other.minor);

/** Whether a data center may have another level: none above its clusters', and a lower one only while nothing was made for the present one. @throws {Fault} */
async function checkChange(trx: Transaction<Tables>, id: string, wanted: Level): Promise<void> {
  const row = await trx
    .selectFrom('data_center')
    .select(['compatibility_major as major', 'compatibility_minor as minor'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const clusters = await trx
    .selectFrom('cluster')
    .select(['name', 'compatibility_major as major', 'compatibility_minor as minor'])
    .where('data_center_id', '=', id)
    .execute();
  const lower = clusters.filter((cluster) => isBelow(cluster, wanted));
  if (lower.length > 0)
    throw refused('ERROR_CANNOT_UPDATE_STORAGE_POOL_COMPATIBILITY_VERSION_BIGGER_THAN_CLUSTERS', {
      ClustersList: lower.map((cluster) => cluster.name).join(', '),
    });
  if (!isBelow(wanted, row)) return;
  const made = await sql`select 1 from data_center_storage_domain where data_center_id = ${id}
    union all select 1 from network where data_center_id = ${id} and name <> ${managementNetworkName} limit 1`.execute(trx);
  if (made.rows.length > 0) throw refused('ACTION_TYPE_FAILED_CANNOT_DECREASE_DATA_CENTER_COMPATIBILITY_VERSION');
}

/** Changes a data center's name, texts, level, MAC pool of new clusters and quota mode. */
export const updateDataCenter: Operation = {
  permit: 'edit_storage_pool_configuration',
  subjects: (context) => [{ type: 'data_center', id: context.path['data_center'] ?? '' }],
  async run(context) {
    const current = await one(context, readableDataCenters, context.path['data_center']);
    const body = context.body as DataCenter;
    checkImmutable(current, context.body, ['id', 'local']);
    const version = body.version ? checkLevel(body.version) : null;
    checkFormat(body.storage_format);
    const id = current.id ?? '';
    const macPoolId = await chooseMacPool(context, body.mac_pool, (current['mac_pool'] as { id?: string } | undefined)?.id ?? null);
    await write(
      context,
      async (trx) => {
        if (version) await checkChange(trx, id, version);
        await trx
          .updateTable('data_center')
          .set({
            ...(body.name === undefined ? {} : { name: checkName(body.name) }),
            ...(body.description === undefined ? {} : { description: body.description }),
            ...(body.comment === undefined ? {} : { comment: body.comment }),
            ...(body.quota_mode === undefined ? {} : { quota_mode: body.quota_mode }),
            ...(body.storage_format === undefined ? {} : { storage_format: body.storage_format }),
            ...(body.mac_pool === undefined ? {} : { mac_pool_id: macPoolId }),
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
