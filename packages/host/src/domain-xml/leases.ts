import { isUuid } from '../uuid.ts';
import { child, childrenNamed, element, removeChildren, textOf } from './element.ts';
import type { XmlElement } from './element.ts';
import { DomainRequestError } from './request.ts';

/** The two names of a lease that a VM holds while it runs. */
export interface LeaseIds {
  domainId: string;
  leaseId: string;
}

/** Where a lease lies on this host. */
export interface LeasePlace {
  path: string;
  offsetBytes: number;
}

/** The lease of a device; undefined when its names are none. */
function idsOf(lease: XmlElement): LeaseIds | undefined {
  const [domainId, leaseId] = [textOf(child(lease, 'lockspace')).toLowerCase(), textOf(child(lease, 'key')).toLowerCase()];
  return isUuid(domainId) && isUuid(leaseId) ? { domainId, leaseId } : undefined;
}

/** The leases of a domain. @throws DomainRequestError when one of them is not named by UUIDs */
export function readLeases(devices: XmlElement): LeaseIds[] {
  return childrenNamed(devices, 'lease').map((lease) => {
    const ids = idsOf(lease);
    if (!ids) throw new DomainRequestError('A lease needs the UUID of its storage domain as lockspace and a UUID as key');
    return ids;
  });
}

/** That lease of a domain. */
export const findLeaseDevice = (devices: XmlElement, wanted: LeaseIds): XmlElement | undefined =>
  childrenNamed(devices, 'lease').find((lease) => {
    const ids = idsOf(lease);
    return ids?.domainId === wanted.domainId && ids.leaseId === wanted.leaseId;
  });

/** The device by which libvirt's lock manager holds a lease. */
export const leaseElement = ({ domainId, leaseId }: LeaseIds, { path, offsetBytes }: LeasePlace): XmlElement =>
  element('lease', {}, [
    element('lockspace', {}, [domainId]),
    element('key', {}, [leaseId]),
    element('target', { path, offset: String(offsetBytes) }),
  ]);

/**
 * Gives a domain these leases and no others. What the document said of their places counts for nothing: another host wrote it, or an
 * engine that leaves them open (VDSM placeholders LEASE-PATH, LEASE-OFFSET).
 */
export function setLeases(devices: XmlElement, leases: readonly XmlElement[]): void {
  removeChildren(devices, (node) => node.name === 'lease');
  devices.children.push(...leases);
}
