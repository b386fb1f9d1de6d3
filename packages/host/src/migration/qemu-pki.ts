import { access, chmod, chown, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentTls } from '../certificate/renewal.ts';

/** Says that the folder is the agent's own. */
const ownMark = 'virgate-host';

/** Where QEMU finds key and certificate for encrypted migrations, or for its screens. */
export interface QemuPki {
  directory: string;
  /** Group as which QEMU runs, by number; undefined when it runs as root. */
  group: number | undefined;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Puts this host's key and certificate where QEMU looks for them, by the names that it looks for. They are the same at both ends of a
 * migration, since every host is a source and a destination. Copies, since QEMU may read nothing of the agent's.
 *
 * @returns whether they are there: a folder that somebody else has filled is left alone
 */
export async function writeQemuPki({ directory, group }: QemuPki, { key, cert, ca }: AgentTls): Promise<boolean> {
  const mark = join(directory, ownMark);
  if ((await isThere(join(directory, 'ca-cert.pem'))) && !(await isThere(mark))) return false;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(mark, 'The files here are kept by virgate-host.\n', { mode: 0o644 });
  const files: [string, string, number][] = [
    ['ca-cert.pem', ca, 0o644],
    ...['server', 'client'].flatMap((end): [string, string, number][] => [
      [`${end}-key.pem`, key, group === undefined ? 0o600 : 0o640],
      [`${end}-cert.pem`, cert, 0o644],
    ]),
  ];
  for (const [name, text, mode] of files) {
    const draft = join(directory, `${name}.new`);
    await writeFile(draft, text, { mode: 0o600 });
    if (group !== undefined) await chown(draft, 0, group);
    await chmod(draft, mode);
    await rename(draft, join(directory, name));
  }
  if (group === undefined) return true;
  await chown(directory, 0, group);
  await chmod(directory, 0o750);
  return true;
}
