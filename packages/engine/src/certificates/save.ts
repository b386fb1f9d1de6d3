import type { Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import type { HostCertificate } from './validity.ts';

/** Stores what is known of a host's certificate, where it is news. */
export async function saveHostCertificate(db: Kysely<Tables>, hostId: string, certificate: HostCertificate): Promise<void> {
  await db
    .updateTable('host_state')
    .set({
      certificate_subject: certificate.subject,
      certificate_serial: certificate.serial,
      certificate_from: new Date(certificate.fromMs),
      certificate_until: new Date(certificate.untilMs),
    })
    .where('host_id', '=', hostId)
    .where((or) => or.or([or('certificate_serial', 'is distinct from', certificate.serial), or('certificate_until', 'is', null)]))
    .execute();
}
