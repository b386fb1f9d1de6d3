import {
  gibibyte,
  noId,
  diskInterfaces,
  nicInterfaces,
  vmTypes,
  type OvfEntity,
  type OvfFlavour,
  type OvfNic,
  type OvfSnapshot,
  type OvfVolume,
} from './ovf-model.ts';
import { xmlText } from './xml-text.ts';

function tag(name: string, attributes: Record<string, string | number | boolean | null>, content: string[] | string = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${xmlText(String(value))}"`)
    .join('');
  return `<${name}${written}>${typeof content === 'string' ? xmlText(content) : content.join('')}</${name}>`;
}
const text = (name: string, value: string | number | boolean): string => tag(name, {}, String(value));

/** `2026/11/24 00:20:23`, in UTC. Source: OVF dialect, dates. */
function dateText(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '/')} ${iso.slice(11, 19)}`;
}

const diskFormat = 'http://www.vmware.com/specifications/vmdk.html#sparse';
const instanceId: Readonly<Record<OvfFlavour, string>> = { ovf: 'rasd:InstanceId', ova: 'rasd:InstanceID' };

const commonDiskAttributes = (volume: OvfVolume): Record<string, string | boolean> => ({
  'ovf:volume-format': volume.format.toUpperCase(),
  'ovf:volume-type': volume.sparse ? 'Sparse' : 'Preallocated',
  'ovf:disk-interface': diskInterfaces[volume.interface] ?? 'VirtIO',
  'ovf:read-only': volume.readOnly,
  'ovf:shareable': volume.shareable,
  'ovf:boot': volume.bootable,
  'ovf:pass-discard': volume.passDiscard,
  'ovf:disk-alias': volume.alias,
  'ovf:disk-description': volume.description,
  'ovf:wipe-after-delete': volume.wipe,
});

const place = (volume: OvfVolume): string => `${volume.diskId}/${volume.volumeId}`;

/** A section: by its type in `ovf`, an element of that name in `ova`. */
const sectionTag = (
  flavour: OvfFlavour,
  type: string,
  attributes: Record<string, string | number | boolean | null>,
  content: string[],
): string =>
  flavour === 'ova' ? tag(type, attributes, content) : tag('Section', { ...attributes, 'xsi:type': `ovf:${type}_Type` }, content);

/** A disk of an archive: its whole content is one file there, named after the volume. */
const ovaFileTag = (volume: OvfVolume): string =>
  tag('File', { 'ovf:href': volume.volumeId, 'ovf:id': volume.volumeId, 'ovf:size': volume.actualBytes });

function ovaDiskTag(volume: OvfVolume): string {
  const isWhole = volume.sizeBytes % gibibyte === 0;
  return tag('Disk', {
    'ovf:diskId': volume.diskId,
    'ovf:capacity': isWhole ? volume.sizeBytes / gibibyte : volume.sizeBytes,
    'ovf:capacityAllocationUnits': isWhole ? 'byte * 2^30' : 'byte',
    'ovf:populatedSize': volume.actualBytes,
    'ovf:parentRef': '',
    'ovf:fileRef': volume.volumeId,
    'ovf:format': diskFormat,
    ...commonDiskAttributes(volume),
  });
}

function fileTag(volume: OvfVolume): string {
  return tag('File', {
    'ovf:href': place(volume),
    'ovf:id': volume.volumeId,
    'ovf:size': volume.actualBytes,
    'ovf:description': volume.description,
    'ovf:disk_storage_type': 'IMAGE',
    'ovf:cinder_volume_type': '',
  });
}

function diskTag(volume: OvfVolume, all: readonly OvfVolume[]): string {
  const parent = all.find((one) => one.volumeId === volume.parentId);
  return tag('Disk', {
    'ovf:diskId': volume.volumeId,
    'ovf:size': Math.ceil(volume.sizeBytes / gibibyte),
    'ovf:actual_size': Math.ceil(volume.actualBytes / gibibyte),
    'ovf:vm_snapshot_id': volume.snapshotId ?? noId,
    'ovf:parentRef': parent ? place(parent) : '',
    'ovf:fileRef': place(volume),
    'ovf:format': diskFormat,
    ...commonDiskAttributes(volume),
  });
}

function diskItem(flavour: OvfFlavour, volume: OvfVolume): string {
  return tag('Item', {}, [
    text('rasd:Caption', volume.alias),
    text(instanceId[flavour], volume.volumeId),
    text('rasd:ResourceType', 17),
    text('rasd:HostResource', flavour === 'ova' ? `ovf:/disk/${volume.diskId}` : place(volume)),
    text('rasd:Parent', volume.parentId ?? noId),
    text('rasd:Template', noId),
    text('rasd:ApplicationList', ''),
    text('rasd:StorageId', volume.storageDomainId),
    text('rasd:StoragePoolId', volume.dataCenterId),
    text('Type', 'disk'),
    text('Device', 'disk'),
    text('IsPlugged', volume.plugged),
    text('IsReadOnly', volume.readOnly),
    text('BootOrder', volume.bootable ? 1 : 0),
  ]);
}

function nicItem(flavour: OvfFlavour, nic: OvfNic): string {
  return tag('Item', {}, [
    text('rasd:Caption', nic.networkName === '' ? 'Ethernet adapter on [No Network]' : `Ethernet adapter on ${nic.networkName}`),
    text(instanceId[flavour], nic.id),
    text('rasd:ResourceType', 10),
    text('rasd:OtherResourceType', nic.profileName),
    text('rasd:ResourceSubType', nicInterfaces[nic.interface] ?? 3),
    text('rasd:Connection', nic.networkName),
    text('rasd:Linked', nic.linked),
    text('rasd:Name', nic.name),
    text('rasd:ElementName', nic.name),
    text('rasd:MACAddress', nic.mac ?? ''),
    text('Type', 'interface'),
    text('Device', 'bridge'),
    text('IsPlugged', nic.plugged),
  ]);
}

function hardwareSection(flavour: OvfFlavour, entity: OvfEntity, leaves: readonly OvfVolume[]): string {
  const cpus = entity.sockets * entity.cores * entity.threads;
  return sectionTag(flavour, 'VirtualHardwareSection', {}, [
    text('Info', `${cpus} CPU, ${entity.memoryMib} Memory`),
    tag('System', {}, [text('vssd:VirtualSystemType', 'ENGINE 4.5')]),
    tag('Item', {}, [
      text('rasd:Caption', `${cpus} virtual cpu`),
      text('rasd:Description', 'Number of virtual CPU'),
      text(instanceId[flavour], 1),
      text('rasd:ResourceType', 3),
      text('rasd:num_of_sockets', entity.sockets),
      text('rasd:cpu_per_socket', entity.cores),
      text('rasd:threads_per_cpu', entity.threads),
      text('rasd:VirtualQuantity', cpus),
    ]),
    tag('Item', {}, [
      text('rasd:Caption', `${entity.memoryMib} MB of memory`),
      text('rasd:Description', 'Memory Size'),
      text(instanceId[flavour], 2),
      text('rasd:ResourceType', 4),
      text('rasd:AllocationUnits', 'MegaBytes'),
      text('rasd:VirtualQuantity', entity.memoryMib),
    ]),
    ...leaves.map((volume) => diskItem(flavour, volume)),
    ...entity.nics.map((nic) => nicItem(flavour, nic)),
  ]);
}

function snapshotsSection(snapshots: readonly OvfSnapshot[]): string {
  return sectionTag(
    'ovf',
    'SnapshotsSection',
    {},
    snapshots.map((snapshot) =>
      tag('Snapshot', { 'ovf:id': snapshot.id }, [
        text('Type', snapshot.type.toUpperCase()),
        text('Description', snapshot.description),
        text('CreationDate', dateText(snapshot.createdMs)),
      ]),
    ),
  );
}

/** What there is to tell of a VM or template as a whole. */
function generalTags(flavour: OvfFlavour, entity: OvfEntity): string[] {
  return [
    text('Name', entity.name),
    text('Description', entity.description),
    text('Comment', entity.comment),
    text('CreationDate', dateText(entity.createdMs)),
    text('ClusterName', entity.clusterName),
    ...(entity.kind === 'template'
      ? [text('TemplateType', 'TEMPLATE'), text('BaseTemplateId', entity.templateId ?? entity.id)]
      : flavour === 'ova' // an archive has the disks whole, and needs no template
        ? [text('TemplateId', noId)]
        : [text('TemplateId', entity.templateId ?? noId), text('TemplateName', entity.templateName)]),
    text('VmType', Math.max(0, vmTypes.indexOf(entity.vmType))),
    ...(entity.definition === null ? [] : [text('VirgateDefinition', JSON.stringify(entity.definition))]),
  ];
}

function systemTag(flavour: OvfFlavour, entity: OvfEntity, leaves: readonly OvfVolume[]): string {
  const content = [
    ...generalTags(flavour, entity),
    sectionTag(flavour, 'OperatingSystemSection', { 'ovf:id': flavour === 'ova' ? otherSystem : entity.id, 'ovf:required': false }, [
      text('Info', 'Guest Operating System'),
      text('Description', entity.osType),
    ]),
    hardwareSection(flavour, entity, leaves),
  ];
  return flavour === 'ova'
    ? tag('VirtualSystem', { 'ovf:id': entity.id }, content)
    : tag('Content', { 'ovf:id': 'out', 'xsi:type': 'ovf:VirtualSystem_Type' }, [...content, snapshotsSection(entity.snapshots)]);
}

/** The number of an operating system that is none of the standard's list. Source: CIM_OperatingSystem, OSType. */
const otherSystem = 1;

/** The description of a VM or template. One for an archive has its disks as they are now, and no snapshots. */
export function writeOvf(entity: OvfEntity, flavour: OvfFlavour = 'ovf'): string {
  const networks = [...new Set(entity.nics.map((nic) => nic.networkName).filter(Boolean))];
  // what a disk is now is its last volume
  const leaves = entity.volumes.filter((volume) => !entity.volumes.some((other) => other.parentId === volume.volumeId));
  return `<?xml version="1.0" encoding="UTF-8"?>${tag(
    'ovf:Envelope',
    {
      ...(flavour === 'ova'
        ? { xmlns: 'http://schemas.dmtf.org/ovf/envelope/1', 'xmlns:ovf': 'http://schemas.dmtf.org/ovf/envelope/1' }
        : { 'xmlns:ovf': 'http://schemas.dmtf.org/ovf/envelope/1/' }),
      'xmlns:rasd': 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData',
      'xmlns:vssd': 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData',
      'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      'ovf:version': '4.7.0.0',
    },
    [
      tag('References', {}, flavour === 'ova' ? leaves.map(ovaFileTag) : entity.volumes.map(fileTag)),
      tag('NetworkSection', {}, [text('Info', 'List of networks'), ...networks.map((name) => tag('Network', { 'ovf:name': name }))]),
      sectionTag(flavour, 'DiskSection', {}, [
        text('Info', 'List of Virtual Disks'),
        ...(flavour === 'ova' ? leaves.map(ovaDiskTag) : entity.volumes.map((volume) => diskTag(volume, entity.volumes))),
      ]),
      systemTag(flavour, entity, leaves),
    ],
  )}`;
}
