import {
  AndFilter,
  EqualityFilter,
  NotFilter,
  OrFilter,
  PresenceFilter,
  SizeLimitExceededError,
  SubstringFilter,
  type Client,
  type Entry,
  type Filter,
} from 'ldapts';
import { DirectoryLimit, isPasswordOf, withDirectory, type DirectoryServers } from './connection.ts';
import { directorySchemas, primaryGroupSid, type DirectoryKind, type DirectorySchema } from './schemas.ts';

/** A directory as it is set up. */
export interface DirectoryConfig extends DirectoryServers {
  id: string;
  /** What follows the last `@` when a user signs in. */
  profile: string;
  /** What follows the `@` in the names of its users: the name of the directory in the API. */
  domain: string;
  kind: DirectoryKind;
  baseDn: string;
}

/** A group of a directory. */
export interface DirectoryGroup {
  externalId: string;
  name: string;
  dn: string;
}

/** A user of a directory. */
export interface DirectoryUser {
  externalId: string;
  principal: string;
  dn: string;
  firstName: string;
  lastName: string;
  email: string;
  department: string;
}

/** Bounds of what a directory is asked for. */
const limits = { entries: 1000, groups: 10_000, depth: 32, batch: 100, page: 500, textLength: 255, nameLength: 255 } as const;

const first = (entry: Entry, attribute: string): string | Buffer | undefined => {
  const value = Object.entries(entry).find(([name]) => name.toLowerCase() === attribute.toLowerCase())?.[1];
  return Array.isArray(value) ? value[0] : value;
};
const text = (entry: Entry, attribute: string): string => {
  const value = first(entry, attribute);
  return (Buffer.isBuffer(value) ? value.toString('utf8') : (value ?? '')).slice(0, limits.textLength);
};

/** An id of bytes as lower-case hex. */
function idOf(entry: Entry, attribute: string): string {
  const value = first(entry, attribute);
  return Buffer.isBuffer(value) ? value.toString('hex') : (value ?? '').slice(0, limits.textLength);
}

const equals = (attribute: string, value: string | Buffer): Filter => new EqualityFilter({ attribute, value });
const anyOf = (filters: Filter[]): Filter => (filters.length === 1 && filters[0] ? filters[0] : new OrFilter({ filters }));
const allOf = (filters: Filter[]): Filter => (filters.length === 1 && filters[0] ? filters[0] : new AndFilter({ filters }));
const ofClasses = (classes: readonly string[]): Filter => anyOf(classes.map((name) => equals('objectClass', name)));

/** A condition on an attribute where `*` stands for anything; null when the pattern says nothing. */
function matches(attribute: string, pattern: string): Filter | null {
  const parts = pattern.slice(0, limits.nameLength).split('*');
  if (parts.every((part) => part === '')) return new PresenceFilter({ attribute });
  if (parts.length === 1) return equals(attribute, pattern);
  return new SubstringFilter({
    attribute,
    initial: parts[0] ?? '',
    any: parts.slice(1, -1).filter((part) => part !== ''),
    final: parts.at(-1) ?? '',
  });
}

/** What users are looked for by. */
export type UserField = 'login' | 'firstName' | 'lastName' | 'email' | 'department';

/** One condition of a search: a pattern of a user's field or of a group's name, where `*` stands for anything. */
export interface DirectoryCondition {
  field: UserField | 'name';
  pattern: string;
  negated: boolean;
}

function anyCondition(conditions: readonly DirectoryCondition[], attributeOf: (one: DirectoryCondition) => string): Filter | null {
  const filters = conditions.flatMap((one) => {
    const filter = matches(attributeOf(one), one.pattern);
    if (filter === null) return [];
    return one.negated ? new NotFilter({ filter }) : filter;
  });
  return filters.length > 0 ? anyOf(filters) : null;
}

/** Reads one LDAP directory: users, groups, groups of groups, and whether a password is right. */
export class LdapDirectory {
  readonly config: DirectoryConfig;
  readonly #schema: DirectorySchema;

  constructor(config: DirectoryConfig) {
    this.config = config;
    this.#schema = directorySchemas[config.kind];
  }

  /** The first entries that match, so many at most; a server that gives fewer says so and is taken at its word. */
  async #search(client: Client, filter: Filter, attributes: readonly string[], limit: number): Promise<Entry[]> {
    const { searchEntries } = await client.search(this.config.baseDn, {
      scope: 'sub',
      filter,
      attributes: [...attributes],
      sizeLimit: limit,
      explicitBufferAttributes: [...this.#schema.binary],
      ...(limit > limits.batch ? { paged: { pageSize: limits.batch } } : {}),
    });
    return searchEntries.slice(0, limit);
  }

  /** All entries that match: what a part of them would say is wrong. @throws {DirectoryLimit} when the server gives no more */
  async #searchAll(client: Client, filter: Filter, attributes: readonly string[]): Promise<Entry[]> {
    const entries: Entry[] = [];
    try {
      for await (const page of client.searchPaginated(this.config.baseDn, {
        scope: 'sub',
        filter,
        attributes: [...attributes],
        explicitBufferAttributes: [...this.#schema.binary],
        paged: { pageSize: limits.page },
      })) {
        entries.push(...page.searchEntries);
        if (entries.length > limits.groups) break;
      }
    } catch (error) {
      if (!(error instanceof SizeLimitExceededError)) throw error;
      throw new DirectoryLimit(
        `The directory gives no more than ${entries.length} entries. Allow more to the name that the engine searches with.`,
      );
    }
    return entries;
  }

  #userOf(entry: Entry): DirectoryUser {
    const { user } = this.#schema;
    return {
      externalId: idOf(entry, user.id),
      principal: text(entry, user.login),
      dn: entry.dn,
      firstName: text(entry, user.firstName),
      lastName: text(entry, user.lastName),
      email: text(entry, user.email),
      department: text(entry, user.department),
    };
  }

  #groupOf(entry: Entry): DirectoryGroup {
    const { group } = this.#schema;
    return { externalId: idOf(entry, group.id), name: text(entry, group.name), dn: entry.dn };
  }

  #userAttributes(): string[] {
    const { user, disabled } = this.#schema;
    return [user.login, user.id, user.firstName, user.lastName, user.email, user.department, ...(disabled ? [disabled.attribute] : [])];
  }

  async #users(client: Client, condition: Filter | null, limit: number): Promise<Entry[]> {
    const { user } = this.#schema;
    const filter = allOf([ofClasses(user.classes), ...(condition ? [condition] : [])]);
    const primary =
      this.#schema.primaryGroup === 'gid_number' ? ['gidNumber'] : this.#schema.primaryGroup ? ['objectSid', 'primaryGroupID'] : [];
    const found = await this.#search(client, filter, [...this.#userAttributes(), ...primary], limit);
    return found.filter((entry) => idOf(entry, user.id) !== '' && text(entry, user.login) !== '');
  }

  #byLogin(name: string): Filter {
    const { login, mailLikeLogin } = this.#schema.user;
    return equals(mailLikeLogin !== undefined && name.includes('@') ? mailLikeLogin : login, name);
  }

  #isDisabled(entry: Entry): boolean {
    const { disabled } = this.#schema;
    if (!disabled) return false;
    const value = text(entry, disabled.attribute);
    return disabled.bit === undefined ? value.toUpperCase() === disabled.text : (Number(value) & disabled.bit) !== 0;
  }

  /** @param limit as many at most; `null` for all of them, or none */
  async #groups(client: Client, condition: Filter, limit: number | null): Promise<DirectoryGroup[]> {
    const { group } = this.#schema;
    const filter = allOf([ofClasses(group.classes), condition]);
    const attributes = [group.name, group.id];
    const found =
      limit === null ? await this.#searchAll(client, filter, attributes) : await this.#search(client, filter, attributes, limit);
    return found.map((entry) => this.#groupOf(entry)).filter((one) => one.externalId !== '' && one.name !== '');
  }

  /** Groups that a user's own entry points to. */
  #primaryGroup(entry: Entry): Filter | null {
    if (this.#schema.primaryGroup === 'gid_number') {
      const number = text(entry, 'gidNumber');
      return number === '' ? null : equals('gidNumber', number);
    }
    const sid = first(entry, 'objectSid');
    const group = Number(text(entry, 'primaryGroupID') || Number.NaN);
    const found = Buffer.isBuffer(sid) && Number.isInteger(group) ? primaryGroupSid(sid, group) : null;
    return found === null ? null : equals('objectSid', found);
  }

  /**
   * All groups of a user: his own, and those that these are in, to any depth; a circle of groups does no harm.
   * @throws {DirectoryLimit} for more groups than are kept: which of them to leave out, nobody can say
   */
  async #groupsOfUser(client: Client, entry: Entry): Promise<DirectoryGroup[]> {
    const { group, user } = this.#schema;
    const direct = [
      ...group.members.map((attribute) => equals(attribute, entry.dn)),
      ...(group.memberLogins === undefined ? [] : [equals(group.memberLogins, text(entry, user.login))]),
    ];
    const primary = this.#primaryGroup(entry);
    const found = new Map<string, DirectoryGroup>();
    let fresh = await this.#groups(client, anyOf(primary ? [...direct, primary] : direct), null);
    for (let depth = 0; depth < limits.depth && fresh.length > 0; depth += 1) {
      for (const one of fresh) found.set(one.externalId, one);
      if (found.size > limits.groups)
        throw new DirectoryLimit(`${entry.dn} is in more than ${limits.groups} groups of the directory: those cannot be kept.`);
      const above = new Map<string, DirectoryGroup>();
      for (let at = 0; at < fresh.length; at += limits.batch) {
        const part = fresh.slice(at, at + limits.batch);
        const members = part.flatMap((one) => group.members.map((attribute) => equals(attribute, one.dn)));
        for (const one of await this.#groups(client, anyOf(members), null)) if (!found.has(one.externalId)) above.set(one.externalId, one);
      }
      fresh = [...above.values()];
    }
    return [...found.values()];
  }

  /**
   * A user and all his groups, when the password is his.
   * @returns null for an unknown or disabled user, an ambiguous name or a wrong password
   * @throws {DirectoryUnavailable}
   */
  authenticate(name: string, password: string): Promise<{ user: DirectoryUser; groups: DirectoryGroup[] } | null> {
    if (name === '' || password === '') return Promise.resolve(null);
    return withDirectory(this.config, async (client, server) => {
      const [entry, second] = await this.#users(client, this.#byLogin(name), 2);
      if (!entry || second || this.#isDisabled(entry)) {
        // Takes as long as a wrong password of somebody whom there is.
        await isPasswordOf(this.config, server, `cn=nobody,${this.config.baseDn}`, password).catch(() => false);
        return null;
      }
      if (!(await isPasswordOf(this.config, server, entry.dn, password))) return null;
      return { user: this.#userOf(entry), groups: await this.#groupsOfUser(client, entry) };
    });
  }

  /** The user of a login name; null when there is none, or several. */
  user(name: string): Promise<{ user: DirectoryUser; groups: DirectoryGroup[] } | null> {
    return withDirectory(this.config, async (client) => {
      const [entry, second] = await this.#users(client, this.#byLogin(name), 2);
      return entry && !second ? { user: this.#userOf(entry), groups: await this.#groupsOfUser(client, entry) } : null;
    });
  }

  /** A user by what never changes of him, and whether he is switched off. */
  userById(externalId: string): Promise<{ user: DirectoryUser; groups: DirectoryGroup[]; disabled: boolean } | null> {
    const id = this.#idValue(this.#schema.user.id, externalId);
    if (id === null) return Promise.resolve(null);
    return withDirectory(this.config, async (client) => {
      const [entry] = await this.#users(client, equals(this.#schema.user.id, id), 1);
      if (!entry) return null;
      return { user: this.#userOf(entry), groups: await this.#groupsOfUser(client, entry), disabled: this.#isDisabled(entry) };
    });
  }

  /** Users by patterns of their fields, all of which must match. */
  users(patterns: readonly (readonly [UserField, string])[], limit: number): Promise<DirectoryUser[]> {
    const conditions = patterns.flatMap(([field, pattern]) => matches(this.#schema.user[field], pattern) ?? []);
    return withDirectory(this.config, async (client) => {
      const found = await this.#users(client, conditions.length > 0 ? allOf(conditions) : null, Math.min(limit, limits.entries));
      return found.map((entry) => this.#userOf(entry));
    });
  }

  /** Groups by a pattern of their names. */
  groups(pattern: string, limit: number): Promise<DirectoryGroup[]> {
    const condition = matches(this.#schema.group.name, pattern);
    return withDirectory(this.config, (client) =>
      condition ? this.#groups(client, condition, Math.min(limit, limits.entries)) : Promise.resolve([]),
    );
  }

  /** Users for whom one of the conditions holds; all of them where there is none. */
  usersOfAny(conditions: readonly DirectoryCondition[], limit: number): Promise<DirectoryUser[]> {
    const { user } = this.#schema;
    const any = anyCondition(conditions, ({ field }) => (field === 'name' ? user.login : user[field]));
    return withDirectory(this.config, async (client) =>
      (await this.#users(client, any, Math.min(limit, limits.entries))).map((entry) => this.#userOf(entry)),
    );
  }

  /** Groups for which one of the conditions holds; all of them where there is none. */
  groupsOfAny(conditions: readonly DirectoryCondition[], limit: number): Promise<DirectoryGroup[]> {
    const { name } = this.#schema.group;
    const any = anyCondition(conditions, () => name) ?? new PresenceFilter({ attribute: name });
    return withDirectory(this.config, (client) => this.#groups(client, any, Math.min(limit, limits.entries)));
  }

  groupById(externalId: string): Promise<DirectoryGroup | null> {
    const id = this.#idValue(this.#schema.group.id, externalId);
    if (id === null) return Promise.resolve(null);
    return withDirectory(this.config, async (client) => (await this.#groups(client, equals(this.#schema.group.id, id), 1))[0] ?? null);
  }

  /** Answers when a search works: name and password for searching, base and schema are right. @returns how many users a look shows */
  test(): Promise<number> {
    return withDirectory(this.config, async (client) => (await this.#users(client, null, limits.batch)).length);
  }

  #idValue(attribute: string, externalId: string): string | Buffer | null {
    if (!this.#schema.binary.includes(attribute)) return externalId === '' ? null : externalId;
    return /^([0-9a-f]{2}){1,64}$/.test(externalId) ? Buffer.from(externalId, 'hex') : null;
  }
}
