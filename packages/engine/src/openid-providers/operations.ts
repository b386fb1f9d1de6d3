import { X509Certificate } from 'node:crypto';
import type { OpenidProvider, OpenidProviderChange, VirgateCalls } from '@virgate/contract/generated/virgate';
import { isUniqueViolation } from '@virgate/database';
import type { Kysely } from 'kysely';
import { internalDomain, internalProfile } from '../access/internal-directory.ts';
import { seal } from '../pki/seal.ts';
import type { Tables } from '../tables/schema.ts';
import { say } from '../rest/fault.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';
import { discover, type Provider } from './provider.ts';

const maxCauses = 4;
const maxReasonLength = 500;

const shownOf = (row: Provider): OpenidProvider => ({
  id: row.id,
  profile: row.profile,
  domain: row.domain,
  title: row.title,
  issuer: row.issuer,
  clientId: row.client_id,
  scopes: row.scopes,
  userNameClaim: row.user_name_claim,
  groupsClaim: row.groups_claim,
  caPem: row.ca_pem,
  secondFactor: row.second_factor === 'provider' ? 'provider' : 'local',
});

async function known(db: Kysely<Tables>, id: string): Promise<Provider> {
  const found = await db.selectFrom('openid_provider').selectAll().where('id', '=', id).executeTakeFirst();
  if (!found) throw refusal(404, 'unknown_provider', 'There is no such provider.');
  return found;
}

/** Names are of one directory or provider alone: both are what follows the `@`. */
async function checkNames(db: Kysely<Tables>, names: { profile?: string | undefined; domain?: string | undefined }): Promise<void> {
  const directories = await db.selectFrom('directory').select(['profile', 'domain']).execute();
  const taken = [{ profile: internalProfile, domain: internalDomain }, ...directories];
  for (const field of ['profile', 'domain'] as const)
    if (taken.some((one) => one[field].toLowerCase() === names[field]?.toLowerCase()))
      throw refusal(409, 'name_taken', [say`There is a directory with that ${field}.`], field);
}

function columnsOf(secretKey: Buffer, body: OpenidProviderChange) {
  const { profile, title, issuer, clientId, clientSecret, scopes, userNameClaim, groupsClaim, caPem, secondFactor } = body;
  if (issuer !== undefined && !(URL.canParse(issuer) && new URL(issuer).protocol === 'https:' && new URL(issuer).search === ''))
    throw refusal(400, 'invalid_value', 'issuer must be an address that begins with https://.', 'issuer');
  if (scopes !== undefined && !scopes.split(' ').includes('openid'))
    throw refusal(400, 'invalid_value', 'scopes must have openid among them.', 'scopes');
  if (caPem !== undefined && caPem !== null) {
    try {
      void new X509Certificate(caPem);
    } catch {
      throw refusal(400, 'invalid_value', 'caPem must be a certificate in PEM.', 'caPem');
    }
  }
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(title === undefined ? {} : { title }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(clientId === undefined ? {} : { client_id: clientId }),
    ...(clientSecret === undefined ? {} : { client_secret: seal(secretKey, clientSecret) }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(userNameClaim === undefined ? {} : { user_name_claim: userNameClaim }),
    ...(groupsClaim === undefined ? {} : { groups_claim: groupsClaim }),
    ...(caPem === undefined ? {} : { ca_pem: caPem }),
    ...(secondFactor === undefined ? {} : { second_factor: secondFactor }),
  };
}

async function stored<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    for (const field of ['profile', 'domain'])
      if (isUniqueViolation(error, `openid_provider_${field}`))
        throw refusal(409, 'name_taken', [say`There is a provider with that ${field}.`], field);
    throw error;
  }
}

async function add({ engine, db, body }: VirgateContext<VirgateCalls['OpenidProvidersService']['add']>): Promise<OpenidProvider> {
  const { domain = body.profile, ...others } = body;
  await checkNames(db, { profile: body.profile, domain });
  const id = engine.uuid();
  const { profile, issuer, clientId, clientSecret } = body;
  const columns = {
    title: profile,
    scopes: 'openid profile email',
    user_name_claim: 'preferred_username',
    groups_claim: 'groups',
    ca_pem: null,
    second_factor: 'local',
    ...columnsOf(engine.authority.secretKey, others),
    profile,
    issuer,
    client_id: clientId,
    client_secret: seal(engine.authority.secretKey, clientSecret),
  };
  await stored(
    db
      .insertInto('openid_provider')
      .values({ id, domain, ...columns })
      .execute(),
  );
  return shownOf(await known(db, id));
}

async function update({ engine, db, body, path: { provider: id } }: VirgateContext<VirgateCalls['OpenidProviderService']['update']>) {
  await known(db, id);
  await checkNames(db, { profile: body.profile });
  const columns = columnsOf(engine.authority.secretKey, body);
  if (Object.keys(columns).length > 0) await stored(db.updateTable('openid_provider').set(columns).where('id', '=', id).execute());
  return shownOf(await known(db, id));
}

/** What went wrong, from the outermost word to the one that says most. */
function reasonOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return 'unknown';
  const deeper = error.cause instanceof Error && depth < maxCauses ? `: ${reasonOf(error.cause, depth + 1)}` : '';
  return `${error.message}${deeper}`.slice(0, maxReasonLength);
}

/** Providers of OpenID by whose word users sign in. Their secrets are never told. */
export const openidProviderOperations: VirgateOperations = {
  OpenidProvidersService: {
    get: {
      run: async ({ db }) => ({
        providers: (await db.selectFrom('openid_provider').selectAll().orderBy('profile').execute()).map(shownOf),
      }),
    },
    add: { run: add },
  },
  OpenidProviderService: {
    get: { run: async ({ db, path: { provider: id } }) => shownOf(await known(db, id)) },
    update: { run: update },
    remove: {
      async run({ db, path: { provider: id } }) {
        const { domain } = await known(db, id);
        // Its users stay known with their roles; none of them is signed in any longer.
        await db.transaction().execute(async (trx) => {
          await trx.deleteFrom('openid_provider').where('id', '=', id).execute();
          await trx
            .deleteFrom('access_token')
            .where('user_id', 'in', (users) => users.selectFrom('app_user').select('id').where('domain', '=', domain))
            .execute();
        });
        return undefined;
      },
    },
    test: {
      async run({ engine, db, path: { provider: id } }) {
        const provider = await known(db, id);
        try {
          await discover(engine, provider);
          return { works: true };
        } catch (error) {
          return { works: false, reason: reasonOf(error) };
        }
      },
    },
  },
};
