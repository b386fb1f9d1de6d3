import { randomInt } from 'node:crypto';
import type { Action } from '@virgate/contract/generated/types';
import { VdsmError } from '@virgate/vdsm';
import { visibleTo } from '../access/permissions.ts';
import { recordEvent } from '../events/record.ts';
import { hostFailed, invalidValue, notFound } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import type { Loaders } from '../rest/follow.ts';
import { collection, done, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import type { Engine } from '../engine.ts';
import { wrongState } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import type { Settings } from '../vms/definition.ts';
import { sql } from 'kysely';

/** A console of a running VM as its host reports it. */
export interface RunningConsole {
  type: string;
  host: string;
  port?: number;
  tlsPort?: number;
}

/** Ids of consoles: the protocol's name in hex. Source: REST contract, ids. */
const idOf = (protocol: string): string => Buffer.from(protocol).toString('hex');
/** Life of a ticket when the request does not say, and the longest, in seconds. Source: REST contract, ticket. */
const defaultExpirySeconds = 7200;
const maxExpirySeconds = 86_400;
/** VNC knows no longer passwords. Source: RFB, VNC authentication. */
const ticketLength = 8;
const callTimeoutMs = 20_000;
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

/** A password for a console: as long as VNC allows, without letters that look alike. */
export const newTicket = (): string => Array.from({ length: ticketLength }, () => alphabet[randomInt(alphabet.length)]).join('');

interface ConsoleRow {
  id: string;
  name: string;
  status: string;
  host_id: string | null;
  graphics: RunningConsole[];
  settings: Settings;
}

/** What consoles of many VMs there are: as defined, and with `current` as they run. */
export async function consolesOf(context: Context, vmIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const visible = context.filtered ? visibleTo(context.user, 'vm', 't') : sql<boolean>`true`;
  const found =
    await sql<ConsoleRow>`select t.id, t.name, t.settings, s.status, s.host_id, s.graphics from vm t join vm_state s on s.vm_id = t.id where t.id = any(${vmIds}::uuid[]) and ${visible}`.execute(
      context.db,
    );
  const current = context.parameters.flag('current');
  return new Map(found.rows.map((row) => [row.id, consolesOfRow(row, current)]));
}

function consolesOfRow(row: ConsoleRow, current: boolean): Entity[] {
  const defined = row.settings.display?.type === 'spice' ? 'spice' : 'vnc';
  const running = row.graphics.filter((console) => console.port !== undefined || console.tlsPort !== undefined);
  if (current)
    return running.map((console) => ({
      id: idOf(console.type),
      protocol: console.type,
      address: console.host,
      ...(console.port ? { port: console.port } : {}),
      ...(console.tlsPort ? { tls_port: console.tlsPort } : {}),
      vm: { id: row.id },
    }));
  return [{ id: idOf(defined), protocol: defined, vm: { id: row.id } }];
}

async function consoleOf(context: Context): Promise<Entity> {
  const { id = '' } = await one(context, readableVms, context.path['vm']);
  const found = (await consolesOf(context, [id])).get(id)?.find((console) => console.id === context.path['console']);
  if (!found) throw notFound();
  return found;
}

/** Sets the password of a running VM's console on its host. @throws {Fault} 409 */
export async function setTicket(
  engine: Engine,
  hostId: string,
  vmId: string,
  ticket: { value: string; expirySeconds: number; type: string; user: { id: string; name: string } },
): Promise<void> {
  const { client, fence } = await engine.hosts.access(hostId);
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
          disconnectAction: 'NONE',
          consoleDisconnectActionDelay: 0,
          params: { userName: ticket.user.name, userId: ticket.user.id, fips: false, vncUsername: '' },
        },
      },
      { timeoutMs: callTimeoutMs, fence },
    );
  } catch (error) {
    throw error instanceof VdsmError ? hostFailed('Cannot set the ticket of VM', error.message, error) : error;
  }
}

/** The VM whose console is wanted, running. @throws {Fault} 404, 409 */
export async function runningVm(engine: Engine, vmId: string): Promise<{ hostId: string; name: string; consoles: RunningConsole[] }> {
  const row = await engine.db
    .selectFrom('vm_state')
    .innerJoin('vm', 'vm.id', 'vm_state.vm_id')
    .select(['vm.name', 'vm_state.status', 'vm_state.host_id', 'vm_state.graphics'])
    .where('vm.id', '=', vmId)
    .executeTakeFirst();
  if (!row) throw notFound();
  if (
    row.host_id === null ||
    !['up', 'powering_up', 'powering_down', 'reboot_in_progress', 'paused', 'migrating', 'wait_for_launch'].includes(row.status)
  )
    throw wrongState('set the ticket of', row.status as never);
  return { hostId: row.host_id, name: row.name, consoles: row.graphics as RunningConsole[] };
}

/** `ticket` of a VM or of one of its consoles: a password for the console that ends by itself. */
const ticketOperation: Operation = {
  permit: 'connect_to_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const { ticket } = context.body as Action;
    const value = ticket?.value || newTicket();
    const expirySeconds = ticket?.expiry || defaultExpirySeconds;
    if (expirySeconds < 1 || expirySeconds > maxExpirySeconds)
      throw invalidValue('ticket.expiry', `must be between 1 and ${maxExpirySeconds} seconds`);
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    if (value.length > ticketLength || /[\u0000-\u001f\u007f]/.test(value))
      throw invalidValue('ticket.value', `may have at most ${ticketLength} characters`);
    const running = await runningVm(context.engine, vm.id ?? '');
    const wanted = context.path['console'];
    const type = wanted === undefined ? (running.consoles[0]?.type ?? 'vnc') : Buffer.from(wanted, 'hex').toString('utf8');
    await setTicket(context.engine, running.hostId, vm.id ?? '', {
      value,
      expirySeconds,
      type,
      user: { id: context.user.id, name: context.user.principal },
    });
    const job = await write(context, async (trx) => {
      await recordEvent(trx, { name: 'VM_SET_TICKET', vm: { id: vm.id ?? '', name: running.name }, ...attribution(context) });
      return context.engine.jobs.record(trx, context, {
        action: 'SetVmTicket',
        description: `Setting the console ticket of VM ${running.name}`,
        subjects: [{ type: 'vm', id: vm.id ?? '' }],
      });
    });
    return done(job, { ticket: { value, expiry: expirySeconds } });
  },
};

export const consoleServices: Services = {
  VmGraphicsConsolesService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await one(context, readableVms, context.path['vm']);
        return collection('GraphicsConsole', (await consolesOf(context, [id])).get(id) ?? []);
      },
    },
  },
  VmGraphicsConsoleService: {
    get: { permit: null, run: async (context) => entity('GraphicsConsole', await consoleOf(context)) },
    ticket: ticketOperation,
  },
};
/** The ticket action that VMs themselves have. */
export const vmTicket = ticketOperation;

export const consoleLoaders: Partial<Loaders> = { children: { 'Vm.graphics_consoles': consolesOf } };
