import { mkdir, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CertificateFiles } from '../certificate/renewal.ts';

/** Makes a folder in which libvirt's client finds this host's certificate. Links, so that it always has the newest. */
export async function makePkiDirectory(directory: string, { keyFile, certFile, caFile }: CertificateFiles): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const links = { 'cacert.pem': caFile, 'clientcert.pem': certFile, 'clientkey.pem': keyFile };
  for (const [name, target] of Object.entries(links)) {
    const path = join(directory, name);
    await rm(path, { force: true });
    await symlink(resolve(target), path);
  }
}
