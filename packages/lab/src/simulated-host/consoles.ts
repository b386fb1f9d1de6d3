import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { failure, readText, type SimulatedVerb } from './parameters.ts';
import type { VirtualMachines } from './virtual-machines.ts';

/** What a screen of RFB says first. Source: RFC 6143, ProtocolVersion. */
const greeting = 'RFB 003.008\n';

/** Consoles of simulated guests: a screen greets and says no more, a serial port repeats what is typed. */
export class SimulatedConsoles {
  readonly #entries = new Map<string, string>();

  verbs(vms: VirtualMachines): Record<string, SimulatedVerb> {
    return {
      'Virgate.openConsole': (params) => {
        vms.running(readText(params, 'vmID'));
        const type = readText(params, 'type');
        if (!['vnc', 'spice', 'serial'].includes(type)) throw failure('InvalidParameter', `there is no console of the type ${type}`);
        const secret = randomBytes(32).toString('hex');
        this.#entries.set(secret, type);
        return { path: `/consoles/${secret}` };
      },
    };
  }

  readonly upgrade = (request: IncomingMessage, socket: Duplex): void => {
    socket.on('error', () => socket.destroy());
    const secret = (request.url ?? '').slice('/consoles/'.length);
    const type = this.#entries.get(secret);
    this.#entries.delete(secret);
    if (type === undefined) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: virgate-console\r\n\r\n');
    if (type === 'serial') socket.pipe(socket);
    else socket.write(greeting);
  };
}
