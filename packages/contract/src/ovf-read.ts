import { SaxesParser } from 'saxes';
import {
  gibibyte,
  noId,
  diskInterfaces,
  nicInterfaces,
  vmTypes,
  OvfError,
  type OvfEntity,
  type OvfNic,
  type OvfSnapshot,
  type OvfVolume,
} from './ovf-model.ts';

const limits = { characters: 8 * 1024 * 1024, depth: 32, elements: 50_000 } as const;
const mebibyte = 1024 ** 2;
const swap = (table: Readonly<Record<string, string | number>>): Map<string, string> =>
  new Map(Object.entries(table).map(([key, value]) => [String(value), key]));
const diskInterfaceNames = swap(diskInterfaces);
const nicInterfaceNames = swap(nicInterfaces);

export interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  text: string;
}

/** Names without their prefix: writers differ in how they declare name spaces. */
export const local = (name: string): string => name.slice(name.indexOf(':') + 1);

/** The envelope of a description. @throws OvfError */
export function parseOvf(xml: string): Node {
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

export const child = (node: Node | undefined, name: string): Node | undefined => node?.children.find((one) => one.name === name);
const value = (node: Node | undefined, name: string): string => child(node, name)?.text.trim() ?? '';
export const section = (node: Node | undefined, type: string): Node | undefined =>
  node?.children.find((one) => one.name === type || (one.name === 'Section' && (one.attributes['type'] ?? '').endsWith(`${type}_Type`)));
const instanceOf = (item: Node): string => value(item, 'InstanceID') || value(item, 'InstanceId');
export const truth = (word: string | undefined): boolean => word?.toLowerCase() === 'true';
export const number = (word: string | undefined, fallback: number): number => {
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

/** The ids of a disk and its volume: `disk/volume` in a store; in an archive the file is the volume. */
function volumeIds({ attributes }: Node): { volumeId: string; diskId: string } | null {
  const [first, second] = attributes['fileRef']?.split('/') ?? [];
  const stored = second !== undefined;
  const volumeId = idOf(stored ? attributes['diskId'] : first);
  const diskId = idOf(stored ? first : attributes['diskId']);
  return volumeId === null || diskId === null ? null : { volumeId, diskId };
}

/** Bytes of `capacity` in its units, such as `byte * 2^30`; of `size` in GiB. */
export function sizeOf({ attributes }: Node): number {
  if (attributes['capacity'] === undefined) return number(attributes['size'], 0) * gibibyte;
  const power = /^byte(?: ?\* ?2\^(\d{1,2}))?$/.exec(attributes['capacityAllocationUnits']?.trim() ?? 'byte')?.[1] ?? '0';
  return number(attributes['capacity'], 0) * 2 ** Number(power);
}

function volumeOf(node: Node, items: readonly Node[], envelope: Node): OvfVolume | null {
  const { attributes } = node;
  const ids = volumeIds(node);
  if (ids === null) return null;
  const { volumeId, diskId } = ids;
  const leaf = items.find((item) => {
    const parts = value(item, 'HostResource').toLowerCase().split('/');
    return value(item, 'ResourceType') === '17' && (parts[0] === 'ovf:' ? parts.at(-1) : parts[0]) === diskId;
  });
  const file = child(envelope, 'References')?.children.find((one) => one.attributes['id']?.toLowerCase() === volumeId);
  return {
    volumeId,
    diskId,
    parentId: idOf(attributes['parentRef']?.split('/')[1]),
    snapshotId: idOf(attributes['vm_snapshot_id']),
    alias: attributes['disk-alias'] ?? '',
    description: attributes['disk-description'] ?? '',
    sizeBytes: sizeOf(node),
    actualBytes: number(file?.attributes['size'], 0),
    format: attributes['volume-format'] === 'COW' ? 'cow' : 'raw',
    sparse: attributes['volume-type'] !== 'Preallocated',
    interface: diskInterfaceOf(attributes['disk-interface']),
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

/** The kind of a disk's interface by its name in descriptions. */
export const diskInterfaceOf = (name: string | undefined): string => diskInterfaceNames.get(name ?? '') ?? 'virtio_scsi';

const nicOf = (item: Node): OvfNic => ({
  id: idOf(instanceOf(item)) ?? noId,
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
 * Reads a description of either flavour.
 * @throws OvfError when it is none, or is beyond the limits
 */
export const readOvf = (xml: string): OvfEntity => readEnvelope(parseOvf(xml));

/** As {@link readOvf}. @param nameless the id of a VM whose description says none; an error when missing */
export function readEnvelope(envelope: Node, nameless?: string): OvfEntity {
  const content = child(envelope, 'Content') ?? child(envelope, 'VirtualSystem');
  const system = section(content, 'OperatingSystemSection');
  const said = (content?.name === 'VirtualSystem' ? content : system)?.attributes['id'];
  const id = idOf(said) ?? nameless;
  if (content === undefined || id === undefined) throw new OvfError('The description does not say of which VM it is');
  const kind = value(content, 'TemplateType') === '' ? 'vm' : 'template';
  const items = section(content, 'VirtualHardwareSection')?.children.filter((one) => one.name === 'Item') ?? [];
  const cpu = items.find((item) => value(item, 'ResourceType') === '3');
  const memory = items.find((item) => value(item, 'ResourceType') === '4');
  const units = value(memory, 'AllocationUnits') === 'GigaBytes' ? gibibyte / mebibyte : 1;
  return {
    kind,
    id,
    name: value(content, 'Name') || (idOf(said) === null ? (said ?? '') : ''),
    description: value(content, 'Description'),
    comment: value(content, 'Comment'),
    createdMs: dateOf(value(content, 'CreationDate')),
    clusterName: value(content, 'ClusterName'),
    templateId: idOf(value(content, kind === 'vm' ? 'TemplateId' : 'BaseTemplateId')),
    templateName: value(content, 'TemplateName'),
    osType: value(system, 'Description') || 'other',
    memoryMib: number(value(memory, 'VirtualQuantity'), 1024) * units,
    sockets: number(value(cpu, 'num_of_sockets'), number(value(cpu, 'VirtualQuantity'), 1)),
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
