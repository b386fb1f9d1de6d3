import { DomainMigrateFlags, parameterRecord, relayCalls } from '@virgate/libvirt';
import type { RelayedCall, TypedParam } from '@virgate/libvirt';
import { constants } from 'node:crypto';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import tls from 'node:tls';
import type { AgentTls } from '../certificate/renewal.ts';
import type { AgentLog } from '../log.ts';

/** Port on which hypervisors expect each other's libvirt behind TLS. */
export const libvirtTlsPort = 16_514;

const maximumConnections = 64;
const handshakeTimeoutMs = 10_000;
/** What libvirt's servers say when they have accepted a client's certificate. */
const accepted = Buffer.from([1]);

/** Calls without which a libvirt cannot open a connection and ask what the other side can do. */
const openingCalls = new Set<string>([
  'AUTH_LIST',
  'CONNECT_OPEN',
  'CONNECT_CLOSE',
  'CONNECT_SUPPORTS_FEATURE',
  'CONNECT_GET_URI',
  'CONNECT_GET_HOSTNAME',
  'CONNECT_REGISTER_CLOSE_CALLBACK',
  'CONNECT_UNREGISTER_CLOSE_CALLBACK',
]);

/** Disks lie on storage that both hosts see: nothing of them is copied, and no definition comes without a running guest. */
const refusedFlags =
  DomainMigrateFlags.NON_SHARED_DISK |
  DomainMigrateFlags.NON_SHARED_INC |
  DomainMigrateFlags.OFFLINE |
  DomainMigrateFlags.TUNNELLED |
  DomainMigrateFlags.CHANGE_PROTECTION;

export interface GatewayOptions {
  host: string;
  port: number;
  tls: AgentTls;
  /** Socket of this host's libvirtd. */
  libvirtSocket: string;
  /** The name of the domain that a peer wants to start here, or why it may not. @param peer common name in its certificate */
  admitArrival(peer: string, xml: string): { name: string } | { refusal: string };
  log: AgentLog;
}

/** What of libvirt a peer may call over one connection. */
function judge(options: GatewayOptions, peer: string): (call: RelayedCall) => string | undefined {
  const prepared = new Set<string>();
  return ({ name, args }) => {
    if (openingCalls.has(name)) return undefined;
    if (name !== 'DOMAIN_MIGRATE_PREPARE3_PARAMS' && name !== 'DOMAIN_MIGRATE_FINISH3_PARAMS')
      return `${name} is not for other hosts: they may send VMs here and nothing else`;
    const values = parameterRecord(args['params'] as TypedParam[]);
    const [domainName, xml] = [values['destination_name'], values['destination_xml']];
    if (name === 'DOMAIN_MIGRATE_FINISH3_PARAMS')
      return typeof domainName === 'string' && prepared.has(domainName) ? undefined : 'this VM did not come over this connection';
    if (domainName !== undefined) return 'a migration under another name is not taken';
    if ((Number(args['flags'] ?? 0) & refusedFlags) !== 0) return 'only running VMs on shared storage are taken';
    if (typeof xml !== 'string') return 'a migration without a document is not taken';
    const arrival = options.admitArrival(peer, xml);
    if ('refusal' in arrival) return arrival.refusal;
    prepared.add(arrival.name);
    return undefined;
  };
}

/**
 * The door through which the libvirts of other hosts reach this host's: TLS with certificates of the engine's authority, and of libvirt's
 * calls only those that bring a VM which their agent has announced. So libvirtd itself needs no listening port, no certificate and no
 * trust in other hosts.
 */
export class LibvirtGateway {
  readonly #options: GatewayOptions;
  readonly #sockets = new Set<Socket>();
  #server: tls.Server | undefined;
  #port: number | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Where it listens; undefined when it does not. */
  get port(): number | undefined {
    return this.#port;
  }

  /** @throws Error of the system when the port can't be had */
  async listen(): Promise<void> {
    const { host, port } = this.#options;
    const server = tls.createServer({
      ...this.#context(this.#options.tls),
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: handshakeTimeoutMs,
    });
    server.maxConnections = maximumConnections;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('tlsClientError', (error, socket) => {
      this.#options.log.info({ address: socket.remoteAddress, reason: error.message }, 'TLS handshake of another libvirt refused');
      socket.destroy();
    });
    server.on('secureConnection', (socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.#options.log.error({ error: error.message }, 'Listening for other libvirts failed'));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Key and certificate for connections from now on. */
  setTls(options: AgentTls): void {
    this.#server?.setSecureContext(this.#context(options));
  }

  #context({ key, cert, ca }: AgentTls): tls.SecureContextOptions {
    // A resumed session would outlive the check of a changed authority.
    return { key, cert, ca, minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET };
  }

  #accept(socket: tls.TLSSocket): void {
    const { log, libvirtSocket } = this.#options;
    const name = [socket.getPeerCertificate().subject.CN].flat()[0] ?? '';
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    socket.write(accepted);
    const daemon = connect(libvirtSocket);
    const refuse = judge(this.#options, name);
    relayCalls({
      peer: socket,
      daemon,
      refuse: (call) => {
        const reason = refuse(call);
        if (reason !== undefined) log.warn({ peer: name, call: call.name, reason }, 'A call of another libvirt was refused');
        return reason;
      },
    }).catch((error: unknown) => log.warn({ peer: name, error: String(error) }, 'The connection of another libvirt broke'));
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }
}
