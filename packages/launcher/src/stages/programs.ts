import { existsSync, readFileSync } from 'node:fs';
import { LauncherError } from '../errors.ts';
import type { Stage } from '../progress.ts';
import { SystemPackagesError, ensureSystemPackages } from '../system-packages.ts';
import type { System } from '../system.ts';
import { runProgram } from '../system/run.ts';

/** Account that Debian's libvirt asks for when it starts, although guests run as whom its settings name. */
const LIBVIRT_ACCOUNT = 'libvirt-qemu';

/** Whether the account had to be made: Debian's package libvirt-daemon-system makes it, but it brings much more that is not needed here. */
async function ensureAccount(mayInstall: boolean): Promise<boolean> {
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

/** Makes sure that QEMU, libvirt and what belongs to them are there. This machine becomes a host from here on: that needs root. */
export function programsStage(system: System): Stage {
  const { options, folder } = system;
  return {
    title: 'programs of the hypervisor',
    async run(report) {
      if (process.getuid?.() !== 0) {
        throw new LauncherError(
          'not_root',
          'this machine can be a host only for root',
          `Stop this and run: sudo npm start -- --data ${folder.path}`,
        );
      }
      try {
        const installed = await ensureSystemPackages(['hypervisor', 'guestImage'], { allowed: options.mayInstall });
        if (installed.length > 0) report.note(`installed ${installed.length} missing programs and files`);
        if (await ensureAccount(options.mayInstall)) report.note(`made the account ${LIBVIRT_ACCOUNT} for libvirt`);
      } catch (error) {
        if (!(error instanceof SystemPackagesError)) throw error;
        throw new LauncherError(
          'programs_missing',
          `programs are missing: ${error.missing.join(', ')} (${error.code})`,
          `Run as root: ${error.command}`,
          { cause: error },
        );
      }
    },
  };
}
