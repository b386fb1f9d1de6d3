import { transaction } from '@virgate/database';
import { LockConflictError } from '@virgate/saga';
import type { EventName } from '@virgate/contract/generated/events';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { powerJobs, powerTitles, type PowerAction, type PowerParams } from '../fencing/power-sagas.ts';
import { decideRest, type RestDecision, type RestingHost } from '../scheduling/host-rest.ts';
import { loadSnapshot } from '../scheduling/load.ts';
import { policyNumber } from '../scheduling/utilization.ts';
import type { Tables } from '../tables/schema.ts';
import type { Movers } from './cluster-round.ts';

type Trx = Transaction<Tables>;
type Decided = NonNullable<RestDecision>;

/** How long a host whose power could not be switched is left alone. */
const pauseSeconds = 300;

const events = {
  maintain: 'PM_POLICY_UP_TO_MAINTENANCE',
  switch_off: 'PM_POLICY_MAINTENANCE_TO_DOWN',
  activate: 'PM_POLICY_TO_UP',
  switch_on: 'PM_POLICY_TO_UP',
} as const satisfies Record<Decided['do'], EventName>;

/** What the scheduler does not look at of a cluster's hosts. */
async function powerOfHosts(trx: Trx, clusterId: string) {
  const found = await sql<Pick<RestingHost, 'switchable' | 'externallyOk' | 'restsByPolicy' | 'failedLately'> & { id: string }>`
    select h.id, s.rests_by_policy as "restsByPolicy", coalesce(h.settings ->> 'external_status', 'ok') = 'ok' as "externallyOk",
      coalesce(h.settings #>> '{power_management,enabled}', 'false') = 'true'
        and coalesce(h.settings #>> '{power_management,automatic_pm_enabled}', 'true') = 'true'
        and exists (select 1 from fence_agent a where a.host_id = h.id) as switchable,
      exists (select 1 from saga g where g.name in (${powerJobs.start}, ${powerJobs.stop}) and g.params ->> 'hostId' = h.id::text
        and g.status = 'failed' and g.ended_at > now() - make_interval(secs => ${pauseSeconds})) as "failedLately"
    from host h join host_state s on s.host_id = h.id where h.cluster_id = ${clusterId}`.execute(trx);
  return new Map(found.rows.map((row) => [row.id, row]));
}

async function switchPower({ jobs }: Movers, trx: Trx, action: PowerAction, host: RestingHost): Promise<void> {
  await jobs.beginAlone<PowerParams>(
    powerJobs[action],
    {
      params: { hostId: host.id, hostName: host.name, user: null, correlationId: null, maintenance: false, unlessActiveOnStorage: false },
      description: `${powerTitles[action]} Host ${host.name}`,
      subjects: [{ type: 'host', id: host.id }],
    },
    trx,
  );
}

async function setStatus(trx: Trx, hostId: string, status: 'preparing_for_maintenance' | 'unassigned'): Promise<void> {
  await trx
    .updateTable('host_state')
    .set({ status, status_detail: null, status_changed_at: new Date(), rests_by_policy: true })
    .where('host_id', '=', hostId)
    .execute();
  await noteChange(trx, 'host', hostId, 'update');
}

async function carryOut(movers: Movers, trx: Trx, { do: step, host }: Decided): Promise<void> {
  if (step === 'maintain') await setStatus(trx, host.id, 'preparing_for_maintenance');
  if (step === 'activate') await setStatus(trx, host.id, 'unassigned');
  if (step === 'switch_off') await switchPower(movers, trx, 'stop', host);
  if (step === 'switch_on') await switchPower(movers, trx, 'start', host);
  await recordEvent(trx, { name: events[step], host: { id: host.id, name: host.name } });
}

async function restInCluster(movers: Movers, trx: Trx, clusterId: string): Promise<void> {
  const { cluster, hosts } = await loadSnapshot(trx, clusterId, { cpus: false });
  if (cluster.policy.properties['EnableAutomaticHostPowerManagement'] !== 'true') return;
  const power = await powerOfHosts(trx, clusterId);
  const resting = hosts.flatMap(({ id, name, status, vmCount, isSpm }) => {
    const more = power.get(id);
    return more ? [{ ...more, id, name, status, vmCount, isSpm }] : [];
  });
  const decision = decideRest(resting, policyNumber(cluster, 'HostsInReserve', 0));
  if (decision === null) return;
  // Who has changed the host meanwhile is right.
  const same =
    await sql`select 1 from host_state where host_id = ${decision.host.id} and status = ${decision.host.status} for update`.execute(trx);
  if (same.rows.length > 0) await carryOut(movers, trx, decision);
}

/** One round over all clusters: in each one host at most goes a step towards rest, or back. Two engines never do it in one cluster at once. */
export async function restHosts(movers: Movers): Promise<void> {
  const free = sql`coalesce(c.settings ->> 'upgrade_in_progress', 'false') <> 'true'`;
  const clusters = await sql<{ id: string }>`select c.id from cluster c where ${free} order by c.id`.execute(movers.db);
  for (const { id } of clusters.rows) {
    try {
      await transaction(movers.db, async (trx) => {
        const claimed = await sql`select 1 from cluster c where c.id = ${id} and ${free} for no key update skip locked`.execute(trx);
        if (claimed.rows.length > 0) await restInCluster(movers, trx, id);
      });
    } catch (error) {
      // Its power is being switched already.
      if (!(error instanceof LockConflictError)) throw error;
    }
  }
}
