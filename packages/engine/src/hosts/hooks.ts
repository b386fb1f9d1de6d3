import type { Hook } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { notFound } from '../rest/fault.ts';
import { derivedId } from '../rest/derived-id.ts';
import type { Loaders } from '../rest/follow.ts';
import { isUuid, one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import { readableHosts } from './read.ts';

type Raw = Record<string, unknown>;
const object = (value: unknown): Raw => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {});
/** Programs of one host that are shown. */
const maxHooks = 1000;

/**
 * Programs that a host runs at certain points, as its capabilities tell them: `{point: {file: {checksum}}}`.
 * Source: VDSM capabilities, hooks; the id is the one that the host, point, file and checksum make.
 */
export function hooksOfCapabilities(hostId: string, hooks: unknown): Hook[] {
  return Object.entries(object(hooks))
    .flatMap(([point, files]) =>
      Object.entries(object(files)).map(([file, value]): Hook => {
        const { checksum, md5 } = object(value);
        const sum = typeof checksum === 'string' ? checksum : typeof md5 === 'string' ? md5 : '';
        return { id: derivedId('hook', hostId, point, file, sum), name: file, event_name: point, md5: sum, host: { id: hostId } };
      }),
    )
    .slice(0, maxHooks);
}

/** Hooks of many hosts at once. Hosts that the caller may not see have none. */
async function hooksOf(context: Context, hostIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await sql<{ id: string; hooks: unknown }>`
    select t.id, s.capabilities -> 'hooks' as hooks from host t join host_state s on s.host_id = t.id where t.id = any(${hostIds.filter(isUuid)}::uuid[])
      and ${context.filtered ? visibleTo(context.user, 'host', 't') : sql<boolean>`true`}`.execute(context.db);
  return new Map(found.rows.map((row) => [row.id, hooksOfCapabilities(row.id, row.hooks) as Entity[]]));
}

async function hooksOfPath(context: Context): Promise<Entity[]> {
  const { id = '' } = await one(context, readableHosts, context.path['host']);
  return (await hooksOf(context, [id])).get(id) ?? [];
}

export const hostHookServices: Services = {
  HostHooksService: {
    list: {
      permit: null,
      async run(context) {
        const found = await hooksOfPath(context);
        return collection('Hook', found.slice(0, context.parameters.max() ?? found.length));
      },
    },
  },
  HostHookService: {
    get: {
      permit: null,
      async run(context) {
        const hook = (await hooksOfPath(context)).find((one) => one.id === context.path['hook']);
        if (!hook) throw notFound();
        return entity('Hook', hook);
      },
    },
  },
};

export const hostHookLoaders: Partial<Loaders> = { children: { 'Host.hooks': hooksOf } };
