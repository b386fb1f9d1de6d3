import type { OpenStackNetworkProvider } from '@virgate/contract/generated/types';
import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely';
import { Northbound } from '../ovn/northbound.ts';
import { ovnPluginType } from '../ovn/names.ts';
import { OvsdbError, type OvsdbTls } from '../ovn/ovsdb.ts';
import { Fault, notFound, say } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { NetworkProviderTable, Tables } from '../tables/schema.ts';
import { southboundProperty } from './definition.ts';

export type ProviderRow = Selectable<NetworkProviderTable>;

/** How the engine reaches the databases of providers. */
export class NetworkProviders {
  readonly #tls: OvsdbTls;
  readonly #installationId: string;

  constructor(tls: OvsdbTls, installationId: string) {
    this.#tls = tls;
    this.#installationId = installationId;
  }

  /** The northbound database of a provider. */
  at({ url }: Pick<ProviderRow, 'url'>): Northbound {
    return new Northbound(url, this.#tls, this.#installationId);
  }
}

/** Does something on a provider, whose failures become faults that name it. @throws {Fault} 503 when it cannot be reached, 409 when it refuses */
export async function onProvider<T>(provider: Pick<ProviderRow, 'name'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OvsdbError)) throw error;
    const isAway = error.code === 'unreachable' || error.code === 'timeout';
    const { message } = error;
    const text = isAway
      ? say`The network provider ${provider.name} cannot be reached: ${message}`
      : say`The network provider ${provider.name} refused: ${message}`;
    // Without its cause: a job whose error leads to a broken connection waits for the database to come back.
    throw new Fault(isAway ? 503 : 409, isAway ? 'Service Unavailable' : 'Operation Failed', ['[', text, ']'], { key: 'PROVIDER_FAILURE' });
  }
}

const providerOf = (row: ProviderRow): OpenStackNetworkProvider => ({
  id: row.id,
  name: row.name,
  description: row.description,
  url: row.url,
  requires_authentication: false,
  read_only: row.read_only,
  auto_sync: false,
  unmanaged: false,
  type: 'external',
  plugin_type: 'open_vswitch',
  external_plugin_type: ovnPluginType,
  properties: [{ name: southboundProperty, value: row.southbound }],
});

/** Providers as the contract describes them. Users without an administrative role see none. */
export async function providerEntities(context: Context, condition: RawBuilder<boolean> = sql<boolean>`true`): Promise<Entity[]> {
  if (context.filtered) return [];
  const max = context.parameters.max();
  const found = await sql<ProviderRow>`select p.* from network_provider p where ${condition} order by p.name, p.id
    ${max === undefined ? sql`` : sql`limit ${max}`}`.execute(context.db);
  return found.rows.map((row) => providerOf(row) as Entity);
}

/** The provider of the path. @throws {Fault} 404 */
export async function providerOfPath(context: Context): Promise<ProviderRow> {
  const id = context.path['provider'] ?? '';
  const row = isUuid(id) && !context.filtered ? await providerRow(context.db, id) : undefined;
  if (!row) throw notFound();
  return row;
}

export const providerEntity = (row: ProviderRow): Entity => providerOf(row) as Entity;

export const providerRow = (db: Kysely<Tables>, id: string): Promise<ProviderRow | undefined> =>
  db.selectFrom('network_provider').selectAll().where('id', '=', id).executeTakeFirst();
