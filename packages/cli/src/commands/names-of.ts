import { services } from '@virgate/contract/generated/services';
import type { ServiceName } from '@virgate/contract/generated/services';
import type { FoundNames, NamedKind } from '@virgate/contract/generated/virgate';
import type { GeneralOptions } from '../call/general-options.ts';
import { isId } from '../call/resolve.ts';
import type { Step } from '../catalog/places.ts';
import { contextFor, engineAddress } from '../connection/access.ts';
import type { Environment } from '../connection/contexts.ts';
import { engineFetch } from '../connection/engine-fetch.ts';

/**
 * Names of objects for completion. They are asked for without the client: a person waits at the terminal, and loading what knows all types
 * takes longer than the engine takes to answer.
 */

/** Names that are offered, and how long is waited for them. */
const maxNames = 100;
const timeoutMs = 2_000;
/** The beginning of a name that the search language takes as it is. */
const searchable = /^[\w.-]+$/;

/** Kinds whose names the engine tells by themselves. */
const namedKinds: Partial<Record<ServiceName, NamedKind>> = {
  VmsService: 'vm',
  TemplatesService: 'template',
  InstanceTypesService: 'instance_type',
  HostsService: 'host',
  ClustersService: 'cluster',
  DataCentersService: 'data_center',
  StorageDomainsService: 'storage_domain',
  DisksService: 'disk',
  NetworksService: 'network',
  VnicProfilesService: 'vnic_profile',
  VmPoolsService: 'vm_pool',
};

interface Row {
  readonly id?: string;
  readonly name?: string;
  readonly user_name?: string;
}

interface Listed {
  readonly status: number;
  readonly rows: readonly Row[];
}

/** Lists below one engine. */
class Lister {
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: ReturnType<typeof engineFetch>;
  readonly #signal = AbortSignal.timeout(timeoutMs);

  constructor(general: GeneralOptions, environment: Environment) {
    const { context } = contextFor(general, environment);
    this.#origin = new URL(engineAddress(context.url)).origin;
    this.#headers = { accept: 'application/json', authorization: `Bearer ${context.token}` };
    this.#fetch = engineFetch(context);
  }

  close(): void {
    this.#fetch.close();
  }

  /** Members of a collection, with their names; none when they cannot be read. */
  async rows(place: string, collection: ServiceName, parameters: Readonly<Record<string, string>>): Promise<readonly Row[]> {
    const fields = collection === 'UsersService' ? 'id,name,user_name' : 'id,name';
    const { status, rows } = await this.#ask(place, { ...parameters, fields });
    // Of the few types without a name everything is taken.
    return status === 400 ? (await this.#ask(place, parameters)).rows : rows;
  }

  /** Names of all of a kind that begin as a word does; undefined when the engine does not tell. */
  async names(kind: NamedKind, beginning: string): Promise<readonly string[] | undefined> {
    const parameters = new URLSearchParams({ kind, max: String(maxNames), ...(beginning === '' ? {} : { beginning }) });
    const url = `${this.#origin}/virgate/api/names?${parameters.toString()}`;
    const response = await this.#fetch.send(url, { headers: this.#headers, signal: this.#signal });
    const text = await response.text();
    return response.status === 200 ? (JSON.parse(text) as FoundNames).names : undefined;
  }

  async #ask(place: string, parameters: Readonly<Record<string, string>>): Promise<Listed> {
    const url = `${this.#origin}/ovirt-engine/api${place}?${new URLSearchParams(parameters).toString()}`;
    const response = await this.#fetch.send(url, { headers: this.#headers, signal: this.#signal });
    const text = await response.text();
    if (response.status !== 200) return { status: response.status, rows: [] };
    const [rows] = Object.values(JSON.parse(text) as object).filter(Array.isArray);
    return { status: 200, rows: (rows ?? []) as Row[] };
  }
}

const listOf = (collection: ServiceName) => services[collection].methods.find(({ name }) => name === 'list');
const takes = (collection: ServiceName, name: string): boolean =>
  listOf(collection)?.params.some((parameter) => parameter.name === name) === true;
const hasSearch = (collection: ServiceName): boolean => collection !== 'UsersService' && takes(collection, 'search');

/** What an object within the path is called by its id. */
async function idOf(lister: Lister, place: string, collection: ServiceName | undefined, word: string): Promise<string> {
  if (isId(word) || collection === undefined || listOf(collection) === undefined) return word;
  const parameters: Record<string, string> = hasSearch(collection) && searchable.test(word) ? { search: `name=${word}` } : {};
  const rows = await lister.rows(place, collection, parameters);
  return rows.find(({ name, user_name: userName }) => name === word || userName === word)?.id ?? word;
}

/**
 * Names, or ids where there are none, of the members of a collection that begin as a word does. Of many the first, and the very last: what all
 * have in common is what these two have in common, and shells complete that.
 * @param steps the way to the collection
 * @param ids of the objects on the way, or their names
 * @throws whatever keeps them from being read
 */
export async function namesAt(
  steps: readonly Step[],
  collection: ServiceName,
  ids: readonly string[],
  beginning: string,
  general: GeneralOptions,
  environment: Environment,
): Promise<string[]> {
  if (listOf(collection) === undefined) return [];
  const lister = new Lister(general, environment);
  try {
    let place = '';
    let next = 0;
    for (const step of steps)
      place += `/${step.id ? encodeURIComponent(await idOf(lister, place, step.collection, ids[next++] ?? '')) : step.name.toLowerCase()}`;
    const kind = namedKinds[collection];
    const told = kind === undefined ? undefined : await lister.names(kind, beginning);
    if (told !== undefined) return [...told];
    const isSearched = hasSearch(collection) && (beginning === '' || searchable.test(beginning));
    const search: Record<string, string> = isSearched && beginning !== '' ? { search: `name=${beginning}*` } : {};
    const rows = [...(await lister.rows(place, collection, { ...search, ...(takes(collection, 'max') ? { max: String(maxNames) } : {}) }))];
    if (isSearched && rows.length === maxNames)
      rows.push(...(await lister.rows(place, collection, { search: `${search['search'] ?? ''} sortby name desc`.trim(), max: '1' })));
    return rows.flatMap(({ id, name, user_name: userName }) => name ?? userName ?? id ?? []);
  } finally {
    lister.close();
  }
}
