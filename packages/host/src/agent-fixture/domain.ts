/** For tests only: a domain document as the engine writes it. */
export interface TestDomain {
  vmId: string;
  name?: string;
  memoryMib?: number;
  paused?: boolean;
  destroyOnReboot?: boolean;
  disk?: { poolId: string; domainId: string; imageId: string; volumeId: string; format: 'raw' | 'qcow2' };
  network?: string | undefined;
  /** Files of a CD with cloud-init's data. */
  payload?: Record<string, string>;
  /** The payload is on a floppy disk. */
  floppy?: boolean;
  /** What the guest boots from instead of its disk. */
  boot?: { kernel: string; initrd: string; cmdline: string };
  /** How far the running machine can be grown: a NUMA node, slots for memory, CPUs that are not there yet. */
  room?: { memoryMib: number; vcpus: number };
  /** Firmware with variables, and a TPM. */
  uefi?: boolean;
  tpm?: boolean;
  /** SPICE beside VNC; its main channel is under TLS only. */
  spice?: boolean;
  /** MiB that the balloon leaves to the guest in any case; all of it unless told otherwise. */
  guaranteedMib?: number;
}

function diskXml(disk: NonNullable<TestDomain['disk']>): string {
  const path = `/rhev/data-center/${disk.poolId}/${disk.domainId}/images/${disk.imageId}/${disk.volumeId}`;
  return `<disk type="file" device="disk" snapshot="no"><target dev="vda" bus="virtio"/><source file="${path}"><seclabel model="dac" type="none" relabel="no"/></source>
    <driver name="qemu" io="threads" type="${disk.format}" error_policy="stop" cache="none"/><alias name="ua-${disk.imageId}"/><boot order="1"/><serial>${disk.imageId}</serial></disk>`;
}

function diskMetadata(disk: NonNullable<TestDomain['disk']>): string {
  return `<ovirt-vm:device devtype="disk" name="vda"><ovirt-vm:poolID>${disk.poolId}</ovirt-vm:poolID><ovirt-vm:volumeID>${disk.volumeId}</ovirt-vm:volumeID><ovirt-vm:imageID>${disk.imageId}</ovirt-vm:imageID><ovirt-vm:domainID>${disk.domainId}</ovirt-vm:domainID></ovirt-vm:device>`;
}

export function testDomain(domain: TestDomain): string {
  const { vmId, name = `vm-${vmId.slice(0, 8)}`, memoryMib = 64, network, disk, payload, room } = domain;
  const kib = memoryMib * 1024;
  const nic =
    network === undefined
      ? ''
      : `<interface type="bridge"><model type="virtio"/><link state="up"/><source bridge="${network}"/><alias name="ua-${vmId}"/><mac address="56:6f:00:00:00:${vmId.slice(0, 2)}"/></interface>`;
  const drive = domain.floppy === true ? { device: 'floppy', target: 'fda', bus: 'fdc' } : { device: 'cdrom', target: 'sdd', bus: 'scsi' };
  const cd =
    payload === undefined
      ? ''
      : `<disk type="file" device="${drive.device}" snapshot="no"><driver name="qemu" type="raw" error_policy="report"/><source file="PAYLOAD:" startupPolicy="optional"/><target dev="${drive.target}" bus="${drive.bus}"/><readonly/></disk>`;
  const files = Object.entries(payload ?? {}).map(
    ([path, text]) => `<ovirt-vm:file path="${path}">${Buffer.from(text).toString('base64')}</ovirt-vm:file>`,
  );
  const boot = domain.boot && Object.entries(domain.boot).map(([part, value]) => `<${part}>${value}</${part}>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<domain type="kvm" xmlns:ovirt-tune="http://ovirt.org/vm/tune/1.0" xmlns:ovirt-vm="http://ovirt.org/vm/1.0">
  <name>${name}</name><uuid>${vmId}</uuid><memory>${kib}</memory><currentMemory>${kib}</currentMemory>
  ${room === undefined ? '' : `<maxMemory slots="16">${room.memoryMib * 1024}</maxMemory>`}<vcpu current="1">${room?.vcpus ?? 1}</vcpu>
  <sysinfo type="smbios"><system><entry name="manufacturer">oVirt</entry><entry name="product">OS-NAME:</entry><entry name="uuid">${vmId}</entry></system></sysinfo>
  <clock offset="variable" adjustment="0"><timer name="rtc" tickpolicy="catchup"/><timer name="pit" tickpolicy="delay"/><timer name="hpet" present="no"/></clock>
  ${domain.destroyOnReboot === true ? '<on_reboot>destroy</on_reboot>' : ''}
  <features><acpi/></features>
  <cpu match="exact"><model>Westmere</model><topology cores="1" threads="1" sockets="${room?.vcpus ?? 1}"/>${room === undefined ? '' : `<numa><cell id="0" cpus="0-${room.vcpus - 1}" memory="${kib}" unit="KiB"/></numa>`}</cpu>
  <devices>
    <channel type="unix"><target type="virtio" name="ovirt-guest-agent.0"/><source mode="bind" path="/var/lib/libvirt/qemu/channels/${vmId}.ovirt-guest-agent.0"/></channel>
    <channel type="unix"><target type="virtio" name="org.qemu.guest_agent.0"/><source mode="bind" path="/var/lib/libvirt/qemu/channels/${vmId}.org.qemu.guest_agent.0"/></channel>
    <controller type="virtio-serial" index="0"/><controller type="scsi" model="virtio-scsi" index="0"/>
    <rng model="virtio"><backend model="random">/dev/urandom</backend></rng>
    <memballoon model="virtio"><stats period="5"/></memballoon>${domain.tpm === true ? '<tpm model="tpm-crb"><backend type="emulator" version="2.0"/></tpm>' : ''}
    <graphics type="vnc" port="-1" autoport="yes" passwd="*****" passwdValidTo="1970-01-01T00:00:01" keymap="en-us"><listen type="network" network="vdsm-ovirtmgmt"/></graphics>
    ${domain.spice === true ? '<graphics type="spice" port="-1" tlsPort="-1" autoport="yes" passwd="*****" passwdValidTo="1970-01-01T00:00:01"><listen type="network" network="vdsm-ovirtmgmt"/><channel name="main" mode="secure"/></graphics>' : ''}
    <video><model type="vga" vram="16384" heads="1"/></video>
    <console type="unix"><source mode="bind" path="/var/run/ovirt-vmconsole-console/${vmId}.sock"/><target type="serial" port="0"/></console>
    ${nic}${disk ? diskXml(disk) : ''}${cd}
  </devices>
  <os><type arch="x86_64" machine="${domain.uefi === true ? 'pc-q35-4.1' : 'pc-i440fx-2.12'}">hvm</type>${domain.uefi === true ? `<loader readonly="yes" secure="no" type="pflash">/usr/share/OVMF/OVMF_CODE.fd</loader><nvram template="/usr/share/OVMF/OVMF_VARS.fd">/var/lib/libvirt/qemu/nvram/${vmId}.fd</nvram>` : ''}${boot?.join('') ?? ''}<smbios mode="sysinfo"/></os>
  <metadata><ovirt-tune:qos/><ovirt-vm:vm>
    <ovirt-vm:minGuaranteedMemoryMb type="int">${domain.guaranteedMib ?? memoryMib}</ovirt-vm:minGuaranteedMemoryMb><ovirt-vm:clusterVersion>4.7</ovirt-vm:clusterVersion>
    <ovirt-vm:launchPaused>${domain.paused === true}</ovirt-vm:launchPaused><ovirt-vm:resumeBehavior>auto_resume</ovirt-vm:resumeBehavior><ovirt-vm:ballooningEnabled>true</ovirt-vm:ballooningEnabled>
    ${network === undefined ? '' : `<ovirt-vm:device mac_address="56:6f:00:00:00:${vmId.slice(0, 2)}"><ovirt-vm:network>${network}</ovirt-vm:network></ovirt-vm:device>`}
    ${disk ? diskMetadata(disk) : ''}
    ${payload === undefined ? '' : `<ovirt-vm:device devtype="disk" name="${drive.target}"><ovirt-vm:payload><ovirt-vm:volId>cidata</ovirt-vm:volId>${files.join('')}</ovirt-vm:payload></ovirt-vm:device>`}
  </ovirt-vm:vm></metadata>
</domain>`;
}
