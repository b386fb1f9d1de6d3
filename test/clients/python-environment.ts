import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const installTimeoutMs = 300_000;
const root = join(import.meta.dirname, '../..');

/** Where what clients need is kept from one run of the tests to the next. */
export const clientsCache = join(root, '.cache/clients');

/** oVirt's Python SDK, as pip takes it. */
export const pythonSdk = 'ovirt-engine-sdk-python>=4.6,<4.7';

/** oVirt's client of image transfers, as pip takes it; it is built with a C compiler. */
export const imageioClient = 'ovirt-imageio>=2.5,<2.6';

/** A Python that has packages; made at first use. @returns its program */
export async function pythonWith(...packages: string[]): Promise<string> {
  const { stdout } = await run('python3', [join(import.meta.dirname, 'python/environment.py'), join(clientsCache, 'python'), ...packages], {
    timeout: installTimeoutMs,
  });
  return stdout.trim();
}
