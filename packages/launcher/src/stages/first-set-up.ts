import { LauncherError, textOf } from '../errors.ts';
import type { Stage } from '../progress.ts';
import { LOCAL_STORAGE, ensureStorage } from '../setup/storage.ts';
import { GUEST_TEMPLATE, ensureTemplate } from '../setup/template.ts';
import type { System } from '../system.ts';

/** Makes what the data folder has not been given yet. @returns what was made */
async function setUp(system: System): Promise<string[]> {
  const { client, folder, guestImage, network } = system;
  const { settings } = folder;
  if (client === undefined || network === undefined) throw new Error('engine and network come before the first set-up');
  const made: string[] = [];
  if (settings.madeStorage !== true) {
    await ensureStorage(client, settings.hostName, folder.at('storage'));
    settings.madeStorage = true;
    folder.save();
    made.push(`storage domain ${LOCAL_STORAGE}`);
  }
  if (settings.madeTemplate !== true && guestImage !== undefined) {
    await ensureTemplate(client, guestImage, network.gateway);
    settings.madeTemplate = true;
    folder.save();
    made.push(`template ${GUEST_TEMPLATE}`);
  }
  return made;
}

/** Through the REST API, as any client: storage and a template. Each is made once; what a person removes later stays removed. */
export function firstSetUpStage(system: System): Stage {
  const { folder } = system;
  return {
    title: 'storage and template',
    async run(report) {
      try {
        const made = await setUp(system);
        report.note(made.length > 0 ? made.join(', ') : 'made before');
      } catch (error) {
        throw new LauncherError(
          'setup_failed',
          textOf(error),
          `Start again to go on from here. Logs: ${folder.at('log', 'engine.log')}, ${folder.at('log', 'host-agent.log')}.`,
          { cause: error },
        );
      }
    },
  };
}
