import { Watch } from '../housekeeping/watch.ts';
import { transaction } from '@virgate/database';
import { LockConflictError } from '@virgate/saga';
import type { EventName } from '@virgate/contract/generated/events';
import type { Cluster, Host, HostStatus } from '@virgate/contract/generated/types';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { recordEvent } from '../events/record.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { SystemOptions } from '../options/values.ts';
import type { Tables } from '../tables/schema.ts';
import { decideFencing, type FencingDecision, type Reason, type Situation } from './decision.ts';
import { powerJobs, powerTitles, type PowerParams } from './power-sagas.ts';

const checkMs = 5_000;

interface Row {
  id: string;
  name: string;
  status: HostStatus;
  changed_at: number;
  settings: Partial<Host>;
  cluster_settings: Partial<Cluster>;
  has_agent: boolean;
  cluster_hosts: number;
  cluster_away: number;
  all_hosts: number;
  all_away: number;
}

/** Reasons that may pass: the host is looked at again. */
const passing: readonly Reason[] = ['just_started', 'engine_is_cut_off', 'connectivity_broken', 'external_status'];

const eventOf: Readonly<Record<Exclude<Reason, 'host_answers'>, EventName>> = {
  just_started: 'VDS_ALERT_FENCE_OPERATION_SKIPPED',
  engine_is_cut_off: 'VDS_ALERT_FENCE_OPERATION_SKIPPED_BROKEN_CONNECTIVITY',
  connectivity_broken: 'VDS_ALERT_FENCE_OPERATION_SKIPPED_BROKEN_CONNECTIVITY',
  disabled_by_policy: 'VDS_ALERT_FENCE_DISABLED_BY_CLUSTER_POLICY',
  external_status: 'VDS_AUTO_FENCE_SKIPPED_DUE_TO_EXTERNAL_STATUS',
  no_power_management: 'VDS_ALERT_NO_PM_CONFIG_FENCE_OPERATION_SKIPPED',
  manual_power_management: 'VDS_ALERT_NO_PM_CONFIG_FENCE_OPERATION_SKIPPED',
};

const sentences: Readonly<Record<Exclude<Reason, 'host_answers'>, string>> = {
  just_started: 'this engine has just started and has not watched it for long enough',
  engine_is_cut_off: 'no host answers: it is the engine that is cut off',
  connectivity_broken: 'too many hosts of its cluster do not answer',
  disabled_by_policy: 'the fencing policy of its cluster forbids it',
  external_status: 'an outside system reports it as ill',
  no_power_management: 'it has no power management',
  manual_power_management: 'its power management is not for automatic use',
};

/** Hosts that are watched: others are not counted, as nobody knows whether they would answer. */
const watched = sql`('up', 'connecting', 'non_responsive', 'non_operational', 'preparing_for_maintenance', 'error', 'unassigned', 'initializing')`;

async function awayHosts(db: Kysely<Tables>): Promise<Row[]> {
  return (
    await sql<Row>`
      with counted as (
        select h.cluster_id, count(*)::int as hosts, count(*) filter (where s.status in ('connecting', 'non_responsive'))::int as away
        from host h join host_state s on s.host_id = h.id where s.status in ${watched} group by h.cluster_id)
      select h.id, h.name, s.status, s.status_changed_at as changed_at, h.settings, c.settings as cluster_settings,
        exists (select 1 from fence_agent a where a.host_id = h.id) as has_agent, n.hosts as cluster_hosts, n.away as cluster_away,
        (select sum(hosts)::int from counted) as all_hosts, (select sum(away)::int from counted) as all_away
      from host h join host_state s on s.host_id = h.id join cluster c on c.id = h.cluster_id join counted n on n.cluster_id = h.cluster_id
      where s.status = 'non_responsive' order by h.id`.execute(db)
  ).rows;
}

function situationOf(row: Row, engineUpMs: number, options: SystemOptions): Situation {
  const power = row.settings.power_management;
  const managed = power?.enabled === true && row.has_agent;
  return {
    status: row.status,
    externalStatusOk: (row.settings.external_status ?? 'ok') === 'ok',
    powerManagement: managed ? (power.automatic_pm_enabled === false ? 'manual' : 'automatic') : 'none',
    policy: row.cluster_settings.fencing_policy ?? {},
    engineUpMs,
    quietAtStartMs: options.number('DisableFenceAtStartupInSec') * 1000,
    clusterHosts: row.cluster_hosts,
    clusterHostsAway: row.cluster_away,
    allHosts: row.all_hosts,
    allHostsAway: row.all_away,
  };
}

/** Watches for hosts that stay away, and switches those off and on for which {@link decideFencing} says so: once for each time. */
export class FencingWatch extends Watch {
  readonly #options: { db: Kysely<Tables>; jobs: Jobs; options: SystemOptions; log: Logger; now: () => number };
  #startedAt = 0;

  constructor(options: { db: Kysely<Tables>; jobs: Jobs; options: SystemOptions; log: Logger; now: () => number }) {
    super({ what: 'hosts that do not answer', everyMs: checkMs, log: options.log });
    this.#options = options;
  }

  override start(): void {
    this.#startedAt = this.#options.now();
    super.start();
  }

  protected async look(): Promise<void> {
    const { db, options, now, log } = this.#options;
    for (const row of await awayHosts(db)) {
      const decision = decideFencing(situationOf(row, now() - this.#startedAt, options));
      await transaction(db, (trx) => this.#treat(trx, row, decision)).catch((error: unknown) => {
        // Somebody switches its power already.
        if (!(error instanceof LockConflictError)) throw error;
        log.debug({ host: row.name }, 'a host that does not answer is being fenced already');
      });
    }
  }

  /** What was decided is noted with the time since which the host is away: several engines look, and each looks often. */
  async #treat(trx: Transaction<Tables>, row: Row, decision: FencingDecision): Promise<void> {
    const reason = decision.fence ? 'fence' : decision.because;
    const since = new Date(row.changed_at);
    const before = await trx.selectFrom('host_fencing').selectAll().where('host_id', '=', row.id).forUpdate().executeTakeFirst();
    const same = before !== undefined && new Date(before.away_since).getTime() === since.getTime();
    if (same && (before.decision === reason || before.decision === 'fence')) return;
    if (same && !passing.some((one) => one === before.decision)) return;
    const claimed = await sql`insert into host_fencing (host_id, away_since, decision) values (${row.id}, ${since}, ${reason})
      on conflict (host_id) do update set away_since = excluded.away_since, decision = excluded.decision
      where (host_fencing.away_since, host_fencing.decision) is distinct from (excluded.away_since, excluded.decision) returning host_id`.execute(
      trx,
    );
    if (claimed.rows.length === 0) return;
    const host = { id: row.id, name: row.name };
    if (!decision.fence) {
      if (decision.because !== 'host_answers')
        await recordEvent(trx, { name: eventOf[decision.because], host, values: { reason: sentences[decision.because] } });
      return;
    }
    await this.#options.jobs.beginAlone<PowerParams>(
      powerJobs.restart,
      {
        params: {
          hostId: row.id,
          hostName: row.name,
          user: null,
          correlationId: null,
          maintenance: false,
          unlessActiveOnStorage: decision.unlessActiveOnStorage,
        },
        description: `${powerTitles.restart} Host ${row.name}`,
        subjects: [{ type: 'host', id: row.id }],
      },
      trx,
    );
    await recordEvent(trx, { name: 'FENCE_OPERATION_STARTED', host, values: { action: 'restart' } });
  }
}
