import type { Stage } from '../progress.ts';
import { chooseAccelerator } from '../system/accelerator.ts';
import type { System } from '../system.ts';

/** Finds out whether guests can use the processor's virtualization here. */
export function acceleratorStage(system: System): Stage {
  return {
    title: 'accelerator of guests',
    async run(report) {
      system.accelerator = await chooseAccelerator(system.folder, system.guestImage);
      report.note(`${system.accelerator.accelerator}: ${system.accelerator.reason}`);
    },
  };
}
