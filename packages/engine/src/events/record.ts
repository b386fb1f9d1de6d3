import { sql, type Transaction } from 'kysely';
import { eventTable, type EventName } from '@virgate/contract/generated/events';
import type { Tables } from '../tables/schema.ts';
import { eventText } from './texts.ts';

/** An event that happened: its name in the contract's table and the objects that it is about. */
export interface EventRecord {
  /** Name of the contract's event table, such as `USER_ADD_VM`. */
  name: EventName;
  user?: { id: string; name: string } | null;
  vm?: { id: string; name: string } | null;
  host?: { id: string; name: string } | null;
  template?: { id: string; name: string } | null;
  cluster?: { id: string; name: string } | null;
  dataCenter?: { id: string; name: string } | null;
  storageDomain?: { id: string; name: string } | null;
  correlationId?: string | null;
  jobId?: string | null;
  /** Further values for the text. */
  values?: Record<string, string>;
}

const eventTypes = new Map(eventTable.map(([name, code, severity]) => [name, { code, severity }]));

/**
 * Writes an event into the audit log and the change feed, in the caller's transaction: what is rolled back was never said.
 * @throws {Error} when the contract has no event of that name
 */
export async function recordEvent(trx: Transaction<Tables>, event: EventRecord): Promise<void> {
  const type = eventTypes.get(event.name);
  if (!type) throw new Error(`The contract has no event ${event.name}`);
  const inserted = await trx
    .insertInto('audit_log')
    .values({
      code: type.code,
      severity: type.severity,
      description: eventText(event),
      correlation_id: event.correlationId ?? null,
      job_id: event.jobId ?? null,
      user_id: event.user?.id ?? null,
      user_name: event.user?.name ?? null,
      vm_id: event.vm?.id ?? null,
      vm_name: event.vm?.name ?? null,
      host_id: event.host?.id ?? null,
      host_name: event.host?.name ?? null,
      template_id: event.template?.id ?? null,
      template_name: event.template?.name ?? null,
      cluster_id: event.cluster?.id ?? null,
      cluster_name: event.cluster?.name ?? null,
      data_center_id: event.dataCenter?.id ?? null,
      data_center_name: event.dataCenter?.name ?? null,
      storage_domain_id: event.storageDomain?.id ?? null,
      storage_domain_name: event.storageDomain?.name ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql`insert into change (type, object_id, operation) values ('event', ${String(inserted.id)}, 'add')`.execute(trx);
  await sql`notify virgate_changes`.execute(trx);
}

/** A job as far as its events go. */
interface Attributed {
  readonly id: string;
  readonly params: { readonly user?: { id: string; name: string } | null; readonly correlationId?: string | null };
}

/** Whose event it is that a job records, and which job's. */
export const ofJob = ({
  id,
  params: { user = null, correlationId = null },
}: Attributed): Pick<EventRecord, 'user' | 'correlationId' | 'jobId'> => ({ user, correlationId, jobId: id });
