import { LauncherError } from '../errors.ts';
import type { Stage } from '../progress.ts';
import { SystemPackagesError, ensureSystemPackages, type SystemPackageGroupName } from '../system-packages.ts';
import type { System } from '../system.ts';
import { LIBVIRT_ACCOUNT, ensureLibvirtAccount } from '../system/libvirt-account.ts';

/** What a first host needs, so that it runs guests of every firmware and with a TPM, and builds the small guest image. */
export const FIRST_HOST_PACKAGES = ['hypervisor', 'ovmf', 'tpm', 'guestImage'] as const satisfies readonly SystemPackageGroupName[];

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
        const installed = await ensureSystemPackages(FIRST_HOST_PACKAGES, { allowed: options.mayInstall });
        if (installed.length > 0) report.note(`installed ${installed.length} missing programs and files`);
        if (await ensureLibvirtAccount(options.mayInstall)) report.note(`made the account ${LIBVIRT_ACCOUNT} for libvirt`);
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
