import { createServer } from 'node:net';
import type { Server } from 'node:net';

const first = 10_000;
const size = 250;
/** All ranges are below those that the kernel gives to outgoing connections. */
const ranges = 90;

/** Ports of one host under test; both ends of a range count. */
export interface ReservedPorts {
  /** From 1 to 90, of no other host. */
  number: number;
  agent: number;
  displays: { min: number; max: number };
  migrations: { min: number; max: number };
  release: () => void;
}

/** Takes a port of the loopback address; undefined when somebody has it. */
const take = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => resolve(server.unref()));
  });

/**
 * Ports that no other host under test has, in whatever process: libvirt looks whether a port is free before QEMU takes it,
 * so two daemons with one range may choose the same. The first port of a range stays taken as long as the range is.
 */
export async function reservePorts(): Promise<ReservedPorts> {
  const start = Math.floor(Math.random() * ranges);
  for (let step = 0; step < ranges; step += 1) {
    const index = (start + step) % ranges;
    const base = first + index * size;
    const server = await take(base);
    if (server)
      return {
        number: index + 1,
        agent: base + 1,
        displays: { min: base + 2, max: base + 199 },
        migrations: { min: base + 200, max: base + size - 1 },
        release: () => void server.close(),
      };
  }
  throw new Error('All ports for hosts under test are taken');
}
