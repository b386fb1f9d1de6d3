import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where everything of a host's storage hangs. All paths are made of checked UUIDs and escaped names. */
export interface Repository {
  /** Root, `/rhev/data-center` on a host of oVirt. */
  root: string;
  /** Mount points and links of storage connections. */
  mountsDirectory: string;
  /** Mount points of Gluster volumes. */
  glusterDirectory: string;
  /** Links of images in use, `/run/vdsm/storage` on a host of oVirt. */
  imagesRunDirectory: string;
}

export function createRepository(repoRoot: string, runDir: string): Repository {
  return {
    root: repoRoot,
    mountsDirectory: join(repoRoot, 'mnt'),
    glusterDirectory: join(repoRoot, 'mnt', 'glusterSD'),
    imagesRunDirectory: join(runDir, 'storage'),
  };
}

export async function makeRepository(repository: Repository): Promise<void> {
  await mkdir(repository.mountsDirectory, { recursive: true, mode: 0o755 });
  await mkdir(repository.imagesRunDirectory, { recursive: true, mode: 0o755 });
}

/** Name of a connection's mount point: `_` doubled, then `/` as `_`. */
export function escapeRemotePath(remotePath: string): string {
  return remotePath.replaceAll('_', '__').replaceAll('/', '_');
}

export function poolDirectory(repository: Repository, poolId: string): string {
  return join(repository.root, poolId);
}
