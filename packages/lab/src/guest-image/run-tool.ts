import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { GuestImageError } from './errors.ts';

/** Debian's package of every program that the builder calls. */
export const TOOL_PACKAGES = {
  'apt-cache': 'apt',
  'apt-get': 'apt',
  busybox: 'busybox-static',
  cpio: 'cpio',
  depmod: 'kmod',
  'dpkg-deb': 'dpkg',
  'grub-mkimage': 'grub-common',
  ldd: 'libc-bin',
  mcopy: 'mtools',
  mformat: 'mtools',
  mke2fs: 'e2fsprogs',
  mmd: 'mtools',
  'qemu-img': 'qemu-utils',
  sfdisk: 'fdisk',
  syslinux: 'syslinux',
  xz: 'xz-utils',
} as const;

export type Tool = keyof typeof TOOL_PACKAGES;

const TOOL_FOLDERS = ['/usr/sbin', '/sbin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/local/bin'];
const TOOL_TIMEOUT_MS = 300_000;
const OUTPUT_LIMIT_BYTES = 4 * 1024 * 1024;
const MESSAGE_CHARACTERS = 1_500;

/** Path of a program, or undefined. */
export function findTool(tool: Tool): string | undefined {
  return [...(process.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/')), ...TOOL_FOLDERS]
    .map((folder) => join(folder, tool))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Path of a program. @throws {GuestImageError} tool_missing, naming the Debian package */
export function requireTool(tool: Tool): string {
  const path = findTool(tool);
  if (path === undefined)
    throw new GuestImageError('tool_missing', `the program ${tool} is missing; run as root: apt-get install ${TOOL_PACKAGES[tool]}`);
  return path;
}

/**
 * Runs a program and returns its standard output.
 * @throws {GuestImageError} tool_missing, tool_failed
 */
export async function runTool(
  tool: Tool,
  args: readonly string[],
  options: { cwd?: string; input?: string; environment?: Record<string, string> } = {},
): Promise<string> {
  const path = requireTool(tool);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(path, args, {
    cwd: options.cwd,
    env: {
      PATH: TOOL_FOLDERS.join(':'),
      LC_ALL: 'C.UTF-8',
      HOME: '/root',
      TMPDIR: process.env['TMPDIR'] ?? '/tmp',
      ...options.environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: TOOL_TIMEOUT_MS,
  });
  const out: Buffer[] = [];
  let outBytes = 0;
  let messages = '';
  child.stdout.on('data', (chunk: Buffer) => {
    outBytes += chunk.length;
    if (outBytes <= OUTPUT_LIMIT_BYTES) out.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    messages = (messages + chunk.toString()).slice(-MESSAGE_CHARACTERS);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  child.on('error', reject);
  child.on('close', (code, signal) => {
    if (code === 0 && outBytes <= OUTPUT_LIMIT_BYTES) resolve(Buffer.concat(out).toString());
    else reject(new GuestImageError('tool_failed', `${tool} ${args.join(' ')} ended with ${signal ?? `code ${code}`}: ${messages.trim()}`));
  });
  return promise;
}
