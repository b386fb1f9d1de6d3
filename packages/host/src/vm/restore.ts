import { DomainSaveRestoreFlags, DomainXMLFlags } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import type { PreparedVolume } from '../domain-xml/environment.ts';
import { child } from '../domain-xml/element.ts';
import { readVmMetadata } from '../domain-xml/metadata.ts';
import { parseXml } from '../domain-xml/parse.ts';
import { relocateDomain } from '../domain-xml/relocate.ts';
import { readDiskRequests } from '../domain-xml/request.ts';
import type { DomainRequest } from '../domain-xml/request.ts';
import { writeXml } from '../domain-xml/write.ts';
import { errorCode } from '../verb.ts';
import type { MemoryVolumes } from './memory-volumes.ts';
import type { VmRegistry } from './registry.ts';
import { readSavedState } from './saved-state.ts';
import type { Vm } from './vm.ts';

/**
 * Lets a suspended VM go on. The guest must find all as it was, so the document that was saved with
 * its memory counts; of the request only which volumes its disks are now.
 */
export async function restoreDomain(vms: VmRegistry, vm: Vm, request: DomainRequest, memory: MemoryVolumes): Promise<void> {
  const { images, hypervisor, environment, clock } = vms.dependencies;
  const [dump, configuration] = [await images.prepare(memory.dump), await images.prepare(memory.configuration)];
  const saved = await readSavedState(configuration.path);
  if (saved.vmId !== vm.vmId) throw new VdsmError(errorCode.cannotCreateVm, 'The saved state is that of another VM');
  const volumes = new Map<string, PreparedVolume>();
  for (const disk of request.disks) if (disk.source.kind === 'volume') volumes.set(disk.target, await images.prepare(disk.source.ids));
  await hypervisor.runLong(async (connection) => {
    const { xml } = await connection.call(
      'DOMAIN_SAVE_IMAGE_GET_XML_DESC',
      { file: dump.path, flags: DomainXMLFlags.SECURE },
      { timeoutMs: 30_000 },
    );
    const domain = parseXml(xml);
    const devices = child(domain, 'devices');
    for (const disk of devices ? readDiskRequests(devices, readVmMetadata(domain), 'empty') : []) {
      if (disk.source.kind === 'volume' && !volumes.has(disk.target)) volumes.set(disk.target, await images.prepare(disk.source.ids));
    }
    relocateDomain(domain, environment(), { volumes, payloads: new Map() }, { startTime: clock.nowMs() / 1000 });
    const text = writeXml(domain);
    if (vm.destroyed) throw new Error('The VM was destroyed');
    await connection.domainDefineXML(text);
    await connection.domainRestore(
      dump.path,
      { xml: text, flags: request.launchPaused ? DomainSaveRestoreFlags.PAUSED : DomainSaveRestoreFlags.RUNNING },
      { timeoutMs: 0 },
    );
  });
}
