import { randomUUID } from 'node:crypto';
import type { Icon, VmBase } from '@virgate/contract/generated/types';
import { sql, type Kysely } from 'kysely';
import { badRequest } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Tables } from '../tables/schema.ts';
import { checkIcon } from './image.ts';
import { digestOf, predefinedIcons } from './predefined.ts';

/** Stores the icons of operating systems. What is there already stays: every start may do it. */
export async function storePredefinedIcons(db: Kysely<Tables>): Promise<void> {
  await db
    .insertInto('icon')
    .values(
      predefinedIcons().map((icon) => ({
        id: icon.id,
        media_type: icon.mediaType,
        data: icon.data,
        digest: icon.digest,
        predefined: true,
      })),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/**
 * The icons that a body names or brings along, by their ids; where it brings but the large one, that is the small one too.
 * @throws {Fault} 400
 */
export async function iconsIn(
  db: Kysely<Tables>,
  body: Pick<VmBase, 'small_icon' | 'large_icon'>,
): Promise<Pick<VmBase, 'small_icon' | 'large_icon'>> {
  const large = await iconOf(db, body.large_icon);
  const small = (await iconOf(db, body.small_icon)) ?? (body.large_icon?.data === undefined ? undefined : large);
  return { ...(large === undefined ? {} : { large_icon: large }), ...(small === undefined ? {} : { small_icon: small }) };
}

/** The id of an icon; the same picture is stored once. Undefined when there is none. @throws {Fault} 400 */
async function iconOf(db: Kysely<Tables>, icon: Icon | undefined): Promise<{ id: string } | undefined> {
  if (icon === undefined) return undefined;
  if (icon.data !== undefined) {
    const { mediaType, data } = checkIcon(icon.media_type, icon.data);
    const digest = digestOf(data);
    const stored = await sql<{ id: string }>`
      insert into icon (id, media_type, data, digest) values (${randomUUID()}, ${mediaType}, ${data}, ${digest})
      on conflict (digest) do update set digest = excluded.digest returning id`.execute(db);
    return { id: stored.rows[0]?.id ?? '' };
  }
  if (icon.id === undefined) return undefined;
  const known = isUuid(icon.id) && (await db.selectFrom('icon').select('id').where('id', '=', icon.id).executeTakeFirst());
  if (!known) throw badRequest('ICON_OF_PROVIDED_ID_DOES_NOT_EXIST');
  return { id: icon.id };
}
