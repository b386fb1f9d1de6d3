import { createHash, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { conflict } from '../rest/fault.ts';
import { done, type Operation } from '../rest/operation.ts';
import type { Tables } from '../tables/schema.ts';
import type { ConsoleType } from './connect.ts';
import { actedConsole } from './read.ts';
import { runningVm } from './ticket.ts';

export const hashOfTicket = (ticket: string): Buffer => createHash('sha256').update(ticket).digest();

/** A ticket that opens one console through the engine, once: the way to it is at the path `/virgate/api/consoles/{ticket}`. */
export async function makeProxyTicket(
  db: Kysely<Tables>,
  vm: { id: string; type: ConsoleType; userId: string },
  life: { now: number; ms: number; bearer: boolean },
): Promise<string> {
  const ticket = randomBytes(32).toString('base64url');
  await db
    .insertInto('console_ticket')
    .values({
      token_hash: hashOfTicket(ticket),
      vm_id: vm.id,
      user_id: vm.userId,
      type: vm.type,
      expires_at: new Date(life.now + life.ms),
      bearer: life.bearer,
    })
    .execute();
  return ticket;
}

/** `proxyticket` of a console: whoever has it opens the console's WebSocket, with no session of his own. */
export const proxyTicketOperation: Operation = {
  permit: 'connect_to_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const { vmId: id, protocol } = await actedConsole(context);
    const vm = await runningVm(context.engine, id);
    const console = vm.consoles.find((running) => running.type === protocol);
    if (!console?.port) throw conflict('VM_HAS_NO_CONSOLE', { VAR_ACTION: 'open the console of', VAR_TYPE: 'VM' });
    const ms = context.engine.options.number('WebSocketProxyTicketValiditySeconds') * 1000;
    const value = await makeProxyTicket(
      context.db,
      { id, type: protocol as ConsoleType, userId: context.user.id },
      { now: context.engine.now(), ms, bearer: true },
    );
    return done(undefined, { proxy_ticket: { value } });
  },
};
