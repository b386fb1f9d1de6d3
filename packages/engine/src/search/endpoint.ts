import type { SearchEntityName } from '@virgate/contract/generated/search';
import { completeSearch } from '@virgate/contract/search/complete';
import { parseQuery, SearchError } from '@virgate/contract/search/parse';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { authenticate } from '../access/authenticate.ts';
import { refuse } from '../access/browser-sessions.ts';
import type { Engine } from '../engine.ts';
import { compileQuery } from './compile.ts';
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

const queryOf = (request: FastifyRequest): string | null => new URL(request.url, 'https://engine').searchParams.get('query');
const missing = (reply: FastifyReply): FastifyReply =>
  refuse(reply, 400, 'invalid_request', 'query must be the text of a search, such as Vms: name=web*', 'query');

async function search(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const user = await authenticate(engine, request, reply);
  const text = queryOf(request);
  if (text === null) return missing(reply);
  try {
    const query = parseQuery(text);
    if (!user.administrator && !hasPermissions(query.entity))
      return await refuse(reply, 403, 'not_authorized', 'Only administrators search this kind of objects.', 'query');
    const table = searchTables[query.entity];
    if (table === undefined) return await reply.send({ kind: query.entity, total: 0, results: [] });
    const visible = visibleIn(user, !user.administrator);
    const plan = compileQuery(query, { now: new Date(engine.now()), caseSensitive: false, visible });
    const id = query.entity === 'session' ? table.fields['id'] : undefined;
    const name = table.fields['name'] ?? table.fields['message'] ?? table.fields['description'];
    const page = plan.page ?? 1;
    const { rows } = await sql<Found>`
      select ${typeof id === 'function' ? id('t') : sql`t.id`}::text as id, ${typeof name === 'function' ? name('t') : sql`null`}::text as name,
        count(*) over () as total
      from ${sql.table(table.table)} t
      where ${table.only?.('t') ?? always} and ${visible(query.entity, 't')} and ${plan.condition}
      order by ${plan.order ?? table.defaultOrder('t')} limit ${pageSize} offset ${(page - 1) * pageSize}`.execute(engine.db);
    const collection = collections[query.entity];
    return await reply.send({
      kind: query.entity,
      total: Number(rows[0]?.total ?? 0),
      page,
      results: rows.map((row) => ({
        id: row.id,
        ...(row.name === null ? {} : { name: row.name }),
        ...(collection === undefined ? {} : { href: `/ovirt-engine/api/${collection}/${row.id}` }),
      })),
    });
  } catch (error) {
    if (!(error instanceof SearchError)) throw error;
    const { code, message, from, to } = error;
    return reply.code(400).send({ code, message, field: 'query', from, to });
  }
}

/**
 * Registers the search of all kinds of objects by one text, which begins with the kind: `Vms: status=up and cluster=web`.
 * - `GET /virgate/api/search?query=` answers `{kind, total, page, results: [{id, name, href}]}`, {@link pageSize} rows a page. A query
 *   that makes no sense is refused with 400 `{code, message, field, from, to}`, where `from` and `to` are the characters at fault.
 * - `GET /virgate/api/search/complete?query=` answers `{from, suggestions: [{text, kind}]}`: what may stand instead of the text from
 *   `from` on.
 */
export function registerSearch(app: FastifyInstance, engine: Engine): void {
  app.get('/virgate/api/search', (request, reply) => search(engine, request, reply));
  app.get('/virgate/api/search/complete', async (request, reply) => {
    await authenticate(engine, request, reply);
    const text = queryOf(request);
    return text === null ? missing(reply) : reply.send(completeSearch(null, text, new Date(engine.now())));
  });
}
