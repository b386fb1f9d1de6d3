import type { Event } from '@virgate/contract/generated/types';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { notFound } from '../rest/fault.ts';
import { listing, tail, type Readable } from '../rest/listing.ts';
import type { Context, Entity, Reply } from '../rest/operation.ts';
import type { AuditLogTable } from '../tables/schema.ts';
import { eventVisibleTo } from './visible.ts';

type EventRow = Selectable<AuditLogTable>;

const about = (id: string | null, name: string | null): { id: string; name?: string } | undefined =>
  id === null ? undefined : { id, ...(name === null ? {} : { name }) };

function eventOf(row: EventRow): Event {
  const references = {
    cluster: about(row.cluster_id, row.cluster_name),
    data_center: about(row.data_center_id, row.data_center_name),
    host: about(row.host_id, row.host_name),
    storage_domain: about(row.storage_domain_id, row.storage_domain_name),
    template: about(row.template_id, row.template_name),
    user: about(row.user_id, row.user_name),
    vm: about(row.vm_id, row.vm_name),
  };
  return {
    id: String(row.id),
    index: row.id,
    code: row.code,
    severity: row.severity as Event['severity'],
    description: row.description,
    time: row.time,
    origin: row.origin,
    custom_id: row.custom_id ?? -1,
    flood_rate: row.flood_rate ?? 30,
    ...(row.correlation_id === null ? {} : { correlation_id: row.correlation_id }),
    ...Object.fromEntries(Object.entries(references).filter(([, reference]) => reference !== undefined)),
  };
}

const shown = (context: Context): RawBuilder<boolean> =>
  sql<boolean>`not t.hidden and ${context.filtered ? eventVisibleTo(context.user, 't') : sql<boolean>`true`}`;

/** Who may see an event has rules of its own. */
const readableEvents = (context: Context): Readable => ({
  table: 'audit_log',
  numbered: true,
  objectType: 'user',
  everybodyReads: true,
  only: shown(context),
  search: 'event',
  order: sql`t.id desc`,
  async read({ db }, selection) {
    const found = await sql<EventRow>`select t.* from audit_log t where ${selection.condition} ${tail(selection)}`.execute(db);
    return found.rows.map((row) => eventOf(row) as Entity);
  },
});

/** Events, newest first. `from` leaves out that event and older ones. Source: REST contract, events. */
export function listEvents(context: Context): Promise<Reply> {
  const from = context.parameters.integer('from');
  return listing(context, 'Event', readableEvents(context), from === undefined ? undefined : sql<boolean>`t.id > ${from}`);
}

/** One event by its number. @throws {Fault} 404 */
export async function oneEvent(context: Context, id: string | undefined): Promise<Entity> {
  if (id === undefined || !/^\d{1,15}$/.test(id)) throw notFound();
  const found = await sql<EventRow>`select t.* from audit_log t where t.id = ${Number(id)} and ${shown(context)}`.execute(context.db);
  const row = found.rows[0];
  if (!row) throw notFound();
  return eventOf(row) as Entity;
}
