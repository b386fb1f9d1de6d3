import { transaction } from '@virgate/database';
import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { SignInError } from '../access/sign-in-error.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { unseal } from '../pki/seal.ts';
import { derivedId } from '../rest/derived-id.ts';
import type { DirectoryTable, Tables } from '../tables/schema.ts';
import { DirectoryLimit, DirectoryUnavailable } from './connection.ts';
import { LdapDirectory, type DirectoryGroup, type DirectoryUser } from './ldap.ts';
import type { DirectoryKind } from './schemas.ts';
import { say } from '../rest/sentence.ts';

type Row = Selectable<DirectoryTable>;

/** Ids of users and groups come from their directory and what never changes of them there: the same before and after they are known here. */
export const userIdOf = (domain: string, externalId: string): string => derivedId('directory user', domain, externalId);
export const groupIdOf = (domain: string, externalId: string): string => derivedId('directory group', domain, externalId);

/** Users looked at again in one go when the directory's users are brought up to date. */
const maxUsersOfSync = 10_000;

/** The LDAP directories of the installation, beside the internal one. */
export class Directories {
  readonly #db: Kysely<Tables>;
  readonly #key: Buffer;
  readonly #log: Logger;

  constructor(parts: { db: Kysely<Tables>; secretKey: Buffer; log: Logger }) {
    this.#db = parts.db;
    this.#key = parts.secretKey;
    this.#log = parts.log;
  }

  #open(row: Row): LdapDirectory {
    return new LdapDirectory({
      id: row.id,
      profile: row.profile,
      domain: row.domain,
      kind: row.kind as DirectoryKind,
      servers: row.servers,
      tls: row.tls as 'none' | 'start_tls' | 'ldaps',
      caPem: row.ca_pem,
      baseDn: row.base_dn,
      bindDn: row.bind_dn,
      bindPassword: row.bind_password === null ? null : unseal(this.#key, row.bind_password),
    });
  }

  async #one(column: 'profile' | 'domain', name: string): Promise<LdapDirectory | null> {
    const row = await this.#db
      .selectFrom('directory')
      .selectAll()
      .where(sql`lower(${sql.ref(column)})`, '=', name.toLowerCase())
      .executeTakeFirst();
    return row ? this.#open(row) : null;
  }

  /** The directory of `user@profile`. */
  byProfile(profile: string): Promise<LdapDirectory | null> {
    return this.#one('profile', profile);
  }

  /** The directory of a domain of the API. */
  byDomain(domain: string): Promise<LdapDirectory | null> {
    return this.#one('domain', domain);
  }

  async domains(): Promise<string[]> {
    return (await this.#db.selectFrom('directory').select('domain').orderBy('domain').execute()).map((row) => row.domain);
  }

  /**
   * Signs a user of a directory in. He becomes known here when he may sign in: he or one of his groups has a role with the
   * permit `login`; what everybody has does not count. Source: engine behaviour, sign-in.
   * @returns the user's id
   * @throws {SignInError}
   */
  async signIn(directory: LdapDirectory, name: string, password: string): Promise<string> {
    const { profile, domain } = directory.config;
    const full = `${name}@${profile}`;
    let found: Awaited<ReturnType<LdapDirectory['authenticate']>>;
    try {
      found = await directory.authenticate(name, password);
    } catch (error) {
      this.#log.warn({ err: error, domain }, 'a directory could not be asked');
      throw new SignInError('server_error', say`The directory ${domain} cannot be asked at the moment. Try again later.`);
    }
    if (!found) throw new SignInError('access_denied', say`Cannot authenticate user '${full}': The user name or password is incorrect.`);
    const { user, groups } = found;
    const id = userIdOf(domain, user.externalId);
    return transaction(this.#db, async (trx) => {
      const known = await trx.selectFrom('app_user').select('enabled').where('id', '=', id).executeTakeFirst();
      const groupIds = groups.map((group) => groupIdOf(domain, group.externalId));
      const permitted = await sql`select 1 from permission p join role r on r.id = p.role_id
        where p.principal_id = any(${[id, ...groupIds]}::uuid[]) and 'login' = any(r.permits) limit 1`.execute(trx);
      if (permitted.rows.length === 0 || known?.enabled === false)
        throw new SignInError('access_denied', say`Cannot authenticate user '${full}': The user is not authorized to sign in.`);
      await this.store(trx, domain, directory.config.baseDn, user, groups);
      return id;
    });
  }

  /** Makes a user of a directory known here, or brings what is known of him up to date. @returns his id, and whether he is new */
  async store(
    trx: Transaction<Tables>,
    domain: string,
    namespace: string,
    user: DirectoryUser,
    groups: readonly DirectoryGroup[],
  ): Promise<{ id: string; added: boolean }> {
    const id = userIdOf(domain, user.externalId);
    const facts = {
      principal: user.principal,
      first_name: user.firstName,
      last_name: user.lastName,
      email: user.email,
      department: user.department,
      group_ids: groups.map((group) => groupIdOf(domain, group.externalId)).toSorted(),
    };
    const before = await trx.selectFrom('app_user').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    // Somebody who has left may have left his name to another.
    await trx
      .updateTable('app_user')
      .set({ principal: sql`left(principal, 200) || '#' || left(id::text, 8)`, enabled: false })
      .where('domain', '=', domain)
      .where('id', '<>', id)
      .where(sql`lower(principal)`, '=', user.principal.toLowerCase())
      .execute();
    if (before === undefined) {
      await trx
        .insertInto('app_user')
        .values({ id, domain, namespace, external_id: user.externalId, ...facts })
        .execute();
      await noteChange(trx, 'user', id, 'add');
      return { id, added: true };
    }
    const changed = Object.entries(facts).some(
      ([column, value]) => JSON.stringify(before[column as keyof typeof facts]) !== JSON.stringify(value),
    );
    if (changed) {
      await trx.updateTable('app_user').set(facts).where('id', '=', id).execute();
      await noteChange(trx, 'user', id, 'update');
    }
    return { id, added: false };
  }

  /**
   * Looks again at all users of directories that are known here: their names and groups, and whether they are there still. Who is gone or
   * switched off is signed out at once and cannot sign in; a directory that does not answer changes nothing.
   */
  async sync(): Promise<void> {
    for (const domain of await this.domains()) {
      const directory = await this.byDomain(domain);
      if (!directory) continue;
      const users = await this.#db
        .selectFrom('app_user')
        .select(['id', 'principal', 'external_id', 'enabled'])
        .where('domain', '=', domain)
        .orderBy('id')
        .limit(maxUsersOfSync)
        .execute();
      try {
        for (const user of users) {
          try {
            await this.#syncOne(directory, user);
          } catch (error) {
            if (!(error instanceof DirectoryLimit)) throw error;
            this.#log.warn({ err: error, domain, user: user.id }, 'a user of a directory stays as he is known');
          }
        }
      } catch (error) {
        if (!(error instanceof DirectoryUnavailable)) throw error;
        this.#log.warn({ err: error, domain }, 'a directory could not be asked; its users stay as they are known');
      }
    }
  }

  async #syncOne(directory: LdapDirectory, user: { id: string; principal: string; external_id: string; enabled: boolean }): Promise<void> {
    const { domain, baseDn } = directory.config;
    const found = await directory.userById(user.external_id);
    const there = found !== null && !found.disabled;
    await transaction(this.#db, async (trx) => {
      if (found) await this.store(trx, domain, baseDn, found.user, found.groups);
      if (there === user.enabled) return;
      await trx.updateTable('app_user').set({ enabled: there }).where('id', '=', user.id).execute();
      if (!there) {
        await trx.deleteFrom('access_token').where('user_id', '=', user.id).execute();
        await recordEvent(trx, { name: 'USER_ACCOUNT_DISABLED_OR_LOCKED', user: { id: user.id, name: `${user.principal}@${domain}` } });
      }
      await noteChange(trx, 'user', user.id, 'update');
    });
  }
}
