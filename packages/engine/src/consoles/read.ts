import type { GraphicsType, Host } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { backReference, ownerKinds, ownerOf, visibleOwners, type OwnerKind } from '../devices/owner.ts';
import { notFound } from '../rest/fault.ts';
import { asksForCurrentConsoles, type LoadChildren } from '../rest/follow.ts';
import type { Context, Entity } from '../rest/operation.ts';

/** A console of a running VM as its host reports it. */
export interface RunningConsole {
  type: string;
  host: string;
  port?: number;
  tlsPort?: number;
}

/** The address that people are given for the consoles of a host instead of its own; null without one. */
export const displayAddressOf = (settings: Partial<Host>): string | null => settings.display?.address || null;

/** Ids of consoles: the protocol's name in hex. Source: REST contract, ids. */
export const consoleIdOf = (protocol: string): string => Buffer.from(protocol).toString('hex');

interface ConsoleRow {
  id: string;
  defined: GraphicsType[];
  running: RunningConsole[] | null;
  host_settings: Partial<Host> | null;
}

/** SPICE stands before VNC. */
export const inOrder = (protocols: readonly GraphicsType[]): GraphicsType[] =>
  (['spice', 'vnc'] as const).filter((protocol) => protocols.includes(protocol));

function consolesOfRow(kind: OwnerKind, row: ConsoleRow, current: boolean): Entity[] {
  if (!current) return inOrder(row.defined).map((protocol) => ({ id: consoleIdOf(protocol), protocol, ...backReference(kind, row.id) }));
  return (row.running ?? [])
    .filter((console) => console.port !== undefined || console.tlsPort !== undefined)
    .map((console) => ({
      id: consoleIdOf(console.type),
      protocol: console.type,
      address: displayAddressOf(row.host_settings ?? {}) ?? console.host,
      ...(console.port ? { port: console.port } : {}),
      ...(console.tlsPort ? { tls_port: console.tlsPort } : {}),
      ...backReference(kind, row.id),
    }));
}

/** What consoles many VMs, templates or instance types have: as defined, and with `current` as VMs run. */
export const consolesOf =
  (kind: OwnerKind): LoadChildren =>
  async (context, ownerIds) => {
    const found = await sql<ConsoleRow>`
      select t.id, t.graphics as defined, s.graphics as running, h.settings as host_settings from vm t left join vm_state s on s.vm_id = t.id left join host h on h.id = s.host_id
      where ${visibleOwners(context, kind, ownerIds)}`.execute(context.db);
    const current = kind.type === 'vm' && (context.parameters.flag('current') || asksForCurrentConsoles(context));
    return new Map(found.rows.map((row) => [row.id, consolesOfRow(kind, row, current)]));
  };

export async function consolesOfOwner(context: Context, kind: OwnerKind): Promise<{ owner: Entity; consoles: Entity[] }> {
  const owner = await ownerOf(context, kind);
  return { owner, consoles: (await consolesOf(kind)(context, [owner.id ?? ''])).get(owner.id ?? '') ?? [] };
}

/** The console that a path names. @throws {Fault} 404 */
export async function oneConsole(context: Context, kind: OwnerKind): Promise<{ owner: Entity; console: Entity }> {
  const { owner, consoles } = await consolesOfOwner(context, kind);
  const console = consoles.find((one) => one.id === context.path['console']);
  if (!console) throw notFound();
  return { owner, console };
}

/**
 * The console of a VM that an action is about: one that it is defined with, or that it runs with.
 * @returns the VM's id and the console's protocol
 * @throws {Fault} 404
 */
export async function actedConsole(context: Context): Promise<{ vmId: string; protocol: string }> {
  const { id: vmId = '' } = await ownerOf(context, ownerKinds.vm);
  const row = await context.db
    .selectFrom('vm')
    .leftJoin('vm_state', 'vm_state.vm_id', 'vm.id')
    .select(['vm.graphics as defined', 'vm_state.graphics as running'])
    .where('vm.id', '=', vmId)
    .executeTakeFirst();
  const protocols = [...(row?.defined ?? []), ...((row?.running ?? []) as RunningConsole[]).map((console) => console.type)];
  const protocol = protocols.find((known) => consoleIdOf(known) === context.path['console']);
  if (protocol === undefined) throw notFound();
  return { vmId, protocol };
}
