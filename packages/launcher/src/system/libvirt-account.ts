import { existsSync, readFileSync } from 'node:fs';
import { LauncherError } from '../errors.ts';
import { runProgram } from './run.ts';

/** Account that Debian's libvirt asks for when it starts, although guests run as whom its settings name. */
export const LIBVIRT_ACCOUNT = 'libvirt-qemu';

/**
 * Makes the account when it is missing: Debian's package libvirt-daemon-system makes it, but it brings much more that is not needed here.
 * @returns whether it had to be made
 * @throws {LauncherError} `programs_missing` when it may not be made
 */
export async function ensureLibvirtAccount(mayInstall: boolean): Promise<boolean> {
  const isDebian = existsSync('/etc/debian_version');
  if (!isDebian || readFileSync('/etc/passwd', 'latin1').includes(`\n${LIBVIRT_ACCOUNT}:`)) return false;
  const argv = [
    'useradd',
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/var/lib/libvirt',
    '--shell',
    '/usr/sbin/nologin',
    LIBVIRT_ACCOUNT,
  ] as const;
  if (!mayInstall)
    throw new LauncherError(
      'programs_missing',
      `libvirt asks for the account ${LIBVIRT_ACCOUNT}, which is not there`,
      `Run as root: ${argv.join(' ')}`,
    );
  await runProgram(argv);
  return true;
}
