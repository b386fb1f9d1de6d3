import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cloudKernelPackage, fetchPackage } from './debian-packages.ts';
import { indexModules } from './kernel-modules.ts';
import { runTool } from './run-tool.ts';

/**
 * For tests on machines without a kernel of their own, as containers are: the kernel of the small guest, unpacked for the machine that libguestfs
 * starts.
 * @returns variables that tell programs of libguestfs where it is (supermin(1))
 * @throws {GuestImageError}
 */
export async function unpackApplianceKernel(options: { outDir: string; cacheDir: string }): Promise<Record<string, string>> {
  const kernel = await cloudKernelPackage();
  const version = kernel.name.replace(/^linux-image-/, '').replace(/-unsigned$/, '');
  const folder = join(options.outDir, `kernel-${version}`);
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await mkdir(options.outDir, { recursive: true });
    const work = await mkdtemp(`${folder}.new-`);
    try {
      await runTool('dpkg-deb', ['-x', await fetchPackage(kernel, options.cacheDir), work]);
      await indexModules(work, version);
      await rename(work, folder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  return {
    SUPERMIN_KERNEL: join(folder, 'boot', `vmlinuz-${version}`),
    SUPERMIN_KERNEL_VERSION: version,
    SUPERMIN_MODULES: join(folder, 'lib/modules', version),
  };
}
