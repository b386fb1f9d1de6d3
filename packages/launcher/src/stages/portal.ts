import { LauncherError, textOf } from '../errors.ts';
import type { Stage } from '../progress.ts';
import type { System } from '../system.ts';

/** Builds the portal when its sources changed since the last time. */
export function portalStage(system: System): Stage {
  return {
    title: 'portal',
    async run(report) {
      try {
        const { buildPortal, portalFolder } = await import('@virgate/portal/build');
        if (!(await buildPortal())) report.note('built before');
        system.portalFolder = portalFolder;
      } catch (error) {
        throw new LauncherError(
          'portal_not_built',
          `the portal could not be built: ${textOf(error)}`,
          'If the checkout cannot be written to, build it as its owner: node packages/launcher/node24.mjs packages/portal/build.ts',
          { cause: error },
        );
      }
    },
  };
}
