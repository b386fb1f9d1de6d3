import type { Kysely } from 'kysely';
import { hostCredentials } from '../hosts/connection-extensions.ts';
import { connectionParameters, type ConnectionRow } from '../storage-domains/wire.ts';
import type { Tables } from '../tables/schema.ts';
import { passwordOf } from './definition.ts';

/**
 * What a host is told of a connection: with what it signs in with itself at the target, else with what the connection says.
 * @param secretKey opens the passwords
 */
export async function parametersFor(
  db: Kysely<Tables>,
  secretKey: Buffer,
  hostId: string,
  row: ConnectionRow,
): Promise<Record<string, string>> {
  const { settings = {} } = row;
  const own = settings.target === undefined ? null : await hostCredentials(db, secretKey, hostId, settings.target);
  if (own === null) return connectionParameters(row, passwordOf(secretKey, settings));
  return connectionParameters({ ...row, settings: { ...settings, username: own.username } }, own.password);
}
