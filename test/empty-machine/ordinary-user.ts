import { commandToRun, readAnnouncement } from './expectations.ts';
import { FIRST_START_TIMEOUT_MS, STOP_TIMEOUT_MS, askHealth, clone } from './first-start.ts';
import type { EmptyMachine } from './machine.ts';
import type { Stages } from './stages.ts';

const USER = 'alice';
const COMMAND_TIMEOUT_MS = 60_000;

/** Without root the engine and its portal start, and the output says what to run for the rest. */
export async function proveOrdinaryUser(machine: EmptyMachine, stages: Stages): Promise<void> {
  const checkout = `/home/${USER}/virgate`;
  const asUser = { user: USER, folder: checkout, timeoutMs: FIRST_START_TIMEOUT_MS };
  await machine.must(['useradd', '--create-home', USER], { timeoutMs: COMMAND_TIMEOUT_MS });
  await machine.must(['sh', '-c', `[ ! -f .npmrc ] || install -o ${USER} -m 600 .npmrc /home/${USER}/`], { timeoutMs: COMMAND_TIMEOUT_MS });
  await stages.run('git clone', async () => clone(machine, USER, checkout));
  const output = await stages.run('npm start, not as root', async (note) => {
    const { code, output } = await machine.run(['npm', 'start', '--', '--detach'], asUser);
    if (code !== 2) throw new Error(`it ended with code ${code} instead of 2`);
    note(`says to run: ${commandToRun(output)}`);
    return output;
  });
  await stages.run('the engine runs without a host', async (note) => note(await askHealth(machine, readAnnouncement(output))));
  await stages.run('npm run stop', async (note) => {
    await machine.must(['npm', 'run', 'stop'], { ...asUser, timeoutMs: STOP_TIMEOUT_MS });
    const left = machine.processes();
    if (left.length > 0) throw new Error(`processes are left:\n${left.join('\n')}`);
    note('no process is left');
  });
}
