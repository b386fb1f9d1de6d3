import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import ssh2, { type PublicKeyAuthContext } from 'ssh2';
import { internalDomain, internalProfile } from '../access/internal-directory.ts';
import { splitPrincipal } from '../access/sign-in.ts';
import type { Tables } from '../tables/schema.ts';

/** The name by which everybody signs in; his key says who he is. Source: oVirt, serial consoles. */
export const proxyUser = 'ovirt-vmconsole';

/** What an index of the database knows a key by: the SHA-256 of its base64 text without padding (`ssh_key_hashes`). */
const hashOf = (key: Buffer): Buffer => createHash('sha256').update(key.toString('base64').replace(/=+$/, '')).digest();

/**
 * The one user in whose profile a public key is stored and who may sign in now. A key that several users have belongs to nobody until one of
 * them is named: else whoever stores another's public key would receive him at his own consoles.
 *
 * @param name {@link proxyUser}, or the user's own name as `user@profile` or `user@domain`
 * @returns the user's id; null without one
 */
export async function ownerOfKey(db: Kysely<Tables>, name: string, key: Buffer): Promise<string | null> {
  const { principal, profile } = splitPrincipal(name);
  const domain = profile.toLowerCase() === internalProfile ? internalDomain : profile;
  const found = await sql<{ id: string }>`
    select u.id from user_property p join app_user u on u.id = p.user_id
    where p.type = 'ssh_public_key' and ssh_key_hashes(p.content) @> array[${hashOf(key)}::bytea]
      and u.enabled and (u.valid_until is null or u.valid_until > now())
      and (${name} = ${proxyUser} or (lower(u.principal) = lower(${principal})
        and (lower(u.domain) = lower(${domain}) or u.domain in (select d.domain from directory d where lower(d.profile) = lower(${profile})))))
    limit 2`.execute(db);
  return found.rows.length === 1 ? (found.rows[0]?.id ?? null) : null;
}

/** Algorithms by which signatures are taken: RSA with SHA-1 is not among them. */
const isStrong = ({ key, hashAlgo }: Pick<PublicKeyAuthContext, 'key'> & { hashAlgo?: string | undefined }): boolean =>
  key.algo !== 'ssh-rsa' || hashAlgo === 'sha256' || hashAlgo === 'sha512';

/** Whether a client has the private half of the key that it shows. */
export function isSigned(context: PublicKeyAuthContext): boolean {
  const { key, signature, blob } = context;
  const { hashAlgo } = context as { hashAlgo?: string };
  if (!signature || !blob || !isStrong(context)) return false;
  const parsed = ssh2.utils.parseKey(`${key.algo} ${key.data.toString('base64')}`);
  if (parsed instanceof Error) return false;
  // What the library cannot check it answers with an error, not with false.
  return (parsed.verify(blob, signature, hashAlgo) as boolean | Error) === true;
}
