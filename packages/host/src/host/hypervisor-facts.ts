import { child, childrenNamed, descend, elements, textOf } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import type { Acceleration } from '../domain-xml/environment.ts';
import { parseXml } from '../domain-xml/parse.ts';
import type { Hypervisor } from '../vm/hypervisor.ts';

/** What libvirt and QEMU can do on this host. */
export interface HypervisorFacts {
  libvirtVersion: string;
  qemuVersion: string;
  /** Machine types for 64-bit PCs. */
  machines: string[];
  /** CPU models that a guest can really have, newest last as the preference of this agent goes. */
  usableModels: string[];
  graphicsTypes: string[];
  videoModels: string[];
  /** Features of the host's CPU by libvirt's names. */
  cpuFeatures: string[];
  tscFrequencyHz: string;
  tscScaling: boolean;
}

/** The machine whose capabilities are asked for: the one that clusters up to level 4.7 use on upstream QEMU. */
const probedMachine = 'pc-q35-4.1';
/** The first question of a daemon's life makes it probe QEMU. */
const probeDeadlineMs = 120_000;

/** Models to choose from when a guest's own is not usable, best first. */
const preferredModels = ['Westmere', 'Nehalem', 'Penryn', 'Conroe', 'kvm64', 'qemu64'];

function guestArchitecture(capabilities: XmlElement): XmlElement | undefined {
  return childrenNamed(capabilities, 'guest')
    .map((guest) => child(guest, 'arch'))
    .find((architecture) => architecture?.attributes.get('name') === 'x86_64');
}

function enumValues(parent: XmlElement | undefined, name: string): string[] {
  const list = parent && childrenNamed(parent, 'enum').find((node) => node.attributes.get('name') === name);
  return list ? elements(list).map((node) => textOf(node)) : [];
}

/** Reads libvirt's two capability documents. Pure. */
export function readHypervisorFacts(
  capabilitiesXml: string,
  domainCapabilitiesXml: string,
  versions: { libvirt: string; qemu: string },
): HypervisorFacts {
  const capabilities = parseXml(capabilitiesXml);
  const domain = parseXml(domainCapabilitiesXml);
  const architecture = guestArchitecture(capabilities);
  const machines = architecture
    ? [architecture, ...childrenNamed(architecture, 'domain')].flatMap((node) => childrenNamed(node, 'machine'))
    : [];
  const names = machines.flatMap((machine) => [textOf(machine), machine.attributes.get('canonical') ?? '']).filter((name) => name !== '');
  const cpu = child(domain, 'cpu');
  const custom = cpu && childrenNamed(cpu, 'mode').find((mode) => mode.attributes.get('name') === 'custom');
  const usable = custom ? childrenNamed(custom, 'model').filter((model) => model.attributes.get('usable') === 'yes') : [];
  const counter = descend(capabilities, 'host', 'cpu', 'counter');
  const hostCpu = descend(capabilities, 'host', 'cpu');
  return {
    libvirtVersion: versions.libvirt,
    qemuVersion: versions.qemu,
    machines: [...new Set(names)].toSorted(),
    usableModels: usable.map((model) => textOf(model)),
    graphicsTypes: enumValues(descend(domain, 'devices', 'graphics'), 'type'),
    videoModels: enumValues(descend(domain, 'devices', 'video'), 'modelType'),
    cpuFeatures: hostCpu ? childrenNamed(hostCpu, 'feature').map((node) => node.attributes.get('name') ?? '') : [],
    tscFrequencyHz: counter?.attributes.get('frequency') ?? '',
    tscScaling: counter?.attributes.get('scaling') === 'yes',
  };
}

/** The model that stands in for one that guests can't have here. */
export function fallbackModel(facts: HypervisorFacts): string {
  return preferredModels.find((model) => facts.usableModels.includes(model)) ?? 'qemu64';
}

/** Asks libvirt what it and QEMU can do. */
export async function gatherHypervisorFacts(hypervisor: Hypervisor, acceleration: Acceleration): Promise<HypervisorFacts> {
  return await hypervisor.run(
    'start',
    async (connection) => {
      const capabilities = await connection.capabilities();
      const of = { architecture: 'x86_64', machine: probedMachine, virtualizationType: acceleration === 'kvm' ? 'kvm' : 'qemu' };
      const domain = await connection.domainCapabilities(of);
      return readHypervisorFacts(capabilities, domain, {
        libvirt: await connection.libvirtVersion(),
        qemu: await connection.hypervisorVersion(),
      });
    },
    probeDeadlineMs,
  );
}
