import { isIP } from 'node:net';
import {
  invalidParameter,
  notImplemented,
  readOptionalBoolean,
  readOptionalInteger,
  readOptionalText,
  readText,
  readUuid,
} from '../verb.ts';
import { readSchedule } from './convergence.ts';
import type { ConvergenceSchedule } from './convergence.ts';

/** An agent on another host. */
export interface AgentAddress {
  host: string;
  port: number;
}

/** What a migration was asked for with (VDSM schema, MigrateParams). */
export interface MigrationOrder {
  destination: AgentAddress;
  /** Where the guest's memory is sent; the destination's migration network, when it has one. */
  dataAddress: string;
  maximumMibPerSecond: number | undefined;
  autoConverge: boolean;
  compressed: boolean;
  encrypted: boolean;
  abortOnError: boolean;
  parallelConnections: number | undefined;
  zeroCopy: boolean;
  downtimeMs: number | undefined;
  /** Where consoles of the destination are reached, for clients that follow the VM. */
  consoleAddress: string | undefined;
  schedule: ConvergenceSchedule;
  incomingLimit: number | undefined;
  outgoingLimit: number;
  guestEvents: boolean;
  /** CPUs of the destination for each virtual CPU, and its NUMA nodes for each of the guest's. */
  cpuSets: string[] | undefined;
  numaNodeSets: string[] | undefined;
}

const defaultPort = 54_321;
/** VDSM: max_outgoing_migrations. */
const defaultOutgoingLimit = 2;
const maximumLimit = 1000;
const maximumMibPerSecond = 1_000_000;
const maximumParallel = 255;
const hostPattern = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/;

/** Reads `host`, `host:port` or `[address]:port`; an IPv6 address may stand bare. @throws VdsmError 91 */
export function readAgentAddress(text: string, name: string): AgentAddress {
  if (isIP(text) === 6) return { host: text, port: defaultPort };
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3] ?? defaultPort);
  const valid = match?.[1] === undefined ? hostPattern.test(host) : isIP(host) === 6;
  if (!valid || port < 1 || port > 65_535) throw invalidParameter(name, 'host or host:port is needed');
  return { host, port };
}

function readHost(params: Record<string, unknown>, key: string): string | undefined {
  const text = readOptionalText(params, key, 255);
  if (text === undefined || text === '' || text === '0') return undefined;
  if (isIP(text) === 0 && !hostPattern.test(text)) throw invalidParameter(`params.${key}`, 'an address or a name is needed');
  return text;
}

function readSets(params: Record<string, unknown>, key: string): string[] | undefined {
  const value = params[key];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length > 4096 || value.some((one) => typeof one !== 'string' || !/^[\d,^-]{1,1024}$/.test(one)))
    throw invalidParameter(`params.${key}`, 'a list of sets such as 0-3 is needed');
  return value as string[];
}

/** Reads the parameters of `VM.migrate`. @throws VdsmError 11, 44, 91 */
export function readMigrationOrder(vmId: string, params: Record<string, unknown>): MigrationOrder {
  if (params['vmId'] !== undefined && readUuid(params, 'vmId') !== vmId)
    throw invalidParameter('params.vmId', 'the same UUID as vmID is needed');
  if (readOptionalBoolean(params, 'tunneled') === true)
    throw notImplemented('VM.migrate', 'this host agent does not carry migrations through the connection of the daemons (tunneled)');
  const method = readOptionalText(params, 'method', 32) ?? 'online';
  if (method !== 'online') throw invalidParameter('params.method', 'online is needed');
  const destination = readAgentAddress(readText(params, 'dst', 300), 'params.dst');
  const count = (name: string, minimum: number, maximum: number) => readOptionalInteger(params, name, { minimum, maximum });
  return {
    destination,
    dataAddress: readHost(params, 'dstqemu') ?? destination.host,
    // 0 is no limit.
    maximumMibPerSecond: count('maxBandwidth', 0, maximumMibPerSecond) || undefined,
    autoConverge: readOptionalBoolean(params, 'autoConverge') ?? false,
    compressed: readOptionalBoolean(params, 'compressed') ?? false,
    encrypted: readOptionalBoolean(params, 'encrypted') ?? false,
    abortOnError: readOptionalBoolean(params, 'abortOnError') ?? true,
    parallelConnections: count('parallel', 0, maximumParallel) || undefined,
    zeroCopy: readOptionalBoolean(params, 'zerocopy') ?? false,
    downtimeMs: count('downtime', 0, 2_000_000) || undefined,
    consoleAddress: readHost(params, 'consoleAddress'),
    schedule: readSchedule(params),
    incomingLimit: count('incomingLimit', 1, maximumLimit),
    outgoingLimit: count('outgoingLimit', 1, maximumLimit) ?? defaultOutgoingLimit,
    guestEvents: readOptionalBoolean(params, 'enableGuestEvents') ?? false,
    cpuSets: readSets(params, 'cpusets'),
    numaNodeSets: readSets(params, 'numaNodesets'),
  };
}

/** A host as the part of a URI. */
export const uriHost = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

/** An agent as text, as it is remembered. */
export const addressText = ({ host, port }: AgentAddress): string => `${uriHost(host)}:${port}`;
