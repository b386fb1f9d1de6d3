import { DomainDeviceModifyFlags } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { child } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import { findLeaseDevice, leaseElement, readLeases, setLeases } from '../domain-xml/leases.ts';
import type { LeaseIds } from '../domain-xml/leases.ts';
import { parseXml } from '../domain-xml/parse.ts';
import { DomainRequestError } from '../domain-xml/request.ts';
import { writeXml } from '../domain-xml/write.ts';
import { errorCode, readObject, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { documentOf } from './hot-plug.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** libvirt without a lock manager ignores leases: a VM would run without what makes it safe to run. */
const noLockManager = 'This host holds no leases for VMs: its libvirt has no lock manager';

/** The leases of a document, as far as it can be judged before anything begins. @throws DomainRequestError */
export function leasesOf(vms: VmRegistry, domain: XmlElement): LeaseIds[] {
  const devices = child(domain, 'devices');
  const leases = devices ? readLeases(devices) : [];
  if (leases.length > 0 && vms.dependencies.findLease === undefined) throw new DomainRequestError(noLockManager);
  return leases;
}

async function leaseDevice(vms: VmRegistry, ids: LeaseIds): Promise<XmlElement> {
  const { findLease } = vms.dependencies;
  if (findLease === undefined) throw new DomainRequestError(noLockManager);
  return leaseElement(ids, await findLease(ids));
}

/**
 * Makes a domain hold leases where they lie on this host.
 *
 * @param leases those that it shall have, whatever its document says
 * @throws DomainRequestError, VdsmError 936 and others when one can't be found
 */
export async function placeLeases(vms: VmRegistry, domain: XmlElement, leases: readonly LeaseIds[]): Promise<void> {
  const devices = child(domain, 'devices');
  if (devices) setLeases(devices, await Promise.all(leases.map((ids) => leaseDevice(vms, ids))));
}

/** What of a running VM's leases is to change. */
interface LeaseChange {
  vm: Vm;
  ids: LeaseIds;
  /** The lease as the VM has it. */
  live: XmlElement | undefined;
}

/** A verb about one lease of a running VM (VDSM schema, VmLeaseDevice). */
function leaseVerb(vms: VmRegistry, code: number, change: (of: LeaseChange) => Promise<void>): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const lease = readObject(params, 'lease');
    const ids = { domainId: readUuid(lease, 'sd_id'), leaseId: readUuid(lease, 'lease_id') };
    try {
      await vms.inTurn(vm, async () => {
        const devices = child(parseXml((await documentOf(vms, vm)).xml), 'devices');
        await change({ vm, ids, live: devices && findLeaseDevice(devices, ids) });
      });
      return await documentOf(vms, vm);
    } catch (error) {
      throw error instanceof VdsmError ? error : asFault(error, code);
    }
  };
}

/** The verb VM.hotplugLease: libvirt acquires the lease, or the VM goes on without it. One that it holds already is fine. */
export const hotplugLease = (vms: VmRegistry): VerbHandler =>
  leaseVerb(vms, errorCode.hotplugLeaseFailed, async ({ vm, ids, live }) => {
    if (live) return;
    const xml = writeXml(await leaseDevice(vms, ids));
    await vms.call(vm, 'control', (connection) => connection.domainAttachDevice(vm.vmId, xml, DomainDeviceModifyFlags.LIVE));
  });

/** The verb VM.hotunplugLease. One that it does not hold is let go already. */
export const hotunplugLease = (vms: VmRegistry): VerbHandler =>
  leaseVerb(vms, errorCode.hotunplugLeaseFailed, async ({ vm, live }) => {
    if (!live) return;
    await vms.call(vm, 'control', (connection) => connection.domainDetachDevice(vm.vmId, writeXml(live), DomainDeviceModifyFlags.LIVE));
  });
