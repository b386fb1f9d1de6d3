import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConsoleTicket, SerialConsoleTicket } from '@virgate/contract/generated/virgate';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { WebSocketServer, type WebSocket } from 'ws';
import { browserUser } from '../access/browser-sessions.ts';
import { principalName, type SignedIn } from '../access/permissions.ts';
import { TokenEnds } from '../access/token-ends.ts';
import { tokenUse } from '../access/token-use.ts';
import { apiScope, findToken } from '../access/tokens.ts';
import type { Engine } from '../engine.ts';
import { conflict, Fault } from '../rest/fault.ts';
import type { VirgateOperations } from '../virgate/operation.ts';
import type { Settings } from '../vms/definition.ts';
import { connectConsole, type ConsoleType } from './connect.ts';
import { hashOfTicket, makeProxyTicket } from './proxy-ticket.ts';
import { openSerialConsole } from './serial.ts';
import { checkReconnect, newTicket, runningVm, setTicket } from './ticket.ts';

/** How long a console's address may be used to open it. Source: REST contract, proxy ticket. */
const ticketLifeMs = 60_000;
const passwordSeconds = 120;
/** Consoles that one engine passes on at once, and what may wait for a slow browser. */
const maxConsoles = 500;
const maxBufferedBytes = 8 * 1024 ** 2;
const path = '/virgate/api/consoles/';
/** Code of a WebSocket that is closed because its user may not have it. Source: RFC 6455, status codes. */
const policyViolation = 1008;

async function makeTicket(engine: Engine, user: SignedIn, id: string): Promise<ConsoleTicket> {
  const vm = await runningVm(engine, id);
  const console = vm.consoles.find((one) => one.type === 'vnc' && one.port !== undefined);
  if (!console?.port) throw conflict('VM_HAS_NO_CONSOLE', { VAR_ACTION: 'open the console of', VAR_TYPE: 'VM' });
  await checkReconnect({ db: engine.db, user }, id);
  const password = newTicket();
  await setTicket(engine, vm.hostId, id, {
    value: password,
    expirySeconds: passwordSeconds,
    type: 'vnc',
    user: { id: user.id, name: user.principal },
  });
  const now = engine.now();
  const ticket = await makeProxyTicket(engine.db, { id, type: 'vnc', userId: user.id }, { now, ms: ticketLifeMs, bearer: false });
  return { path: `${path}${ticket}`, password, expires: now + ticketLifeMs };
}

async function makeSerialTicket(engine: Engine, user: SignedIn, id: string): Promise<SerialConsoleTicket> {
  await runningVm(engine, id);
  const { settings } = await engine.db.selectFrom('vm').select('settings').where('id', '=', id).executeTakeFirstOrThrow();
  if ((settings as Settings).console?.enabled === false)
    throw conflict('VM_HAS_NO_CONSOLE', { VAR_ACTION: 'open the serial console of', VAR_TYPE: 'VM' });
  const now = engine.now();
  const ticket = await makeProxyTicket(engine.db, { id, type: 'serial', userId: user.id }, { now, ms: ticketLifeMs, bearer: false });
  return { path: `${path}${ticket}`, expires: now + ticketLifeMs };
}

/** Takes a ticket: it opens one console, once, for the user whose it is; one of the REST API for whoever has it. */
async function redeem(engine: Engine, ticket: string, userId: string | null): Promise<{ vm_id: string; type: ConsoleType } | undefined> {
  await sql`delete from console_ticket where expires_at < now()`.execute(engine.db);
  return engine.db
    .deleteFrom('console_ticket')
    .where('token_hash', '=', hashOfTicket(ticket))
    .where((where) =>
      userId === null ? where('bearer', '=', true) : where.or([where('user_id', '=', userId), where('bearer', '=', true)]),
    )
    .returning(['vm_id', 'type'])
    .executeTakeFirst();
}

/** Passes bytes between a browser and a console, each waiting for the other when it is slow. */
function join(browser: WebSocket, console: Duplex): void {
  console.on('data', (data) => {
    browser.send(data, { binary: true }, () => {
      if (console.isPaused() && browser.bufferedAmount < maxBufferedBytes) console.resume();
    });
    if (browser.bufferedAmount >= maxBufferedBytes) console.pause();
  });
  browser.on('message', (data: Buffer) => {
    if (!console.write(data)) browser.pause();
  });
  console.on('drain', () => browser.resume());
  console.on('end', () => browser.close(1000));
  console.on('close', () => browser.close(1000));
  console.on('error', () => browser.close(1011, 'The console of the VM broke off.'));
  browser.on('close', () => console.destroy());
  browser.on('error', () => console.destroy());
}

/**
 * By whose right a console's WebSocket is opened: a token in a header, as programs have one; or the portal's cookie, which counts only from
 * the portal's own pages.
 */
async function openerOf(engine: Engine, { headers }: IncomingMessage): Promise<SignedIn | null> {
  const bearer = /^Bearer ([\w.~+/=-]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return findToken(engine.db, bearer, ['sso', 'api'], apiScope);
  const { origin } = headers;
  if (origin === undefined || !URL.canParse(origin) || new URL(origin).host !== headers.host) return null;
  return browserUser(engine, { headers, method: 'GET' } as unknown as FastifyRequest).catch(() => null);
}

/** A console that was opened by a session is closed when the session ends. */
function closeWithSession(tokens: TokenEnds, token: Buffer, browser: WebSocket): void {
  const watching = tokens.watch(token, () => browser.close(policyViolation, 'The session has ended.'));
  watching.then(
    (release) => (browser.readyState === browser.OPEN ? browser.once('close', release) : release()),
    () => browser.close(policyViolation, 'Whether the session has ended cannot be told.'),
  );
}

/**
 * `POST /virgate/api/vms/{id}/console-tickets` sets a password on the VM's host and gives an address for {@link registerConsoles};
 * `…/serial-console-tickets` gives one for the guest's serial port, which knows no password but the guest's own.
 */
export const consoleOperations: VirgateOperations = {
  VmConsoleTicketsService: { add: { run: ({ engine, user, path }) => makeTicket(engine, user, path.vm) } },
  VmSerialConsoleTicketsService: { add: { run: ({ engine, user, path }) => makeSerialTicket(engine, user, path.vm) } },
};

/**
 * Registers consoles over WebSockets: one to the address of a ticket, from our own origin with the same user's session, or with a token of
 * his, becomes the byte stream of the VM's screen or serial port.
 */
export function registerConsoles(app: FastifyInstance, engine: Engine): void {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxBufferedBytes,
    handleProtocols: (protocols) => (protocols.has('binary') ? 'binary' : false),
  });
  const tokens = new TokenEnds(engine);
  const refuse = (socket: Duplex, status: string): void => {
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const ticket = new URL(request.url ?? '', 'https://engine').pathname.slice(path.length);
    if (!(request.url ?? '').startsWith(path) || server.clients.size >= maxConsoles) return refuse(socket, '404 Not Found');
    const user = await openerOf(engine, request);
    const target = await redeem(engine, ticket, user?.id ?? null);
    if (!target) return refuse(socket, '403 Forbidden');
    const isSerial = target.type === 'serial' && user !== null;
    const console = isSerial
      ? (await openSerialConsole(engine, target.vm_id, { id: user.id, name: principalName(user) })).bytes
      : await connectConsole(engine, target.vm_id, target.type);
    if (socket.destroyed) {
      console.destroy();
      return;
    }
    server.handleUpgrade(request, socket, head, (browser) => {
      join(browser, console);
      if (user === null) return;
      closeWithSession(tokens, user.token, browser);
      if (isSerial) browser.on('message', tokenUse(engine, user.token));
    });
  };
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head).catch((error: unknown) => {
      engine.log.warn({ err: error }, 'a console could not be opened');
      if (!(error instanceof Fault)) refuse(socket, '500 Internal Server Error');
      else refuse(socket, error.status === 501 ? '501 Not Implemented' : '502 Bad Gateway');
    });
  });
  app.addHook('preClose', (done) => {
    tokens.close();
    for (const browser of server.clients) browser.terminate();
    server.close();
    done();
  });
}
