import type { Disk } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { readableDisks } from '../disks/read.ts';
import { notFound } from '../rest/fault.ts';
import { isUuid, matching, one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import { readableStorageDomains } from './read.ts';

/** Characters that stand for others in a search of files by name. */
const patternOf = (search: string): string =>
  search
    .replace(/^name=/i, '')
    .replaceAll('"', '')
    .trim();

/** The ISO images of a domain: disks of that content, in a data domain. Their ids are those of the disks. */
async function filesOf(context: Context): Promise<Entity[]> {
  const { id = '' } = await one(context, readableStorageDomains, context.path['storage_domain']);
  return (await filesOfDomains(context, [id])).get(id) ?? [];
}

/** As they are of many domains at once. */
export async function filesOfDomains(context: Context, ids: readonly string[]): Promise<Map<string, Entity[]>> {
  const disks = await matching(
    context,
    readableDisks,
    sql<boolean>`t.content_type = 'iso' and exists (select 1 from image i where i.disk_id = t.id and i.active and i.storage_domain_id = any(${ids.filter(isUuid)}::uuid[]))`,
  );
  const files = disks.map((disk): Entity & { storage_domain: { id: string } } => ({
    id: disk.id ?? '',
    name: String(disk['name']),
    type: 'iso',
    storage_domain: { id: (disk as Disk).storage_domains?.[0]?.id ?? '' },
  }));
  return Map.groupBy(files, (file) => file.storage_domain.id);
}

/** Files whose name matches the request's `search`, in which `*` stands for anything. */
function searched(context: Context, files: Entity[]): Entity[] {
  const search = context.parameters.text('search');
  if (search === undefined || search === '') return files;
  const words = patternOf(search)
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const matches = new RegExp(`^${words.join('.*')}$`, context.parameters.flag('case_sensitive', true) ? 's' : 'si');
  return files.filter((file) => matches.test(String(file['name'])));
}

/**
 * ISO images as files of their storage domain. Images of OpenStack lie on domains of type `image` alone, of which there are none.
 */
export const storageFileServices: Services = {
  FilesService: {
    list: {
      permit: null,
      async run(context) {
        const files = searched(context, await filesOf(context));
        return collection('File', files.slice(0, context.parameters.max() ?? files.length));
      },
    },
  },
  FileService: {
    get: {
      permit: null,
      async run(context) {
        const found = (await filesOf(context)).find((file) => file.id === context.path['file']);
        if (!found) throw notFound();
        return entity('File', found);
      },
    },
  },
  ImagesService: {
    list: {
      permit: null,
      async run(context) {
        await one(context, readableStorageDomains, context.path['storage_domain']);
        return collection('Image', []);
      },
    },
  },
  ImageService: {
    get: {
      permit: null,
      async run(context) {
        await one(context, readableStorageDomains, context.path['storage_domain']);
        throw notFound();
      },
    },
  },
};
