import type { VnicProfile } from '@virgate/contract/generated/types';
import { sql, type Selectable } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import type { VnicProfileTable } from '../tables/schema.ts';

type VnicProfileRow = Selectable<VnicProfileTable>;

function customPropertiesOf(settings: unknown): Pick<VnicProfile, 'custom_properties'> {
  const { customProperties = {} } = (settings ?? {}) as { customProperties?: Record<string, string> };
  const entries = Object.entries(customProperties);
  return entries.length === 0 ? {} : { custom_properties: entries.map(([name, value]) => ({ name, value })) };
}

const profileOf = (row: VnicProfileRow): VnicProfile => ({
  id: row.id,
  name: row.name,
  description: row.description,
  comment: row.comment,
  network: { id: row.network_id },
  migratable: row.migratable,
  pass_through: { mode: row.pass_through ? 'enabled' : 'disabled' },
  port_mirroring: row.port_mirroring,
  ...customPropertiesOf(row.settings),
  ...(row.qos_id === null ? {} : { qos: { id: row.qos_id } }),
  ...(row.network_filter_id === null ? {} : { network_filter: { id: row.network_filter_id } }),
});

/** vNIC profiles: one statement, whatever their number. */
export const readableVnicProfiles: Readable = {
  objectType: 'vnic_profile',
  table: 'vnic_profile',
  order: sql`t.name, t.id`,
  search: 'vnicprofile',
  async read(context, selection) {
    const found = await sql<VnicProfileRow>`select t.* from vnic_profile t where ${selection.condition} ${tail(selection)}`.execute(
      context.db,
    );
    return found.rows.map((row) => profileOf(row) as Entity);
  },
};
