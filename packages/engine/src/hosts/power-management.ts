import type { Host, PowerManagement } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { recordEvent, type EventRecord } from '../events/record.ts';

/** What a host has where nobody has said anything else. */
const defaults = { enabled: false, automatic_pm_enabled: true, kdump_detection: true, pm_proxies: [] } as const;

/** Power management as the API shows it: what is set, over the defaults. */
export const powerManagementOf = (settings: Partial<Host>): PowerManagement => ({
  ...(defaults as unknown as PowerManagement),
  ...settings.power_management,
});

/**
 * Stores what a request says of a host's power management. Switching it on needs a fence agent.
 * @throws {Fault} `ACTION_TYPE_FAILED_PM_ENABLED_WITHOUT_AGENT`
 */
export async function setPowerManagement(trx: Transaction<Tables>, hostId: string, wanted: PowerManagement): Promise<void> {
  if (wanted.enabled === true) {
    const agents = await trx.selectFrom('fence_agent').select('id').where('host_id', '=', hostId).limit(1).execute();
    if (agents.length === 0) throw refused('ACTION_TYPE_FAILED_PM_ENABLED_WITHOUT_AGENT');
  }
  const { enabled, automatic_pm_enabled: automatic, kdump_detection: kdump, pm_proxies: proxies } = wanted;
  const changes = {
    ...(enabled === undefined ? {} : { enabled }),
    ...(automatic === undefined ? {} : { automatic_pm_enabled: automatic }),
    ...(kdump === undefined ? {} : { kdump_detection: kdump }),
    ...(proxies === undefined ? {} : { pm_proxies: proxies.map(({ type }) => ({ type })) }),
  };
  await sql`update host set settings = jsonb_set(settings, '{power_management}', coalesce(settings -> 'power_management', '{}') || ${JSON.stringify(changes)}::jsonb)
    where id = ${hostId}`.execute(trx);
}

/**
 * Warns of a host whose crash dumps are to be waited for before it is fenced, and which would not tell of them.
 * Source: contract, InitVdsOnUp, UpdateVds.
 */
export async function warnOfUntoldDumps(
  trx: Transaction<Tables>,
  host: { id: string; name: string },
  by: Pick<EventRecord, 'user' | 'correlationId'> = {},
): Promise<void> {
  const row = await trx
    .selectFrom('host')
    .innerJoin('host_state', 'host_state.host_id', 'host.id')
    .select(['host.settings', 'host_state.capabilities'])
    .where('host.id', '=', host.id)
    .executeTakeFirst();
  const { enabled, kdump_detection: detects } = powerManagementOf(row?.settings ?? {});
  if (!enabled || !detects || Number(row?.capabilities?.['kdumpStatus']) === 1) return;
  await recordEvent(trx, { name: 'KDUMP_DETECTION_NOT_CONFIGURED_ON_VDS', host: { id: host.id, name: host.name }, cluster: null, ...by });
}
