import { isIP } from 'node:net';
import { cleanText, guestLimits } from './facts.ts';
import type { GuestDiskUsage, GuestInterface } from './facts.ts';

/** What oVirt's own agent in a guest told, cut to size. A missing part was never told. */
export interface OvirtGuestFacts {
  hostName?: string;
  fqdn?: string;
  osVersion?: string;
  timezone?: { zone: string; offset: number };
  interfaces?: GuestInterface[];
  applications?: string[];
  userName?: string;
  session?: 'Active' | 'Locked' | 'LoggedOff' | 'Unknown' | 'UserLoggedOn';
  disksUsage?: GuestDiskUsage[];
  cpuCount?: number;
  freeRamMib?: number;
}

type Message = Record<string, unknown>;

const maximumApplications = 2000;
const sessions: Record<string, OvirtGuestFacts['session']> = {
  'session-logon': 'UserLoggedOn',
  'session-lock': 'Locked',
  'session-unlock': 'Active',
  'session-logoff': 'LoggedOff',
  'session-startup': 'Unknown',
  'session-shutdown': 'Unknown',
};

const list = (value: unknown, maximum: number): unknown[] => (Array.isArray(value) ? value.slice(0, maximum) : []);
const object = (value: unknown): Message => (typeof value === 'object' && value !== null ? (value as Message) : {});
const whole = (value: unknown, maximum: number): number | undefined => {
  const number = typeof value === 'string' && /^\d{1,18}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 && number <= maximum ? number : undefined;
};

function addresses(value: unknown, version: 4 | 6): string[] {
  return list(value, guestLimits.addressesPerInterface).filter(
    (one): one is string => typeof one === 'string' && isIP(one) === version && !one.includes('%'),
  );
}

function readInterface(value: unknown): GuestInterface[] {
  const nic = object(value);
  const name = cleanText(nic['name'], 64);
  const hardware = cleanText(nic['hw'], 64).toLowerCase();
  if (name === '' || name === 'lo') return [];
  const hw = /^(?:[0-9a-f]{2}:){5,19}[0-9a-f]{2}$/.test(hardware) ? hardware : '';
  return [{ name, hw, inet: addresses(nic['inet'], 4), inet6: addresses(nic['inet6'], 6) }];
}

function readDisk(value: unknown): GuestDiskUsage[] {
  const disk = object(value);
  const path = cleanText(disk['path']);
  const [total, used] = [whole(disk['total'], Number.MAX_SAFE_INTEGER), whole(disk['used'], Number.MAX_SAFE_INTEGER)];
  if (path === '' || total === undefined || used === undefined || used > total) return [];
  return [{ path, total: String(total), used: String(used), fs: cleanText(disk['fs'], 64) }];
}

/** What each kind of message says of the guest. */
const readers: Record<string, (message: Message) => OvirtGuestFacts> = {
  heartbeat: (message) => {
    const freeRamMib = whole(message['free-ram'], 2 ** 40);
    return freeRamMib === undefined ? {} : { freeRamMib };
  },
  'host-name': (message) => ({ hostName: cleanText(message['name'], guestLimits.nameCharacters) }),
  fqdn: (message) => ({ fqdn: cleanText(message['fqdn'], guestLimits.nameCharacters) }),
  'os-version': (message) => ({ osVersion: cleanText(message['version']) }),
  timezone: (message) => {
    const offset = message['offset'];
    if (typeof offset !== 'number' || Math.abs(offset) > 1440) return {};
    return { timezone: { zone: cleanText(message['zone'], 64), offset: Math.trunc(offset) } };
  },
  'network-interfaces': (message) => ({ interfaces: list(message['interfaces'], guestLimits.interfaces).flatMap(readInterface) }),
  applications: (message) => ({
    applications: list(message['applications'], maximumApplications)
      .map((name) => cleanText(name))
      .filter((name) => name !== ''),
  }),
  'active-user': (message) => ({ userName: cleanText(message['name'], 64) }),
  'disks-usage': (message) => ({ disksUsage: list(message['disks'], guestLimits.fileSystems).flatMap(readDisk) }),
  'number-of-cpus': (message) => {
    const cpuCount = whole(message['count'], guestLimits.cpus);
    return cpuCount === undefined ? {} : { cpuCount };
  },
};

/** Takes a message of the agent into what is known of its guest; one of a kind that is not known changes nothing. Pure. */
export function mergeOvirtMessage(known: OvirtGuestFacts, message: Message): OvirtGuestFacts {
  const name = String(message['__name__']);
  const session = Object.hasOwn(sessions, name) ? sessions[name] : undefined;
  if (session !== undefined) return { ...known, session, ...(session === 'LoggedOff' ? { userName: '' } : {}) };
  const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
  return read ? { ...known, ...read(message) } : known;
}

/** One line of the protocol; undefined when it is no message. Pure. */
export function readOvirtMessage(line: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(line);
    if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined;
    return typeof (message as Message)['__name__'] === 'string' ? (message as Message) : undefined;
  } catch {
    return undefined;
  }
}

/** What the statistics of a VM say where the QEMU guest agent says nothing; applications come behind its own. Pure. */
export function withOvirtFacts(statistics: Record<string, unknown>, facts: OvirtGuestFacts | undefined): Record<string, unknown> {
  if (facts === undefined) return statistics;
  const filled = { ...statistics };
  const fill = (name: string, value: unknown, isEmpty: (present: unknown) => boolean): void => {
    if (value !== undefined && value !== '' && isEmpty(filled[name])) filled[name] = value;
  };
  const nothing = (present: unknown): boolean => present === undefined || present === '';
  const none = (present: unknown): boolean => Array.isArray(present) && present.length === 0;
  fill('username', facts.userName, (present) => present === 'Unknown');
  fill('session', facts.session, () => true);
  fill('guestFQDN', facts.fqdn ?? facts.hostName, nothing);
  fill('guestName', facts.hostName, nothing);
  fill('guestOs', facts.osVersion, nothing);
  fill('guestTimezone', facts.timezone, nothing);
  fill('guestCPUCount', facts.cpuCount, (present) => present === -1);
  fill('netIfaces', facts.interfaces, none);
  fill('disksUsage', facts.disksUsage, none);
  const inet = (facts.interfaces ?? []).flatMap((nic) => nic.inet).filter((one) => !one.startsWith('127.') && !one.startsWith('169.254.'));
  fill('guestIPs', inet.join(' '), nothing);
  filled['appsList'] = [...new Set([...(filled['appsList'] as string[]), ...(facts.applications ?? [])])];
  return filled;
}
