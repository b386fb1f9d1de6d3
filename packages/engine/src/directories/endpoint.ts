import { X509Certificate } from 'node:crypto';
import type {
  Directory,
  DirectoryChange,
  DirectoryKind,
  DirectoryTest,
  DirectoryTls,
  VirgateCalls,
} from '@virgate/contract/generated/virgate';
import { isUniqueViolation } from '@virgate/database';
import { internalDomain, internalProfile } from '../access/internal-directory.ts';
import type { Engine } from '../engine.ts';
import { seal } from '../pki/seal.ts';
import { say, type Fault } from '../rest/fault.ts';
import type { Sentence } from '../rest/sentence.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';

const path = '/virgate/api/directories';

interface Columns {
  profile?: string;
  domain?: string;
  kind?: string;
  servers?: string[];
  tls?: string;
  ca_pem?: string | null;
  base_dn?: string;
  bind_dn?: string | null;
  bind_password?: Buffer | null;
}

const invalid = (field: string, problem: Sentence): Fault => refusal(400, 'invalid_value', [`${field}: `, problem], field);

function checkName(field: string, value: string | undefined): void {
  if (value !== undefined && [internalProfile, internalDomain].includes(value.toLowerCase()))
    throw invalid(field, say`is the internal directory`);
}

function checkCa(pem: string | null | undefined): void {
  if (pem === null || pem === undefined) return;
  try {
    void new X509Certificate(pem).raw;
  } catch {
    throw invalid('caPem', say`must be a certificate in PEM`);
  }
}

/** What a body says of a directory. @throws {Fault} 400 */
function columnsOf(engine: Engine, body: DirectoryChange): Columns {
  const { profile, domain, kind, servers, tls, caPem, baseDn, bindDn, bindPassword } = body;
  checkName('profile', profile);
  checkName('domain', domain);
  checkCa(caPem);
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(domain === undefined ? {} : { domain }),
    ...(kind === undefined ? {} : { kind }),
    ...(servers === undefined ? {} : { servers }),
    ...(tls === undefined ? {} : { tls }),
    ...(caPem === undefined ? {} : { ca_pem: caPem }),
    ...(baseDn === undefined ? {} : { base_dn: baseDn }),
    ...(bindDn === undefined ? {} : { bind_dn: bindDn }),
    ...(bindPassword === undefined ? {} : { bind_password: bindPassword === null ? null : seal(engine.authority.secretKey, bindPassword) }),
  };
}

/** Runs a change; a profile or domain that another directory, or a provider, has already is refused. */
async function change<T>(engine: Engine, { profile, domain }: DirectoryChange, run: () => Promise<T>): Promise<T> {
  const providers = await engine.db.selectFrom('openid_provider').select(['profile', 'domain']).execute();
  for (const [field, name] of Object.entries({ profile, domain: domain ?? profile }))
    if (providers.some((one) => one[field as 'profile' | 'domain'].toLowerCase() === name?.toLowerCase()))
      throw refusal(409, 'directory_exists', [say`There is a provider with that ${field}.`], field);
  try {
    return await run();
  } catch (error) {
    for (const column of ['profile', 'domain'])
      if (isUniqueViolation(error, `directory_${column}`))
        throw refusal(409, 'directory_exists', [say`There is a directory with that ${column}.`], column);
    throw error;
  }
}

async function shown(engine: Engine, id?: string): Promise<Directory[]> {
  let query = engine.db.selectFrom('directory').selectAll().orderBy('profile');
  if (id !== undefined) query = query.where('id', '=', id);
  return (await query.execute()).map((row) => ({
    id: row.id,
    profile: row.profile,
    domain: row.domain,
    kind: row.kind as DirectoryKind,
    servers: row.servers,
    tls: row.tls as DirectoryTls,
    caPem: row.ca_pem,
    baseDn: row.base_dn,
    bindDn: row.bind_dn,
  }));
}

async function known(engine: Engine, id: string): Promise<Directory> {
  const [found] = await shown(engine, id);
  if (!found) throw refusal(404, 'unknown_directory', 'There is no such directory.');
  return found;
}

async function add({ engine, body, reply }: VirgateContext<VirgateCalls['DirectoriesService']['add']>): Promise<Directory> {
  const { profile, domain = profile, kind, servers, tls = 'start_tls', baseDn } = body;
  const id = engine.uuid();
  const columns = columnsOf(engine, body);
  await change(engine, body, () =>
    engine.db
      .insertInto('directory')
      .values({ ca_pem: null, bind_dn: null, bind_password: null, ...columns, id, profile, domain, kind, servers, tls, base_dn: baseDn })
      .execute(),
  );
  reply.header('Location', `${path}/${id}`);
  return known(engine, id);
}

async function update({
  engine,
  path: { directory },
  body,
}: VirgateContext<VirgateCalls['DirectoryService']['update']>): Promise<Directory> {
  const { id, domain } = await known(engine, directory);
  const columns = columnsOf(engine, body);
  if (columns.domain !== undefined && columns.domain !== domain) throw invalid('domain', say`cannot be changed: users are known by it`);
  await change(engine, body, () =>
    engine.db
      .updateTable('directory')
      .set({ ...columns, updated_at: new Date(engine.now()) })
      .where('id', '=', id)
      .execute(),
  );
  return known(engine, id);
}

/** Its users stay known with their roles, but none of them can sign in any more. */
async function remove(engine: Engine, directory: string): Promise<undefined> {
  const { id, domain } = await known(engine, directory);
  await engine.db.transaction().execute(async (trx) => {
    await trx.deleteFrom('directory').where('id', '=', id).execute();
    await trx
      .deleteFrom('access_token')
      .where('user_id', 'in', (users) => users.selectFrom('app_user').select('id').where('domain', '=', domain))
      .execute();
  });
}

async function test(engine: Engine, id: string): Promise<DirectoryTest> {
  const directory = await engine.directories.byDomain((await known(engine, id)).domain);
  if (!directory) throw refusal(404, 'unknown_directory', 'There is no such directory.');
  try {
    return { works: true, usersSeen: await directory.test() };
  } catch (error) {
    return { works: false, reason: error instanceof Error ? error.message : 'unknown' };
  }
}

/** `/virgate/api/directories`: the LDAP directories that users sign in from; for SuperUsers. */
export const directoryOperations: VirgateOperations = {
  DirectoriesService: { get: { run: async ({ engine }) => ({ directories: await shown(engine) }) }, add: { run: add } },
  DirectoryService: {
    get: { run: ({ engine, path: { directory } }) => known(engine, directory) },
    update: { run: update },
    remove: { run: ({ engine, path: { directory } }) => remove(engine, directory) },
    test: { run: ({ engine, path: { directory } }) => test(engine, directory) },
  },
};
