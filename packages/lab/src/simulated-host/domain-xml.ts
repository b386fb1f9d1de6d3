import { createHash } from 'node:crypto';

/** What the simulation reads of a domain. */
export interface DomainFacts {
  readonly name: string;
  readonly memoryKib: number;
  readonly vcpus: number;
  readonly launchPaused: boolean;
  readonly disks: readonly DomainDisk[];
  readonly interfaces: readonly { readonly mac: string; readonly device: string }[];
  readonly graphics: readonly ('vnc' | 'spice')[];
  /** Leases that its host has to hold. */
  readonly leases: readonly { readonly domainId: string; readonly leaseId: string }[];
}

/** A disk with an image of a storage domain. */
export interface DomainDisk {
  readonly target: string;
  readonly alias: string;
  readonly poolId: string;
  readonly domainId: string;
  readonly imageId: string;
  readonly volumeId: string;
  readonly readOnly: boolean;
  readonly shareable: boolean;
}

/** Path of a volume as an engine writes it: pool, storage domain, image, volume. */
const VOLUME_PATH = /\/rhev\/data-center\/([0-9a-f-]{36})\/([0-9a-f-]{36})\/images\/([0-9a-f-]{36})\/([0-9a-f-]{36})/;

function elements(xml: string, name: string): string[] {
  return xml.match(new RegExp(`<${name}[\\s>/](?:[^>]*/>|[\\s\\S]*?</${name}>)`, 'g')) ?? [];
}

function attribute(xml: string, element: string, name: string): string | undefined {
  const tag = new RegExp(`<${element}\\b[^>]*>`).exec(xml)?.[0];
  return tag === undefined ? undefined : new RegExp(`\\b${name}=["']([^"']*)["']`).exec(tag)?.[1];
}

function text(xml: string, element: string): string | undefined {
  return new RegExp(`<(?:[\\w-]+:)?${element}(?:\\s[^>]*)?>([^<]*)<`).exec(xml)?.[1];
}

function decode(value: string): string {
  return value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&');
}

function diskOf(xml: string): DomainDisk | undefined {
  const [, poolId = '', domainId = '', imageId = '', volumeId] = VOLUME_PATH.exec(xml) ?? [];
  if (volumeId === undefined) return undefined;
  return {
    target: attribute(xml, 'target', 'dev') ?? 'vda',
    alias: attribute(xml, 'alias', 'name') ?? '',
    poolId,
    domainId,
    imageId,
    volumeId,
    readOnly: /<readonly\s*\/>/.test(xml) || attribute(xml, 'disk', 'device') === 'cdrom',
    shareable: /<shareable\s*\/>/.test(xml),
  };
}

/**
 * Reads a domain as engines write it: by patterns, as this is a simulation; a real agent parses XML.
 * @returns undefined when it is no domain
 */
export function readDomain(xml: string): DomainFacts | undefined {
  if (!/<domain\b/.test(xml)) return undefined;
  const devices = /<devices>[\s\S]*<\/devices>/.exec(xml)?.[0] ?? '';
  return {
    name: decode(text(xml, 'name') ?? ''),
    memoryKib: Number(text(xml, 'currentMemory') ?? text(xml, 'memory') ?? 0),
    vcpus: Number(attribute(xml, 'vcpu', 'current') ?? text(xml, 'vcpu') ?? 1),
    launchPaused: text(xml, 'launchPaused') === 'true',
    disks: elements(devices, 'disk')
      .map(diskOf)
      .filter((disk) => disk !== undefined),
    interfaces: elements(devices, 'interface').map((entry, index) => ({
      mac: attribute(entry, 'mac', 'address') ?? '',
      device: `vnet${index}`,
    })),
    graphics: elements(devices, 'graphics')
      .map((entry) => attribute(entry, 'graphics', 'type'))
      .filter((type) => type === 'vnc' || type === 'spice'),
    leases: elements(devices, 'lease').map((entry) => ({ domainId: text(entry, 'lockspace') ?? '', leaseId: text(entry, 'key') ?? '' })),
  };
}

/** Adds what a hypervisor adds to a domain that runs: an address for each device that has an alias. */
export function withAddresses(xml: string): string {
  let slot = 1;
  return xml.replaceAll(
    /<(disk|interface|controller|video|channel|sound|memballoon|rng)\b[^>]*>(?:(?!<\/\1>)[\s\S])*<alias\b[^>]*\/>(?:(?!<\/\1>)[\s\S])*<\/\1>/g,
    (device: string) => {
      if (device.includes('<address')) return device;
      const address = `<address type="pci" domain="0x0000" bus="0x${Math.trunc(slot / 32)
        .toString(16)
        .padStart(2, '0')}" slot="0x${(slot % 32).toString(16).padStart(2, '0')}" function="0x0"/>`;
      slot += 1;
      return device.replace(/<\/\w+>$/, (end) => address + end);
    },
  );
}

/** The `hash` of statistics: another one means that the devices changed. */
export function domainHash(xml: string): string {
  return createHash('md5').update(xml).digest('hex');
}
