import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GuestImageError } from './errors.ts';
import { runTool } from './run-tool.ts';

/** A Debian package in the version that this machine's package lists offer. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
}

/** The candidate version of a package. @throws {GuestImageError} package_unknown */
export async function candidateOf(name: string): Promise<DebianPackage> {
  const policy = await runTool('apt-cache', ['policy', name]);
  const version = /^ {2}Candidate: (\S+)$/m.exec(policy)?.[1];
  if (version === undefined || version === '(none)')
    throw new GuestImageError('package_unknown', `the package lists know no ${name}; run as root: apt-get update`);
  return { name, version };
}

/** The kernel package that Debian's cloud kernel meta-package asks for. @throws {GuestImageError} package_unknown */
export async function cloudKernelPackage(): Promise<DebianPackage> {
  const depends = await runTool('apt-cache', ['depends', 'linux-image-cloud-amd64']).catch(() => '');
  const name = /^ {2}Depends: (linux-image-\S+)$/m.exec(depends)?.[1];
  if (name === undefined)
    throw new GuestImageError('package_unknown', 'the package lists know no linux-image-cloud-amd64; run as root: apt-get update');
  return candidateOf(name);
}

async function findDownloaded(folder: string, wanted: DebianPackage): Promise<string | undefined> {
  const prefix = `${wanted.name}_${wanted.version.replaceAll(':', '%3a')}_`;
  const file = (await readdir(folder)).find((name) => name.startsWith(prefix) && name.endsWith('.deb'));
  return file === undefined ? undefined : join(folder, file);
}

/**
 * Path of the package's file; downloads it when the folder lacks it. apt checks signatures and sums.
 * @throws {GuestImageError} package_download_failed
 */
export async function fetchPackage(wanted: DebianPackage, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const kept = await findDownloaded(folder, wanted);
  if (kept !== undefined) return kept;
  const sandbox = process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : [];
  try {
    await runTool('apt-get', ['-qq', ...sandbox, 'download', `${wanted.name}=${wanted.version}`], { cwd: folder });
  } catch (error) {
    throw new GuestImageError(
      'package_download_failed',
      `${wanted.name} ${wanted.version} cannot be downloaded (${error instanceof Error ? error.message : String(error)}); check the network, then run as root: apt-get update`,
    );
  }
  const fetched = await findDownloaded(folder, wanted);
  if (fetched === undefined)
    throw new GuestImageError('package_download_failed', `apt-get download left no file of ${wanted.name} ${wanted.version}`);
  return fetched;
}
