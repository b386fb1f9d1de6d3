import type { Body } from './probe.ts';

const mib = 1024 ** 2;

/** A change of a VM that must reach the domain which its host gets. */
export interface DomainChange {
  readonly change: Body;
  /** What else the VM is made with, where the change means something only then. */
  readonly with?: Body;
  readonly nic?: true;
}

const spice: Body = { display: { type: 'spice' } };

/** Each is made alone, on a VM of its own. */
export const domainChanges: readonly DomainChange[] = [
  { change: { name: 'domain-vm2' } },
  { change: { memory: 192 * mib, memory_policy: { guaranteed: 192 * mib, max: 512 * mib } } },
  { change: { memory_policy: { guaranteed: 64 * mib } } },
  { change: { memory_policy: { max: 768 * mib } } },
  { change: { memory_policy: { ballooning: false } } },
  { change: { cpu: { topology: { sockets: 2 } } } },
  { change: { cpu: { topology: { cores: 2 } } } },
  { change: { cpu: { topology: { threads: 2 } } } },
  { change: { cpu: { mode: 'host_passthrough' } } },
  { change: { cpu_pinning_policy: 'manual', cpu: { cpu_tune: { vcpu_pins: { vcpu_pin: [{ vcpu: 0, cpu_set: '0-1' }] } } } } },
  { change: { cpu_pinning_policy: 'dedicated' } },
  { change: { cpu_pinning_policy: 'isolate_threads' } },
  { change: { cpu_pinning_policy: 'resize_and_pin_numa' } },
  { change: { bios: { type: 'q35_sea_bios' } } },
  { change: { bios: { type: 'q35_ovmf' } } },
  { change: { bios: { boot_menu: { enabled: true } } } },
  { nic: true, change: { os: { boot: { devices: { device: ['network'] } } } } },
  { change: { os: { kernel: '/boot/vmlinuz', initrd: '/boot/initrd', cmdline: 'quiet' } } },
  { change: { os: { type: 'windows_2022' } } },
  { change: { custom_compatibility_version: { major: 4, minor: 6 } } },
  { change: { custom_cpu_model: 'Nehalem' } },
  { change: { custom_emulated_machine: 'pc-q35-7.2' } },
  { change: { display: { type: 'spice' } } },
  { with: spice, change: { display: { monitors: 2 } } },
  { with: spice, change: { display: { copy_paste_enabled: false } } },
  { with: spice, change: { display: { file_transfer_enabled: false } } },
  { with: spice, change: { display: { smartcard_enabled: true } } },
  { change: { display: { video_type: 'bochs' } } },
  { change: { display: { keyboard_layout: 'de' } } },
  { change: { io: { threads: 0 } } },
  { change: { rng_device: { source: 'hwrng' } } },
  { change: { rng_device: { source: 'urandom', rate: { bytes: 1024, period: 500 } } } },
  { change: { serial_number: { policy: 'vm' } } },
  { change: { serial_number: { policy: 'custom', value: 'SN-1' } } },
  { change: { soundcard_enabled: true } },
  { change: { usb: { enabled: true } } },
  { with: { bios: { type: 'q35_ovmf' } }, change: { tpm_enabled: true } },
  { change: { virtio_scsi: { enabled: false } } },
  { change: { virtio_scsi_multi_queues: 4 } },
  { change: { console: { enabled: false } } },
  { change: { storage_error_resume_behaviour: 'kill' } },
  { change: { start_paused: true } },
  { change: { time_zone: { name: 'Asia/Tokyo' } } },
  { change: { cpu_shares: 1024 } },
  { change: { high_availability: { enabled: true, priority: 50 } } },
  { change: { stateless: true } },
  { change: { delete_protected: true } },
  { with: { cpu: { topology: { cores: 2 } } }, nic: true, change: { multi_queues_enabled: false } },
  { change: { payloads: { payload: [{ type: 'cdrom', volume_id: 'files', files: { file: [{ name: 'a', content: 'b' }] } }] } } },
  { change: { migration_downtime: 500 } },
  { change: { custom_properties: { custom_property: [{ name: 'sap_agent', value: 'true' }] } } },
  { change: { custom_properties: { custom_property: [{ name: 'extra_cpu_flags', value: '+md-clear' }] } } },
];
