import type { DiskDevice } from './domain-xml/disks.ts';
import type { NicDevice } from './domain-xml/interfaces.ts';
import type { Settings } from './definition.ts';

/** A VM's custom properties by name. */
export const customPropertiesOf = (settings: Settings): Record<string, string> =>
  Object.fromEntries((settings.custom_properties ?? []).map((one) => [one.name ?? '', one.value ?? '']));

/** What custom properties make of the domain itself; all of them also reach the host's hooks. Source: engine behaviour, VM properties. */
export interface DomainProperties {
  /** How virtio disks are cached by the host. */
  diskCache: NonNullable<DiskDevice['cache']>;
  sendBufferBytes: number | null;
  /** By network, whether the kernel moves the packets of virtio NICs, or QEMU. */
  vhost: Readonly<Record<string, boolean>>;
  nvramTemplate: string | null;
  /** Features of the processor, with `-` before those that it is not to have. */
  cpuFlags: readonly string[];
  hugePageKib: number | null;
}

const list = (value: string | undefined): string[] => (value === undefined || value === '' ? [] : value.split(','));
const caches = { writeback: 'writeback', writethrough: 'writethrough' } as const;

export function domainPropertiesOf(properties: Readonly<Record<string, string>>): DomainProperties {
  const { sndbuf, viodiskcache, nvram_template: nvram, hugepages } = properties;
  return {
    diskCache: caches[viodiskcache as keyof typeof caches] ?? 'none',
    sendBufferBytes: sndbuf === undefined || sndbuf === '' ? null : Number(sndbuf),
    vhost: Object.fromEntries(
      list(properties['vhost']).map((entry) => {
        const [network = '', wanted] = entry.split(':');
        return [network, wanted === 'true'];
      }),
    ),
    nvramTemplate: nvram || null,
    cpuFlags: list(properties['extra_cpu_flags']),
    hugePageKib: Number(hugepages) || null,
  };
}

/** A disk as the VM's properties have it: only one that is the VM's alone is cached. */
export const withDiskProperties = <Disk extends DiskDevice>(disk: Disk, { diskCache }: DomainProperties): Disk =>
  diskCache === 'none' || disk.interface !== 'virtio' || disk.shareable ? disk : { ...disk, cache: diskCache };

/** A NIC as the VM's properties have it. */
export function withNicProperties(nic: NicDevice, { sendBufferBytes, vhost }: DomainProperties): NicDevice {
  const kernel = nic.model === 'virtio' && nic.network !== null ? vhost[nic.network] : undefined;
  return {
    ...nic,
    ...(kernel === undefined ? {} : { driver: kernel ? 'vhost' : 'qemu' }),
    ...(sendBufferBytes === null ? {} : { sendBufferBytes }),
  };
}
