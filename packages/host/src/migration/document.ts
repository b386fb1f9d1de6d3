import { bootVolumes } from '../domain-xml/boot-files.ts';
import { child, childrenNamed, elements, removeChildren, textOf, walk } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import type { DomainEnvironment, PreparedDisks } from '../domain-xml/environment.ts';
import { readVmMetadata } from '../domain-xml/metadata.ts';
import type { VmMetadata } from '../domain-xml/metadata.ts';
import { parseXml } from '../domain-xml/parse.ts';
import { relocateDomain } from '../domain-xml/relocate.ts';
import { readDiskRequests, readDomainDocument, refuseHostAccess } from '../domain-xml/request.ts';
import type { DiskRequest, VolumeIds } from '../domain-xml/request.ts';

/** A VM that runs on another host and is to go on here. */
export interface ArrivingDomain {
  name: string;
  domain: XmlElement;
  metadata: VmMetadata;
  disks: DiskRequest[];
  /** The volumes that it boots a kernel from. */
  bootVolumes: VolumeIds[];
  clockOffsetSeconds: string;
}

const emulatorPattern = /^\/usr\/(?:bin|libexec)\/(?:qemu-system-[a-z0-9_]+|qemu-kvm)$/;

/** What only the other host knew: how its libvirt found the chains of the disks, and what its security module called the guest. */
function dropForeignFacts(domain: XmlElement, devices: XmlElement): void {
  removeChildren(domain, (node) => node.name === 'seclabel' || node.name === 'resource');
  for (const disk of childrenNamed(devices, 'disk')) removeChildren(disk, (node) => node.name === 'backingStore');
}

/**
 * Reads the document of a VM that comes from another host, and checks it as one that an engine sends.
 *
 * @throws XmlError, DomainRequestError
 */
export function readArrivingDomain(vmId: string, xml: string): ArrivingDomain {
  const { domain, devices, name } = readDomainDocument(vmId, xml);
  dropForeignFacts(domain, devices);
  refuseHostAccess(domain, devices);
  const metadata = readVmMetadata(domain);
  return {
    name,
    domain,
    metadata,
    disks: readDiskRequests(devices, metadata, 'empty'),
    bootVolumes: bootVolumes(domain),
    clockOffsetSeconds: child(domain, 'clock')?.attributes.get('adjustment') ?? '0',
  };
}

/** The document with which the VM goes on here; what the guest sees stays. @throws DomainRequestError when this host lacks something */
export function destinationDocument(arriving: ArrivingDomain, environment: DomainEnvironment, prepared: PreparedDisks): XmlElement {
  relocateDomain(arriving.domain, environment, prepared, {});
  return arriving.domain;
}

/** What a source on the network reaches, and with which secret. */
function networkReach(source: XmlElement): string {
  const parts = [...walk(source)].map((node) => {
    // Where it stands among the domain's sources is libvirt's own count.
    const said = [...node.attributes].filter(([name]) => name !== 'index').map(([name, value]) => `${name}=${value}`);
    return [node.name, ...said.sort()].join(' ');
  });
  return `network ${parts.sort().join(' ')}`;
}

/** Every absolute path that a document names, but those of the emulator, and every place on the network that disks lie at. */
function pathsIn(domain: XmlElement): Set<string> {
  const paths = new Set<string>();
  for (const node of walk(domain)) {
    if (node.name === 'metadata') break;
    if (node.name === 'source' && node.attributes.has('protocol')) paths.add(networkReach(node));
    for (const value of [...node.attributes.values(), textOf(node)])
      if (value.startsWith('/') && !(node.name === 'emulator' && emulatorPattern.test(value))) paths.add(value);
  }
  return paths;
}

/** The paths of a document that was made here for an arriving VM. */
export function allowedPaths(domain: XmlElement): Set<string> {
  const copy = { ...domain, children: domain.children.filter((node) => typeof node === 'string' || node.name !== 'metadata') };
  return pathsIn(copy);
}

/**
 * Why a document that another host's libvirt wants to start here is none that was made here for it; undefined when it is. libvirt there
 * writes the document anew, so it is judged by what it reaches of this host.
 */
export function foreignReach(vm: { vmId: string; name: string }, xml: string, allowed: ReadonlySet<string>): string | undefined {
  try {
    const domain = parseXml(xml);
    const devices = child(domain, 'devices');
    if (!devices) return 'the document is no libvirt domain';
    if (textOf(child(domain, 'uuid')).toLowerCase() !== vm.vmId || textOf(child(domain, 'name')) !== vm.name)
      return 'the document is that of another VM';
    removeChildren(domain, (node) => node.name === 'metadata' || node.name === 'resource');
    refuseHostAccess(domain, devices);
    const strange = [...pathsIn(domain)].find((path) => !allowed.has(path));
    return strange === undefined ? undefined : `the document names ${strange.slice(0, 200)}, which was not made ready for it`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Pins the VM to CPUs and NUMA nodes of the destination, as the engine chose them. */
export function repin(domain: XmlElement, cpuSets: readonly string[] | undefined, numaNodeSets: readonly string[] | undefined): void {
  const tune = child(domain, 'cputune');
  for (const pin of cpuSets && tune ? childrenNamed(tune, 'vcpupin') : []) {
    const set = cpuSets?.[Number(pin.attributes.get('vcpu'))];
    if (set !== undefined) pin.attributes.set('cpuset', set);
  }
  const numa = child(domain, 'numatune');
  for (const node of numaNodeSets && numa ? elements(numa).filter((one) => one.name === 'memnode') : []) {
    const set = numaNodeSets?.[Number(node.attributes.get('cellid'))];
    if (set !== undefined) node.attributes.set('nodeset', set);
  }
}
