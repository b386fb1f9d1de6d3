import { sql, type Kysely } from 'kysely';
import { joinedSubject } from '../certificates/known-host.ts';
import type { Tables } from '../tables/schema.ts';

/** Source: engine configuration, ImageDaemonPort. */
const defaultPort = 54_322;

/** Where a host serves images, and hosts of ours consoles too. */
export interface ImageServerPlace {
  host: string;
  port: number;
  /** Subject of the certificate that it has to show; null when any of the authority will do. */
  subject: string | null;
}

export async function imageServerOf(db: Kysely<Tables>, hostId: string): Promise<ImageServerPlace> {
  const found = await sql<{ host: string; port: number | null; subject: string | null }>`
    select h.address as host, (s.capabilities ->> 'imageServerPort')::int as port, ${joinedSubject} as subject
    from host h left join host_state s on s.host_id = h.id where h.id = ${hostId}`.execute(db);
  const { host = '', port = null, subject = null } = found.rows[0] ?? {};
  return { host, port: port ?? defaultPort, subject };
}
