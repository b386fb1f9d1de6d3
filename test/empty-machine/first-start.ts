import { CLONE_SOURCE } from './base-system.ts';
import { mustEqual, readAnnouncement, stageLines } from './expectations.ts';
import type { Announcement } from './expectations.ts';
import type { EmptyMachine } from './machine.ts';
import type { Stages } from './stages.ts';
import { BrowserOfMachine } from './walk.ts';

export const CHECKOUT = '/root/virgate';
const CLONE_TIMEOUT_MS = 60_000;
/** Download and installation of some hundred packages included. */
export const FIRST_START_TIMEOUT_MS = 1_800_000;
const START_TIMEOUT_MS = 120_000;
export const STOP_TIMEOUT_MS = 120_000;
const COMMAND_TIMEOUT_MS = 60_000;
/** The whole command, npm included; the API listens earlier (docs: at most 3 s). */
const SECOND_START_LIMIT_S = 30;
const VM = 'web01';

export async function clone(machine: EmptyMachine, user = 'root', folder = CHECKOUT): Promise<void> {
  await machine.must(['git', 'clone', '--quiet', CLONE_SOURCE, folder], { user, timeoutMs: CLONE_TIMEOUT_MS });
}

/** Asks the printed address for the engine's health, trusting nothing but the printed authority. */
export async function askHealth(machine: EmptyMachine, { address, caFile }: Announcement): Promise<string> {
  const script =
    'require("https").get(process.argv[1], { ca: require("fs").readFileSync(process.argv[2]) }, (response) => { console.log(response.statusCode); response.pipe(process.stdout); })';
  const url = new URL('/ovirt-engine/services/health', address).href;
  const output = await machine.must(['node', '-e', script, url, caFile], { timeoutMs: COMMAND_TIMEOUT_MS });
  if (!output.startsWith('200\n')) throw new Error(`${url} answered ${output}`);
  return `${url}: 200`;
}

/**
 * What the README promises: clone, `npm start`, open the address, sign in, create a VM from the template, type into its console; stop, and
 * start again with the guest still there; stop with the guests, and nothing is left.
 */
export async function proveFirstStart(machine: EmptyMachine, stages: Stages, work: string): Promise<void> {
  const inCheckout = { folder: CHECKOUT, timeoutMs: FIRST_START_TIMEOUT_MS };
  const mountsBefore = machine.mounts();
  const devicesBefore = await machine.networkDevices();
  const rulesBefore = await machine.filterRules();

  await stages.run('git clone', async () => clone(machine));
  const foreground = machine.start(['npm', 'start'], inCheckout);
  const announced = await stages.run('npm start, from nothing', async (note) => {
    await foreground.until(/^Press Ctrl-C to stop\.$/m, FIRST_START_TIMEOUT_MS);
    note(`${stageLines(foreground.output()).length} stages`);
    return readAnnouncement(foreground.output());
  });
  if (announced.title !== 'Virgate is ready.') throw new Error(`npm start ended with: ${announced.title}`);
  await stages.run('the address answers', async (note) => note(await askHealth(machine, announced)));

  {
    await using browser = await BrowserOfMachine.open(machine, { ...announced, url: announced.address, username: 'admin@internal' }, work);
    const { portal } = browser;
    await stages.run('sign in with the printed password', async () => portal.signIn());
    await stages.run('create a VM from virgate-guest', async () => portal.createVm(VM, 'virgate-guest'));
    await stages.run('start it', async () => portal.start(VM));
    await stages.run('type into its console', async (note) => {
      const seen = await browser.useConsole(VM, 'echo hello from an empty machine');
      note(`${seen.changedPixels} pixels changed, ${seen.byThemselves} by themselves; ${seen.picture}`);
    });
  }

  await stages.run('npm run stop', async (note) => {
    await machine.must(['npm', 'run', 'stop'], { ...inCheckout, timeoutMs: STOP_TIMEOUT_MS });
    const { code } = await foreground.ended;
    if (code !== 0) throw new Error(`npm start ended with code ${code} when it was stopped`);
    const running = machine.processes();
    const guests = running.filter((line) => line.startsWith('qemu-system') || line.includes('/qemu-system'));
    if (guests.length !== 1) throw new Error(`${guests.length} guests run after the stop; there is:\n${running.join('\n')}`);
    const ours = running.filter((line) => /postgres|main\.ts|start\.ts/.test(line));
    mustEqual('processes after the stop', ours, []);
    note('the guest goes on');
  });

  await stages.run('npm start, the second time', async (note) => {
    const { code, output, seconds } = await machine.run(['npm', 'start', '--', '--detach'], { ...inCheckout, timeoutMs: START_TIMEOUT_MS });
    if (code !== 0) throw new Error(`it ended with code ${code}`);
    if (seconds > SECOND_START_LIMIT_S) throw new Error(`it took ${seconds.toFixed(1)} s, more than ${SECOND_START_LIMIT_S} s`);
    const again = readAnnouncement(output);
    if (again.address !== announced.address) throw new Error(`the address was ${announced.address} and is ${again.address}`);
    note(await askHealth(machine, again));
  });
  {
    await using browser = await BrowserOfMachine.open(machine, { ...announced, url: announced.address, username: 'admin@internal' }, work);
    await stages.run('the guest is still there', async (note) => {
      await browser.portal.signIn();
      await browser.portal.row(VM, 'Up').waitFor({ timeout: START_TIMEOUT_MS });
      const seen = await browser.useConsole(VM, 'echo still here');
      note(`${seen.changedPixels} pixels changed, ${seen.byThemselves} by themselves; ${seen.picture}`);
    });
  }

  await stages.run('npm run stop -- --guests', async (note) => {
    await machine.must(['npm', 'run', 'stop', '--', '--guests'], { ...inCheckout, timeoutMs: STOP_TIMEOUT_MS });
    mustEqual('processes', machine.processes(), []);
    mustEqual('mounts', machine.mounts(), mountsBefore);
    mustEqual('network devices', await machine.networkDevices(), devicesBefore);
    mustEqual('packet filter', (await machine.filterRules()).split('\n'), rulesBefore.split('\n'));
    await machine.must(['rm', '-rf', '/var/lib/virgate'], { timeoutMs: COMMAND_TIMEOUT_MS });
    note('no process, no mount, no network device and no rule is left; the data folder can be removed');
  });
}
