import { LauncherError, textOf } from '../errors.ts';
import type { Stage } from '../progress.ts';
import { LOCAL_STORAGE, ensureStorage } from '../setup/storage.ts';
import { GUEST_TEMPLATE, ensureTemplate } from '../setup/template.ts';
import type { System } from '../system.ts';

/** Through the REST API, as any client: storage and a template. Done once; what a person removes later stays removed. */
export function firstSetUpStage(system: System): Stage {
  const { folder } = system;
  return {
    title: 'storage and template',
    async run(report) {
      const { client, guestImage, network } = system;
      if (folder.settings.isSetUp === true) {
        report.note('made before');
        return;
      }
      if (client === undefined || guestImage === undefined || network === undefined) throw new Error('engine, guest image and network come before the first set-up');
      try {
        const storageDomainId = await ensureStorage(client, folder.settings.hostName, folder.at('storage'));
        await ensureTemplate(client, storageDomainId, guestImage, network.gateway);
      } catch (error) {
        throw new LauncherError('setup_failed', textOf(error), `Start again to go on from here. Logs: ${folder.at('log', 'engine.log')}, ${folder.at('log', 'host-agent.log')}.`, { cause: error });
      }
      folder.settings.isSetUp = true;
      folder.save();
      report.note(`storage domain ${LOCAL_STORAGE}, template ${GUEST_TEMPLATE}`);
    },
  };
}
