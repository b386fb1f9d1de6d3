import { eventTable, type EventName } from '@virgate/contract/generated/events';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { transaction } from '@virgate/database';
import { recordEvent } from '../events/record.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { SystemOptions } from '../options/values.ts';
import type { Authority } from '../pki/authority.ts';
import type { Tables } from '../tables/schema.ts';
import { enrollJob, type EnrollParams } from './enroll.ts';
import { standingOf, validityOf, type Standing, type Validity } from './validity.ts';

/** How often certificates are looked at. What is said of one is said again only after CertificationValidityCheckTimeInHours. */
const checkMs = 10 * 60_000;
const firstCheckMs = 30_000;
/** Renewals that are begun in one round: each makes the host compute a key. */
const renewalsPerRound = 20;

type Told = Exclude<Standing, 'good' | 'renewal due'>;
type Kind = 'host' | 'engine' | 'ca';

const events: Readonly<Record<Kind, Readonly<Record<Told, EventName>>>> = {
  host: {
    ends: 'HOST_CERTIFICATION_IS_ABOUT_TO_EXPIRE',
    'ends soon': 'HOST_CERTIFICATION_IS_ABOUT_TO_EXPIRE_ALERT',
    ended: 'HOST_CERTIFICATION_HAS_EXPIRED',
  },
  engine: {
    ends: 'ENGINE_CERTIFICATION_IS_ABOUT_TO_EXPIRE',
    'ends soon': 'ENGINE_CERTIFICATION_IS_ABOUT_TO_EXPIRE_ALERT',
    ended: 'ENGINE_CERTIFICATION_HAS_EXPIRED',
  },
  ca: {
    ends: 'ENGINE_CA_CERTIFICATION_IS_ABOUT_TO_EXPIRE',
    'ends soon': 'ENGINE_CA_CERTIFICATION_IS_ABOUT_TO_EXPIRE_ALERT',
    ended: 'ENGINE_CA_CERTIFICATION_HAS_EXPIRED',
  },
};
const codes = new Map(eventTable.map(([name, code]) => [name, code]));

/** What the watch needs of the engine. */
export interface WatchParts {
  db: Kysely<Tables>;
  jobs: Pick<Jobs, 'beginAlone'>;
  authority: Pick<Authority, 'caPem' | 'engine'>;
  options: Pick<SystemOptions, 'number'>;
  log: Logger;
  now: () => number;
}

interface Host {
  id: string;
  name: string;
  address: string;
  status: string;
  joined: boolean;
  from: number;
  until: number;
}

/** Whether an event was recorded within the last hours, for a host or for the installation. */
async function wasTold(trx: Transaction<Tables>, name: EventName, hostId: string | null, hours: number): Promise<boolean> {
  const found = await sql`select 1 from audit_log where code = ${codes.get(name) ?? 0} and host_id is not distinct from ${hostId}::uuid
    and time > now() - ${hours} * interval '1 hour' limit 1`.execute(trx);
  return found.rows.length > 0;
}

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/**
 * Looks at the certificates of hosts, engine and authority once: says what nears its end, and begins to renew those of hosts in the
 * second half of their life. One engine at a time does it.
 */
export async function checkCertificates({ db, jobs, authority, options, log, now }: WatchParts): Promise<void> {
  const notice = {
    warnDays: options.number('CertExpirationWarnPeriodInDays'),
    alertDays: options.number('CertExpirationAlertPeriodInDays'),
  };
  const hours = options.number('CertificationValidityCheckTimeInHours');
  const due = await transaction(db, async (trx) => {
    const { rows } = await sql<{ mine: boolean }>`select pg_try_advisory_xact_lock(hashtext('virgate certificates')) as mine`.execute(trx);
    if (rows[0]?.mine !== true) return [];
    const tell = async (kind: Kind, validity: Validity, host: Host | null): Promise<Standing> => {
      const standing = standingOf(validity, now(), notice);
      if (standing === 'good' || standing === 'renewal due') return standing;
      const name = events[kind][standing];
      if (!(await wasTold(trx, name, host?.id ?? null, hours)))
        await recordEvent(trx, { name, ...(host ? { host } : {}), values: { date: dateOf(validity.untilMs) } });
      return standing;
    };
    await tell('engine', validityOf(authority.engine.certificatePem), null);
    await tell('ca', validityOf(authority.caPem), null);
    const hosts = await sql<Host>`
      select h.id, h.name, h.address, s.status, exists (select 1 from host_enrolment e where e.host_id = h.id) as joined,
        (extract(epoch from s.certificate_from) * 1000)::bigint as from, (extract(epoch from s.certificate_until) * 1000)::bigint as until
      from host h join host_state s on s.host_id = h.id where s.certificate_from is not null and s.certificate_until is not null`.execute(
      trx,
    );
    const renewable: Host[] = [];
    for (const host of hosts.rows) {
      const standing = await tell('host', { fromMs: host.from, untilMs: host.until }, host);
      if (standing === 'good' || !host.joined || host.status !== 'up' || renewable.length >= renewalsPerRound) continue;
      if (await wasTold(trx, 'HOST_CERTIFICATION_ENROLLMENT_STARTED', host.id, hours)) continue;
      await recordEvent(trx, { name: 'HOST_CERTIFICATION_ENROLLMENT_STARTED', host });
      renewable.push(host);
    }
    return renewable;
  });
  for (const { id, name, address } of due)
    await jobs
      .beginAlone<EnrollParams>(enrollJob, {
        params: { hostId: id, hostName: name, address, user: null, correlationId: null },
        description: `Enrolling Certificate for Host ${name}`,
        subjects: [{ type: 'host', id }],
      })
      .catch((error: unknown) => log.warn({ err: error, host: name }, 'the certificate of a host could not be renewed; it is tried again'));
}

/** Looks at the certificates now and then, as long as the engine runs. */
export function startCertificateWatch(parts: WatchParts): { stop(): void } {
  const check = (): void =>
    void checkCertificates(parts).catch((error: unknown) =>
      parts.log.warn({ err: error }, 'certificates could not be looked at; it is tried again'),
    );
  const first = setTimeout(check, firstCheckMs);
  const timer = setInterval(check, checkMs);
  return {
    stop() {
      clearTimeout(first);
      clearInterval(timer);
    },
  };
}
