import { child, element, elements, ensureChild, removeChildren, setText, textOf } from './element.ts';
import type { XmlElement } from './element.ts';

/** Namespaces of oVirt's domain metadata (VDSM schema, domain metadata). */
export const metadataNamespace = { vm: 'http://ovirt.org/vm/1.0', tune: 'http://ovirt.org/vm/tune/1.0' } as const;

/** A leaf of the metadata; its type travels in the attribute `type`. */
export type MetadataValue = string | number | boolean;

/** What the metadata says about one device. */
export interface DeviceMetadata {
  /** The attributes that say which device is meant: `devtype` and `name`, `mac_address` or `uuid`. */
  identity: Record<string, string>;
  values: Record<string, MetadataValue>;
  /** The element itself, for what nests deeper (`custom`, `specParams`, `payload` …). */
  node: XmlElement;
}

/** The metadata of a VM as it lies in its domain. */
export interface VmMetadata {
  values: Record<string, MetadataValue>;
  custom: Record<string, string>;
  devices: DeviceMetadata[];
}

/** The part of a name behind its prefix. */
export function localName(node: XmlElement): string {
  return node.name.slice(node.name.indexOf(':') + 1);
}

function isLeaf(node: XmlElement): boolean {
  return elements(node).length === 0;
}

/** Reads a leaf by its `type`; a number that is none stays text, so that nothing is lost. */
export function readLeaf(node: XmlElement): MetadataValue {
  const text = textOf(node);
  switch (node.attributes.get('type')) {
    case 'int':
      return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case 'float':
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'bool':
      return text.toLowerCase() === 'true';
    default:
      return text;
  }
}

function readLeaves(parent: XmlElement): Record<string, MetadataValue> {
  const leaves = elements(parent).filter((node) => isLeaf(node));
  return Object.fromEntries(leaves.map((node) => [localName(node), readLeaf(node)]));
}

/** The metadata element of the VM, when the domain has one. */
export function findVmMetadata(domain: XmlElement): XmlElement | undefined {
  const metadata = child(domain, 'metadata');
  return metadata && elements(metadata).find((node) => node.namespace === metadataNamespace.vm && localName(node) === 'vm');
}

/** Reads the metadata of a domain; a domain without any gives empty parts. */
export function readVmMetadata(domain: XmlElement): VmMetadata {
  const vm = findVmMetadata(domain);
  if (!vm) return { values: {}, custom: {}, devices: [] };
  const custom = elements(vm).find((node) => localName(node) === 'custom');
  const devices = elements(vm).filter((node) => localName(node) === 'device');
  return {
    values: readLeaves(vm),
    custom: Object.fromEntries((custom ? elements(custom) : []).map((node) => [localName(node), textOf(node)])),
    devices: devices.map((node) => ({ identity: Object.fromEntries(node.attributes), values: readLeaves(node), node })),
  };
}

/** The metadata of the device that all given attributes identify. */
export function findDevice(metadata: VmMetadata, identity: Record<string, string>): DeviceMetadata | undefined {
  const wanted = Object.entries(identity);
  return metadata.devices.find((device) => wanted.every(([name, value]) => device.identity[name] === value));
}

function typeOf(value: MetadataValue): string | undefined {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return undefined;
}

function vmMetadataElement(domain: XmlElement): XmlElement {
  const found = findVmMetadata(domain);
  if (found) return found;
  const made = element('ovirt-vm:vm', { 'xmlns:ovirt-vm': metadataNamespace.vm });
  made.namespace = metadataNamespace.vm;
  ensureChild(domain, 'metadata').children.push(made);
  return made;
}

/**
 * Sets leaves of the VM's metadata and keeps everything else; `undefined` removes a leaf.
 * Numbers and truth values carry their type, as VDSM's readers expect.
 */
export function setVmMetadata(domain: XmlElement, values: Record<string, MetadataValue | undefined>): XmlElement {
  const vm = vmMetadataElement(domain);
  setVmMetadataIn(vm, values);
  return vm;
}

/** As {@link setVmMetadata}, of the VM's element itself. */
export function setVmMetadataIn(vm: XmlElement, values: Record<string, MetadataValue | undefined>): void {
  const prefix = vm.name.slice(0, vm.name.indexOf(':') + 1);
  for (const [name, value] of Object.entries(values)) {
    removeChildren(vm, (node) => localName(node) === name && isLeaf(node));
    if (value === undefined) continue;
    const type = typeOf(value);
    const leaf = element(prefix + name, type === undefined ? {} : { type });
    leaf.namespace = metadataNamespace.vm;
    setText(leaf, String(value));
    vm.children.push(leaf);
  }
}
