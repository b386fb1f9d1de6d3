import { sql, type Kysely, type RawBuilder } from 'kysely';
import { internalDomain, internalProfile } from '../access/internal-directory.ts';
import type { SignedIn } from '../access/permissions.ts';
import { findToken } from '../access/tokens.ts';
import { DirectoryUnavailable } from '../directories/connection.ts';
import type { DirectoryCondition, LdapDirectory } from '../directories/ldap.ts';
import type { Engine } from '../engine.ts';
import type { Tables } from '../tables/schema.ts';
import { mayLookIntoDirectories } from '../users/directory-access.ts';
import type { SsoClient } from './clients.ts';
import { directoryConditions } from './directory-query.ts';
import { groupRecord, principalRecord, type FoundGroup, type FoundPrincipal } from './directory-records.ts';
import { javaList, javaMap, untyped, type Typed } from './java-json.ts';

/** Bounds of a search: entries that it finds, ids and tokens that it asks for, characters of its parameters. */
const limits = { found: 1000, asked: 100, parameters: 64 * 1024 } as const;

/** Why a search is refused, by a code of OAuth. */
export class SearchRefused extends Error {
  readonly code: 'invalid_request' | 'access_denied' | 'server_error';
  constructor(code: 'invalid_request' | 'access_denied' | 'server_error', message: string) {
    super(message);
    this.code = code;
  }
}

const unusable = (name: string): SearchRefused =>
  new SearchRefused('invalid_request', `Invalid request, parameter '${name}' not found or contains invalid value.`);

/** The parameters of a search, as its caller wrote them. */
class SearchParameters {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(text: string | undefined) {
    if ((text ?? '').length > limits.parameters) throw unusable('params');
    try {
      const read: unknown = untyped(JSON.parse(text ?? '{}'));
      if (typeof read !== 'object' || read === null || Array.isArray(read)) throw unusable('params');
      this.#values = Object.fromEntries(Object.entries(read));
    } catch {
      throw unusable('params');
    }
  }

  text(name: string, otherwise?: string): string {
    const value = this.#values[name] ?? otherwise;
    if (typeof value !== 'string') throw unusable(name);
    return value;
  }

  texts(name: string): string[] {
    const value = untyped(this.#values[name]);
    if (!Array.isArray(value) || value.length > limits.asked || !value.every((one) => typeof one === 'string')) throw unusable(name);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#values[name] ?? false;
    if (typeof value !== 'boolean') throw unusable(name);
    return value;
  }
}

interface Found {
  user: FoundPrincipal;
  groups: readonly FoundGroup[];
}

/** What is searched: one directory, by its name. */
interface Searched {
  users: (conditions: readonly DirectoryCondition[]) => Promise<FoundPrincipal[]>;
  groups: (conditions: readonly DirectoryCondition[]) => Promise<FoundGroup[]>;
  byName: (name: string) => Promise<Found | null>;
  byId: (id: string) => Promise<Found | null>;
  groupById: (id: string) => Promise<FoundGroup | null>;
}

const columns = {
  login: 'principal',
  firstName: 'first_name',
  lastName: 'last_name',
  email: 'email',
  department: 'department',
  name: 'name',
} as const;

function anyCondition(conditions: readonly DirectoryCondition[]): RawBuilder<boolean> {
  if (conditions.length === 0) return sql<boolean>`true`;
  const terms = conditions.map(({ field, pattern, negated }) => {
    const like = sql<boolean>`${sql.ref(columns[field])} ilike ${pattern.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll('*', '%')}`;
    return negated ? sql<boolean>`not (${like})` : like;
  });
  return sql<boolean>`(${sql.join(terms, sql` or `)})`;
}

/** Users and groups of a directory that the engine keeps itself, or that it only knows from their sign-ins. */
function known(db: Kysely<Tables>, domain: string): Searched {
  const userRows = (condition: RawBuilder<boolean>) =>
    sql<FoundPrincipal & { groupIds: string[] }>`
      select namespace, external_id as "externalId", principal, first_name as "firstName", last_name as "lastName", email, department,
        group_ids as "groupIds" from app_user where domain = ${domain} and ${condition} order by principal limit ${limits.found}`
      .execute(db)
      .then(({ rows }) => rows);
  const groupRows = (condition: RawBuilder<boolean>) =>
    sql<FoundGroup>`select namespace, external_id as "externalId", name from directory_group
      where domain = ${domain} and ${condition} order by name limit ${limits.found}`
      .execute(db)
      .then(({ rows }) => rows);
  const oneUser = async (condition: RawBuilder<boolean>): Promise<Found | null> => {
    const [user] = await userRows(condition);
    return user ? { user, groups: await groupRows(sql<boolean>`id = any(${user.groupIds}::uuid[])`) } : null;
  };
  return {
    users: (conditions) => userRows(anyCondition(conditions)),
    groups: (conditions) => groupRows(anyCondition(conditions)),
    byName: (name) => oneUser(sql<boolean>`lower(principal) = lower(${name})`),
    byId: (id) => oneUser(sql<boolean>`external_id = ${id}`),
    groupById: async (id) => (await groupRows(sql<boolean>`external_id = ${id}`))[0] ?? null,
  };
}

function ofLdap(directory: LdapDirectory): Searched {
  const namespace = directory.config.baseDn;
  const within = <T>(entry: T): T & { namespace: string } => ({ ...entry, namespace });
  const found = (one: Awaited<ReturnType<LdapDirectory['user']>>): Found | null =>
    one === null ? null : { user: within(one.user), groups: one.groups.map(within) };
  return {
    users: async (conditions) => (await directory.usersOfAny(conditions, limits.found)).map(within),
    groups: async (conditions) => (await directory.groupsOfAny(conditions, limits.found)).map(within),
    byName: async (name) => found(await directory.user(name)),
    byId: async (id) => found(await directory.userById(id)),
    async groupById(id) {
      const group = await directory.groupById(id);
      return group === null ? null : within(group);
    },
  };
}

/** Every directory by its name in the API, with the profile by which its users sign in. */
async function directoriesOf(engine: Engine): Promise<{ profile: string; domain: string; namespace: string; passwords: boolean }[]> {
  const directories = await engine.db.selectFrom('directory').select(['profile', 'domain', 'base_dn']).orderBy('domain').execute();
  const providers = await engine.db.selectFrom('openid_provider').select(['profile', 'domain']).orderBy('domain').execute();
  return [
    { profile: internalProfile, domain: internalDomain, namespace: '*', passwords: true },
    ...directories.map(({ profile, domain, base_dn: namespace }) => ({ profile, domain, namespace, passwords: true })),
    ...providers.map((provider) => ({ ...provider, namespace: '*', passwords: false })),
  ];
}

async function searched(engine: Engine, parameters: SearchParameters, name: 'authz' | 'domain'): Promise<Searched> {
  const domain = parameters.text(name);
  const one = (await directoriesOf(engine)).find((directory) => directory.domain === domain);
  if (!one) throw unusable(name);
  // Every directory has one namespace, which needs no name.
  if (!['', one.namespace].includes(parameters.text('namespace', ''))) throw unusable('namespace');
  const directory = await engine.directories.byDomain(domain);
  return directory ? ofLdap(directory) : known(engine.db, domain);
}

interface Search {
  engine: Engine;
  parameters: SearchParameters;
}

const withGroups = (parameters: SearchParameters, one: Found): Typed =>
  principalRecord(one.user, parameters.flag('groups_resolving') ? one.groups : undefined);

async function principalsByIds({ engine, parameters }: Search, ids: readonly string[]): Promise<Typed> {
  const directory = await searched(engine, parameters, 'domain');
  const records: Typed[] = [];
  for (const id of ids) {
    const one = await directory.byId(id);
    if (one) records.push(withGroups(parameters, one));
  }
  return javaList(records);
}

/** A kind of search: whether a client may ask it without the token of a user, and how it is answered. */
interface Query {
  open: 'any_client' | 'trusted_client' | null;
  run: (search: Search) => Promise<Typed>;
}

const conditionsOf = (of: 'users' | 'groups', parameters: SearchParameters): DirectoryCondition[] => {
  const conditions = directoryConditions(of, parameters.text('query', ''));
  if (conditions === null) throw unusable('query');
  return conditions;
};

/** Kinds of search by their names. Source: oVirt's single sign-on, `query_type` of token-info. */
const queries: Readonly<Record<string, Query>> = {
  'profile-list': {
    open: 'any_client',
    run: async ({ engine }) =>
      javaList(
        (await directoriesOf(engine)).map(({ profile, domain, passwords }) =>
          javaMap({ authn_name: profile, authz_name: domain, capability_password_auth: passwords }),
        ),
      ),
  },
  'session-statuses': {
    open: 'any_client',
    async run({ engine, parameters }) {
      const statuses: [string, boolean][] = [];
      for (const token of parameters.texts('tokens'))
        if (token !== '') statuses.push([token, (await findToken(engine.db, token, ['sso', 'session', 'browser'])) !== null]);
      return javaMap(Object.fromEntries(statuses));
    },
  },
  'find-login-on-behalf-principal-by-id': {
    open: 'trusted_client',
    run: (search) => principalsByIds(search, search.parameters.texts('ids')),
  },
  'domain-list': { open: null, run: async ({ engine }) => javaList((await directoriesOf(engine)).map(({ domain }) => domain)) },
  'available-namespaces': {
    open: null,
    run: async ({ engine }) =>
      javaMap(Object.fromEntries((await directoriesOf(engine)).map(({ domain, namespace }) => [domain, javaList([namespace])]))),
  },
  users: {
    open: null,
    async run({ engine, parameters }) {
      const directory = await searched(engine, parameters, 'authz');
      return javaList((await directory.users(conditionsOf('users', parameters))).map((user) => principalRecord(user)));
    },
  },
  groups: {
    open: null,
    async run({ engine, parameters }) {
      const directory = await searched(engine, parameters, 'authz');
      return javaList((await directory.groups(conditionsOf('groups', parameters))).map(groupRecord));
    },
  },
  'fetch-principal-record': {
    open: null,
    async run({ engine, parameters }) {
      const one = await (await searched(engine, parameters, 'domain')).byName(parameters.text('principal'));
      return javaList([one === null ? null : withGroups(parameters, one)]);
    },
  },
  'find-principal-by-id': { open: null, run: (search) => principalsByIds(search, [search.parameters.text('id')]) },
  'find-principals-by-ids': { open: null, run: (search) => principalsByIds(search, search.parameters.texts('ids')) },
  'find-directory-group-by-id': {
    open: null,
    async run({ engine, parameters }) {
      const group = await (await searched(engine, parameters, 'domain')).groupById(parameters.text('id'));
      return javaList(group === null ? [] : [groupRecord(group)]);
    },
  },
};

/**
 * Searches directories for a client of single sign-on. What is no matter of the client alone needs the token of a user: of one who may look
 * into directories, unless the client is trusted.
 * @param user whose token came with the request, with the scope of the search; null for a search that is open to clients
 * @throws {SearchRefused}
 */
export async function searchDirectories(
  engine: Engine,
  asked: { type: string | undefined; params: string | undefined; client: SsoClient; user: SignedIn | null },
): Promise<Typed> {
  const query = asked.type !== undefined && Object.hasOwn(queries, asked.type) ? queries[asked.type] : undefined;
  // The scope without a token reaches what is open, the other one the rest.
  if (!query || (query.open === null) !== (asked.user !== null)) throw unusable('query_type');
  const allowed =
    asked.client.trusted || query.open === 'any_client' || (asked.user !== null && (await mayLookIntoDirectories(engine.db, asked.user)));
  if (!allowed) throw new SearchRefused('access_denied', 'The user may not look into directories, and the client is not trusted.');
  try {
    return await query.run({ engine, parameters: new SearchParameters(asked.params) });
  } catch (error) {
    if (error instanceof DirectoryUnavailable) throw new SearchRefused('server_error', error.message);
    throw error;
  }
}
