import { cp, mkdir, rm, symlink, copyFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GuestImageError } from './errors.ts';
import { BOOT_MODULES, DEVICE_MODULES, installModules } from './kernel-modules.ts';
import { requireTool, runTool } from './run-tool.ts';

/** Files of the guest that are kept in the repository. */
export const GUEST_FILES = join(import.meta.dirname, '../../guest');

const FOLDERS = [
  'bin',
  'sbin',
  'usr/bin',
  'usr/sbin',
  'etc',
  'proc',
  'sys',
  'dev',
  'run',
  'tmp',
  'mnt',
  'root',
  'var/log',
  'lib',
  'lib64',
  'data',
];
const LINKS = [
  ['/run', 'var/run'],
  ['/run/resolv.conf', 'etc/resolv.conf'],
] as const;
/** Applets whose place others rely on. */
const SYSTEM_APPLETS = ['init', 'modprobe', 'getty', 'reboot', 'poweroff', 'halt'];

async function installBusybox(root: string): Promise<void> {
  const busybox = requireTool('busybox');
  await copyFile(busybox, join(root, 'bin/busybox'));
  const applets = (await runTool('busybox', ['--list'])).split('\n').filter((applet) => /^[a-z0-9[._-]+$/i.test(applet));
  for (const applet of applets) if (applet !== 'busybox') await symlink('/bin/busybox', join(root, 'bin', applet)).catch(ignoreExisting);
  for (const applet of SYSTEM_APPLETS) await symlink('/bin/busybox', join(root, 'sbin', applet)).catch(ignoreExisting);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** Paths of the shared libraries in the output of ldd. @throws {GuestImageError} library_missing */
export function parseLibraries(output: string): string[] {
  const missing = /^\s*(\S+) => not found$/m.exec(output)?.[1];
  if (missing !== undefined)
    throw new GuestImageError(
      'library_missing',
      `this machine lacks ${missing}, which Debian's qemu-ga needs; run as root: apt-get install libglib2.0-0 liburing2 libnuma1`,
    );
  const paths = output.split('\n').map((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1]);
  return [...new Set(paths.filter((path) => path !== undefined))].sort();
}

async function installGuestAgent(agentRoot: string, root: string): Promise<void> {
  const agent = join(agentRoot, 'usr/sbin/qemu-ga');
  for (const library of parseLibraries(await runTool('ldd', [agent]))) {
    const target = join(root, library);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(await realpath(library), target);
  }
  await copyFile(agent, join(root, 'usr/sbin/qemu-ga'));
}

/** Fills `root` with the guest's root file system. */
export async function layOutRoot(root: string, sources: { kernelRoot: string; kernelVersion: string; agentRoot: string }): Promise<void> {
  for (const folder of FOLDERS) await mkdir(join(root, folder), { recursive: true });
  for (const [target, path] of LINKS) await symlink(target, join(root, path));
  await installBusybox(root);
  await installGuestAgent(sources.agentRoot, root);
  await installModules(sources.kernelRoot, sources.kernelVersion, root, [...BOOT_MODULES, ...DEVICE_MODULES]);
  for (const applet of ['shutdown']) await rm(join(root, 'bin', applet), { force: true });
  await cp(join(GUEST_FILES, 'root'), root, { recursive: true });
}

/** Fills `root` with the initramfs. */
export async function layOutInitramfs(root: string, sources: { kernelRoot: string; kernelVersion: string }): Promise<void> {
  for (const folder of ['bin', 'proc', 'sys', 'dev', 'newroot']) await mkdir(join(root, folder), { recursive: true });
  await copyFile(requireTool('busybox'), join(root, 'bin/busybox'));
  await installModules(sources.kernelRoot, sources.kernelVersion, root, BOOT_MODULES);
  await cp(join(GUEST_FILES, 'initramfs'), root, { recursive: true });
}
