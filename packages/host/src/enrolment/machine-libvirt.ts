import { displayTlsOf, lockManagerOf, migrationPkiOf, qemuGroupOf } from '@virgate/libvirt';
import { access, readFile } from 'node:fs/promises';
import type { DisplayTls } from '../config.ts';

/** What the machine's own libvirt is configured with. */
export interface MachineLibvirt {
  lockManager: 'none' | 'sanlock';
  /** Where QEMU looks for what migrations are encrypted with, and the group that has to read it. */
  migrationPki: { pkiDirectory: string; pkiGroup?: number };
  /** The same for screens of guests, as far as they are under TLS. */
  displayTls: DisplayTls;
}

/** Folders where libvirt looks when it is told of none; the first counts only when it is there. Source: libvirt, qemu.conf. */
const usualFolders = ['/etc/pki/libvirt-migrate', '/etc/pki/qemu'] as const;
/** As whom QEMU runs where libvirt's packages decide: on Debian, elsewhere. */
const usualGroups = ['libvirt-qemu', 'qemu'];

/** The number of a group that is named by name or number; undefined for root, and where there is none. */
function groupNumber(groups: string, names: readonly string[]): number | undefined {
  const rows = groups.split('\n').map((line) => line.split(':'));
  for (const name of names) {
    const number = /^\d+$/.test(name) ? name : rows.find(([own]) => own === name)?.[2];
    if (number !== undefined) return Number(number) || undefined;
  }
  return undefined;
}

/** Reads what the machine's own libvirt is configured with. */
export async function readMachineLibvirt(): Promise<MachineLibvirt> {
  const [qemuConf, groups] = await Promise.all(
    ['/etc/libvirt/qemu.conf', '/etc/group'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const isFirstThere = await access(usualFolders[0]).then(
    () => true,
    () => false,
  );
  const named = qemuGroupOf(qemuConf ?? '');
  const pkiGroup = groupNumber(groups ?? '', named === undefined ? usualGroups : [named]);
  return {
    lockManager: lockManagerOf(qemuConf ?? ''),
    migrationPki: {
      pkiDirectory: migrationPkiOf(qemuConf ?? '') ?? usualFolders[isFirstThere ? 0 : 1],
      ...(pkiGroup === undefined ? {} : { pkiGroup }),
    },
    displayTls: { ...displayTlsOf(qemuConf ?? ''), ...(pkiGroup === undefined ? {} : { group: pkiGroup }) },
  };
}
