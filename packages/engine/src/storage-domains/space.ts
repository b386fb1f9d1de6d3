import { eventTable, type EventName } from '@virgate/contract/generated/events';
import { transaction } from '@virgate/database';
import { sql, type Kysely } from 'kysely';
import { recordEvent } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';

const gibibyte = 1024 ** 3;

/** What a storage domain has, and from when on it is too little. */
export interface Space {
  freeBytes: number;
  totalBytes: number;
  /** Share of free space below which it is low, in percent. */
  warningPercent: number;
  /** Free space below which it is critical, in GiB. */
  criticalGib: number;
}

/** The event that tells of a domain's lack of space; null while there is enough. Pure. Source: contract, attributes of storage domains. */
export function spaceWarning({
  freeBytes,
  totalBytes,
  warningPercent,
  criticalGib,
}: Space): 'IRS_DISK_SPACE_LOW' | 'IRS_DISK_SPACE_LOW_ERROR' | null {
  if (freeBytes < criticalGib * gibibyte) return 'IRS_DISK_SPACE_LOW_ERROR';
  return totalBytes > 0 && freeBytes < (warningPercent / 100) * totalBytes ? 'IRS_DISK_SPACE_LOW' : null;
}

/** Seconds within which an event is told once of an object. Source: contract, events. */
const onceWithin = (name: EventName): number => eventTable.find(([known]) => known === name)?.[3] ?? 0;

/**
 * Keeps what a data center's storage manager says of the space of a storage domain, and tells when it is too little: once within the
 * time that the contract has for the event.
 */
export async function noteSpace(db: Kysely<Tables>, domainId: string, space: Pick<Space, 'freeBytes' | 'totalBytes'>): Promise<void> {
  const domain = await db
    .updateTable('storage_domain')
    .set({ available_bytes: space.freeBytes, used_bytes: space.totalBytes - space.freeBytes })
    .where('id', '=', domainId)
    .returning(['id', 'name', 'warning_low_space_percent', 'critical_space_gib'])
    .executeTakeFirst();
  if (domain === undefined) return;
  const name = spaceWarning({ ...space, warningPercent: domain.warning_low_space_percent, criticalGib: domain.critical_space_gib });
  if (name === null) return;
  await transaction(db, async (trx) => {
    await sql`select 1 from storage_domain where id = ${domainId} for update`.execute(trx);
    const told =
      await sql`select 1 from audit_log where storage_domain_id = ${domainId} and code = ${eventTable.find(([known]) => known === name)?.[1] ?? 0}
      and time > now() - ${onceWithin(name)} * interval '1 second' limit 1`.execute(trx);
    if (told.rows.length > 0) return;
    await recordEvent(trx, {
      name,
      storageDomain: { id: domain.id, name: domain.name },
      values: { diskSpace: String(Math.floor(space.freeBytes / gibibyte)) },
    });
  });
}
