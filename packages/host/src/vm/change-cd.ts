import { DomainDeviceModifyFlags } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { child, childrenNamed, element, ensureChild, removeChildren } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import { parseXml } from '../domain-xml/parse.ts';
import type { VolumeIds } from '../domain-xml/request.ts';
import { writeXml } from '../domain-xml/write.ts';
import { errorCode, invalidParameter, notImplemented, readObject, readOptionalInteger, readOptionalText, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

interface CdChange {
  target: string;
  /** Missing = eject. */
  medium: VolumeIds | undefined;
}

function readVolume(spec: Record<string, unknown>): VolumeIds | undefined {
  if (Object.keys(spec).length === 0) return undefined;
  return {
    poolId: readUuid(spec, 'poolID'),
    domainId: readUuid(spec, 'domainID'),
    imageId: readUuid(spec, 'imageID'),
    volumeId: readUuid(spec, 'volumeID'),
  };
}

function readChange(params: Record<string, unknown>): CdChange {
  const spec = readObject(params, 'driveSpec');
  const bus = readOptionalText(spec, 'iface', 16) ?? 'sata';
  const index = readOptionalInteger(spec, 'index', { minimum: 0, maximum: 25 }) ?? 2;
  const prefix = bus === 'ide' ? 'hd' : 'sd';
  const target = prefix + String.fromCodePoint(97 + index);
  if (spec['drive_spec'] !== undefined && spec['drive_spec'] !== null && spec['drive_spec'] !== '')
    return { target, medium: readVolume(readObject(spec, 'drive_spec')) };
  if ((readOptionalText(spec, 'path') ?? '') === '') return { target, medium: undefined };
  throw notImplemented(
    'VM.changeCD',
    'a medium given by its path is not taken by this host agent yet; give it as an image of a storage domain',
  );
}

function findDrive(domain: XmlElement, target: string): XmlElement {
  const devices = child(domain, 'devices');
  const drive = (devices ? childrenNamed(devices, 'disk') : []).find((disk) => child(disk, 'target')?.attributes.get('dev') === target);
  if (!drive || drive.attributes.get('device') !== 'cdrom') throw invalidParameter('driveSpec', `the VM has no CD drive ${target}`);
  return drive;
}

async function changeMedium(vms: VmRegistry, vm: Vm, change: CdChange): Promise<void> {
  const { images } = vms.dependencies;
  const ready = change.medium && (await images.prepare(change.medium));
  if (change.medium) vm.volumes = [...vm.volumes, change.medium];
  await vms.call(vm, 'control', async (connection) => {
    const drive = findDrive(parseXml(await connection.domainGetXMLDesc(vm.vmId)), change.target);
    removeChildren(drive, (node) => node.name === 'source' || node.name === 'backingStore');
    if (ready) {
      drive.attributes.set('type', ready.isBlockDevice === true ? 'block' : 'file');
      drive.children.push(element('source', { [ready.isBlockDevice === true ? 'dev' : 'file']: ready.path }));
      ensureChild(drive, 'driver').attributes.set('type', ready.format);
    }
    await connection.domainUpdateDevice(vm.vmId, writeXml(drive), DomainDeviceModifyFlags.LIVE | DomainDeviceModifyFlags.FORCE);
  });
  await vms.refreshFacts(vm);
  await vms.save(vm);
}

/** The verb VM.changeCD: puts an image of a storage domain into a CD drive, or ejects (VDSM schema, DriveSpecCdrom). */
export function changeCd(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const change = readChange(params);
    try {
      await vms.inTurn(vm, () => changeMedium(vms, vm, change));
    } catch (error) {
      throw error instanceof VdsmError ? error : asFault(error, errorCode.changeDiskFailed);
    }
    return { vmList: {} };
  };
}
