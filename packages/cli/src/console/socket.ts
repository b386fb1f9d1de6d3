import { WebSocket } from 'ws';
import type { EngineAccess } from '../connection/engine-fetch.ts';
import { CliError } from '../errors.ts';

const handshakeMs = 30_000;
const pingMs = 30_000;

/** The host of a machine has no serial console for us. */
export class NoSerialConsole extends Error {}

/**
 * Opens the WebSocket of a console.
 * @param path of the console's ticket
 * @throws NoSerialConsole; CliError console_refused; what the connection throws
 */
export async function consoleSocket({ origin, token, trust }: EngineAccess, path: string, signal: AbortSignal): Promise<WebSocket> {
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}${path}`, 'binary', {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: handshakeMs,
    perMessageDeflate: false,
    rejectUnauthorized: trust.insecure !== true,
    ...(trust.ca === undefined ? {} : { ca: trust.ca }),
  });
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  const abort = (): void => socket.terminate();
  signal.addEventListener('abort', abort, { once: true });
  socket.once('open', () => resolve(socket));
  socket.on('error', reject);
  socket.once('unexpected-response', (_request, response) => {
    response.resume();
    socket.terminate();
    if (response.statusCode === 501) return reject(new NoSerialConsole());
    reject(
      new CliError('remote', 'console_refused', 'The engine could not open the console.', {
        cause: `it answered ${response.statusCode ?? 0}`,
        hint: 'Its log says why. Is the virtual machine still up?',
      }),
    );
  });
  try {
    return await promise.then(keptAlive);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** A connection that nobody answers any more is ended. */
function keptAlive(socket: WebSocket): WebSocket {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, pingMs);
  socket.once('close', () => clearInterval(timer));
  return socket;
}
