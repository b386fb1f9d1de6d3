import { sql, type RawBuilder } from 'kysely';
import type { TypeName } from '@virgate/contract/generated/types';
import type { Tables } from '../tables/schema.ts';
import { notFound } from './fault.ts';
import { byIds, isUuid, type Readable } from './listing.ts';
import type { Context, Entity } from './operation.ts';
import { hrefOf } from './represent.ts';

/** A table that joins owners with members which have a life of their own, such as the VMs of an affinity label. */
export interface Membership {
  /** Its name, or SQL of one with an alias. */
  table: (keyof Tables & string) | RawBuilder<unknown>;
  owner: string;
  member: string;
  type: TypeName;
  kind: Readable;
}

/** Members of many owners, in two statements whatever their number. They keep their own places: they are not the owner's. */
export async function membersOf(context: Context, membership: Membership, ownerIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const pairs = await sql<{ owner: string; member: string }>`
    select distinct ${sql.ref(membership.owner)} as owner, ${sql.ref(membership.member)} as member
    from ${typeof membership.table === 'string' ? sql.table(membership.table) : membership.table} where ${sql.ref(membership.owner)} = any(${ownerIds.filter(isUuid)}::uuid[])`.execute(
    context.db,
  );
  const found = await byIds(context, membership.kind, [...new Set(pairs.rows.map((pair) => pair.member))]);
  const members = new Map(found.map((one, at) => [one.id ?? '', { one, at }]));
  const byOwner = Map.groupBy(pairs.rows, (pair) => pair.owner);
  return new Map(
    [...byOwner].map(([owner, list]) => [
      owner,
      list
        .flatMap((pair) => members.get(pair.member) ?? [])
        .toSorted((a, b) => a.at - b.at)
        .map(({ one }) => placed(membership.type, structuredClone(one))),
    ]),
  );
}

function placed(type: TypeName, one: Entity): Entity {
  const href = hrefOf(type, one.id ?? '');
  return href === undefined ? one : { ...one, href };
}

/** Members of one owner, at most as many as `max` asks for. */
export async function listMembers(context: Context, membership: Membership, ownerId: string): Promise<Entity[]> {
  const members = (await membersOf(context, membership, [ownerId])).get(ownerId) ?? [];
  return members.slice(0, context.parameters.max() ?? members.length);
}

/** One member of an owner. @throws {Fault} 404 when it is none, or may not be seen */
export async function oneMember(context: Context, membership: Membership, ownerId: string, memberId: string | undefined): Promise<Entity> {
  const found = (await membersOf(context, membership, [ownerId])).get(ownerId)?.find((one) => one.id === memberId);
  if (!found) throw notFound();
  return found;
}
