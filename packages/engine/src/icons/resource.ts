import type { Icon } from '@virgate/contract/generated/types';
import { operatingSystems } from '@virgate/contract/generated/osinfo';
import type { Selectable } from 'kysely';
import { notFound } from '../rest/fault.ts';
import type { Loaders } from '../rest/follow.ts';
import { isUuid } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import type { IconTable } from '../tables/schema.ts';
import { defaultIconIds } from './predefined.ts';

const iconOf = (row: Selectable<IconTable>): Icon => ({ id: row.id, media_type: row.media_type, data: row.data });

async function iconsById(context: Context, ids: readonly string[]): Promise<Entity[]> {
  const known = ids.filter(isUuid);
  if (known.length === 0) return [];
  const rows = await context.db.selectFrom('icon').selectAll().where('id', 'in', known).execute();
  return rows.map((row) => iconOf(row) as Entity);
}

/** Icons, which everybody may see: predefined ones, and those that VMs and templates brought along. */
export const iconServices: Services = {
  IconsService: {
    list: {
      permit: null,
      async run(context) {
        const max = context.parameters.max();
        const rows = await context.db
          .selectFrom('icon')
          .selectAll()
          .orderBy('predefined', 'desc')
          .orderBy('id')
          .$if(max !== undefined, (query) => query.limit(max ?? 0))
          .execute();
        return collection(
          'Icon',
          rows.map((row) => iconOf(row) as Entity),
        );
      },
    },
  },
  IconService: {
    get: {
      permit: null,
      async run(context) {
        const [found] = await iconsById(context, [context.path['icon'] ?? '']);
        if (!found) throw notFound();
        return entity('Icon', found);
      },
    },
  },
};

export const iconLoaders: Partial<Loaders> = { entities: { Icon: iconsById } };

/** Icons of an operating system, as its representation refers to them. */
export const iconsOfSystem = (name: string): { small_icon: { id: string }; large_icon: { id: string } } => {
  const ids = defaultIconIds(operatingSystems.some((one) => one.os === name) ? name : 'other');
  return { small_icon: { id: ids.small }, large_icon: { id: ids.large } };
};
