import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { WebSocketServer, type WebSocket } from 'ws';
import { browserUser } from '../access/browser-sessions.ts';
import { holdsPermit } from '../access/permissions.ts';
import type { Engine } from '../engine.ts';
import { conflict, forbidden, notFound } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { newTicket, runningVm, setTicket } from './graphics.ts';

/** How long a console's address may be used to open it. Source: REST contract, proxy ticket. */
const ticketLifeMs = 60_000;
const passwordSeconds = 120;
const connectTimeoutMs = 10_000;
/** Consoles that one engine passes on at once, and what may wait for a slow browser. */
const maxConsoles = 500;
const maxBufferedBytes = 8 * 1024 ** 2;
const path = '/virgate/api/consoles/';

const hashOf = (ticket: string): Buffer => createHash('sha256').update(ticket).digest();

async function makeTicket(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const user = await browserUser(engine, request);
  const { id = '' } = request.params as { id?: string };
  if (!isUuid(id)) throw notFound();
  if (!(await holdsPermit(engine.db, user, 'connect_to_vm', { type: 'vm', id }))) throw forbidden('connect_to_vm');
  const vm = await runningVm(engine, id);
  const console = vm.consoles.find((one) => one.type === 'vnc' && one.port !== undefined);
  if (!console?.port) throw conflict('VM_HAS_NO_CONSOLE', { VAR_ACTION: 'open the console of', VAR_TYPE: 'VM' });
  const password = newTicket();
  await setTicket(engine, vm.hostId, id, {
    value: password,
    expirySeconds: passwordSeconds,
    type: 'vnc',
    user: { id: user.id, name: user.principal },
  });
  const host = await engine.db.selectFrom('host').select('address').where('id', '=', vm.hostId).executeTakeFirstOrThrow();
  const ticket = randomBytes(32).toString('base64url');
  const expires = engine.now() + ticketLifeMs;
  // A host that listens everywhere reports no address of its own: then it is where the host itself is.
  const address = ['', '0', '0.0.0.0', '::'].includes(console.host) ? host.address : console.host;
  await engine.db
    .insertInto('console_ticket')
    .values({ token_hash: hashOf(ticket), vm_id: id, user_id: user.id, host: address, port: console.port, expires_at: new Date(expires) })
    .execute();
  return reply.code(201).send({ path: `${path}${ticket}`, password, expires });
}

/** Takes a ticket: it opens one console, once. */
async function redeem(engine: Engine, ticket: string, userId: string): Promise<{ host: string; port: number } | undefined> {
  await sql`delete from console_ticket where expires_at < now()`.execute(engine.db);
  return engine.db
    .deleteFrom('console_ticket')
    .where('token_hash', '=', hashOf(ticket))
    .where('user_id', '=', userId)
    .returning(['host', 'port'])
    .executeTakeFirst();
}

/** Passes bytes between a browser and a console, each waiting for the other when it is slow. */
function join(browser: WebSocket, console: Socket): void {
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
  console.on('close', () => browser.close(1000));
  console.on('error', () => browser.close(1011, 'The console of the VM broke off.'));
  browser.on('close', () => console.destroy());
  browser.on('error', () => console.destroy());
}

/**
 * Registers consoles in the browser: a request for a ticket sets a password on the host and gives an address; a WebSocket to
 * that address, from our own origin and with the same user's session, becomes the byte stream of the VM's screen.
 */
export function registerConsoles(app: FastifyInstance, engine: Engine): void {
  app.post('/virgate/api/vms/:id/console-tickets', (request, reply) => makeTicket(engine, request, reply));
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxBufferedBytes,
    handleProtocols: (protocols) => (protocols.has('binary') ? 'binary' : false),
  });
  const refuse = (socket: Duplex, status: string): void => {
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const ticket = new URL(request.url ?? '', 'https://engine').pathname.slice(path.length);
    const origin = request.headers.origin;
    if (!(request.url ?? '').startsWith(path) || server.clients.size >= maxConsoles) return refuse(socket, '404 Not Found');
    if (origin === undefined || !URL.canParse(origin) || new URL(origin).host !== request.headers.host)
      return refuse(socket, '403 Forbidden');
    const user = await browserUser(engine, { headers: request.headers, method: 'GET' } as unknown as FastifyRequest).catch(() => null);
    const target = user === null ? undefined : await redeem(engine, ticket, user.id);
    if (!target) return refuse(socket, '403 Forbidden');
    const console = connect({ host: target.host, port: target.port, noDelay: true, timeout: connectTimeoutMs });
    console.once('connect', () => {
      console.setTimeout(0);
      server.handleUpgrade(request, socket, head, (browser) => join(browser, console));
    });
    const failed = (): void => {
      console.destroy();
      if (console.connecting || !console.remoteAddress) refuse(socket, '502 Bad Gateway');
    };
    console.once('timeout', failed);
    console.once('error', failed);
  };
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head).catch((error: unknown) => {
      engine.log.warn({ err: error }, 'a console could not be opened');
      refuse(socket, '500 Internal Server Error');
    });
  });
  app.addHook('preClose', (done) => {
    for (const browser of server.clients) browser.terminate();
    server.close();
    done();
  });
}
