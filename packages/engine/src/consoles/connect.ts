import { request } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { VdsmError } from '@virgate/vdsm';
import { knownHostTls, type KnownHost } from '../certificates/known-host.ts';
import type { Engine } from '../engine.ts';
import { imageServerOf, type ImageServerPlace } from '../hosts/image-server.ts';
import { Fault, hostFailed } from '../rest/fault.ts';
import { addressOfConsole, runningVm } from './ticket.ts';

/** A console that is passed on: a screen by its protocol, or the guest's serial port. */
export type ConsoleType = 'vnc' | 'spice' | 'serial';

const callTimeoutMs = 20_000;
const connectTimeoutMs = 10_000;
/** Name of the protocol that a host's server changes a connection to. */
const upgradeTo = 'virgate-console';
/** VDSM error of a verb that a host does not have. */
const methodNotFound = -32_601;
const notImplemented = 44;

const couldNot = (why: string, cause?: Error): Fault => hostFailed('Cannot open the console of VM', why, cause);

/** Asks a host of ours to open a console. @returns the path at which its server has it; null for a host that can't (VDSM) */
async function askHost(engine: Engine, hostId: string, vmId: string, type: ConsoleType): Promise<string | null> {
  const { client, fence } = await engine.hosts.access(hostId);
  try {
    const answer = (await client.call('Virgate.openConsole', { vmID: vmId, type }, { timeoutMs: callTimeoutMs, fence })) as {
      path: string;
    };
    return answer.path;
  } catch (error) {
    if (!(error instanceof VdsmError)) throw error;
    if (error.code === methodNotFound || error.code === notImplemented) return null;
    throw couldNot(error.message, error);
  }
}

/** The bytes of a console, by TLS through the host's server. */
export function throughServer(server: ImageServerPlace & KnownHost, path: string): Promise<Duplex> {
  const { host, port } = server;
  return new Promise((resolve, reject) => {
    const sent = request({
      host,
      port,
      path,
      ...knownHostTls(server),
      agent: false,
      timeout: connectTimeoutMs,
      headers: { connection: 'Upgrade', upgrade: upgradeTo },
    });
    sent.once('upgrade', (_response, socket, head) => {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    sent.once('response', (response) => {
      response.resume();
      reject(couldNot(`the host answered ${response.statusCode ?? 'nothing'}`));
    });
    sent.once('timeout', () => sent.destroy(new Error('the host does not answer')));
    sent.once('error', (error) => reject(couldNot(error.message, error)));
    sent.end();
  });
}

/** The bytes of a screen at the address that its host tells: what hosts have that are not ours. */
function direct(host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, timeout: connectTimeoutMs });
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
    socket.once('timeout', () => socket.destroy(new Error('the console does not answer')));
    socket.once('error', (error) => reject(couldNot(error.message, error)));
  });
}

/**
 * Opens a console of a VM on the host that it runs on now. A host of ours carries it under TLS; one of VDSM gives its screens' own ports, and
 * no serial port.
 *
 * @throws {Fault} 404, 409 when the VM does not run; 501 for a serial port of a VDSM host; the host's failure
 */
export async function connectConsole(engine: Engine, vmId: string, type: ConsoleType): Promise<Duplex> {
  const vm = await runningVm(engine, vmId);
  const path = await askHost(engine, vm.hostId, vmId, type);
  if (path !== null) return throughServer({ ...(await imageServerOf(engine.db, vm.hostId)), caPem: engine.authority.caPem }, path);
  if (type === 'serial')
    throw new Fault(501, 'Not Implemented', 'The host of this VM gives its serial console by its own SSH service only.', {
      key: 'NOT_IMPLEMENTED',
    });
  const console = vm.consoles.find((one) => one.type === type);
  if (!console?.port) throw couldNot('the VM has no such console now');
  return direct(await addressOfConsole(engine.db, vm.hostId, console), console.port);
}
