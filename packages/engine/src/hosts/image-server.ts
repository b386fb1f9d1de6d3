import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';

/** Source: engine configuration, ImageDaemonPort. */
const defaultPort = 54_322;

/** Where a host serves images, and hosts of ours consoles too. */
export interface ImageServerPlace {
  host: string;
  port: number;
}

export async function imageServerOf(db: Kysely<Tables>, hostId: string): Promise<ImageServerPlace> {
  const found = await sql<{ host: string; port: number | null }>`
    select h.address as host, (s.capabilities ->> 'imageServerPort')::int as port from host h left join host_state s on s.host_id = h.id where h.id = ${hostId}`.execute(
    db,
  );
  const { host = '', port = null } = found.rows[0] ?? {};
  return { host, port: port ?? defaultPort };
}
