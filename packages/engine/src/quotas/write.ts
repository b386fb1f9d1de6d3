import type { Quota } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import type { ObjectRef } from '../access/objects.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { dataCenterOfPath } from '../qos/read.ts';
import { invalidValue, refused, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, done, entity, type Context, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { quotaOfPath, readableQuotas } from './read.ts';

const maxNameLength = 65;
const maxGracePercent = 100_000;
export const ofQuota = (context: Context): ObjectRef[] => [{ type: 'quota', id: context.path['quota'] ?? '' }];

function checkQuotaName(name: string | undefined): string {
  if (name === undefined || name === '' || name.length > maxNameLength || !/^[\p{L}\p{N}._+ -]+$/u.test(name))
    throw refused('VALIDATION_QUOTA_NAME_INVALID');
  return name;
}

/** `soft` is the threshold of a warning, `hard` the grace above the limit. Source: REST contract, Quota. */
function percentages(body: Quota) {
  const check = (field: keyof Quota, most: number): number | undefined => {
    const value = body[field] as number | undefined;
    if (value !== undefined && (value < 0 || value > most)) throw invalidValue(field, say`must be between 0 and ${most}`);
    return value;
  };
  const columns = {
    cluster_threshold_percent: check('cluster_soft_limit_pct', 100),
    cluster_grace_percent: check('cluster_hard_limit_pct', maxGracePercent),
    storage_threshold_percent: check('storage_soft_limit_pct', 100),
    storage_grace_percent: check('storage_hard_limit_pct', maxGracePercent),
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

/** Adds a quota. It allows nothing until it has limits. */
export const addQuota: Operation = {
  permit: 'configure_quota',
  subjects: (context) => [{ type: 'data_center', id: context.path['data_center'] ?? '' }],
  async run(context) {
    const dataCenter = await dataCenterOfPath(context);
    const body = context.body as Quota;
    const name = checkQuotaName(body.name);
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await trx
          .insertInto('quota')
          .values({ id, name, data_center_id: dataCenter.id, description: body.description ?? '', ...percentages(body) })
          .execute();
        await recordEvent(trx, { name: 'USER_ADD_QUOTA', dataCenter, values: { quota: name }, ...attribution(context) });
        await noteChange(trx, 'quota', id, 'add');
      },
      { quota_name: nameInUse(name) },
    );
    return created('Quota', await one(context, readableQuotas, id));
  },
};

const isDefault = async (context: Context, id: string): Promise<boolean> =>
  (await context.db.selectFrom('quota').select('is_default').where('id', '=', id).executeTakeFirst())?.is_default ?? false;

export const updateQuota: Operation = {
  permit: 'configure_quota',
  subjects: ofQuota,
  async run(context) {
    const current = await quotaOfPath(context);
    const dataCenter = await dataCenterOfPath(context);
    const body = context.body as Quota;
    const id = current.id ?? '';
    checkImmutable(current, context.body, ['id', 'data_center']);
    if (await isDefault(context, id)) throw refused('ACTION_TYPE_FAILED_QUOTA_DEFAULT_CANNOT_BE_CHANGED');
    const name = body.name === undefined ? String(current['name']) : checkQuotaName(body.name);
    await write(
      context,
      async (trx) => {
        await trx
          .updateTable('quota')
          .set({ name, ...(body.description === undefined ? {} : { description: body.description }), ...percentages(body) })
          .where('id', '=', id)
          .execute();
        await recordEvent(trx, { name: 'USER_UPDATE_QUOTA', dataCenter, values: { quota: name }, ...attribution(context) });
        await noteChange(trx, 'quota', id, 'update');
      },
      { quota_name: nameInUse(name) },
    );
    return entity('Quota', await one(context, readableQuotas, id));
  },
};

/** Removes a quota that no VM or disk has. */
export const removeQuota: Operation = {
  permit: 'configure_quota',
  subjects: ofQuota,
  async run(context) {
    const current = await quotaOfPath(context);
    const dataCenter = await dataCenterOfPath(context);
    const id = current.id ?? '';
    const name = String(current['name']);
    if (await isDefault(context, id)) throw refused('ACTION_TYPE_FAILED_QUOTA_DEFAULT_CANNOT_BE_CHANGED');
    const job = await write(context, async (trx) => {
      await trx.selectFrom('quota').select('id').where('id', '=', id).forUpdate().execute();
      const used = await sql`select 1 from vm where quota_id = ${id} union all select 1 from disk where quota_id = ${id} limit 1`.execute(
        trx,
      );
      if (used.rows.length > 0) throw refused('ACTION_TYPE_FAILED_QUOTA_IN_USE_BY_VM_OR_DISK');
      await trx.deleteFrom('quota').where('id', '=', id).execute();
      await revokeAllOn(trx, [id]);
      await recordEvent(trx, { name: 'USER_DELETE_QUOTA', dataCenter, values: { quota: name }, ...attribution(context) });
      await noteChange(trx, 'quota', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveQuota',
        description: `Removing Quota ${name}`,
        subjects: [{ type: 'quota', id }],
      });
    });
    return done(job);
  },
};
