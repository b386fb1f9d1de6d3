import { isIP } from 'node:net';
import {
  BusyError,
  Client,
  ConstraintViolationError,
  InappropriateAuthError,
  InvalidCredentialsError,
  NoSuchObjectError,
  ResultCodeError,
  UnavailableError,
  UnwillingToPerformError,
} from 'ldapts';

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
  /** Other times than the usual ones. */
  limits?: Partial<typeof directoryLimits>;
}

/**
 * Times that a server has to answer: to connect, for one operation, for all that it is asked in one go. A server that did not is asked
 * last for a while, so that not every sign-in waits for it.
 */
export const directoryLimits: Readonly<Record<'connectTimeoutMs' | 'operationTimeoutMs' | 'serverMs' | 'avoidMs', number>> = {
  connectTimeoutMs: 5_000,
  operationTimeoutMs: 15_000,
  serverMs: 30_000,
  avoidMs: 60_000,
};
const ports = { none: 389, start_tls: 389, ldaps: 636 } as const;

/** No server of the directory could be asked. */
export class DirectoryUnavailable extends Error {}

/** The directory answers, with more than can be kept or less than there is. */
export class DirectoryLimit extends DirectoryUnavailable {}

const limitsOf = (config: DirectoryServers) => ({ ...directoryLimits, ...config.limits });

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
    timeout: limitsOf(config).operationTimeoutMs,
    connectTimeout: limitsOf(config).connectTimeoutMs,
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

/** Until when a server is asked last, by its address; shared by all directories of an engine. */
const avoidedUntil = new Map<string, number>();
const maxAvoided = 1000;

function avoid(config: DirectoryServers, server: string): void {
  if (avoidedUntil.size >= maxAvoided) avoidedUntil.clear();
  avoidedUntil.set(server, performance.now() + limitsOf(config).avoidMs);
}

/** Servers in the order in which they are to be asked: those that failed lately at the end. */
const inOrder = (servers: readonly string[]): string[] => {
  const failed = (server: string): boolean => (avoidedUntil.get(server) ?? 0) > performance.now();
  return [...servers.filter((server) => !failed(server)), ...servers.filter(failed)];
};

/** Whether an error is the answer of a server that works, which another one would give too. */
const isAnswer = (error: unknown): boolean =>
  error instanceof ResultCodeError && !(error instanceof BusyError) && !(error instanceof UnavailableError);

const reasonOf = (error: unknown): string =>
  error instanceof InvalidCredentialsError
    ? 'it does not accept the name and password for searching'
    : error instanceof Error
      ? error.message || error.name
      : 'no reason';

/** Runs the work with one server, for so long; then the connection is cut, and with it what still waits. */
async function within<T>(client: Client, serverMs: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${serverMs / 1000} seconds`)), serverMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
    await client.unbind().catch(() => undefined);
  }
}

/**
 * Asks a directory: the first of its servers that answers. Servers that do not, or break off, are passed over: `work` begins anew then.
 * @throws {DirectoryUnavailable} when none does, with what each said; what `work` throws, where that is no failure of a server
 */
export async function withDirectory<T>(config: DirectoryServers, work: (client: Client, server: string) => Promise<T>): Promise<T> {
  const said: string[] = [];
  for (const server of inOrder(config.servers)) {
    let client: Client;
    try {
      client = await open(config, server);
    } catch (error) {
      avoid(config, server);
      said.push(`${server}: ${reasonOf(error)}`);
      continue;
    }
    try {
      const result = await within(client, limitsOf(config).serverMs, () => work(client, server));
      avoidedUntil.delete(server);
      return result;
    } catch (error) {
      if (error instanceof DirectoryUnavailable || isAnswer(error)) throw error;
      avoid(config, server);
      said.push(`${server}: ${reasonOf(error)}`);
    }
  }
  throw new DirectoryUnavailable(`No server of the directory can be used. ${said.join('; ')}`);
}

/** Answers of servers to a password that is not right, or no longer, or of somebody who is locked there. */
const noes = [
  InvalidCredentialsError,
  ConstraintViolationError,
  UnwillingToPerformError,
  InappropriateAuthError,
  NoSuchObjectError,
] as const;

/** Whether a name (DN) and a password belong together, by the word of one server. */
export async function isPasswordOf(config: DirectoryServers, server: string, dn: string, password: string): Promise<boolean> {
  // An empty password is no password: a server would take it for a request without a name and say yes.
  if (password === '' || dn === '') return false;
  try {
    const client = await open({ ...config, servers: [server], bindDn: dn, bindPassword: password }, server);
    await client.unbind().catch(() => undefined);
    return true;
  } catch (error) {
    if (noes.some((no) => error instanceof no)) return false;
    throw error;
  }
}
