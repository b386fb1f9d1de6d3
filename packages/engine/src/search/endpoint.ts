import type { SearchEntityName } from '@virgate/contract/generated/search';
import { completeSearch } from '@virgate/contract/search/complete';
import { parseQuery, SearchError } from '@virgate/contract/search/parse';
import { sql } from 'kysely';
import type { SearchCompletion, SearchResults } from '@virgate/contract/generated/virgate';
import type { Engine } from '../engine.ts';
import type { SignedIn } from '../access/permissions.ts';
import { Fault } from '../rest/fault.ts';
import { refusal, type VirgateOperations } from '../virgate/operation.ts';
import { compileQuery, orderedRows } from './compile.ts';
import { hasPermissions, pageSize, visibleIn } from './context.ts';
import { searchTables } from './entities.ts';

const always = sql<boolean>`true`;
/** Where the REST contract has the objects of a kind; those of other kinds stand below other objects. */
const collections: Partial<Record<SearchEntityName, string>> = {
  vm: 'vms',
  template: 'templates',
  instancetype: 'instancetypes',
  host: 'hosts',
  cluster: 'clusters',
  datacenter: 'datacenters',
  storage: 'storagedomains',
  disk: 'disks',
  network: 'networks',
  vnicprofile: 'vnicprofiles',
  pool: 'vmpools',
  user: 'users',
  group: 'groups',
  event: 'events',
  job: 'jobs',
};

interface Found {
  id: string;
  name: string | null;
  total: string;
}

async function search(engine: Engine, user: SignedIn, text: string): Promise<SearchResults> {
  try {
    const query = parseQuery(text);
    if (!user.administrator && !hasPermissions(query.entity))
      throw refusal(403, 'not_authorized', 'Only administrators search this kind of objects.', 'query');
    const table = searchTables[query.entity];
    if (table === undefined) return { kind: query.entity, total: 0, results: [] };
    const visible = visibleIn(user, !user.administrator);
    const plan = compileQuery(query, { now: new Date(engine.now()), caseSensitive: false, visible });
    const id = query.entity === 'session' ? table.fields['id'] : undefined;
    const name = table.fields['name'] ?? table.fields['message'] ?? table.fields['description'];
    const page = plan.page ?? 1;
    const { rows } = await sql<Found>`
      select ${typeof id === 'function' ? id('t') : sql`t.id`}::text as id, ${typeof name === 'function' ? name('t') : sql`null`}::text as name,
        count(*) over () as total
      from ${orderedRows(query.entity, table.table)}
      where ${table.only?.('t') ?? always} and ${visible(query.entity, 't')} and ${plan.condition}
      order by ${plan.order ?? table.defaultOrder('t')} limit ${pageSize} offset ${(page - 1) * pageSize}`.execute(engine.db);
    const collection = collections[query.entity];
    return {
      kind: query.entity,
      total: Number(rows[0]?.total ?? 0),
      page,
      results: rows.map((row) => ({
        id: row.id,
        ...(row.name === null ? {} : { name: row.name }),
        ...(collection === undefined ? {} : { href: `/ovirt-engine/api/${collection}/${row.id}` }),
      })),
    };
  } catch (error) {
    if (!(error instanceof SearchError)) throw error;
    const { code, message, from, to } = error;
    throw new Fault(400, 'Operation Failed', message, { key: code, field: 'query', characters: { from, to } });
  }
}

/**
 * The search of all kinds of objects by one text, which begins with the kind: `Vms: status=up and cluster=web`, {@link pageSize} rows
 * a page. A query that makes no sense is refused with 400 `{code, message, field, from, to}`, where `from` and `to` are the characters
 * at fault.
 */
export const searchOperations: VirgateOperations = {
  SearchService: { get: { run: ({ engine, user, params }) => search(engine, user, params.query) } },
  SearchCompletionService: {
    get: { run: async ({ engine, params }) => completeSearch(null, params.query, new Date(engine.now())) as SearchCompletion },
  },
};
