import { createServer } from 'node:net';
import { LauncherError } from '../errors.ts';

/** How many ports after the first one are tried. */
const PORTS_TO_TRY = 100;

/** Whether a port can be listened on at an address right now. */
export async function isPortFree(address: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}

/**
 * The port to use: the one that was asked for, else the one that is remembered, else the first free one.
 * @throws {LauncherError} port_taken when a port that was asked for or is remembered is in use
 */
export async function choosePort(
  address: string,
  wanted: { readonly asked: number | undefined; readonly remembered: number | undefined; readonly first: number },
  what: string,
  option = '--port PORT',
): Promise<number> {
  const fixed = wanted.asked ?? wanted.remembered;
  if (fixed !== undefined) {
    if (await isPortFree(address, fixed)) return fixed;
    throw new LauncherError(
      'port_taken',
      `port ${fixed} of ${address}, meant for ${what}, is used by another program`,
      `End that program, or choose another port with ${option}.`,
    );
  }
  for (let port = wanted.first; port < wanted.first + PORTS_TO_TRY; port++) if (await isPortFree(address, port)) return port;
  throw new LauncherError(
    'port_taken',
    `none of the ports from ${wanted.first} to ${wanted.first + PORTS_TO_TRY - 1} of ${address} is free for ${what}`,
    `Choose another one with ${option}.`,
  );
}
