import type { Host } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { sql, type Transaction } from 'kysely';
import { checkHostAddress } from '../rest/address.ts';
import { invalidValue } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';

/** @throws {Fault} 400 where the host's firewall is to be replaced, which the installation leaves as it is */
export function checkFirewall({ override_iptables: overrides }: Host, field = 'override_iptables'): void {
  if (overrides === true) throw invalidValue(field, "is not supported: the installation leaves the host's firewall as it is");
}

/** What of a host is refused, as hosts would not be what it says. @throws {Fault} 400 naming the attribute */
export function checkHostSettings(body: Host): void {
  checkFirewall(body);
  if ((body.os?.custom_kernel_cmdline ?? '') !== '')
    throw invalidValue('os.custom_kernel_cmdline', 'is not supported: the engine does not change how hosts boot');
  const address = body.display?.address;
  if (address !== undefined && address !== '') checkHostAddress('display.address', address);
}

/**
 * Stores the address that people are given for consoles of the host, where an empty one gives way to the host's own, and how it puts virtual
 * GPUs onto its cards.
 */
export async function setHostSettings(trx: Transaction<Tables>, id: string, { display, vgpu_placement: placement }: Host): Promise<void> {
  if (placement !== undefined)
    await sql`update host set settings = settings || ${json({ vgpu_placement: placement })} where id = ${id}`.execute(trx);
  if (display?.address === undefined) return;
  await (
    display.address === ''
      ? sql`update host set settings = settings - 'display' where id = ${id}`
      : sql`update host set settings = settings || ${json({ display: { address: display.address } })} where id = ${id}`
  ).execute(trx);
}

/** Stores how the host is reached over SSH, never with a password. */
export async function setSsh(
  trx: Transaction<Tables>,
  id: string,
  { sshPort, sshUser, fingerprint }: { sshPort: number; sshUser: string; fingerprint: string | null },
): Promise<void> {
  const ssh = { port: sshPort, user: { user_name: sshUser }, ...(fingerprint === null ? {} : { fingerprint }) };
  await sql`update host set settings = jsonb_set(settings, '{ssh}', coalesce(settings -> 'ssh', '{}') || ${JSON.stringify(ssh)}::jsonb) where id = ${id}`.execute(
    trx,
  );
}
