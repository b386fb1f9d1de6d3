import { existsSync } from 'node:fs';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GuestImageError } from './errors.ts';
import { findTool, runTool } from './run-tool.ts';

const MIB = 1024 * 1024;
const SECTORS_PER_MIB = MIB / 512;
/** Where the boot partition begins: the first MiB holds the partition table and the boot code. */
const BOOT_START_MIB = 1;
const BOOT_SIZE_MIB = 28;
const MINIMUM_ROOT_MIB = 48;
const MBR_CODE_BYTES = 440;
const MBR_FILES = ['/usr/lib/syslinux/mbr/mbr.bin', '/usr/lib/SYSLINUX/mbr.bin'];
const GRUB_MODULES_FOLDER = '/usr/lib/grub/x86_64-efi';

/**
 * The kernel's command line. `swiotlb=noforce`: with a maximum of memory above 4 GiB the kernel would take 64 MiB of
 * bounce buffers, which a guest of 128 MiB does not survive. The words from `mitigations` on save about a second when
 * the guest is emulated.
 */
export const KERNEL_COMMAND_LINE =
  'console=tty0 console=ttyS0,115200 quiet net.ifnames=0 memhp_default_state=online swiotlb=noforce mitigations=off nokaslr no_timer_check cryptomgr.notests panic=10';

/** Smallest virtual size of the disk in MiB. */
export const MINIMUM_SIZE_MIB = BOOT_START_MIB + BOOT_SIZE_MIB + MINIMUM_ROOT_MIB;

/** Whether this machine can make the disk bootable by UEFI as well. */
export function canBootUefi(): boolean {
  return findTool('grub-mkimage') !== undefined && existsSync(GRUB_MODULES_FOLDER);
}

async function writeBootCode(disk: string): Promise<void> {
  const file = MBR_FILES.find((path) => existsSync(path));
  if (file === undefined) throw new GuestImageError('tool_missing', 'mbr.bin is missing; run as root: apt-get install syslinux-common');
  const code = (await readFile(file)).subarray(0, MBR_CODE_BYTES);
  const handle = await open(disk, 'r+');
  try {
    await handle.write(code, 0, code.length, 0);
  } finally {
    await handle.close();
  }
}

async function addUefiLoader(work: string, partition: string): Promise<void> {
  const configuration = join(work, 'grub.cfg');
  const loader = join(work, 'BOOTX64.EFI');
  await writeFile(configuration, `search --set=root --label VGTBOOT\nlinux /vmlinuz ${KERNEL_COMMAND_LINE}\ninitrd /initrd.img\nboot\n`);
  await runTool('grub-mkimage', [
    '-O',
    'x86_64-efi',
    '-p',
    '/EFI/BOOT',
    '-c',
    configuration,
    '-o',
    loader,
    'part_msdos',
    'fat',
    'search',
    'search_label',
    'linux',
    'boot',
  ]);
  await runTool('mmd', ['-i', partition, '::/EFI', '::/EFI/BOOT']);
  await runTool('mcopy', ['-i', partition, loader, '::/EFI/BOOT/BOOTX64.EFI']);
}

/**
 * Writes a raw disk: partition table, FAT partition with kernel and boot loaders (BIOS, and UEFI where grub is there), ext4 root.
 * Needs no mount, loop device or root.
 * @throws {GuestImageError} size_too_small, tool_missing, tool_failed
 */
export async function writeDisk(
  disk: string,
  parts: { work: string; kernel: string; initrd: string; root: string; sizeMib: number },
): Promise<void> {
  if (parts.sizeMib < MINIMUM_SIZE_MIB) throw new GuestImageError('size_too_small', `the disk needs at least ${MINIMUM_SIZE_MIB} MiB`);
  const rootStartMib = BOOT_START_MIB + BOOT_SIZE_MIB;
  await writeFile(disk, '');
  await truncate(disk, parts.sizeMib * MIB);
  await runTool('sfdisk', ['-q', disk], {
    input: `label: dos\nstart=${BOOT_START_MIB * SECTORS_PER_MIB}, size=${BOOT_SIZE_MIB * SECTORS_PER_MIB}, type=e, bootable\nstart=${rootStartMib * SECTORS_PER_MIB}, type=83\n`,
  });
  await writeBootCode(disk);
  const partition = `${disk}@@${BOOT_START_MIB}M`;
  await runTool('mformat', ['-i', partition, '-T', String(BOOT_SIZE_MIB * SECTORS_PER_MIB), '-h', '16', '-s', '63', '-v', 'VGTBOOT', '::']);
  const configuration = join(parts.work, 'syslinux.cfg');
  await writeFile(
    configuration,
    `default linux\nprompt 0\ntimeout 0\nlabel linux\n  kernel /vmlinuz\n  initrd /initrd.img\n  append ${KERNEL_COMMAND_LINE}\n`,
  );
  await runTool('mcopy', ['-i', partition, parts.kernel, '::/vmlinuz']);
  await runTool('mcopy', ['-i', partition, parts.initrd, '::/initrd.img']);
  await runTool('mcopy', ['-i', partition, configuration, '::/syslinux.cfg']);
  if (canBootUefi()) await addUefiLoader(parts.work, partition);
  await runTool('syslinux', ['--offset', String(BOOT_START_MIB * MIB), '--install', disk]);
  await runTool('mke2fs', [
    '-q',
    '-F',
    '-t',
    'ext4',
    '-L',
    'vgtroot',
    '-O',
    '^has_journal',
    '-m',
    '0',
    '-d',
    parts.root,
    '-E',
    `offset=${rootStartMib * MIB},root_owner=0:0`,
    disk,
    `${parts.sizeMib - rootStartMib}M`,
  ]);
}
