import type { GuestFacts } from '../vms/read.ts';

type Raw = Record<string, unknown>;
/** Bounds on what a guest may make us store: it is not ours and may lie. */
const maxText = 256;
const maxInterfaces = 64;
const maxAddresses = 64;
const maxApplications = 512;

const clean = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== ''
    ? // oxlint-disable-next-line no-control-regex -- control characters are what is removed
      value.replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, '').slice(0, maxText)
    : undefined;
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const object = (value: unknown): Raw => (typeof value === 'object' && value !== null ? (value as Raw) : {});
const addresses = (value: unknown): string[] =>
  list(value)
    .flatMap((one) => clean(one) ?? [])
    .filter((one) => /^[0-9a-fA-F:.%\w]+$/.test(one))
    .slice(0, maxAddresses);

/** What a VM's report tells of its guest, bounded and cleaned; undefined when it tells nothing, so that what is known stays. */
export function guestFacts(report: Raw): GuestFacts | undefined {
  if (Object.keys(report).length === 0) return undefined;
  const os = object(report['guestOsInfo']);
  const zone = object(report['guestTimezone']);
  const put = <K extends keyof GuestFacts>(key: K, value: GuestFacts[K] | undefined): Partial<GuestFacts> =>
    value === undefined ? {} : { [key]: value };
  const user = clean(report['username']);
  return {
    ...put('fqdn', clean(report['guestFQDN'])),
    ...put('hostName', clean(report['guestName'])),
    ...put('osName', clean(os['distribution'])),
    ...put('osVersion', clean(os['version'])),
    ...put('osKernel', clean(os['kernel'])),
    ...put('osArchitecture', clean(os['arch'])),
    ...put('osFamily', clean(os['type'])),
    ...put('timeZone', clean(zone['zone'])),
    ...put('timeZoneOffset', clean(typeof zone['offset'] === 'number' ? String(zone['offset']) : zone['offset'])),
    ...(user && user !== 'Unknown' && user !== 'None' ? { user } : {}),
    applications: list(report['appsList'])
      .flatMap((one) => clean(one) ?? [])
      .slice(0, maxApplications),
    interfaces: list(report['netIfaces'])
      .slice(0, maxInterfaces)
      .map(object)
      .map((one) => ({
        name: clean(one['name']) ?? '',
        ...(clean(one['hw']) ? { mac: clean(one['hw']) } : {}),
        ipv4: addresses(one['inet']),
        ipv6: addresses(one['inet6']),
      }))
      .filter((one) => one.ipv4.length + one.ipv6.length > 0),
  };
}
