import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { cloudKernelPackage, candidateOf, fetchPackage } from './debian-packages.ts';
import type { DebianPackage } from './debian-packages.ts';
import { canBootUefi, writeDisk } from './disk.ts';
import { GuestImageError } from './errors.ts';
import { indexModules } from './kernel-modules.ts';
import { GUEST_FILES, layOutInitramfs, layOutRoot } from './root-file-system.ts';
import { requireTool, runTool } from './run-tool.ts';

/** What to build, and where. */
export interface GuestImageOptions {
  /** Folder that takes the image, kernel and initramfs. */
  readonly outDir: string;
  /** Folder that keeps downloaded packages. */
  readonly cacheDir: string;
  /** Virtual size of the disk; a multiple of 1 MiB. */
  readonly sizeBytes?: number;
}

/** A built image. */
export interface GuestImage {
  /** The bootable disk, qcow2. */
  readonly path: string;
  /** SHA-256 of the file at `path`, in hexadecimal. */
  readonly sha256: string;
  /** Size of the file at `path`. */
  readonly fileSizeBytes: number;
  /** Size that a guest sees. */
  readonly virtualSizeBytes: number;
  /** Kernel and initramfs of the image, for direct boot with {@link KERNEL_COMMAND_LINE}. */
  readonly kernelPath: string;
  readonly initrdPath: string;
  readonly kernelVersion: string;
  /** Whether it boots by UEFI as well as by BIOS. */
  readonly bootsUefi: boolean;
}

const MIB = 1024 * 1024;
const DEFAULT_SIZE_BYTES = 128 * MIB;

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** A hash of everything that the image is made of: the same inputs need no second build. */
async function inputsHash(packages: readonly DebianPackage[], sizeBytes: number): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of [GUEST_FILES, import.meta.dirname]) {
    for (const file of await filesBelow(folder)) {
      if (file.includes('.test.')) continue;
      hash.update(`${relative(folder, file)}\0${(await stat(file)).mode}\0`).update(await readFile(file));
    }
  }
  hash.update(await readFile(requireTool('busybox')));
  hash.update(JSON.stringify({ packages, sizeBytes, uefi: canBootUefi() }));
  return hash.digest('hex').slice(0, 16);
}

async function unpack(wanted: DebianPackage, cacheDir: string, folder: string): Promise<void> {
  await runTool('dpkg-deb', ['-x', await fetchPackage(wanted, cacheDir), folder]);
}

/** Writes an initramfs: a cpio archive in the new ASCII format, compressed with gzip. */
async function packInitramfs(folder: string, work: string): Promise<string> {
  const archive = join(work, 'initrd.cpio');
  const names = ['.', ...(await readdir(folder, { recursive: true })).sort()];
  await runTool('cpio', ['-o', '-H', 'newc', '-R', '0:0', '--quiet', '-F', archive], { cwd: folder, input: `${names.join('\n')}\n` });
  const path = join(work, 'initrd.img');
  await writeFile(path, gzipSync(await readFile(archive)));
  return path;
}

async function buildInto(
  target: string,
  work: string,
  options: { cacheDir: string; kernel: DebianPackage; agent: DebianPackage; sizeBytes: number },
): Promise<Omit<GuestImage, 'path' | 'kernelPath' | 'initrdPath'>> {
  const kernelRoot = join(work, 'kernel');
  const agentRoot = join(work, 'agent');
  await unpack(options.kernel, options.cacheDir, kernelRoot);
  await unpack(options.agent, options.cacheDir, agentRoot);
  const kernelVersion = options.kernel.name.replace(/^linux-image-/, '').replace(/-unsigned$/, '');
  await indexModules(kernelRoot, kernelVersion);
  const root = join(work, 'root');
  const initramfs = join(work, 'initramfs');
  await layOutRoot(root, { kernelRoot, kernelVersion, agentRoot });
  await layOutInitramfs(initramfs, { kernelRoot, kernelVersion });
  const initrd = await packInitramfs(initramfs, work);
  const kernel = join(kernelRoot, 'boot', `vmlinuz-${kernelVersion}`);
  const raw = join(work, 'disk.raw');
  await writeDisk(raw, { work, kernel, initrd, root, sizeMib: options.sizeBytes / MIB });
  await mkdir(target);
  const image = join(target, 'guest.qcow2');
  await runTool('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, image]);
  await copyFile(kernel, join(target, 'guest.kernel'));
  await copyFile(initrd, join(target, 'guest.initrd'));
  return {
    sha256: await sha256Of(image),
    fileSizeBytes: (await stat(image)).size,
    virtualSizeBytes: options.sizeBytes,
    kernelVersion,
    bootsUefi: canBootUefi(),
  };
}

/** The image with these inputs when `outDir` holds it whole: its description is written last. */
async function readBuilt(folder: string): Promise<GuestImage | undefined> {
  const text = await readFile(join(folder, 'guest.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const built = JSON.parse(text) as Omit<GuestImage, 'path' | 'kernelPath' | 'initrdPath'>;
  return {
    ...built,
    path: join(folder, 'guest.qcow2'),
    kernelPath: join(folder, 'guest.kernel'),
    initrdPath: join(folder, 'guest.initrd'),
  };
}

/**
 * Builds the small guest (see ../../guest/README.md) from Debian's packages, or returns the one that was built from
 * the same inputs. Needs x64 Debian or Ubuntu with the packages of {@link TOOL_PACKAGES}; root is not needed.
 *
 * @example
 * const image = await buildGuestImage({ outDir: '/srv/images', cacheDir: '/var/cache/virgate' });
 * @throws {GuestImageError}
 */
export async function buildGuestImage(options: GuestImageOptions): Promise<GuestImage> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new GuestImageError(
      'wrong_platform',
      `a guest image can be built on Linux on x64 only, not on ${process.platform} on ${process.arch}`,
    );
  const sizeBytes = options.sizeBytes ?? DEFAULT_SIZE_BYTES;
  if (sizeBytes % MIB !== 0) throw new GuestImageError('size_too_small', 'the size of the disk must be a multiple of 1 MiB');
  const kernel = await cloudKernelPackage();
  const agent = await candidateOf('qemu-guest-agent');
  const folder = join(options.outDir, `guest-${await inputsHash([kernel, agent], sizeBytes)}`);
  const built = await readBuilt(folder);
  if (built !== undefined) return built;
  await mkdir(options.outDir, { recursive: true });
  const work = await mkdtemp(join(tmpdir(), 'guest-image-'));
  const staging = await mkdtemp(`${folder}.new-`);
  try {
    const target = join(staging, 'image');
    const description = await buildInto(target, work, { cacheDir: options.cacheDir, kernel, agent, sizeBytes });
    await writeFile(join(target, 'guest.json'), `${JSON.stringify(description, undefined, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(target, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(staging, { recursive: true, force: true });
  }
  const image = await readBuilt(folder);
  if (image === undefined) throw new GuestImageError('tool_failed', `the image in ${folder} vanished while it was built`);
  return image;
}
