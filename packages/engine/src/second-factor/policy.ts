import { json } from '@virgate/database';
import { sql, type Kysely } from 'kysely';
import type { SecondFactorPolicy } from '@virgate/contract/generated/virgate';
import type { Tables } from '../tables/schema.ts';

const optionName = 'second_factor_policy';
export const defaultSecondFactorPolicy: SecondFactorPolicy = { required: 'nobody', roles: [] };

/** Who has to have a second factor. */
export async function loadSecondFactorPolicy(db: Kysely<Tables>): Promise<SecondFactorPolicy> {
  const row = await db.selectFrom('engine_option').select('value').where('name', '=', optionName).executeTakeFirst();
  return { ...defaultSecondFactorPolicy, ...(row?.value as Partial<SecondFactorPolicy> | undefined) };
}

export async function saveSecondFactorPolicy(db: Kysely<Tables>, policy: SecondFactorPolicy): Promise<void> {
  const value = json({ ...policy });
  await db
    .insertInto('engine_option')
    .values({ name: optionName, value })
    .onConflict((clash) => clash.column('name').doUpdateSet({ value }))
    .execute();
}

/** Whether the policy asks a user for a second factor: by what his roles, and those of his groups, are now, on whatever object. */
export async function needsSecondFactor(db: Kysely<Tables>, userId: string): Promise<boolean> {
  const { required, roles } = await loadSecondFactorPolicy(db);
  if (required === 'everybody') return true;
  if (required === 'nobody' && roles.length === 0) return false;
  const found =
    await sql`select 1 from app_user u join permission p on p.principal_id = any(u.group_ids || u.id) join role r on r.id = p.role_id
    where u.id = ${userId} and ((${required === 'administrators'} and r.administrative) or r.name = any(${roles}::text[])) limit 1`.execute(
      db,
    );
  return found.rows.length > 0;
}
