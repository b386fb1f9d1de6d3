import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What a part of the product needs of the operating system: looked for by what it uses, installed by package names. */
export interface SystemPackageGroup {
  readonly purpose: string;
  /** Programs that must be in PATH or one of {@link SYSTEM_PROGRAM_FOLDERS}. */
  readonly programs: readonly string[];
  /** Absolute paths; one of each inner list must exist. */
  readonly files: readonly (readonly string[])[];
  /** Debian's package names. */
  readonly aptPackages: readonly string[];
}

export type SystemPackageGroupName = keyof typeof SYSTEM_PACKAGE_GROUPS;

/** Everything that is ever asked of the operating system. */
export const SYSTEM_PACKAGE_GROUPS = {
  hypervisor: {
    purpose: 'run guests on this machine',
    programs: ['qemu-system-x86_64', 'qemu-img', 'libvirtd', 'sanlock', 'lvm', 'dnsmasq', 'ip', 'unshare', 'genisoimage', 'iptables'],
    files: [
      [
        '/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so',
        '/usr/lib/aarch64-linux-gnu/libvirt/connection-driver/libvirt_driver_qemu.so',
        '/usr/lib64/libvirt/connection-driver/libvirt_driver_qemu.so',
      ],
      [
        '/usr/lib/x86_64-linux-gnu/libvirt/lock-driver/sanlock.so',
        '/usr/lib/aarch64-linux-gnu/libvirt/lock-driver/sanlock.so',
        '/usr/lib64/libvirt/lock-driver/sanlock.so',
      ],
      ['/etc/libvirt/nwfilter/no-mac-spoofing.xml', '/usr/share/libvirt/nwfilter/no-mac-spoofing.xml'],
    ],
    aptPackages: [
      'qemu-system-x86',
      'qemu-utils',
      'libvirt-daemon',
      'libvirt-daemon-driver-qemu',
      'libvirt-daemon-config-nwfilter',
      'libvirt-sanlock',
      'sanlock',
      'lvm2',
      'dnsmasq-base',
      'iproute2',
      'util-linux',
      'genisoimage',
      'iptables',
      'procps',
    ],
  },
  guestImage: {
    purpose: 'build the small guest image',
    programs: ['mke2fs', 'mcopy', 'mformat', 'syslinux', 'sfdisk', 'depmod', 'modprobe', 'cpio', 'ldd', 'dpkg-deb', 'busybox', 'qemu-img'],
    files: [['/usr/lib/syslinux/mbr/mbr.bin', '/usr/lib/SYSLINUX/mbr.bin']],
    aptPackages: [
      'e2fsprogs',
      'mtools',
      'syslinux',
      'syslinux-common',
      'fdisk',
      'kmod',
      'cpio',
      'libc-bin',
      'dpkg',
      'busybox-static',
      'qemu-utils',
      'libglib2.0-0',
      'liburing2',
      'libnuma1',
      'grub-common',
      'grub-efi-amd64-bin',
    ],
  },
  sealing: {
    purpose: 'seal templates',
    programs: ['virt-sysprep', 'apt-cache', 'apt-get', 'dpkg-deb', 'depmod', 'mke2fs'],
    files: [
      ['/usr/lib/x86_64-linux-gnu/guestfs/supermin.d', '/usr/lib/aarch64-linux-gnu/guestfs/supermin.d', '/usr/lib64/guestfs/supermin.d'],
    ],
    aptPackages: ['guestfs-tools', 'libguestfs0', 'supermin', 'qemu-system-x86', 'qemu-utils', 'kmod', 'dpkg', 'e2fsprogs'],
  },
  openVSwitch: {
    purpose: 'connect guests by Open vSwitch',
    programs: ['ovs-vsctl', 'ovs-ofctl', 'ovs-dpctl', 'ovs-vswitchd', 'ovsdb-server', 'ovsdb-tool'],
    files: [['/usr/share/openvswitch/vswitch.ovsschema']],
    aptPackages: ['openvswitch-switch'],
  },
  ovn: {
    purpose: 'connect guests by networks of OVN',
    programs: ['ovn-northd', 'ovn-controller', 'ovn-nbctl', 'ovs-vsctl', 'ovs-vswitchd', 'ovsdb-server', 'ovsdb-tool'],
    files: [['/usr/share/ovn/ovn-nb.ovsschema'], ['/usr/share/ovn/scripts/ovn-ctl'], ['/usr/share/openvswitch/vswitch.ovsschema']],
    aptPackages: ['ovn-central', 'ovn-host', 'openvswitch-switch'],
  },
  dhcpClient: {
    purpose: 'give networks of hosts addresses of IPv6 by DHCP',
    programs: ['dhclient'],
    files: [],
    aptPackages: ['isc-dhcp-client'],
  },
  gluster: {
    purpose: 'mount storage of Gluster, and serve it to tests',
    programs: ['glusterd', 'gluster', 'mount.glusterfs'],
    files: [],
    aptPackages: ['glusterfs-server', 'glusterfs-client'],
  },
  iscsi: {
    purpose: 'speak to iSCSI targets',
    programs: ['iscsi-ls', 'iscsi-inq', 'iscsi-readcapacity16', 'tgtd', 'tgtadm'],
    // what QEMU itself signs in with
    files: [
      [
        '/usr/lib/x86_64-linux-gnu/qemu/block-iscsi.so',
        '/usr/lib/aarch64-linux-gnu/qemu/block-iscsi.so',
        '/usr/lib64/qemu/block-iscsi.so',
        '/usr/lib64/qemu-kvm/block-iscsi.so',
      ],
    ],
    aptPackages: ['libiscsi-bin', 'tgt', 'qemu-block-extra'],
  },
  virsh: { purpose: "compare with libvirt's own client", programs: ['virsh'], files: [], aptPackages: ['libvirt-clients'] },
  ovmf: {
    purpose: 'boot guests by UEFI',
    programs: [],
    files: [['/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_CODE_4M.fd']],
    aptPackages: ['ovmf'],
  },
  tpm: { purpose: 'give guests a TPM', programs: ['swtpm', 'swtpm_setup'], files: [], aptPackages: ['swtpm', 'swtpm-tools'] },
  python: {
    purpose: "run oVirt's Python clients, parts of which are built",
    programs: ['python3', 'gcc'],
    files: [
      [
        '/usr/lib/python3.9/ensurepip/__init__.py',
        '/usr/lib/python3.10/ensurepip/__init__.py',
        '/usr/lib/python3.11/ensurepip/__init__.py',
        '/usr/lib/python3.12/ensurepip/__init__.py',
        '/usr/lib/python3.13/ensurepip/__init__.py',
      ],
    ],
    aptPackages: [
      'python3',
      'python3-venv',
      'python3-dev',
      'gcc',
      'libc6-dev',
      'libcurl4-openssl-dev',
      'libssl-dev',
      'libxml2-dev',
      'pkg-config',
    ],
  },
  java: {
    purpose: "run VDSM's Java client",
    programs: ['javac', 'java', 'mvn'],
    files: [],
    aptPackages: ['openjdk-17-jdk-headless', 'maven'],
  },
  emptyMachine: {
    purpose: 'make an empty machine to try the first start on',
    programs: ['mmdebstrap', 'git', 'ip', 'iptables', 'nsenter', 'unshare', 'setpriv'],
    files: [],
    aptPackages: ['mmdebstrap', 'git', 'iproute2', 'iptables', 'util-linux'],
  },
  directoryServer: {
    purpose: 'sign in by a directory',
    programs: ['slapd', 'slapadd'],
    files: [['/etc/ldap/schema/nis.schema']],
    aptPackages: ['slapd'],
  },
  sshClient: { purpose: 'open serial consoles over SSH', programs: ['ssh', 'ssh-keygen'], files: [], aptPackages: ['openssh-client'] },
  ssh: { purpose: 'install a host over SSH', programs: ['sshd'], files: [], aptPackages: ['openssh-server'] },
  fencing: {
    purpose: 'switch the power of a host through a simulated management board',
    programs: ['fence_ipmilan', 'ipmitool', 'ipmi_sim'],
    files: [],
    aptPackages: ['fence-agents', 'ipmitool', 'openipmi'],
  },
  browser: { purpose: 'drive the portal with a browser', programs: ['chromium'], files: [], aptPackages: ['chromium'] },
} as const satisfies Record<string, SystemPackageGroup>;

/** Folders of system programs that an ordinary user's PATH lacks. */
export const SYSTEM_PROGRAM_FOLDERS = ['/usr/sbin', '/sbin', '/usr/local/sbin'] as const;

/** Longest time that the system's package manager may take, waiting for another one's lock included. */
export const INSTALL_TIMEOUT_MS = 1_200_000;
const APT_LOCK_TIMEOUT_S = 600;
const POLICY_FILE = '/usr/sbin/policy-rc.d';
const OUTPUT_TAIL_CHARACTERS = 2_000;

/** Why system packages are missing: `forbidden`, `not_root`, `no_package_manager`, `failed`. */
export class SystemPackagesError extends Error {
  readonly code: 'forbidden' | 'not_root' | 'no_package_manager' | 'failed';
  /** Programs and files that are missing. */
  readonly missing: readonly string[];
  /** The command that a person has to run. */
  readonly command: string;

  constructor(code: SystemPackagesError['code'], missing: readonly string[], command: string, detail: string) {
    super(`${detail}; missing: ${missing.join(', ')}; run as root: ${command}`);
    this.name = 'SystemPackagesError';
    this.code = code;
    this.missing = missing;
    this.command = command;
  }
}

/** Absolute path of a program, or undefined. */
export function findProgram(name: string, path: string = process.env['PATH'] ?? ''): string | undefined {
  for (const folder of [...path.split(delimiter).filter((entry) => entry.startsWith('/')), ...SYSTEM_PROGRAM_FOLDERS]) {
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

/** Programs and files of the groups that this machine lacks. */
export function missingOfGroups(names: readonly SystemPackageGroupName[]): string[] {
  const missing = new Set<string>();
  for (const name of names) {
    const group: SystemPackageGroup = SYSTEM_PACKAGE_GROUPS[name];
    for (const program of group.programs) if (findProgram(program) === undefined) missing.add(program);
    for (const choices of group.files) if (!choices.some((path) => existsSync(path))) missing.add(choices[0] ?? '');
  }
  return [...missing];
}

function aptPackagesOf(names: readonly SystemPackageGroupName[]): string[] {
  return [...new Set(names.flatMap((name) => SYSTEM_PACKAGE_GROUPS[name].aptPackages as readonly string[]))].sort();
}

/** The command that installs the groups by hand. */
export function installCommand(names: readonly SystemPackageGroupName[]): string {
  return `apt-get update && apt-get install --no-install-recommends ${aptPackagesOf(names).join(' ')}`;
}

interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

async function runApt(args: readonly string[]): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const child = spawn('apt-get', ['-o', `DPkg::Lock::Timeout=${APT_LOCK_TIMEOUT_S}`, '-o', 'Dpkg::Use-Pty=0', '-qq', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    timeout: INSTALL_TIMEOUT_MS,
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_TAIL_CHARACTERS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', reject);
  child.on('close', (code) => resolve({ code, output }));
  return promise;
}

/** While packages are installed, their scripts must start no daemon: the machine's own services are not ours. */
async function withoutDaemonStarts<T>(action: () => Promise<T>): Promise<T> {
  const ours = !existsSync(POLICY_FILE);
  if (ours) writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await action();
  } finally {
    if (ours) rmSync(POLICY_FILE, { force: true });
  }
}

/** Fetches the lists of what packages there are; root only. @returns whether that worked */
export async function updatePackageLists(): Promise<boolean> {
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) return false;
  return (await runApt(['update'])).code === 0;
}

/**
 * Makes sure that the groups' programs are there; installs their packages with apt when that is allowed.
 * @returns what was missing before (empty when nothing was installed)
 * @throws {SystemPackagesError}
 */
export async function ensureSystemPackages(
  names: readonly SystemPackageGroupName[],
  options: { allowed: boolean },
): Promise<readonly string[]> {
  const missing = missingOfGroups(names);
  if (missing.length === 0) return [];
  const command = installCommand(names);
  if (findProgram('apt-get') === undefined) {
    throw new SystemPackagesError(
      'no_package_manager',
      missing,
      command,
      "this machine has no apt-get; install its counterparts of these packages with the machine's own package manager",
    );
  }
  if (!options.allowed)
    throw new SystemPackagesError(
      'forbidden',
      missing,
      command,
      'installing system packages is forbidden by --no-install or VIRGATE_NO_INSTALL',
    );
  if (process.getuid?.() !== 0) throw new SystemPackagesError('not_root', missing, command, 'only root can install system packages');
  await withoutDaemonStarts(async () => {
    await runApt(['update']);
    const installed = await runApt(['install', '-y', '--no-install-recommends', ...aptPackagesOf(names)]);
    if (installed.code !== 0)
      throw new SystemPackagesError('failed', missing, command, `apt-get ended with code ${installed.code}: ${installed.output.trim()}`);
  });
  const still = missingOfGroups(names);
  if (still.length > 0) throw new SystemPackagesError('failed', still, command, 'apt-get succeeded, yet programs are missing');
  return missing;
}
