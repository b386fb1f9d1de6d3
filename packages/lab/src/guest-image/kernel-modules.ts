import { copyFile, mkdir, readFile, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GuestImageError } from './errors.ts';
import { runTool } from './run-tool.ts';

/** Modules that the initramfs needs to reach the root file system on any disk controller. */
export const BOOT_MODULES = ['virtio_pci', 'virtio_blk', 'virtio_scsi', 'sd_mod', 'ata_piix', 'ext4', 'crc32c_generic'] as const;

/** Modules for everything else that a virtual machine may have. */
export const DEVICE_MODULES = [
  'virtio_net',
  'virtio_balloon',
  'virtio_console',
  'virtio_rng',
  'virtio_mem',
  'sr_mod',
  'isofs',
  'vfat',
  'nls_iso8859_1',
  'nls_ascii',
  'button',
  '8021q',
  'evdev',
  'psmouse',
  'e1000',
  'e1000e',
  'i6300esb',
  'xhci_pci',
  'usbhid',
  'hid_generic',
  'ahci',
] as const;

/** Modules without which the guest is of no use; a kernel may have them built in. */
const ESSENTIAL_MODULES: ReadonlySet<string> = new Set(['virtio_pci', 'virtio_blk', 'ext4', 'virtio_net', 'virtio_console']);

function moduleName(path: string): string {
  return basename(path)
    .replace(/\.ko(\.xz|\.gz|\.zst)?$/, '')
    .replaceAll('-', '_');
}

/** Text of modules.dep: each module's path with the paths of what it needs. */
export function parseModuleDependencies(text: string): Map<string, { path: string; needs: string[] }> {
  const modules = new Map<string, { path: string; needs: string[] }>();
  for (const line of text.split('\n')) {
    const [path, rest] = line.split(':');
    if (path === undefined || rest === undefined) continue;
    modules.set(moduleName(path), {
      path,
      needs: rest
        .trim()
        .split(/\s+/)
        .filter((need) => need !== ''),
    });
  }
  return modules;
}

/**
 * The files of the named modules and of all that they need, sorted. Modules that the kernel lacks or has built in are left out.
 * @throws {GuestImageError} module_missing for one without which the guest is of no use
 */
export function selectModuleFiles(
  dependencies: ReadonlyMap<string, { path: string; needs: string[] }>,
  builtIn: ReadonlySet<string>,
  names: readonly string[],
): string[] {
  const files = new Set<string>();
  for (const name of names) {
    const found = dependencies.get(name);
    if (found === undefined) {
      if (ESSENTIAL_MODULES.has(name) && !builtIn.has(name))
        throw new GuestImageError('module_missing', `the kernel package has no module ${name}`);
      continue;
    }
    files.add(found.path);
    for (const need of found.needs) files.add(need);
  }
  return [...files].sort();
}

async function copyModule(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
  if (!to.endsWith('.xz')) return;
  await runTool('xz', ['-d', '-f', to]);
}

/**
 * Copies modules from an unpacked kernel package into a root folder and writes the tables that modprobe reads.
 * @param kernelRoot folder into which the kernel package was unpacked
 */
export async function installModules(kernelRoot: string, kernelVersion: string, root: string, names: readonly string[]): Promise<void> {
  const source = join(kernelRoot, 'lib/modules', kernelVersion);
  const target = join(root, 'lib/modules', kernelVersion);
  const dependencies = parseModuleDependencies(await readFile(join(source, 'modules.dep'), 'utf8'));
  const builtIn = new Set((await readFile(join(source, 'modules.builtin'), 'utf8')).split('\n').map(moduleName));
  for (const file of selectModuleFiles(dependencies, builtIn, names)) await copyModule(join(source, file), join(target, file));
  await mkdir(target, { recursive: true });
  for (const table of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo'])
    await copyFile(join(source, table), join(target, table));
  await runTool('depmod', ['-b', root, kernelVersion]);
}

/** Writes modules.dep of an unpacked kernel package. Newer packages keep their modules below usr/lib. */
export async function indexModules(kernelRoot: string, kernelVersion: string): Promise<void> {
  await rename(join(kernelRoot, 'usr/lib/modules'), join(kernelRoot, 'lib/modules')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await runTool('depmod', ['-b', kernelRoot, kernelVersion]);
}
