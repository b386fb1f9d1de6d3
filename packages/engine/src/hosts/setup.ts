import type { Host } from '@virgate/contract/generated/types';
import type { Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import type { HostSetup } from '../vms/domain-xml/domain.ts';

/** A host as those see it who look at its guests' screens. */
export interface ConsoleHost extends HostSetup {
  address: string;
  /** Subject of its certificate. */
  subject: string | null;
  encryptsVnc: boolean;
}

/** What of a host's set-up its guests and their consoles have to be told. */
export async function hostSetupOf(db: Kysely<Tables>, hostId: string): Promise<ConsoleHost> {
  const row = await db
    .selectFrom('host')
    .innerJoin('host_state', 'host_state.host_id', 'host.id')
    .select(['host.address', 'host.settings', 'host_state.capabilities', 'host_state.certificate_subject'])
    .where('host.id', '=', hostId)
    .executeTakeFirst();
  const said = row?.capabilities ?? {};
  const is = (name: string): boolean => said[name] === true || said[name] === 'true';
  return {
    fips: is('fipsEnabled'),
    encryptsVnc: is('vncEncrypted'),
    vgpuPlacement: (row?.settings as Partial<Host> | undefined)?.vgpu_placement ?? 'consolidated',
    address: row?.address ?? '',
    subject: row?.certificate_subject ?? null,
  };
}
