import { DomainSaveRestoreFlags, DomainXMLFlags } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import type { PreparedVolume } from '../domain-xml/environment.ts';
import { child, clone, walk } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import { readVmMetadata, setVmMetadata } from '../domain-xml/metadata.ts';
import { parseXml } from '../domain-xml/parse.ts';
import { hasRuledPorts } from '../domain-xml/prepare-devices.ts';
import { relocateDomain } from '../domain-xml/relocate.ts';
import { readDiskRequests } from '../domain-xml/request.ts';
import type { DomainRequest } from '../domain-xml/request.ts';
import { writeXml } from '../domain-xml/write.ts';
import { errorCode } from '../verb.ts';
import { placeBootFiles } from './boot-files.ts';
import { setDeviceChildren } from './drives.ts';
import { leasesOf, placeLeases } from './leases.ts';
import type { MemoryVolumes } from './memory-volumes.ts';
import type { VmRegistry } from './registry.ts';
import { afterwards, runVmHook } from './hooks.ts';
import { prepareLun } from './prepare-lun.ts';
import { prepareSource } from './prepare-volume.ts';
import { readSavedState } from './saved-state.ts';
import type { SavedState } from './saved-state.ts';
import type { Vm } from './vm.ts';

/** Hooks of both points are told whether the memory is a snapshot's. */
const fromSnapshotOf = (saved: SavedState): Record<string, string> => ({ FROM_SNAPSHOT: saved.isSnapshot === true ? 'True' : 'False' });

function withoutPasswords(domain: XmlElement): XmlElement {
  const copy = clone(domain);
  for (const node of walk(copy)) if (node.name === 'graphics') node.attributes.delete('passwd');
  return copy;
}

/**
 * Lets a suspended VM go on. The guest must find all as it was, so the document that was saved with
 * its memory counts; of the request only which volumes its disks are now.
 */
export async function restoreDomain(vms: VmRegistry, vm: Vm, request: DomainRequest, memory: MemoryVolumes): Promise<void> {
  const { images, hypervisor, environment, clock, settlePorts } = vms.dependencies;
  const [dump, configuration] = [await images.prepare(memory.dump), await images.prepare(memory.configuration)];
  const saved = await readSavedState(configuration.path);
  if (saved.vmId !== vm.vmId) throw new VdsmError(errorCode.cannotCreateVm, 'The saved state is that of another VM');
  const fromSnapshot = fromSnapshotOf(saved);
  const volumes = new Map<string, PreparedVolume>();
  for (const disk of request.disks) {
    const ready = await prepareSource(vms, vm, disk);
    if (ready) volumes.set(disk.target, ready);
  }
  // What this point's hooks change counts for starts only: the guest must find all as it was.
  await runVmHook(vms, vm, 'before_vm_start', request.domain);
  await hypervisor.runLong(async (connection) => {
    const { xml } = await connection.call(
      'DOMAIN_SAVE_IMAGE_GET_XML_DESC',
      { file: dump.path, flags: DomainXMLFlags.SECURE },
      { timeoutMs: 30_000 },
    );
    const domain = parseXml(xml);
    const devices = child(domain, 'devices');
    for (const disk of devices ? readDiskRequests(devices, readVmMetadata(domain), 'empty') : []) {
      if (volumes.has(disk.target)) continue;
      if (disk.source.kind === 'volume') volumes.set(disk.target, await images.prepare(disk.source.ids));
      if (disk.source.kind === 'lun') volumes.set(disk.target, await prepareLun(vms, disk.source.guid));
    }
    // Those of now, not those of then: a snapshot may be older than the VM's lease.
    await placeBootFiles(vms.dependencies, domain);
    await placeLeases(vms, domain, leasesOf(vms, request.domain));
    relocateDomain(domain, environment(), { volumes, payloads: new Map() }, { startTime: clock.nowMs() / 1000 });
    // What was under way when the state was saved is not any more, and the disks may be on other volumes.
    const told = setVmMetadata(domain, { snapshot_job: undefined, jobs: undefined });
    for (const { target, source } of request.disks) {
      if (source.kind !== 'volume') continue;
      const { poolId, domainId, imageId, volumeId } = source.ids;
      setDeviceChildren(told, target, {
        poolID: poolId,
        domainID: domainId,
        imageID: imageId,
        volumeID: volumeId,
        volumeChain: undefined,
        diskReplicate: undefined,
      });
    }
    const text = writeXml(domain);
    const waits = hasRuledPorts(domain);
    await runVmHook(vms, vm, 'before_vm_dehibernate', withoutPasswords(domain), fromSnapshot);
    if (vm.destroyed) throw new Error('The VM was destroyed');
    await connection.domainDefineXML(text);
    await connection.domainRestore(
      dump.path,
      { xml: text, flags: request.launchPaused || waits ? DomainSaveRestoreFlags.PAUSED : DomainSaveRestoreFlags.RUNNING },
      { timeoutMs: 0 },
    );
    if (waits) await settlePorts();
    if (waits && !request.launchPaused) await connection.domainResume(vm.vmId);
  });
  afterwards(vms, vm, () => runVmHook(vms, vm, 'after_vm_dehibernate', undefined, fromSnapshot));
}
