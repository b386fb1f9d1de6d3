import type { Host, PowerManagement } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';

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
