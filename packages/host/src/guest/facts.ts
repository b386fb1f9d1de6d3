import type { ParameterRecord } from '@virgate/libvirt';
import { isIP } from 'node:net';

export interface GuestInterface {
  name: string;
  hw: string;
  inet: string[];
  inet6: string[];
}
export interface GuestDiskUsage {
  path: string;
  /** Bytes as text, because totals pass what a 32-bit reader takes. */
  total: string;
  used: string;
  fs: string;
}
export interface GuestOsInfo {
  type: string;
  arch: string;
  distribution: string;
  version: string;
  codename: string;
  kernel: string;
}

/** What a guest's agent told, cut to size. A missing part was never told. */
export interface GuestFacts {
  hostName: string | undefined;
  os: GuestOsInfo | undefined;
  timezone: { zone: string; offset: number } | undefined;
  interfaces: GuestInterface[] | undefined;
  userNames: string[] | undefined;
  disksUsage: GuestDiskUsage[] | undefined;
  /** Guest's device name by disk serial. */
  diskMapping: Record<string, { name: string }>;
  cpuCount: number | undefined;
  agentVersion: string | undefined;
  /** When the agent last answered; monotonic. */
  answeredMs: number | undefined;
}

/** What a guest may tell at most. A guest is not trusted: what goes beyond is cut off. */
export const guestLimits = {
  nameCharacters: 255,
  textCharacters: 256,
  interfaces: 64,
  addressesPerInterface: 64,
  users: 32,
  fileSystems: 128,
  disks: 256,
  cpus: 8192,
} as const;

export function emptyGuestFacts(): GuestFacts {
  return {
    hostName: undefined,
    os: undefined,
    timezone: undefined,
    interfaces: undefined,
    userNames: undefined,
    disksUsage: undefined,
    diskMapping: {},
    cpuCount: undefined,
    agentVersion: undefined,
    answeredMs: undefined,
  };
}

/** Text of a guest without control, formatting or broken characters, and not longer than allowed. */
export function cleanText(value: unknown, maximumCharacters: number = guestLimits.textCharacters): string {
  if (typeof value !== 'string') return '';
  // Cut first: cleaning a megabyte would be work for whoever sends it.
  const clean = value
    .slice(0, maximumCharacters * 4)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\uFFFD]/gu, '');
  return clean.slice(0, maximumCharacters).toWellFormed().replaceAll('\uFFFD', '').trim();
}

function wholeNumber(value: unknown, maximum = Number.MAX_SAFE_INTEGER): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= maximum ? value : undefined;
}

function indices(record: ParameterRecord, name: string, maximum: number): number[] {
  return Array.from({ length: Math.min(maximum, wholeNumber(record[name]) ?? 0) }, (_, index) => index);
}

function readInterface(record: ParameterRecord, prefix: string): GuestInterface {
  const addresses = indices(record, `${prefix}.addr.count`, guestLimits.addressesPerInterface).flatMap((index) => {
    const address = record[`${prefix}.addr.${index}.addr`];
    // A zone (`fe80::1%eth0`) means something in the guest only.
    return typeof address === 'string' && isIP(address) !== 0 && !address.includes('%') ? [address] : [];
  });
  const hardware = cleanText(record[`${prefix}.hwaddr`], 64).toLowerCase();
  return {
    name: cleanText(record[`${prefix}.name`], 64),
    hw: /^(?:[0-9a-f]{2}:){5,19}[0-9a-f]{2}$/.test(hardware) ? hardware : '',
    inet: addresses.filter((address) => isIP(address) === 4),
    inet6: addresses.filter((address) => isIP(address) === 6),
  };
}

function readFileSystem(record: ParameterRecord, prefix: string): GuestDiskUsage | undefined {
  const total = wholeNumber(record[`${prefix}.total-bytes`]);
  const used = wholeNumber(record[`${prefix}.used-bytes`]);
  const path = cleanText(record[`${prefix}.mountpoint`]);
  if (path === '' || total === undefined || used === undefined || used > total) return undefined;
  return { path, total: String(total), used: String(used), fs: cleanText(record[`${prefix}.fstype`], 64) };
}

function readOs(record: ParameterRecord): GuestOsInfo {
  const id = cleanText(record['os.id']);
  const windows = id === 'mswindows';
  return {
    type: windows ? 'windows' : 'linux',
    arch: cleanText(record['os.machine'], 32),
    distribution: cleanText(record['os.name']),
    version: cleanText(record[windows ? 'os.pretty-name' : 'os.version-id']),
    codename: windows ? '' : (/\(([^)]*)\)/.exec(cleanText(record['os.version']))?.[1] ?? ''),
    kernel: cleanText(record['os.kernel-release']),
  };
}

function readDiskMapping(record: ParameterRecord): Record<string, { name: string }> {
  const mapping: Record<string, { name: string }> = {};
  for (const fs of indices(record, 'fs.count', guestLimits.fileSystems)) {
    for (const disk of indices(record, `fs.${fs}.disk.count`, 8)) {
      const serial = cleanText(record[`fs.${fs}.disk.${disk}.serial`], 64);
      const device = cleanText(record[`fs.${fs}.disk.${disk}.device`], 128);
      if (/^[\w-]{1,64}$/.test(serial) && device !== '') mapping[serial] = { name: device };
    }
  }
  for (const disk of indices(record, 'disk.count', guestLimits.disks)) {
    const serial = cleanText(record[`disk.${disk}.serial`], 64);
    const name = cleanText(record[`disk.${disk}.name`], 128);
    if (/^[\w-]{1,64}$/.test(serial) && name !== '') mapping[serial] = { name };
  }
  return mapping;
}

function readTimezone(record: ParameterRecord): { zone: string; offset: number } | undefined {
  const offsetSeconds = record['timezone.offset'];
  if (typeof offsetSeconds !== 'number' || Math.abs(offsetSeconds) > 86_400) return undefined;
  return { zone: cleanText(record['timezone.name'], 64), offset: Math.trunc(offsetSeconds / 60) };
}

/**
 * Takes what libvirt got from the QEMU guest agent (domain guest info) into what is known of the
 * guest; parts that this answer does not have stay as they were. Pure.
 */
export function mergeGuestInfo(known: GuestFacts, record: ParameterRecord, nowMs: number): GuestFacts {
  const facts: GuestFacts = { ...known, answeredMs: nowMs };
  if (record['hostname'] !== undefined) facts.hostName = cleanText(record['hostname'], guestLimits.nameCharacters);
  if (record['os.id'] !== undefined) facts.os = readOs(record);
  if (record['timezone.offset'] !== undefined) facts.timezone = readTimezone(record);
  if (record['user.count'] !== undefined) {
    const names = indices(record, 'user.count', guestLimits.users).map((index) => cleanText(record[`user.${index}.name`], 64));
    facts.userNames = [...new Set(names.filter((name) => name !== ''))];
  }
  if (record['if.count'] !== undefined) {
    facts.interfaces = indices(record, 'if.count', guestLimits.interfaces)
      .map((index) => readInterface(record, `if.${index}`))
      .filter((nic) => nic.name !== '' && nic.name !== 'lo');
  }
  if (record['fs.count'] !== undefined) {
    facts.disksUsage = indices(record, 'fs.count', guestLimits.fileSystems)
      .map((index) => readFileSystem(record, `fs.${index}`))
      .filter((usage) => usage !== undefined);
  }
  const mapping = readDiskMapping(record);
  if (Object.keys(mapping).length > 0) facts.diskMapping = mapping;
  return facts;
}

/** The answer to `guest-info`: the version of the agent. Pure. */
export function mergeAgentVersion(known: GuestFacts, answer: string): GuestFacts {
  if (answer.length > 1024 * 1024) return known;
  try {
    const { return: info } = JSON.parse(answer) as { return?: { version?: unknown } };
    const agentVersion = cleanText(info?.version, 32);
    return agentVersion === '' ? known : { ...known, agentVersion };
  } catch {
    return known;
  }
}

/** What is written of a guest into the statistics of its VM (VDSM schema, RunningVmStats). Pure. */
export function guestStatistics(guest: GuestFacts): Record<string, unknown> {
  const addresses = (guest.interfaces ?? [])
    .flatMap((nic) => nic.inet)
    .filter((address) => !address.startsWith('127.') && !address.startsWith('169.254.'));
  const applications = [
    ...(guest.os === undefined || guest.os.kernel === '' || guest.os.type !== 'linux' ? [] : [`kernel-${guest.os.kernel}`]),
    ...(guest.agentVersion === undefined ? [] : [`qemu-guest-agent-${guest.agentVersion}`]),
  ];
  return {
    username: guest.userNames?.[0] ?? 'Unknown',
    session: 'Unknown',
    guestFQDN: guest.hostName ?? '',
    guestIPs: addresses.join(' '),
    guestCPUCount: guest.cpuCount ?? -1,
    appsList: applications,
    netIfaces: guest.interfaces ?? [],
    disksUsage: guest.disksUsage ?? [],
    ...(guest.hostName === undefined ? {} : { guestName: guest.hostName }),
    ...(guest.os === undefined ? {} : { guestOs: guest.os.kernel === '' ? guest.os.distribution : guest.os.kernel, guestOsInfo: guest.os }),
    ...(guest.timezone === undefined ? {} : { guestTimezone: guest.timezone }),
  };
}
