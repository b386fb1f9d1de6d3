import type { CpuProfile, DiskProfile } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import { cpuProfiles, diskProfiles, type ProfileKind } from './kinds.ts';

interface Row {
  id: string;
  name: string;
  description: string;
  parent_id: string;
  qos_id: string | null;
  data_center_id: string | null;
}

function profileOf(kind: ProfileKind, row: Row): CpuProfile | DiskProfile {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    [kind.parent.attribute]: { id: row.parent_id },
    ...(row.qos_id === null
      ? {}
      : { qos: { id: row.qos_id, href: `/ovirt-engine/api/datacenters/${row.data_center_id}/qoss/${row.qos_id}` } }),
  };
}

const readable = (kind: ProfileKind): Readable => ({
  objectType: kind.table,
  order: sql`t.name, t.id`,
  async read(context, selection) {
    const found = await sql<Row>`
      select t.id, t.name, t.description, ${sql.ref(`t.${kind.parent.column}`)} as parent_id, t.qos_id, q.data_center_id
      from ${sql.table(kind.table)} t left join qos q on q.id = t.qos_id where ${selection.condition} ${tail(selection)}`.execute(
      context.db,
    );
    return found.rows.map((row) => profileOf(kind, row) as Entity);
  },
});

export const readableCpuProfiles: Readable = readable(cpuProfiles);
export const readableDiskProfiles: Readable = readable(diskProfiles);
export const readableProfiles = (kind: ProfileKind): Readable => (kind === cpuProfiles ? readableCpuProfiles : readableDiskProfiles);
