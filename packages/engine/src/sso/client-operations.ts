import type { NewSsoClient, SsoClient as ShownClient, VirgateCalls } from '@virgate/contract/generated/virgate';
import { isUniqueViolation } from '@virgate/database';
import type { Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { say } from '../rest/fault.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';
import { clientOf, minSecretLength, newClientSecret, redirectProblem, secretHashOf, type SsoClient } from './clients.ts';

const shownOf = (client: SsoClient): ShownClient => ({
  id: client.id,
  name: client.name,
  redirectUris: client.redirect_uris,
  trusted: client.trusted,
  serviceUser: client.service_user_id,
  created: client.created_at,
});

function checkRedirects(uris: readonly string[] | undefined): void {
  for (const uri of uris ?? []) {
    const problem = redirectProblem(uri);
    if (problem !== null) throw refusal(400, 'invalid_value', `redirectUris ${problem}.`, 'redirectUris');
  }
}

/** @throws {Refusal} when nobody has that id */
async function checkServiceUser(db: Kysely<Tables>, id: string | null | undefined): Promise<void> {
  if (id === null || id === undefined) return;
  const user = await db.selectFrom('app_user').select('id').where('id', '=', id).executeTakeFirst();
  if (!user) throw refusal(400, 'unknown_user', 'serviceUser is the id of no user.', 'serviceUser');
}

async function known(db: Kysely<Tables>, id: string): Promise<SsoClient> {
  const client = await clientOf(db, id);
  if (!client) throw refusal(404, 'unknown_client', 'There is no such client.');
  return client;
}

async function add({ db, body }: VirgateContext<VirgateCalls['SsoClientsService']['add']>) {
  checkRedirects(body.redirectUris);
  await checkServiceUser(db, body.serviceUser);
  const secret = newClientSecret();
  const { id, name = id, redirectUris = [], trusted = false, serviceUser = null } = body;
  try {
    await db
      .insertInto('sso_client')
      .values({ id, name, secret_hash: secretHashOf(secret), redirect_uris: redirectUris, trusted, service_user_id: serviceUser })
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'sso_client_pkey')) throw refusal(409, 'client_exists', [say`There is a client ${id} already.`], 'id');
    throw error;
  }
  return { ...shownOf(await known(db, id)), secret };
}

async function update({ db, body, path: { client: id } }: VirgateContext<VirgateCalls['SsoClientService']['update']>) {
  await known(db, id);
  checkRedirects(body.redirectUris);
  const { name, redirectUris, trusted, serviceUser } = body;
  await checkServiceUser(db, serviceUser);
  const changed = {
    ...(name === undefined ? {} : { name }),
    ...(redirectUris === undefined ? {} : { redirect_uris: redirectUris }),
    ...(trusted === undefined ? {} : { trusted }),
    ...(serviceUser === undefined ? {} : { service_user_id: serviceUser }),
  };
  if (Object.keys(changed).length > 0) await db.updateTable('sso_client').set(changed).where('id', '=', id).execute();
  return shownOf(await known(db, id));
}

/** The clients of single sign-on: who may ask for codes, and where users are sent back to. A secret is told once. */
export const ssoClientOperations: VirgateOperations = {
  SsoClientsService: {
    get: { run: async ({ db }) => ({ clients: (await db.selectFrom('sso_client').selectAll().orderBy('id').execute()).map(shownOf) }) },
    add: { run: add },
  },
  SsoClientService: {
    get: { run: async ({ db, path: { client: id } }) => shownOf(await known(db, id)) },
    update: { run: update },
    renewSecret: {
      async run({ db, path: { client: id } }) {
        const client = await known(db, id);
        const secret = newClientSecret();
        await db
          .updateTable('sso_client')
          .set({ secret_hash: secretHashOf(secret) })
          .where('id', '=', id)
          .execute();
        return { ...shownOf(client), secret };
      },
    },
    remove: {
      async run({ db, path: { client: id } }) {
        await known(db, id);
        await db.transaction().execute(async (trx) => {
          await trx.deleteFrom('access_token').where('client_id', '=', id).execute();
          await trx.deleteFrom('sso_client').where('id', '=', id).execute();
        });
        return undefined;
      },
    },
  },
};

/** A client as the engine's configuration names it. */
export type ConfiguredClient = Omit<NewSsoClient, 'id' | 'serviceUser'> & { id: string; secret: string };

/** Registers the clients of the engine's configuration, or brings them up to date. @throws {Error} for what cannot be */
export async function registerConfiguredClients(db: Kysely<Tables>, clients: readonly ConfiguredClient[]): Promise<void> {
  for (const { id, name = id, secret, redirectUris = [], trusted = false } of clients) {
    const problem = redirectUris.map(redirectProblem).find((one) => one !== null);
    if (problem !== undefined) throw new Error(`An address of the client ${id} ${problem}`);
    if (secret.length < minSecretLength) throw new Error(`The secret of the client ${id} needs ${minSecretLength} characters`);
    const columns = { name, secret_hash: secretHashOf(secret), redirect_uris: redirectUris, trusted };
    await db
      .insertInto('sso_client')
      .values({ id, ...columns })
      .onConflict((clash) => clash.column('id').doUpdateSet(columns))
      .execute();
  }
}
