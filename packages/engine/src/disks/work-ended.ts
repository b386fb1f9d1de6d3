import type { Transaction } from 'kysely';
import { ofJob, recordEvent, type EventRecord } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';
import { setStatus } from './usable.ts';

/** Names of the events that tell how work on a disk ended. */
export interface EndNames {
  readonly succeeded: EventRecord['name'];
  readonly failed: EventRecord['name'];
}

/** How a job ended, and whose it was. */
type Ended = Parameters<typeof ofJob>[0] & { readonly status: string; readonly error: { readonly message: string } | undefined };

/** The end of work on a disk, good or bad: the disk is well again, and an event tells of it. @param more what else the event is about */
export async function diskWorkEnded(
  end: Ended,
  trx: Transaction<Tables>,
  about: { disk: { diskId: string; name: string }; names: EndNames; more?: Partial<EventRecord> },
): Promise<void> {
  const { disk, names, more } = about;
  await setStatus(trx, disk.diskId, 'ok');
  await recordEvent(trx, {
    name: end.status === 'succeeded' ? names.succeeded : names.failed,
    ...more,
    ...ofJob(end),
    values: { disk: disk.name, ...(end.error ? { reason: end.error.message } : {}) },
  });
}
