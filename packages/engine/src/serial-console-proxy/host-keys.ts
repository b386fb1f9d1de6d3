import { json, transaction } from '@virgate/database';
import { sql, type Kysely } from 'kysely';
import ssh2 from 'ssh2';
import { seal, unseal } from '../pki/seal.ts';
import { sshFingerprint } from '../ssh/client.ts';
import type { Tables } from '../tables/schema.ts';

/** A key by which the proxy of serial consoles is known to SSH clients. */
export interface SshHostKey {
  /** Name of the algorithm, such as `ssh-ed25519`. */
  type: string;
  /** `SHA256:…`, as OpenSSH shows it. */
  fingerprint: string;
  /** The public key as a line for `known_hosts`, without the host's name. */
  publicKey: string;
  /** The private key in OpenSSH's form. */
  privateKey: string;
}

// oxlint-disable-next-line typescript/consistent-type-definitions -- JSON columns take types, not interfaces
type StoredKeys = { keys: { publicKey: string; sealed: string }[] };

const optionName = 'serial_console_host_keys';

/** Ed25519 for all, and ECDSA for clients that may use only what FIPS allows. */
const makeKeys = () => [ssh2.utils.generateKeyPairSync('ed25519'), ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })];

function hostKeyOf(publicKey: string, privateKey: string): SshHostKey {
  const [type = '', blob = ''] = publicKey.split(' ');
  return { type, fingerprint: sshFingerprint(Buffer.from(blob, 'base64')), publicKey: `${type} ${blob}`, privateKey };
}

/**
 * The host keys of the installation, the same for all its engines and for good; made at the first call.
 * @param secretKey seals the private halves in the database
 */
export async function openHostKeys(db: Kysely<Tables>, secretKey: Buffer): Promise<SshHostKey[]> {
  return transaction(db, async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext(${optionName}))`.execute(trx);
    const row = await trx.selectFrom('engine_option').select('value').where('name', '=', optionName).executeTakeFirst();
    const known = row?.value as StoredKeys | undefined;
    if (known) return known.keys.map((key) => hostKeyOf(key.publicKey, unseal(secretKey, Buffer.from(key.sealed, 'base64'))));
    const made = makeKeys().map((pair) => hostKeyOf(pair.public, pair.private));
    const stored: StoredKeys = {
      keys: made.map((key) => ({ publicKey: key.publicKey, sealed: seal(secretKey, key.privateKey).toString('base64') })),
    };
    await trx
      .insertInto('engine_option')
      .values({ name: optionName, value: json(stored) })
      .execute();
    return made;
  });
}
