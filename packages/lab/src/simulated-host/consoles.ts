import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { failure, readText, type SimulatedVerb } from './parameters.ts';
import type { VirtualMachines } from './virtual-machines.ts';

/** What a screen of RFB says first. Source: RFC 6143, ProtocolVersion. */
const greeting = 'RFB 003.008\n';

interface Entry {
  readonly vmId: string;
  readonly type: string;
}

/**
 * Consoles of simulated guests: a screen greets and says no more, a serial port repeats what is typed, to the last one who has opened it.
 * They end with their guest.
 */
export class SimulatedConsoles {
  readonly #entries = new Map<string, Entry>();
  readonly #open = new Map<Duplex, Entry>();
  #vms: VirtualMachines | undefined;

  verbs(vms: VirtualMachines): Record<string, SimulatedVerb> {
    this.#vms = vms;
    return {
      'Virgate.openConsole': (params) => {
        const { vmId } = vms.running(readText(params, 'vmID'));
        const type = readText(params, 'type');
        if (!['vnc', 'spice', 'serial'].includes(type)) throw failure('InvalidParameter', `there is no console of the type ${type}`);
        const secret = randomBytes(32).toString('hex');
        this.#entries.set(secret, { vmId, type });
        return { path: `/consoles/${secret}` };
      },
    };
  }

  /** Ends the consoles of guests that are gone. */
  endGone(): void {
    for (const [socket, { vmId }] of this.#open) if (this.#vms?.all.get(vmId)?.running !== true) socket.destroy();
  }

  readonly upgrade = (request: IncomingMessage, socket: Duplex): void => {
    socket.on('error', () => socket.destroy());
    const secret = (request.url ?? '').slice('/consoles/'.length);
    const entry = this.#entries.get(secret);
    this.#entries.delete(secret);
    if (entry === undefined) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: virgate-console\r\n\r\n');
    if (entry.type === 'serial')
      for (const [other, { vmId, type }] of this.#open) if (type === 'serial' && vmId === entry.vmId) other.destroy();
    this.#open.set(socket, entry);
    socket.once('close', () => this.#open.delete(socket));
    if (entry.type === 'serial') socket.pipe(socket);
    else socket.write(greeting);
  };
}
