import { element, serialize, type Element } from './element.ts';
import { numaCells, numaTuneElement, type VirtualNumaCell } from './numa.ts';
import { alias, cdromElement, diskElement, diskMetadata, type CdromDevice, type DiskDevice } from './disks.ts';
import { graphicsElement, nicElement, nicMetadata, type GraphicsDevice, type NicDevice } from './interfaces.ts';

/** Everything that the XML of a running VM is made from. Sizes in bytes. */
export interface DomainPlan {
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
  /** `Etc/GMT`; only whole offsets in seconds reach the clock. */
  clockOffsetSeconds: number;
  serialNumber: { policy: 'host' | 'vm' | 'custom'; value?: string };
  boot: { kernel?: string; initrd?: string; cmdline?: string; menu: boolean };
  resumeBehavior: 'auto_resume' | 'leave_paused' | 'kill';
  startPaused: boolean;
  destroyOnReboot: boolean;
  customProperties: Record<string, string>;
  disks: DiskDevice[];
  cdrom: CdromDevice | null;
  nics: NicDevice[];
  graphics: GraphicsDevice[];
  video: { model: 'vga' | 'qxl' | 'virtio' | 'bochs' | 'cirrus'; ramKib: number };
  virtioScsi: boolean;
  rngSource: 'urandom' | 'random' | 'hwrng' | null;
  serialConsole: boolean;
  soundcard: boolean;
  usb: boolean;
  watchdog: { model: string; action: string } | null;
  tpm: boolean;
}

const kib = (bytes: number): number => Math.floor(bytes / 1024);
const isQ35 = (plan: DomainPlan): boolean => plan.biosType !== 'i440fx_sea_bios';
/** PCIe ports for hot plug on q35. Source: what the manager's VMs have had since level 4.4. */
const rootPorts = 16;
const memorySlots = 16;

function clockElement(plan: DomainPlan): Element {
  return element('clock', { offset: 'variable', adjustment: plan.clockOffsetSeconds }, [
    element('timer', { name: 'rtc', tickpolicy: 'catchup' }),
    element('timer', { name: 'pit', tickpolicy: 'delay' }),
    element('timer', { name: 'hpet', present: 'no' }),
  ]);
}

function sysinfoElement(plan: DomainPlan): Element {
  const serial =
    plan.serialNumber.policy === 'vm'
      ? plan.id
      : plan.serialNumber.policy === 'custom'
        ? (plan.serialNumber.value ?? plan.id)
        : 'HOST-SERIAL:';
  return element('sysinfo', { type: 'smbios' }, [
    element('system', {}, [
      element('entry', { name: 'manufacturer' }, 'oVirt'),
      element('entry', { name: 'product' }, 'OS-NAME:'),
      element('entry', { name: 'version' }, 'OS-VERSION:'),
      element('entry', { name: 'sku' }, `virgate-${plan.clusterLevel}`),
      element('entry', { name: 'serial' }, serial),
      element('entry', { name: 'uuid' }, plan.id),
    ]),
  ]);
}

function cpuElement(plan: DomainPlan): Element {
  const [model = 'qemu64', ...features] = plan.cpuVerb.split(',');
  const { cores, threads } = plan.topology;
  const vcpus = plan.maxSockets * cores * threads;
  return element('cpu', { match: 'exact' }, [
    element('model', {}, model),
    ...features.map((feature) => element('feature', { name: feature.slice(1), policy: feature.startsWith('-') ? 'disable' : 'require' })),
    element('topology', { sockets: plan.maxSockets, cores, threads }),
    // Memory can be plugged only into a guest with a NUMA cell.
    element('numa', {}, numaCells(plan.numaNodes, vcpus, plan.memoryBytes)),
  ]);
}

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
    uefi && element('nvram', { template: '/usr/share/OVMF/OVMF_VARS.fd' }, `/var/lib/libvirt/qemu/nvram/${plan.id}.fd`),
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
            element('driver', plan.ioThreads > 0 ? { iothread: 1 } : {}),
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

function devicesElement(plan: DomainPlan): Element {
  return element('devices', {}, [
    element('input', { type: 'tablet', bus: plan.usb ? 'usb' : 'virtio' }),
    ...channels(plan),
    ...controllers(plan),
    plan.rngSource &&
      element('rng', { model: 'virtio' }, [
        element('backend', { model: 'random' }, plan.rngSource === 'hwrng' ? '/dev/hwrng' : `/dev/${plan.rngSource}`),
      ]),
    ...plan.graphics.map(graphicsElement),
    plan.video &&
      element('video', {}, [
        element('model', { type: plan.video.model, vram: plan.video.ramKib, heads: 1 }),
        element('alias', { name: alias(`${plan.id.slice(0, 8)}-video`) }),
      ]),
    plan.serialConsole &&
      element('console', { type: 'unix' }, [
        element('source', { path: `/var/run/ovirt-vmconsole-console/${plan.id}.sock`, mode: 'bind' }),
        element('target', { type: 'serial', port: 0 }),
      ]),
    plan.soundcard && element('sound', { model: 'ich6' }),
    plan.watchdog && element('watchdog', { model: plan.watchdog.model, action: plan.watchdog.action }),
    plan.tpm && element('tpm', { model: 'tpm-crb' }, [element('backend', { type: 'emulator', version: '2.0' })]),
    element('memballoon', { model: plan.ballooning ? 'virtio' : 'none' }, plan.ballooning ? [element('stats', { period: 5 })] : []),
    cdromElement(plan.cdrom, isQ35(plan) ? 'sata' : 'ide'),
    ...plan.disks.map((disk) => diskElement(disk, plan)),
    ...plan.nics.map(nicElement),
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
      element('ovirt-vm:cpuPolicy', {}, 'none'),
      element(
        'ovirt-vm:custom',
        {},
        Object.entries(plan.customProperties).map(([name, value]) => element(`ovirt-vm:${name}`, {}, value)),
      ),
      ...plan.disks.map(diskMetadata),
      ...plan.nics.flatMap(nicMetadata),
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
      element('features', {}, [element('acpi'), plan.biosType === 'q35_secure_boot' && element('smm', { state: 'on' })]),
      cpuElement(plan),
      element('cputune'),
      numaTuneElement(plan.numaNodes),
      devicesElement(plan),
      element('pm', {}, [element('suspend-to-disk', { enabled: 'no' }), element('suspend-to-mem', { enabled: 'no' })]),
      osElement(plan),
      metadataElement(plan),
    ]),
  )}`;
}
