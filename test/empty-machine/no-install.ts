import { commandToRun, readAnnouncement } from './expectations.ts';
import { CHECKOUT, FIRST_START_TIMEOUT_MS, STOP_TIMEOUT_MS, askHealth, clone } from './first-start.ts';
import type { CommandResult, EmptyMachine } from './machine.ts';
import type { Stages } from './stages.ts';

const MOST_COMMANDS = 6;

/** A person's `y` to a question of apt comes from here: the command is otherwise taken as it was printed. */
const ASSENT = 'yes | ';

/**
 * `npm start -- --no-install` on an empty machine: each time it says what to run; that is run as it was printed, until everything is there.
 */
export async function proveNoInstall(machine: EmptyMachine, stages: Stages): Promise<void> {
  const inCheckout = { folder: CHECKOUT, timeoutMs: FIRST_START_TIMEOUT_MS };
  await stages.run('git clone', async () => clone(machine));
  const start = async (): Promise<CommandResult> => machine.run(['npm', 'start', '--', '--no-install', '--detach'], inCheckout);
  for (let commands = 0; commands < MOST_COMMANDS; commands++) {
    const { code, output } = await stages.run('npm start -- --no-install', async (note) => {
      const result = await start();
      note(`code ${result.code}`);
      return result;
    });
    if (code === 0) {
      await stages.run('the address answers', async (note) => note(await askHealth(machine, readAnnouncement(output))));
      await stages.run('npm run stop -- --guests', async () => {
        await machine.must(['npm', 'run', 'stop', '--', '--guests'], { ...inCheckout, timeoutMs: STOP_TIMEOUT_MS });
      });
      return;
    }
    if (code === 2) {
      await stages.run('the engine runs without a host', async (note) => note(await askHealth(machine, readAnnouncement(output))));
      await machine.must(['npm', 'run', 'stop'], { ...inCheckout, timeoutMs: STOP_TIMEOUT_MS });
    }
    const command = commandToRun(output);
    await stages.run(`what it says: ${command}`, async () => {
      await machine.must(['sh', '-c', `${ASSENT}{ ${command}; }`], inCheckout);
    });
  }
  throw new Error(`after ${MOST_COMMANDS} commands that it said to run, it is still not content`);
}
