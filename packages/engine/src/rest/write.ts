import { isUniqueViolation, transaction } from '@virgate/database';
import type { Transaction } from 'kysely';
import { principalName } from '../access/permissions.ts';
import type { EventRecord } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';
import { conflict, type Fault } from './fault.ts';
import type { Context } from './operation.ts';

/** Faults for violated unique indexes, by the index's name. */
export type UniqueFaults = Record<string, () => Fault>;

/** The user of a request as events name him. */
export const actor = (context: Context): NonNullable<EventRecord['user']> => ({ id: context.user.id, name: principalName(context.user) });

/** What every event of a request carries. */
export const attribution = (context: Context): Pick<EventRecord, 'user' | 'correlationId'> => ({
  user: actor(context),
  correlationId: context.correlationId,
});

/**
 * Runs a change in one transaction: the rows, their event and their entry in the change feed become true together or not at all.
 * A name that is in use already is found by the database's unique index, so that two requests at once cannot both win.
 * What the client says of the object's version (`If-Match`) is compared in the same transaction.
 */
export async function write<T>(context: Context, change: (trx: Transaction<Tables>) => Promise<T>, unique: UniqueFaults = {}): Promise<T> {
  const { precondition } = context;
  try {
    const result = await transaction(context.db, async (trx) => {
      await precondition?.check(context, trx);
      return change(trx);
    });
    precondition?.meet();
    return result;
  } catch (error) {
    for (const [index, fault] of Object.entries(unique)) if (isUniqueViolation(error, index)) throw fault();
    throw error;
  }
}

/** The fault of a name that is in use. */
export const nameInUse =
  (name: string): (() => Fault) =>
  () =>
    conflict('ACTION_TYPE_FAILED_NAME_ALREADY_USED', { name });
