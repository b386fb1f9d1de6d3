import { EscapeReader } from '@virgate/contract/console-escape';
import type { ServerChannel } from 'ssh2';
import { principalName, type SignedIn } from '../access/permissions.ts';
import { tokenUse } from '../access/token-use.ts';
import { openSerialConsole } from '../consoles/serial.ts';
import type { Engine } from '../engine.ts';
import { Fault } from '../rest/fault.ts';
import { CommandError, parseCommand, usage, type ProxyCommand } from './command.ts';
import { serialConsolesOf, type SerialConsole } from './consoles.ts';
import { chosen, listText, menuText } from './menu.ts';
import { safeText } from './safe-text.ts';
import { readLine, UserLeft } from './terminal-line.ts';

/** What one command of a connection has around it. */
export interface ProxySession {
  readonly engine: Engine;
  readonly channel: ServerChannel;
  /** Whether the client has a terminal, which is then in raw mode. */
  readonly hasTerminal: boolean;
  readonly user: SignedIn;
}

/** Something that the user is told, and that ends the command. */
class Refusal extends Error {}

const exit = { done: 0, failed: 1, wrongUsage: 2 } as const;
/** Wrong answers to the menu after which a connection ends. */
const maxAnswers = 10;

/** Runs a command of an SSH client. @returns its exit code; what goes wrong is told */
export async function runCommand(session: ProxySession, line: string): Promise<number> {
  const { channel, hasTerminal, engine } = session;
  const tell = (text: string): void => void (hasTerminal ? channel : channel.stderr).write(lines(text, hasTerminal));
  try {
    return await run(session, parseCommand(line));
  } catch (error) {
    if (error instanceof UserLeft) {
      if (channel.writable) channel.write('\r\n');
      return exit.done;
    }
    if (error instanceof CommandError) {
      tell(`ERROR: ${safeText(error.message)}\n${usage}`);
      return exit.wrongUsage;
    }
    if (error instanceof Fault || error instanceof Refusal) {
      tell(`ERROR: ${safeText(error instanceof Fault ? (error.detail ?? error.reason) : error.message)}\n`);
      return exit.failed;
    }
    engine.log.error({ err: error }, 'a command of the proxy of serial consoles failed');
    tell('ERROR: Internal error\n');
    return exit.failed;
  }
}

/** A terminal in raw mode needs the carriage to return, too. */
const lines = (text: string, hasTerminal: boolean): string => (hasTerminal ? text.replaceAll('\n', '\r\n') : text);

async function run(session: ProxySession, command: ProxyCommand): Promise<number> {
  const { engine, channel, user, hasTerminal } = session;
  switch (command.kind) {
    case 'help':
      channel.write(lines(usage, hasTerminal));
      return exit.done;
    case 'list':
      channel.write(lines(listText(await serialConsolesOf(engine.db, user), command.format), hasTerminal));
      return exit.done;
    case 'connect': {
      if (!hasTerminal) throw new Refusal('A terminal is needed: ask your client for one (ssh -t).');
      await bridge(session, await wantedConsole(session, command));
      return exit.done;
    }
  }
}

/** The console that a command names, or that is chosen from the menu. @throws {Refusal} */
async function wantedConsole(session: ProxySession, { id, name }: { id?: string | undefined; name?: string | undefined }) {
  const { engine, channel, user } = session;
  const consoles = await serialConsolesOf(engine.db, user, { id, name });
  const named = id !== undefined || name !== undefined;
  const [first] = consoles;
  if (!first)
    throw new Refusal(
      named
        ? `There is no virtual machine ${id ?? name} that runs with a serial console which you may open.`
        : 'No virtual machine runs with a serial console which you may open.',
    );
  if (consoles.length === 1) return first;
  if (named)
    throw new Refusal(
      `There are ${consoles.length} virtual machines of this name: ${consoles.map(({ vmId }) => vmId).join(', ')}. Use --vm-id.`,
    );
  channel.write(lines(menuText(consoles), true));
  for (let answers = 0; answers < maxAnswers; answers += 1) {
    channel.write('SELECT> ');
    const answer = await readLine(channel);
    const console = chosen(consoles, answer);
    if (console) return console;
    if (answer.trim() !== '') channel.write('There is no such console in the list.\r\n');
  }
  throw new UserLeft('no console was chosen');
}

/** Passes bytes between a terminal and a guest's serial port, each waiting for the other when it is slow, until either ends. */
async function bridge({ engine, channel, user }: ProxySession, { vmId, vmName }: SerialConsole): Promise<void> {
  const { bytes, closed } = await openSerialConsole(engine, vmId, { id: user.id, name: principalName(user) });
  const used = tokenUse(engine, user.token);
  const escape = new EscapeReader('.');
  const end = (): void => void bytes.destroy();
  const type = (typed: Buffer): void => {
    used();
    const { toGuest, command } = escape.read(typed);
    if (toGuest.length > 0 && !bytes.write(toGuest)) channel.pause();
    if (command !== undefined) end();
  };
  const resume = (): void => void channel.resume();
  channel.write(`Connected to ${safeText(vmName)}. To close: Enter, then ~.\r\n`);
  channel.on('data', type).once('close', end).once('end', end);
  bytes.on('drain', resume);
  bytes.on('data', (shown: Buffer) => {
    if (channel.writable && !channel.write(shown)) {
      bytes.pause();
      channel.once('drain', () => bytes.resume());
    }
  });
  // Whoever has left before the console was open.
  if (channel.destroyed || !channel.writable) end();
  channel.resume();
  await closed;
  channel.off('data', type);
  if (channel.writable) channel.write(`\r\nThe console of ${safeText(vmName)} is closed.\r\n`);
}
