import { eventTable } from '@virgate/contract/generated/events';
import type { Event } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { sql, type Transaction } from 'kysely';
import { SYSTEM_ID, type ObjectRef, type ObjectType } from '../access/objects.ts';
import { holdsPermit, principalName } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { badRequest, entityNotFound, forbidden, invalidValue, refused, say } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { created, type Context, type Operation } from '../rest/operation.ts';
import { write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { oneEvent } from './read.ts';

const nameBySeverity = {
  normal: 'EXTERNAL_EVENT_NORMAL',
  warning: 'EXTERNAL_EVENT_WARNING',
  error: 'EXTERNAL_EVENT_ERROR',
  alert: 'EXTERNAL_ALERT',
} as const;
const maxTextLength = 4000;
const maxOriginLength = 255;

/** What an event can be about: attribute, table, kind, and prefix of its columns. */
const kinds = [
  ['vm', 'vm', 'vm', 'Vm'],
  ['template', 'vm', 'template', 'Template'],
  ['host', 'host', 'host', 'Host'],
  ['cluster', 'cluster', 'cluster', 'Cluster'],
  ['data_center', 'data_center', 'data_center', 'DataCenter'],
  ['storage_domain', 'storage_domain', 'storage_domain', 'StorageDomain'],
] as const satisfies readonly (readonly [keyof Event, keyof Tables, ObjectType, string])[];

function subjectsOf(body: Event): ObjectRef[] {
  return kinds.flatMap(([attribute, , type]) =>
    body[attribute]?.id === undefined || !isUuid(body[attribute].id) ? [] : [{ type, id: body[attribute].id }],
  );
}

/** Ids and names of the objects that the event names. @throws {Fault} 404 for those that do not exist */
async function columnsOf(context: Context, body: Event): Promise<Record<string, string>> {
  const columns: Record<string, string> = {};
  for (const [attribute, table, , type] of kinds) {
    const id = body[attribute]?.id;
    if (id === undefined) continue;
    const row = isUuid(id) ? await context.db.selectFrom(table).select(['id', 'name']).where('id', '=', id).executeTakeFirst() : undefined;
    if (!row) throw entityNotFound(type, `id=${id}`);
    columns[`${attribute}_id`] = row.id;
    columns[`${attribute}_name`] = row.name;
  }
  return columns;
}

/** Objects whose health an outside system tells with its event, with the permit that it takes. Source: contract, AddExternalEvent. */
const watched = [
  ['host', 'edit_host_configuration'],
  ['storage_domain', 'edit_storage_domain_configuration'],
] as const;

/** @throws {Fault} 403 for health that the user may not tell */
async function checkMayTellHealth(context: Context, body: Event): Promise<void> {
  for (const [type, permit] of watched) {
    const said = body[type];
    if (said?.external_status === undefined || said.id === undefined) continue;
    if (!(await holdsPermit(context.db, context.user, permit, { type, id: said.id }))) throw forbidden(permit);
  }
}

/** What an outside system says of the health of a host or storage domain is theirs until it says otherwise. */
async function tellHealth(trx: Transaction<Tables>, body: Event): Promise<void> {
  for (const [type] of watched) {
    const said = body[type];
    if (said?.external_status === undefined || said.id === undefined) continue;
    const health = json({ external_status: said.external_status });
    await sql`update ${sql.table(type)} set settings = settings || ${health} where id = ${said.id}`.execute(trx);
    await noteChange(trx, type, said.id, 'update');
  }
}

/** An id that an outside system gives an event is that event's. @throws {Fault} */
async function checkNew(trx: Transaction<Tables>, origin: string, customId: number | undefined): Promise<void> {
  if (customId === undefined) return;
  // Two requests at once must not both find that there is none.
  await sql`select pg_advisory_xact_lock(hashtext(${`event ${origin} ${customId}`}))`.execute(trx);
  const found = await sql`select 1 from audit_log where origin = ${origin} and custom_id = ${customId} limit 1`.execute(trx);
  if (found.rows.length > 0) throw refused('ACTION_TYPE_FAILED_EXTERNAL_EVENT_DUPLICATE_CUSTOM_ID');
}

/** `POST events`: an event that another system has seen. Its origin must not pretend to be the engine. */
export const addEvent: Operation = {
  permit: 'inject_external_events',
  subjects(context) {
    const subjects = subjectsOf(context.body);
    return subjects.length > 0 ? subjects : [{ type: 'system', id: SYSTEM_ID }];
  },
  async run(context) {
    const body = context.body as Event;
    const { severity = 'normal', description = '', origin = '', custom_id: customId } = body;
    if (description.trim() === '' || description.length > maxTextLength)
      throw invalidValue('description', say`must have 1 to ${maxTextLength} characters`);
    if (origin.trim() === '' || origin.length > maxOriginLength)
      throw invalidValue('origin', say`must have 1 to ${maxOriginLength} characters`);
    if (origin.toLowerCase() === 'ovirt') throw badRequest('ACTION_TYPE_FAILED_EXTERNAL_EVENT_ILLEGAL_ORIGIN');
    if (body.log_on_host === true) throw invalidValue('log_on_host', "is not supported: hosts' logs are their own");
    const columns = await columnsOf(context, body);
    await checkMayTellHealth(context, body);
    const code = eventTable.find(([name]) => name === nameBySeverity[severity])?.[1];
    if (code === undefined) throw new Error(`The contract has no event for severity ${severity}`);
    const id = await write(context, async (trx) => {
      await checkNew(trx, origin, customId);
      const row = await trx
        .insertInto('audit_log')
        .values({
          ...columns,
          code,
          severity,
          description,
          origin,
          custom_id: customId ?? null,
          flood_rate: body.flood_rate ?? null,
          correlation_id: context.correlationId,
          user_id: context.user.id,
          user_name: principalName(context.user),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await tellHealth(trx, body);
      await noteChange(trx, 'event', String(row.id), 'add');
      return row.id;
    });
    return created('Event', await oneEvent(context, String(id)));
  },
};
