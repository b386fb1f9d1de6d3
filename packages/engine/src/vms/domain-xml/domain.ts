import { element, serialize, type Element } from './element.ts';
import type { CpuPinningPolicy } from '@virgate/contract/generated/types';
import { cpuElement, cpuPolicies, cpuTuneElement, type VcpuPin } from './cpu.ts';
import { displayElements, graphicsElements, type DisplayPlan } from './display.ts';
import { clockElement, featuresElement, memoryBackingElement, sysinfoElement } from './features.ts';
import { payloadElement, payloadMetadata, type PayloadDevice } from './payload.ts';
import { numaTuneElement, type VirtualNumaCell } from './numa.ts';
import { cdromElement, cdromMetadata, diskElement, diskMetadata, type CdromDevice, type DiskDevice } from './disks.ts';
import { nicElement, nicMetadata, type GraphicsDevice, type NicDevice } from './interfaces.ts';
import {
  hostDeviceElement,
  mediatedDeviceElement,
  mediatedDeviceMetadata,
  type HostDevice,
  type MediatedDevice,
  type VgpuPlacement,
} from './host-devices.ts';

/** What of a host's set-up shows in the domains that it runs. */
export interface HostSetup {
  /** Its kernel runs in the mode of FIPS 140, which knows no passwords of VNC. */
  fips: boolean;
  vgpuPlacement: VgpuPlacement;
}

/** Everything that the XML of a running VM is made from. Sizes in bytes. */
export interface DomainPlan extends DisplayPlan {
  id: string;
  name: string;
  /** `4.7` */
  clusterLevel: string;
  architecture: 'x86_64';
  /** `pc-q35-4.1` */
  emulatedMachine: string;
  biosType: 'i440fx_sea_bios' | 'q35_sea_bios' | 'q35_ovmf' | 'q35_secure_boot';
  /** Libvirt model, then `+flag` and `-flag`, comma separated: the verb of the contract's CPU table. */
  cpuVerb: string;
  cpuMode: 'custom' | 'host_model' | 'host_passthrough';
  /** Features beside those of the model, with their signs. */
  cpuFlags: readonly string[];
  /** Weight against other guests of the host; 0 for what the host gives by itself. */
  cpuShares: number;
  cpuPolicy: CpuPinningPolicy;
  /** Empty until the engine has chosen them, where it is the one who does. */
  vcpuPins: readonly VcpuPin[];
  topology: { sockets: number; cores: number; threads: number };
  maxSockets: number;
  memoryBytes: number;
  memoryMaxBytes: number;
  memoryGuaranteedBytes: number;
  ballooning: boolean;
  ioThreads: number;
  /** What its CPU QoS allows, in percent of the host's CPUs; null without one. */
  cpuLimitPercent: number | null;
  /** Virtual NUMA nodes, by index; empty for a guest with one node of everything. */
  numaNodes: readonly VirtualNumaCell[];
  /** How far the guest's time zone is from UTC now. */
  clockOffsetSeconds: number;
  /** The guest knows Hyper-V's interface. */
  hyperv: boolean;
  /** Size of the pages that its memory lies in; null for ordinary ones. */
  hugePageKib: number | null;
  serialNumber: { policy: 'host' | 'vm' | 'custom' | 'none'; value?: string };
  /** Where the variables of UEFI begin; null for the host's own. */
  nvramTemplate: string | null;
  boot: { kernel?: string; initrd?: string; cmdline?: string; menu: boolean };
  resumeBehavior: 'auto_resume' | 'leave_paused' | 'kill';
  /** The storage domain with the lease that its host must hold; null without one. */
  leaseDomainId: string | null;
  startPaused: boolean;
  destroyOnReboot: boolean;
  customProperties: Record<string, string>;
  disks: DiskDevice[];
  cdrom: CdromDevice | null;
  /** Files that the guest finds on a second CD, or on a floppy disk. */
  payload: PayloadDevice | null;
  nics: NicDevice[];
  graphics: GraphicsDevice[];
  /** The host that is asked to run it, where that matters. */
  host?: HostSetup;
  hostDevices: readonly HostDevice[];
  mediatedDevices: readonly MediatedDevice[];
  virtioScsi: boolean;
  /** Queues of the SCSI controller; 1 for a single one. */
  scsiQueues: number;
  rng: { source: 'urandom' | 'random' | 'hwrng'; rate: { bytes: number; periodMs: number } | null } | null;
  serialConsole: boolean;
  /** Model of the sound card; null without one. */
  soundcard: string | null;
  usb: boolean;
  watchdog: { model: string; action: string } | null;
  tpm: boolean;
}

const kib = (bytes: number): number => Math.floor(bytes / 1024);
const isQ35 = (plan: DomainPlan): boolean => plan.biosType !== 'i440fx_sea_bios';
const cdromBus = (plan: DomainPlan): 'sata' | 'ide' => (isQ35(plan) ? 'sata' : 'ide');
/** PCIe ports for hot plug on q35. Source: what the manager's VMs have had since level 4.4. */
const rootPorts = 16;
const memorySlots = 16;

function osElement(plan: DomainPlan): Element {
  const uefi = plan.biosType === 'q35_ovmf' || plan.biosType === 'q35_secure_boot';
  return element('os', {}, [
    element('type', { arch: plan.architecture, machine: plan.emulatedMachine }, 'hvm'),
    uefi &&
      element(
        'loader',
        { readonly: 'yes', secure: plan.biosType === 'q35_secure_boot' ? 'yes' : 'no', type: 'pflash' },
        plan.biosType === 'q35_secure_boot' ? '/usr/share/OVMF/OVMF_CODE.secboot.fd' : '/usr/share/OVMF/OVMF_CODE.fd',
      ),
    uefi &&
      element('nvram', { template: plan.nvramTemplate ?? '/usr/share/OVMF/OVMF_VARS.fd' }, `/var/lib/libvirt/qemu/nvram/${plan.id}.fd`),
    plan.boot.kernel ? element('kernel', {}, plan.boot.kernel) : null,
    plan.boot.initrd ? element('initrd', {}, plan.boot.initrd) : null,
    plan.boot.cmdline ? element('cmdline', {}, plan.boot.cmdline) : null,
    plan.boot.menu && element('bootmenu', { enable: 'yes', timeout: 30_000 }),
    element('smbios', { mode: 'sysinfo' }),
  ]);
}

function controllers(plan: DomainPlan): Element[] {
  return [
    ...(isQ35(plan)
      ? [
          element('controller', { type: 'pci', model: 'pcie-root', index: 0 }),
          ...Array.from({ length: rootPorts }, (_, at) => element('controller', { type: 'pci', model: 'pcie-root-port', index: at + 1 })),
        ]
      : []),
    ...(plan.virtioScsi
      ? [
          element('controller', { type: 'scsi', model: 'virtio-scsi', index: 0 }, [
            element('driver', {
              ...(plan.ioThreads > 0 ? { iothread: 1 } : {}),
              ...(plan.scsiQueues > 1 ? { queues: plan.scsiQueues } : {}),
            }),
          ]),
        ]
      : []),
    element('controller', { type: 'virtio-serial', index: 0, ports: 16 }),
    plan.usb
      ? element('controller', { type: 'usb', model: isQ35(plan) ? 'qemu-xhci' : 'piix3-uhci', index: 0 })
      : element('controller', { type: 'usb', model: 'none' }),
  ];
}

function channels(plan: DomainPlan): Element[] {
  const unix = (name: string) =>
    element('channel', { type: 'unix' }, [
      element('target', { type: 'virtio', name }),
      element('source', { mode: 'bind', path: `/var/lib/libvirt/qemu/channels/${plan.id}.${name}` }),
    ]);
  const spice = plan.graphics.some((one) => one.type === 'spice');
  return [
    unix('ovirt-guest-agent.0'),
    unix('org.qemu.guest_agent.0'),
    ...(spice ? [element('channel', { type: 'spicevmc' }, [element('target', { type: 'virtio', name: 'com.redhat.spice.0' })])] : []),
  ];
}

/** The lease of a VM; the host knows where it lies. Source: VDSM, placeholders of the domain document. */
const leaseElement = (vmId: string, domainId: string): Element =>
  element('lease', {}, [
    element('key', {}, vmId),
    element('lockspace', {}, domainId),
    element('target', { path: `LEASE-PATH:${vmId}:${domainId}`, offset: `LEASE-OFFSET:${vmId}:${domainId}` }),
  ]);

function devicesElement(plan: DomainPlan): Element {
  return element('devices', {}, [
    element('input', { type: 'tablet', bus: plan.usb ? 'usb' : 'virtio' }),
    ...channels(plan),
    ...controllers(plan),
    plan.rng &&
      element('rng', { model: 'virtio' }, [
        plan.rng.rate && element('rate', { bytes: plan.rng.rate.bytes, period: plan.rng.rate.periodMs }),
        element('backend', { model: 'random' }, `/dev/${plan.rng.source}`),
      ]),
    ...graphicsElements(plan),
    ...displayElements(plan),
    plan.serialConsole &&
      element('console', { type: 'unix' }, [
        element('source', { path: `/var/run/ovirt-vmconsole-console/${plan.id}.sock`, mode: 'bind' }),
        element('target', { type: 'serial', port: 0 }),
      ]),
    plan.soundcard && element('sound', { model: plan.soundcard }),
    plan.watchdog && element('watchdog', { model: plan.watchdog.model, action: plan.watchdog.action }),
    plan.tpm && element('tpm', { model: 'tpm-crb' }, [element('backend', { type: 'emulator', version: '2.0' })]),
    element('memballoon', { model: plan.ballooning ? 'virtio' : 'none' }, plan.ballooning ? [element('stats', { period: 5 })] : []),
    cdromElement(plan.cdrom, cdromBus(plan)),
    plan.payload && payloadElement(plan.payload, cdromBus(plan)),
    ...plan.disks.map((disk) => diskElement(disk, plan)),
    ...plan.nics.map(nicElement),
    ...plan.hostDevices.map(hostDeviceElement),
    ...plan.mediatedDevices.map(mediatedDeviceElement),
    plan.leaseDomainId !== null && leaseElement(plan.id, plan.leaseDomainId),
  ]);
}

function metadataElement(plan: DomainPlan): Element {
  const typed = (name: string, type: string, value: string | number) => element(`ovirt-vm:${name}`, { type }, value);
  return element('metadata', {}, [
    element(
      'ovirt-tune:qos',
      { 'xmlns:ovirt-tune': 'http://ovirt.org/vm/tune/1.0' },
      plan.cpuLimitPercent === null ? [] : [element('ovirt-tune:vcpuLimit', {}, plan.cpuLimitPercent)],
    ),
    element('ovirt-vm:vm', { 'xmlns:ovirt-vm': 'http://ovirt.org/vm/1.0' }, [
      typed('minGuaranteedMemoryMb', 'int', Math.floor(plan.memoryGuaranteedBytes / 1024 ** 2)),
      element('ovirt-vm:clusterVersion', {}, plan.clusterLevel),
      typed('ballooningEnabled', 'bool', String(plan.ballooning)),
      element('ovirt-vm:resumeBehavior', {}, plan.resumeBehavior),
      typed('launchPaused', 'bool', String(plan.startPaused)),
      element('ovirt-vm:cpuPolicy', {}, cpuPolicies[plan.cpuPolicy]),
      element(
        'ovirt-vm:custom',
        {},
        Object.entries(plan.customProperties).map(([name, value]) => element(`ovirt-vm:${name}`, {}, value)),
      ),
      plan.cdrom && cdromMetadata(plan.cdrom, cdromBus(plan)),
      plan.payload && payloadMetadata(plan.payload, cdromBus(plan)),
      ...plan.disks.map(diskMetadata),
      ...plan.nics.flatMap(nicMetadata),
      ...plan.mediatedDevices.map((device) =>
        mediatedDeviceMetadata(device, plan.clusterLevel === '4.2' ? undefined : (plan.host?.vgpuPlacement ?? 'consolidated')),
      ),
    ]),
  ]);
}

/**
 * The libvirt domain of a VM as hosts are given it in VM.create, in the order that VDSM hosts know.
 * Source: VDSM, domain document of VM.create; placeholders (OS-NAME:, HOST-SERIAL:) are replaced by the host.
 */
export function domainXml(plan: DomainPlan): string {
  const { cores, threads, sockets } = plan.topology;
  const maxVcpus = plan.maxSockets * cores * threads;
  return `<?xml version="1.0" encoding="UTF-8"?>${serialize(
    element('domain', { type: 'kvm', 'xmlns:ovirt-tune': 'http://ovirt.org/vm/tune/1.0', 'xmlns:ovirt-vm': 'http://ovirt.org/vm/1.0' }, [
      element('name', {}, plan.name),
      element('uuid', {}, plan.id),
      element('memory', {}, kib(plan.memoryBytes)),
      element('currentMemory', {}, kib(plan.memoryBytes)),
      plan.ioThreads > 0 && element('iothreads', {}, plan.ioThreads),
      element('maxMemory', { slots: memorySlots }, kib(plan.memoryMaxBytes)),
      element('vcpu', { current: sockets * cores * threads }, maxVcpus),
      sysinfoElement(plan),
      clockElement(plan),
      plan.destroyOnReboot && element('on_reboot', {}, 'destroy'),
      featuresElement(plan),
      cpuElement(plan),
      cpuTuneElement(plan),
      numaTuneElement(plan.numaNodes),
      devicesElement(plan),
      element('pm', {}, [element('suspend-to-disk', { enabled: 'no' }), element('suspend-to-mem', { enabled: 'no' })]),
      osElement(plan),
      memoryBackingElement(plan),
      metadataElement(plan),
    ]),
  )}`;
}
