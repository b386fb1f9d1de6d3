import { randomInt } from 'node:crypto';
import type { Action, Display } from '@virgate/contract/generated/types';
import { VdsmError } from '@virgate/vdsm';
import type { Kysely } from 'kysely';
import { holdsPermit } from '../access/permissions.ts';
import { recordEvent } from '../events/record.ts';
import { hostSetupOf } from '../hosts/setup.ts';
import type { Engine } from '../engine.ts';
import { Fault, hostFailed, invalidValue, notFound, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Context, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { Settings } from '../vms/definition.ts';
import { wrongState } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import { actedConsole, displayAddressOf, type RunningConsole } from './read.ts';

/** A VM whose console can be opened. */
export interface VmWithConsole {
  hostId: string;
  name: string;
  consoles: RunningConsole[];
}

/** Life of a ticket when the request does not say, and the longest, in seconds. Source: REST contract, ticket. */
const defaultExpirySeconds = 7200;
const maxExpirySeconds = 86_400;
/** VNC knows no longer passwords. Source: RFB, VNC authentication. */
const ticketLength = 8;
const callTimeoutMs = 20_000;
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
/** States of a VM in which it has its consoles. */
export const withConsole = ['up', 'powering_up', 'powering_down', 'reboot_in_progress', 'paused', 'migrating', 'wait_for_launch'];

/** A password for a console: as long as VNC allows, without letters that look alike. */
export const newTicket = (): string => Array.from({ length: ticketLength }, () => alphabet[randomInt(alphabet.length)]).join('');

/** Where a console is to be found. A host that listens everywhere reports no address of its own: then it is where the host itself is. */
export async function addressOfConsole(db: Kysely<Tables>, hostId: string, console: RunningConsole): Promise<string> {
  if (!['', '0', '0.0.0.0', '::'].includes(console.host)) return console.host;
  return (await db.selectFrom('host').select('address').where('id', '=', hostId).executeTakeFirstOrThrow()).address;
}

/** The user by which VNC is opened on hosts in the mode of FIPS, which knows no passwords alone. Source: contract, SetVmTicket. */
export const vncUserOf = (vmId: string): string => `vnc-${vmId}`;

/**
 * Where people reach a console: where it is, unless the host has another address for them. Encrypted VNC goes by the host's own name: that is
 * what its certificate is for. Source: contract, console options.
 */
export async function clientAddressOfConsole(db: Kysely<Tables>, hostId: string, console: RunningConsole): Promise<string> {
  const { encryptsVnc, fips, address } = await hostSetupOf(db, hostId);
  if (console.type === 'vnc' && (encryptsVnc || fips)) return address;
  const { settings } = await db.selectFrom('host').select('settings').where('id', '=', hostId).executeTakeFirstOrThrow();
  return displayAddressOf(settings) ?? addressOfConsole(db, hostId, console);
}

/** What a VM's definition says of its console. */
async function displayOf(db: Kysely<Tables>, vmId: string): Promise<Display> {
  const row = await db.selectFrom('vm').select('settings').where('id', '=', vmId).executeTakeFirst();
  return (row?.settings as Settings | undefined)?.display ?? {};
}

/** Sets the password of a running VM's console on its host, and notes for whom. @throws {Fault} 409 */
export async function setTicket(
  engine: Engine,
  hostId: string,
  vmId: string,
  ticket: { value: string; expirySeconds: number; type: string; user: { id: string; name: string } },
): Promise<void> {
  const { client, fence } = await engine.hosts.access(hostId);
  const display = await displayOf(engine.db, vmId);
  const { fips } = await hostSetupOf(engine.db, hostId);
  try {
    await client.call(
      'VM.updateDevice',
      {
        vmID: vmId,
        params: {
          deviceType: 'graphics',
          graphicsType: ticket.type,
          password: ticket.value,
          ttl: ticket.expirySeconds,
          existingConnAction: 'disconnect',
          disconnectAction: display.disconnect_action ?? 'NONE',
          consoleDisconnectActionDelay: display.disconnect_action_delay ?? 0,
          params: { userName: ticket.user.name, userId: ticket.user.id, fips: String(fips), vncUsername: vncUserOf(vmId) },
        },
      },
      { timeoutMs: callTimeoutMs, fence },
    );
  } catch (error) {
    throw error instanceof VdsmError ? hostFailed('Cannot set the ticket of VM', error.message, error) : error;
  }
  const user = { user_id: ticket.user.id, user_name: ticket.user.name, protocol: ticket.type };
  await engine.db
    .insertInto('vm_console_user')
    .values({ vm_id: vmId, ...user, client_address: null })
    .onConflict((there) => there.column('vm_id').doUpdateSet({ ...user, client_address: null }))
    .execute();
}

/** The VM whose console is wanted, running. @throws {Fault} 404, 409 */
export async function runningVm(engine: Engine, vmId: string): Promise<VmWithConsole> {
  const row = await engine.db
    .selectFrom('vm_state')
    .innerJoin('vm', 'vm.id', 'vm_state.vm_id')
    .select(['vm.name', 'vm_state.status', 'vm_state.host_id', 'vm_state.graphics'])
    .where('vm.id', '=', vmId)
    .executeTakeFirst();
  if (!row) throw notFound();
  if (row.host_id === null || !withConsole.includes(row.status)) throw wrongState('set the ticket of', row.status as never);
  return { hostId: row.host_id, name: row.name, consoles: row.graphics as RunningConsole[] };
}

/**
 * Somebody else's open console is taken over only by who may do so, unless the VM's definition lets everybody (`display.allow_override`).
 * @throws {Fault} 403
 */
export async function checkReconnect(context: Pick<Context, 'db' | 'user'>, vmId: string): Promise<void> {
  const holder = await context.db
    .selectFrom('vm_console_user')
    .select('user_id')
    .where('vm_id', '=', vmId)
    .where('client_address', 'is not', null)
    .executeTakeFirst();
  if (!holder || holder.user_id === context.user.id) return;
  if ((await displayOf(context.db, vmId)).allow_override) return;
  if (await holdsPermit(context.db, context.user, 'reconnect_to_vm', { type: 'vm', id: vmId })) return;
  const key = 'USER_CANNOT_FORCE_RECONNECT_TO_VM';
  throw new Fault(403, 'Operation Failed', ['[', { message: key, values: { VAR_ACTION: 'set the ticket of', VAR_TYPE: 'VM' } }, ']'], {
    key,
  });
}

/** Gives the console of a running VM a password, with its event and job. */
export async function grantTicket(
  context: Context,
  vmId: string,
  vm: VmWithConsole,
  ticket: { value: string; expirySeconds: number; type: string },
): Promise<string> {
  await checkReconnect(context, vmId);
  await setTicket(context.engine, vm.hostId, vmId, { ...ticket, user: { id: context.user.id, name: context.user.principal } });
  return write(context, async (trx) => {
    await recordEvent(trx, { name: 'VM_SET_TICKET', vm: { id: vmId, name: vm.name }, ...attribution(context) });
    return context.engine.jobs.record(trx, context, {
      action: 'SetVmTicket',
      description: `Setting the console ticket of VM ${vm.name}`,
      subjects: [{ type: 'vm', id: vmId }],
    });
  });
}

/** `ticket` of a VM or of one of its consoles: a password for the console that ends by itself. */
export const ticketOperation: Operation = {
  permit: 'connect_to_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const wanted = context.path['console'] === undefined ? undefined : (await actedConsole(context)).protocol;
    const { ticket } = context.body as Action;
    const value = ticket?.value || newTicket();
    const expirySeconds = ticket?.expiry || defaultExpirySeconds;
    if (expirySeconds < 1 || expirySeconds > maxExpirySeconds)
      throw invalidValue('ticket.expiry', say`must be between 1 and ${maxExpirySeconds} seconds`);
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    if (value.length > ticketLength || /[\u0000-\u001f\u007f]/.test(value))
      throw invalidValue('ticket.value', say`may have at most ${ticketLength} characters`);
    const running = await runningVm(context.engine, vmId);
    const type = wanted ?? running.consoles[0]?.type ?? 'vnc';
    const job = await grantTicket(context, vmId, running, { value, expirySeconds, type });
    return done(job, { ticket: { value, expiry: expirySeconds } });
  },
};
