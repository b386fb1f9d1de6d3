import { SaxesParser } from 'saxes';

/**
 * Descriptions of VMs and templates as they lie in the OVF stores of storage domains: the dialect of OVF that oVirt writes, with one
 * element of our own (`VirgateDefinition`) that keeps what the dialect has no room for. Pure.
 * Source: engine behaviour, OVF store; element names as found in stores.
 */

/** One volume of a disk. */
export interface OvfVolume {
  volumeId: string;
  diskId: string;
  parentId: string | null;
  snapshotId: string | null;
  alias: string;
  description: string;
  sizeBytes: number;
  actualBytes: number;
  format: 'cow' | 'raw';
  sparse: boolean;
  interface: string;
  bootable: boolean;
  readOnly: boolean;
  shareable: boolean;
  passDiscard: boolean;
  wipe: boolean;
  plugged: boolean;
  storageDomainId: string;
  dataCenterId: string;
}

export interface OvfNic {
  id: string;
  name: string;
  mac: string | null;
  profileName: string;
  networkName: string;
  interface: string;
  linked: boolean;
  plugged: boolean;
}

export interface OvfSnapshot {
  id: string;
  type: 'active' | 'regular' | 'preview' | 'stateless';
  description: string;
  createdMs: number;
}

/** A VM or template. */
export interface OvfEntity {
  kind: 'vm' | 'template';
  id: string;
  name: string;
  description: string;
  comment: string;
  createdMs: number;
  clusterName: string;
  templateId: string | null;
  templateName: string;
  osType: string;
  memoryMib: number;
  sockets: number;
  cores: number;
  threads: number;
  vmType: string;
  volumes: OvfVolume[];
  nics: OvfNic[];
  snapshots: OvfSnapshot[];
  /** What the writer keeps for itself; null in descriptions by others. */
  definition: unknown;
}

/** A description that cannot be read. */
export class OvfError extends Error {
  override name = 'OvfError';
}

const limits = { characters: 8 * 1024 * 1024, depth: 32, elements: 50_000 } as const;
const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;
const noId = '00000000-0000-0000-0000-000000000000';

const diskInterfaces: Readonly<Record<string, string>> = {
  virtio: 'VirtIO',
  virtio_scsi: 'VirtIO_SCSI',
  ide: 'IDE',
  sata: 'SATA',
  spapr_vscsi: 'SPAPR_VSCSI',
};
const nicInterfaces: Readonly<Record<string, number>> = {
  rtl8139_virtio: 0,
  rtl8139: 1,
  e1000: 2,
  virtio: 3,
  spapr_vlan: 4,
  pci_passthrough: 5,
  e1000e: 6,
};
const vmTypes = ['desktop', 'server', 'high_performance'];

const swap = (table: Readonly<Record<string, string | number>>): Map<string, string> =>
  new Map(Object.entries(table).map(([key, value]) => [String(value), key]));
const diskInterfaceNames = swap(diskInterfaces);
const nicInterfaceNames = swap(nicInterfaces);

// ---- writing

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};
const impossible =
  // oxlint-disable-next-line no-control-regex -- these very characters are what is removed
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const escape = (text: string): string => text.replace(impossible, '').replace(/[&<>"\n\r\t]/g, (sign) => escapes[sign] ?? sign);

function tag(name: string, attributes: Record<string, string | number | boolean | null>, content: string[] | string = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${escape(String(value))}"`)
    .join('');
  return `<${name}${written}>${typeof content === 'string' ? escape(content) : content.join('')}</${name}>`;
}
const text = (name: string, value: string | number | boolean): string => tag(name, {}, String(value));

/** `2026/11/24 00:20:23`, in UTC. Source: OVF dialect, dates. */
function dateText(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10).replaceAll('-', '/')} ${iso.slice(11, 19)}`;
}

const place = (volume: OvfVolume): string => `${volume.diskId}/${volume.volumeId}`;

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
    'ovf:format': 'http://www.vmware.com/specifications/vmdk.html#sparse',
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
}

function diskItem(volume: OvfVolume): string {
  return tag('Item', {}, [
    text('rasd:Caption', volume.alias),
    text('rasd:InstanceId', volume.volumeId),
    text('rasd:ResourceType', 17),
    text('rasd:HostResource', place(volume)),
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

function nicItem(nic: OvfNic): string {
  return tag('Item', {}, [
    text('rasd:Caption', nic.networkName === '' ? 'Ethernet adapter on [No Network]' : `Ethernet adapter on ${nic.networkName}`),
    text('rasd:InstanceId', nic.id),
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

function hardwareSection(entity: OvfEntity): string {
  const cpus = entity.sockets * entity.cores * entity.threads;
  // what a disk is now is its last volume
  const leaves = entity.volumes.filter((volume) => !entity.volumes.some((other) => other.parentId === volume.volumeId));
  return tag('Section', { 'xsi:type': 'ovf:VirtualHardwareSection_Type' }, [
    text('Info', `${cpus} CPU, ${entity.memoryMib} Memory`),
    tag('System', {}, [text('vssd:VirtualSystemType', 'ENGINE 4.5')]),
    tag('Item', {}, [
      text('rasd:Caption', `${cpus} virtual cpu`),
      text('rasd:Description', 'Number of virtual CPU'),
      text('rasd:InstanceId', 1),
      text('rasd:ResourceType', 3),
      text('rasd:num_of_sockets', entity.sockets),
      text('rasd:cpu_per_socket', entity.cores),
      text('rasd:threads_per_cpu', entity.threads),
      text('rasd:VirtualQuantity', cpus),
    ]),
    tag('Item', {}, [
      text('rasd:Caption', `${entity.memoryMib} MB of memory`),
      text('rasd:Description', 'Memory Size'),
      text('rasd:InstanceId', 2),
      text('rasd:ResourceType', 4),
      text('rasd:AllocationUnits', 'MegaBytes'),
      text('rasd:VirtualQuantity', entity.memoryMib),
    ]),
    ...leaves.map(diskItem),
    ...entity.nics.map(nicItem),
  ]);
}

/** The description of a VM or template. */
export function writeOvf(entity: OvfEntity): string {
  const networks = [...new Set(entity.nics.map((nic) => nic.networkName).filter(Boolean))];
  const content = tag('Content', { 'ovf:id': 'out', 'xsi:type': 'ovf:VirtualSystem_Type' }, [
    text('Name', entity.name),
    text('Description', entity.description),
    text('Comment', entity.comment),
    text('CreationDate', dateText(entity.createdMs)),
    text('ClusterName', entity.clusterName),
    ...(entity.kind === 'vm'
      ? [text('TemplateId', entity.templateId ?? noId), text('TemplateName', entity.templateName)]
      : [text('TemplateType', 'TEMPLATE'), text('BaseTemplateId', entity.templateId ?? entity.id)]),
    text('VmType', Math.max(0, vmTypes.indexOf(entity.vmType))),
    ...(entity.definition === null ? [] : [text('VirgateDefinition', JSON.stringify(entity.definition))]),
    tag('Section', { 'ovf:id': entity.id, 'ovf:required': false, 'xsi:type': 'ovf:OperatingSystemSection_Type' }, [
      text('Info', 'Guest Operating System'),
      text('Description', entity.osType),
    ]),
    hardwareSection(entity),
    tag(
      'Section',
      { 'xsi:type': 'ovf:SnapshotsSection_Type' },
      entity.snapshots.map((snapshot) =>
        tag('Snapshot', { 'ovf:id': snapshot.id }, [
          text('Type', snapshot.type.toUpperCase()),
          text('Description', snapshot.description),
          text('CreationDate', dateText(snapshot.createdMs)),
        ]),
      ),
    ),
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>${tag(
    'ovf:Envelope',
    {
      'xmlns:ovf': 'http://schemas.dmtf.org/ovf/envelope/1/',
      'xmlns:rasd': 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData',
      'xmlns:vssd': 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData',
      'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      'ovf:version': '4.7.0.0',
    },
    [
      tag('References', {}, entity.volumes.map(fileTag)),
      tag('NetworkSection', {}, [text('Info', 'List of networks'), ...networks.map((name) => tag('Network', { 'ovf:name': name }))]),
      tag('Section', { 'xsi:type': 'ovf:DiskSection_Type' }, [
        text('Info', 'List of Virtual Disks'),
        ...entity.volumes.map((volume) => diskTag(volume, entity.volumes)),
      ]),
      content,
    ],
  )}`;
}

// ---- reading

interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  text: string;
}

/** Names without their prefix: writers differ in how they declare name spaces. */
const local = (name: string): string => name.slice(name.indexOf(':') + 1);

function parse(xml: string): Node {
  if (xml.length > limits.characters) throw new OvfError(`The description has more than ${limits.characters} characters`);
  const parser = new SaxesParser();
  const root: Node = { name: '', attributes: {}, children: [], text: '' };
  const open: Node[] = [root];
  let count = 0;
  parser.on('error', (error) => {
    throw new OvfError(`The description is not well-formed: ${error.message}`);
  });
  parser.on('doctype', () => {
    throw new OvfError('The description has a document type, which is not allowed');
  });
  parser.on('opentag', ({ name, attributes }) => {
    count += 1;
    if (count > limits.elements || open.length > limits.depth)
      throw new OvfError('The description has too many elements, or too deep ones');
    const node: Node = {
      name: local(name),
      attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [local(key), value])),
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  const add = (part: string): void => {
    const node = open.at(-1);
    if (node) node.text += part;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  const [envelope] = root.children;
  if (envelope?.name !== 'Envelope') throw new OvfError('The description has no Envelope');
  return envelope;
}

const child = (node: Node | undefined, name: string): Node | undefined => node?.children.find((one) => one.name === name);
const value = (node: Node | undefined, name: string): string => child(node, name)?.text.trim() ?? '';
const section = (node: Node | undefined, type: string): Node | undefined =>
  node?.children.find((one) => one.name === 'Section' && (one.attributes['type'] ?? '').endsWith(`${type}_Type`));
const truth = (word: string | undefined): boolean => word?.toLowerCase() === 'true';
const number = (word: string | undefined, fallback: number): number => {
  const found = Number(word);
  return word === undefined || word.trim() === '' || !Number.isFinite(found) ? fallback : found;
};
const idOf = (word: string | undefined): string | null =>
  word !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word) && word !== noId ? word.toLowerCase() : null;

function dateOf(word: string): number {
  const match = /^(\d{4})\/(\d{2})\/(\d{2}) (\d{2}):(\d{2}):(\d{2})$/.exec(word.trim());
  if (!match) return 0;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 1970, (month ?? 1) - 1, day ?? 1, hour, minute, second);
}

function volumeOf(node: Node, items: readonly Node[], envelope: Node): OvfVolume | null {
  const { attributes } = node;
  const volumeId = idOf(attributes['diskId']);
  const diskId = idOf(attributes['fileRef']?.split('/')[0]);
  if (volumeId === null || diskId === null) return null;
  const leaf = items.find(
    (item) => value(item, 'ResourceType') === '17' && value(item, 'HostResource').split('/')[0]?.toLowerCase() === diskId,
  );
  const file = child(envelope, 'References')?.children.find((one) => one.attributes['id']?.toLowerCase() === volumeId);
  return {
    volumeId,
    diskId,
    parentId: idOf(attributes['parentRef']?.split('/')[1]),
    snapshotId: idOf(attributes['vm_snapshot_id']),
    alias: attributes['disk-alias'] ?? '',
    description: attributes['disk-description'] ?? '',
    sizeBytes: number(attributes['size'], 0) * gibibyte,
    actualBytes: number(file?.attributes['size'], 0),
    format: attributes['volume-format'] === 'COW' ? 'cow' : 'raw',
    sparse: attributes['volume-type'] !== 'Preallocated',
    interface: diskInterfaceNames.get(attributes['disk-interface'] ?? '') ?? 'virtio_scsi',
    bootable: truth(attributes['boot']),
    readOnly: truth(attributes['read-only']),
    shareable: truth(attributes['shareable']),
    passDiscard: truth(attributes['pass-discard']),
    wipe: truth(attributes['wipe-after-delete']),
    plugged: leaf === undefined || value(leaf, 'IsPlugged') !== 'false',
    storageDomainId: idOf(value(leaf, 'StorageId')) ?? noId,
    dataCenterId: idOf(value(leaf, 'StoragePoolId')) ?? noId,
  };
}

const nicOf = (item: Node): OvfNic => ({
  id: idOf(value(item, 'InstanceId')) ?? noId,
  name: value(item, 'Name'),
  mac: value(item, 'MACAddress') || null,
  profileName: value(item, 'OtherResourceType'),
  networkName: value(item, 'Connection'),
  interface: nicInterfaceNames.get(value(item, 'ResourceSubType')) ?? 'virtio',
  linked: value(item, 'Linked') !== 'false',
  plugged: value(item, 'IsPlugged') !== 'false',
});

function snapshotOf(node: Node): OvfSnapshot | null {
  const id = idOf(node.attributes['id']);
  const type = value(node, 'Type').toLowerCase();
  if (id === null || (type !== 'active' && type !== 'regular' && type !== 'preview' && type !== 'stateless')) return null;
  return { id, type, description: value(node, 'Description'), createdMs: dateOf(value(node, 'CreationDate')) };
}

function definitionOf(json: string): unknown {
  if (json === '') return null;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return null;
  }
}

/**
 * Reads a description.
 * @throws OvfError when it is none, or is beyond the limits
 */
export function readOvf(xml: string): OvfEntity {
  const envelope = parse(xml);
  const content = child(envelope, 'Content');
  const system = section(content, 'OperatingSystemSection');
  const id = idOf(system?.attributes['id']);
  if (content === undefined || id === null) throw new OvfError('The description does not say of which VM it is');
  const kind = value(content, 'TemplateType') === '' ? 'vm' : 'template';
  const items = section(content, 'VirtualHardwareSection')?.children.filter((one) => one.name === 'Item') ?? [];
  const cpu = items.find((item) => value(item, 'ResourceType') === '3');
  const memory = items.find((item) => value(item, 'ResourceType') === '4');
  const units = value(memory, 'AllocationUnits') === 'GigaBytes' ? gibibyte / mebibyte : 1;
  return {
    kind,
    id,
    name: value(content, 'Name'),
    description: value(content, 'Description'),
    comment: value(content, 'Comment'),
    createdMs: dateOf(value(content, 'CreationDate')),
    clusterName: value(content, 'ClusterName'),
    templateId: idOf(value(content, kind === 'vm' ? 'TemplateId' : 'BaseTemplateId')),
    templateName: value(content, 'TemplateName'),
    osType: value(system, 'Description') || 'other',
    memoryMib: number(value(memory, 'VirtualQuantity'), 1024) * units,
    sockets: number(value(cpu, 'num_of_sockets'), 1),
    cores: number(value(cpu, 'cpu_per_socket'), 1),
    threads: number(value(cpu, 'threads_per_cpu'), 1),
    vmType: vmTypes[number(value(content, 'VmType'), 1)] ?? 'server',
    volumes: (section(envelope, 'DiskSection')?.children ?? []).flatMap((node) => {
      const volume = node.name === 'Disk' ? volumeOf(node, items, envelope) : null;
      return volume ? [volume] : [];
    }),
    nics: items.filter((item) => value(item, 'ResourceType') === '10').map(nicOf),
    snapshots: (section(content, 'SnapshotsSection')?.children ?? []).flatMap((node) => snapshotOf(node) ?? []),
    definition: definitionOf(value(content, 'VirgateDefinition')),
  };
}
