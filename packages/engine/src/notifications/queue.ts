import { transaction } from '@virgate/database';
import { sql, type Kysely, type Transaction } from 'kysely';
import { principalsNow } from '../access/tokens.ts';
import { isAdministrator } from '../access/permissions.ts';
import { leaseName } from '../changes/publisher.ts';
import { eventVisibleTo } from '../events/visible.ts';
import type { Tables } from '../tables/schema.ts';
import { told } from './events.ts';

/** Events that are looked through in one transaction. */
const batch = 1000;

interface Match {
  event_id: number;
  user_id: string;
  address: string;
  resolves: boolean;
}

/** Of what was matched, what each user may see as an event: whoever subscribes sees no more than he would in the list. */
async function visible(trx: Transaction<Tables>, matches: readonly Match[]): Promise<Match[]> {
  const shown: Match[] = [];
  for (const [id, own] of Map.groupBy(matches, (match) => match.user_id)) {
    const principals = await principalsNow(trx, id);
    const all = await isAdministrator(trx, principals);
    const ids = own.map((match) => match.event_id);
    const condition = all ? sql<boolean>`true` : eventVisibleTo({ id, principals }, 't');
    const seen = await sql<{ id: number }>`
      select t.id from audit_log t where t.id = any(${ids}::bigint[]) and not t.hidden and ${condition}`.execute(trx);
    const known = new Set(seen.rows.map((row) => row.id));
    shown.push(...own.filter((match) => known.has(match.event_id)));
  }
  return shown;
}

/** Who has subscribed, by mail, to the events among some changes of the feed. */
async function matchesAmong(trx: Transaction<Tables>, after: number, to: number): Promise<Match[]> {
  const { rows } = await sql<Match>`
    select distinct on (e.id, s.user_id) e.id as event_id, s.user_id, coalesce(nullif(s.address, ''), u.email) as address, told.resolves
    from change c
    join audit_log e on e.id = c.object_id::bigint
    join jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as told (event text, code int, resolves boolean) on told.code = e.code
    join event_subscription s on s.event = told.event and s.method = 'smtp'
    join app_user u on u.id = s.user_id and u.enabled
    where c.sequence > ${after} and c.sequence <= ${to} and c.type = 'event' and c.operation = 'add'
      and coalesce(nullif(s.address, ''), u.email, '') <> ''
    order by e.id, s.user_id, told.resolves`.execute(trx);
  return rows;
}

/**
 * Notes what is to be sent of the events since the last time. The change feed numbers events as they become visible, so none is passed over;
 * the position and what is to be sent change together, so that of several engines each event is noted by one.
 * @param isOn whether mails are sent at all; else events are passed over
 */
export async function enqueueNew(db: Kysely<Tables>, isOn: boolean): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ behind: boolean }>`
      select l.position > n.sequence as behind from notifier_position n, publisher_lease l where l.name = ${leaseName}`.execute(db);
    if (rows[0]?.behind !== true) return;
    await transaction(db, async (trx) => {
      const found = await sql<{ sequence: number; position: number }>`
        select n.sequence, l.position from notifier_position n, publisher_lease l where l.name = ${leaseName} for update of n`.execute(trx);
      const { sequence = 0, position = 0 } = found.rows[0] ?? {};
      const to = isOn ? Math.min(position, sequence + batch) : position;
      if (to <= sequence) return;
      const matches = isOn ? await visible(trx, await matchesAmong(trx, sequence, to)) : [];
      if (matches.length > 0) {
        await sql`
          insert into event_notification (event_id, user_id, address, resolves)
          select event_id, user_id, address, resolves from jsonb_to_recordset(${JSON.stringify(matches)}::jsonb)
            as found (event_id bigint, user_id uuid, address text, resolves boolean)
          on conflict (event_id, user_id) do nothing`.execute(trx);
      }
      await trx.updateTable('notifier_position').set({ sequence: to }).execute();
    });
  }
}
