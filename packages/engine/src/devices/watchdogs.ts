import type { Watchdog } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { conflict, notFound, refused } from '../rest/fault.ts';
import type { LoadChildren, Loaders } from '../rest/follow.ts';
import {
  collection,
  created,
  done,
  entity,
  type Context,
  type Entity,
  type Operation,
  type Service,
  type Services,
} from '../rest/operation.ts';
import { backReference, changeDevices, ownerKinds, ownerOf, ownerSubject, visibleOwners, type OwnerKind } from './owner.ts';

interface WatchdogRow {
  id: string;
  vm_id: string;
  model: string;
  action: string;
}

const watchdogOf = (kind: OwnerKind, row: WatchdogRow): Entity => ({
  id: row.id,
  model: row.model,
  action: row.action,
  ...backReference(kind, row.vm_id),
});

/** Watchdogs of many owners at once: each has one or none. */
const watchdogsOf =
  (kind: OwnerKind): LoadChildren =>
  async (context, ownerIds) => {
    const found = await sql<WatchdogRow>`
      select w.* from vm_watchdog w join vm t on t.id = w.vm_id where ${visibleOwners(context, kind, ownerIds)}`.execute(context.db);
    return new Map(found.rows.map((row) => [row.vm_id, [watchdogOf(kind, row)]]));
  };

async function ofOwner(context: Context, kind: OwnerKind): Promise<{ owner: Entity; watchdogs: Entity[] }> {
  const owner = await ownerOf(context, kind);
  return { owner, watchdogs: (await watchdogsOf(kind)(context, [owner.id ?? ''])).get(owner.id ?? '') ?? [] };
}

async function oneOfOwner(context: Context, kind: OwnerKind): Promise<{ owner: Entity; watchdog: Entity }> {
  const { owner, watchdogs } = await ofOwner(context, kind);
  const watchdog = watchdogs.find((one) => one.id === context.path['watchdog']);
  if (!watchdog) throw notFound();
  return { owner, watchdog };
}

/** Guests of x86 know one model only. Source: operating systems, devices.watchdog.models. */
function checkModel(model: string | undefined): void {
  if (model !== undefined && model !== 'i6300esb') throw refused('ACTION_TYPE_FAILED_ILLEGAL_WATCHDOG_MODEL_IS_NOT_SUPPORTED_BY_OS');
}

const addWatchdog = (kind: OwnerKind): Operation => ({
  permit: kind.permit,
  subjects: ownerSubject(kind),
  async run(context) {
    const owner = await ownerOf(context, kind);
    const body = context.body as Watchdog;
    checkModel(body.model);
    const id = context.engine.uuid();
    await changeDevices(context, kind, owner, async (trx) => {
      const there = await trx
        .selectFrom('vm_watchdog')
        .select('id')
        .where('vm_id', '=', owner.id ?? '')
        .executeTakeFirst();
      if (there) throw conflict('WATCHDOG_ALREADY_EXISTS');
      await trx
        .insertInto('vm_watchdog')
        .values({ id, vm_id: owner.id ?? '', model: body.model ?? 'i6300esb', action: body.action ?? 'none' })
        .execute();
    });
    return created('Watchdog', (await ofOwner(context, kind)).watchdogs[0] ?? { id });
  },
});

const updateWatchdog = (kind: OwnerKind): Operation => ({
  permit: kind.permit,
  subjects: ownerSubject(kind),
  async run(context) {
    const { owner, watchdog } = await oneOfOwner(context, kind);
    const body = context.body as Watchdog;
    checkModel(body.model);
    await changeDevices(context, kind, owner, async (trx) => {
      await trx
        .updateTable('vm_watchdog')
        .set({ id: watchdog.id ?? '', ...(body.model ? { model: body.model } : {}), ...(body.action ? { action: body.action } : {}) })
        .where('id', '=', watchdog.id ?? '')
        .execute();
    });
    return entity('Watchdog', (await oneOfOwner(context, kind)).watchdog);
  },
});

const removeWatchdog = (kind: OwnerKind): Operation => ({
  permit: kind.permit,
  subjects: ownerSubject(kind),
  async run(context) {
    const { owner, watchdog } = await oneOfOwner(context, kind);
    const job = await changeDevices(
      context,
      kind,
      owner,
      async (trx) => {
        await trx
          .deleteFrom('vm_watchdog')
          .where('id', '=', watchdog.id ?? '')
          .execute();
      },
      { action: 'RemoveWatchdog', description: `Removing the watchdog of ${kind.word} ${String(owner['name'])}` },
    );
    return done(job);
  },
});

const collectionOf = (kind: OwnerKind): Service => ({
  list: { permit: null, run: async (context) => collection('Watchdog', (await ofOwner(context, kind)).watchdogs) },
  add: addWatchdog(kind),
});
const itemOf = (kind: OwnerKind): Service => ({
  get: { permit: null, run: async (context) => entity('Watchdog', (await oneOfOwner(context, kind)).watchdog) },
  update: updateWatchdog(kind),
  remove: removeWatchdog(kind),
});

/** Watchdogs of VMs, templates and instance types; a VM gets its own at its next start. */
export const watchdogServices: Services = Object.fromEntries(
  Object.values(ownerKinds).flatMap((kind) => [
    [`${kind.service}WatchdogsService`, collectionOf(kind)],
    [`${kind.service}WatchdogService`, itemOf(kind)],
  ]),
);

export const watchdogLoaders: Partial<Loaders> = {
  children: Object.fromEntries(Object.values(ownerKinds).map((kind) => [`${kind.service}.watchdogs`, watchdogsOf(kind)])),
};
