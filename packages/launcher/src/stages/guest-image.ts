import type { GuestImage } from '@virgate/lab';
import { existsSync, readFileSync } from 'node:fs';
import type { Stage } from '../progress.ts';
import { updatePackageLists } from '../system-packages.ts';
import type { System } from '../system.ts';

/**
 * Builds the small guest once; later starts take it as it is. A machine that cannot build it does without: the next start tries again.
 */
export function guestImageStage(system: System): Stage {
  const { folder } = system;
  const file = folder.at('cache', 'guest-image.json');
  const kept = (): GuestImage | undefined => {
    if (!existsSync(file)) return undefined;
    const image = JSON.parse(readFileSync(file, 'utf8')) as GuestImage;
    return [image.path, image.kernelPath, image.initrdPath].every((path) => existsSync(path)) ? image : undefined;
  };
  return {
    title: 'small guest image',
    async run(report) {
      const known = kept();
      if (known !== undefined) {
        system.guestImage = known;
        report.note('built before');
        return;
      }
      // loaded only when there is something to build
      const { GuestImageError, buildGuestImage } = await import('@virgate/lab');
      const build = async (): Promise<GuestImage> =>
        buildGuestImage({ outDir: folder.at('images'), cacheDir: folder.at('cache', 'packages') });
      try {
        system.guestImage = await build().catch(async (error: unknown) => {
          if (
            !(error instanceof GuestImageError) ||
            error.code !== 'package_unknown' ||
            !system.options.mayInstall ||
            !(await updatePackageLists())
          )
            throw error;
          return build();
        });
        folder.write('cache/guest-image.json', system.guestImage);
      } catch (error) {
        if (!(error instanceof GuestImageError)) throw error;
        report.note(`there will be no template of it: ${error.message}`);
      }
    },
  };
}
