/** Domain XML of a guest without disks that costs a few megabytes and boots nothing. */
export function guestXML(name: string, uuid: string, more = { devices: '', metadata: '' }): string {
  return `<domain type='qemu'>
  <name>${name}</name><uuid>${uuid}</uuid>${more.metadata}
  <memory unit='MiB'>16</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <serial type='pty'/>
    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>
    <video><model type='vga'/></video>
    ${more.devices}
  </devices>
</domain>`;
}
