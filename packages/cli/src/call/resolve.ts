import type { Client } from '@virgate/sdk';
import { services } from '@virgate/contract/generated/services';
import type { ServiceName } from '@virgate/contract/generated/services';
import { CliError } from '../errors.ts';
import { dashed } from '../catalog/names.ts';
import type { Operation, Step } from '../catalog/places.ts';

/** A service of the client, walked by names. */
export type Walked = Record<string, (...args: unknown[]) => Promise<unknown>> & { [name: string]: unknown };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Names that the search language takes as they are. */
const searchable = /^[\w.-]+$/;
const maxSame = 20;

/** Attributes by which people call objects; a type has some of them. */
const namesOfObjects: readonly string[] = ['id', 'name', 'user_name', 'alias'];

/** Whether a collection can be searched by a query. */
function hasSearch(service: ServiceName): boolean {
  return services[service].methods.some(({ name, params }) => name === 'list' && params.some((parameter) => parameter.name === 'search'));
}

/** Whether a collection can be listed at all. */
const hasList = (service: ServiceName): boolean => services[service].methods.some(({ name }) => name === 'list');

export const isId = (word: string): boolean => uuid.test(word);

interface Named {
  readonly id?: string;
  readonly name?: string;
  readonly user_name?: string;
  readonly alias?: string;
  readonly description?: string;
}

/**
 * Members of a collection with a name. Names that the search language would take apart are compared here.
 * @param fields what of them is wanted beside their names; everything when it is left out
 */
export async function membersNamed(collection: Walked, service: ServiceName, word: string, fields?: readonly string[]): Promise<Named[]> {
  const bySearch = hasSearch(service) && searchable.test(word);
  const column = service === 'UsersService' ? 'usrname' : 'name';
  const options = fields === undefined ? {} : { fields: [...namesOfObjects, ...fields] };
  const all = (await collection['list']?.(bySearch ? { search: `${column}=${word}` } : {}, options)) as Named[];
  return all.filter(({ name, user_name: userName, alias }) => name === word || userName === word || alias === word);
}

/**
 * Follows the steps of an operation, with a name looked up wherever it is no id.
 * @returns the service of the client
 * @throws CliError not_found, ambiguous_name
 */
export async function serviceFor(client: Client, operation: Operation, ids: readonly string[]): Promise<Walked> {
  let at = client as unknown as Walked;
  let next = 0;
  for (const step of operation.steps) {
    if (!step.id) {
      at = at[step.name] as unknown as Walked;
      continue;
    }
    const id = await idFor(at, step, ids[next] ?? '');
    next += 1;
    at = (at[step.name] as unknown as (id: string) => Walked)(id);
  }
  return at;
}

async function idFor(collection: Walked, step: Step, word: string): Promise<string> {
  if (word === '' || word === '.' || word === '..')
    throw new CliError('syntax', 'invalid_value', `${step.what}: ${JSON.stringify(word)} is neither an id nor a name.`, {
      field: step.what,
    });
  if (isId(word) || step.collection === undefined || !hasList(step.collection)) return word;
  const found = await membersNamed(collection, step.collection, word, []);
  const [first] = found;
  if (found.length > 1)
    throw new CliError('command', 'ambiguous_name', `There are ${found.length} of the name ${JSON.stringify(word)}: use an id.`, {
      field: step.what,
      hint: found
        .slice(0, maxSame)
        .map(({ id }) => id)
        .join(', '),
    });
  if (first?.id !== undefined) return first.id;
  // Ids of events are numbers, those of permits and operating systems too, of consoles and files neither.
  if (/^\d+$/.test(word) || !mayHaveName(step.collection)) return word;
  throw new CliError('notFound', 'not_found', `There is no ${dashed(step.what)} ${JSON.stringify(word)}.`, { field: step.what });
}

const withoutNames: ReadonlySet<ServiceName> = new Set([
  'VmGraphicsConsolesService',
  'FilesService',
  'EventsService',
  'OperatingSystemsService',
  'ImagesService',
]);

const mayHaveName = (service: ServiceName): boolean => !withoutNames.has(service);
