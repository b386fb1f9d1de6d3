import { isIP } from 'node:net';
import { Client, InvalidCredentialsError } from 'ldapts';

/** How the servers of a directory are reached. */
export interface DirectoryServers {
  /** `host` or `host:port`, in the order in which they are tried. */
  servers: readonly string[];
  tls: 'none' | 'start_tls' | 'ldaps';
  /** Certificates that the servers' ones are checked with; null for those that the system trusts. */
  caPem: string | null;
  /** Who searches; null searches without a name. */
  bindDn: string | null;
  bindPassword: string | null;
}

/** Times that a server has to answer. */
export const directoryLimits = { connectTimeoutMs: 5_000, operationTimeoutMs: 15_000 } as const;
const ports = { none: 389, start_tls: 389, ldaps: 636 } as const;

/** No server of the directory could be asked. */
export class DirectoryUnavailable extends Error {}

function addressOf(server: string, tls: DirectoryServers['tls']): { host: string; url: string } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(server) ?? [];
  const host = bracketed ?? plain ?? server;
  const scheme = tls === 'ldaps' ? 'ldaps' : 'ldap';
  return { host, url: `${scheme}://${bracketed === undefined ? host : `[${host}]`}:${port ?? ports[tls]}` };
}

async function open(config: DirectoryServers, server: string): Promise<Client> {
  const { host, url } = addressOf(server, config.tls);
  const tls = {
    ...(config.caPem === null ? {} : { ca: config.caPem }),
    // The name that the certificate must have; an address may not be sent as a server's name.
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
  };
  const client = new Client({
    url,
    timeout: directoryLimits.operationTimeoutMs,
    connectTimeout: directoryLimits.connectTimeoutMs,
    ...(config.tls === 'ldaps' ? { tlsOptions: tls } : {}),
  });
  try {
    if (config.tls === 'start_tls') await client.startTLS(tls);
    if (config.bindDn !== null) await client.bind(config.bindDn, config.bindPassword ?? '');
    return client;
  } catch (error) {
    await client.unbind().catch(() => undefined);
    throw error;
  }
}

/**
 * Asks a directory: the first of its servers that answers. Servers that do not are passed over.
 * @throws {DirectoryUnavailable} when none does, with what each said; the error of `work` otherwise
 */
export async function withDirectory<T>(config: DirectoryServers, work: (client: Client, server: string) => Promise<T>): Promise<T> {
  const said: string[] = [];
  for (const server of config.servers) {
    let client: Client;
    try {
      client = await open(config, server);
    } catch (error) {
      const reason =
        error instanceof InvalidCredentialsError
          ? 'it does not accept the name and password for searching'
          : error instanceof Error
            ? error.message || error.name
            : 'no reason';
      said.push(`${server}: ${reason}`);
      continue;
    }
    try {
      return await work(client, server);
    } finally {
      await client.unbind().catch(() => undefined);
    }
  }
  throw new DirectoryUnavailable(`No server of the directory can be used. ${said.join('; ')}`);
}

/** Whether a name (DN) and a password belong together, by the word of one server. */
export async function isPasswordOf(config: DirectoryServers, server: string, dn: string, password: string): Promise<boolean> {
  // An empty password is no password: a server would take it for a request without a name and say yes.
  if (password === '' || dn === '') return false;
  try {
    const client = await open({ ...config, servers: [server], bindDn: dn, bindPassword: password }, server);
    await client.unbind().catch(() => undefined);
    return true;
  } catch (error) {
    if (error instanceof InvalidCredentialsError) return false;
    throw error;
  }
}
