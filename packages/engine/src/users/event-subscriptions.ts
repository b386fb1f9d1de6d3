import type { EventSubscription } from '@virgate/contract/generated/types';
import type { Selectable } from 'kysely';
import { SYSTEM_ID, type ObjectRef } from '../access/objects.ts';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { invalidValue, notFound, refused, say } from '../rest/fault.ts';
import { collection, created, done, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import { write } from '../rest/write.ts';
import type { EventSubscriptionTable } from '../tables/schema.ts';
import { oneUser } from './read.ts';

const maxAddressLength = 255;
/** What an e-mail address looks like; whether there is one is the mail server's to say. */
export const addressPattern = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;
const permit = 'event_notification_management';

/** On what a change takes the permit: on nothing for one's own subscriptions. */
const managed = (context: Context): ObjectRef[] => (context.path['user'] === context.user.id ? [] : [{ type: 'system', id: SYSTEM_ID }]);

/** The user of the path, whose subscriptions he himself and those who manage notifications may see. */
async function subscriber(context: Context): Promise<{ id: string; email: string }> {
  const user = await oneUser(context, context.path['user']);
  const id = user.id ?? '';
  if (id !== context.user.id && !(await holdsPermit(context.db, context.user, permit, { type: 'system', id: SYSTEM_ID }))) throw notFound();
  return { id, email: typeof user['email'] === 'string' ? user['email'] : '' };
}

/** A subscription is known by its event: there is one of each for a user. Source: REST contract, event subscriptions. */
const subscriptionOf = (row: Selectable<EventSubscriptionTable>): Entity => ({
  id: row.event,
  event: row.event,
  notification_method: row.method,
  address: row.address,
  user: { id: row.user_id },
});

async function read(context: Context, userId: string): Promise<Entity[]> {
  const rows = await context.db.selectFrom('event_subscription').selectAll().where('user_id', '=', userId).orderBy('event').execute();
  return rows.map(subscriptionOf);
}

async function subscription(context: Context, userId: string, event: string | undefined): Promise<Entity> {
  const found = (await read(context, userId)).find((one) => one.id === event);
  if (!found) throw notFound();
  return found;
}

/** What users are told of, and where: `notifications/` sends the mails. */
export const eventSubscriptionServices: Services = {
  EventSubscriptionsService: {
    list: {
      permit: null,
      async run(context) {
        const found = await read(context, (await subscriber(context)).id);
        return collection('EventSubscription', found.slice(0, context.parameters.max() ?? found.length));
      },
    },
    add: {
      permit,
      subjects: managed,
      async run(context) {
        const { id: userId, email } = await subscriber(context);
        const body = context.body as EventSubscription;
        const event = body.event ?? '';
        const method = body.notification_method ?? 'smtp';
        const address = body.address ?? email;
        if (address.length > maxAddressLength) throw invalidValue('address', say`may have at most ${maxAddressLength} characters`);
        if (method === 'smtp' && address !== '' && !addressPattern.test(address)) throw invalidValue('address', 'is not an e-mail address');
        await write(context, async (trx) => {
          const inserted = await trx
            .insertInto('event_subscription')
            .values({ user_id: userId, event, method, address })
            .onConflict((there) => there.doNothing())
            .returning('event')
            .executeTakeFirst();
          if (!inserted) throw refused('EN_ALREADY_SUBSCRIBED');
          await noteChange(trx, 'user', userId, 'update');
        });
        return created('EventSubscription', await subscription(context, userId, event));
      },
    },
  },
  EventSubscriptionService: {
    get: {
      permit: null,
      run: async (context) =>
        entity('EventSubscription', await subscription(context, (await subscriber(context)).id, context.path['event_subscription'])),
    },
    remove: {
      permit,
      subjects: managed,
      async run(context) {
        const { id: userId } = await subscriber(context);
        await write(context, async (trx) => {
          const removed = await trx
            .deleteFrom('event_subscription')
            .where('user_id', '=', userId)
            .where('event', '=', context.path['event_subscription'] ?? '')
            .returning('event')
            .executeTakeFirst();
          if (!removed) throw notFound();
          await noteChange(trx, 'user', userId, 'update');
        });
        return done();
      },
    },
  },
};
