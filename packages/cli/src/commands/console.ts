import { parseArguments } from '../call/arguments.ts';
import { generalFrom, generalOptions } from '../call/general-options.ts';
import type { GeneralOptions } from '../call/general-options.ts';
import { connect } from '../connection/connect.ts';
import { openConsole } from '../console/open.ts';
import type { ConsoleKind } from '../console/open.ts';
import { CliError, tooMany } from '../errors.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { defined } from './call.ts';

export const consoleUsage = 'console VM [--serial | --graphical]';

/** Name of the machine, and which console of it. @throws CliError missing_argument, unexpected_argument, unknown_option */
export function parseConsole(args: readonly string[]): { word: string; kind: ConsoleKind; general: GeneralOptions } {
  const kinds: readonly string[] = ['serial', 'graphical'];
  const { words, given } = parseArguments(args, {
    command: 'virgate console',
    takes: (name) => (kinds.includes(name) ? 'flag' : generalOptions[name]?.takes),
    names: () => [...kinds, ...Object.keys(generalOptions)],
  });
  const general = generalFrom(given.filter(({ name }) => !kinds.includes(name)));
  const asked = given.filter(({ name, value }) => kinds.includes(name) && value === 'true').map(({ name }) => name as ConsoleKind);
  const [word = '', extra] = words;
  if (!general.help && word === '')
    throw new CliError('syntax', 'missing_argument', 'virgate console: which VM? Its id or name is needed.', {
      field: 'VM',
      hint: consoleUsage,
    });
  if (extra !== undefined) throw tooMany('virgate console', extra, consoleUsage);
  if (new Set(asked).size > 1)
    throw new CliError('syntax', 'unexpected_argument', 'virgate console: --serial and --graphical exclude each other.', {
      field: '--graphical',
      hint: consoleUsage,
    });
  return { word, kind: asked[0] ?? 'any', general };
}

/** `virgate console VM`: the serial port of a machine in this terminal, or its screen in a viewer. */
export async function consoleCommand(args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const { word, kind, general: own } = parseConsole(args);
  const general = { ...inherited, ...defined(own) };
  if (general.help)
    return await write(
      terminal.stdout,
      `Usage: virgate ${consoleUsage}\n\nThe serial port in this terminal; of a machine without one its screen, in remote-viewer.\nEnter, then ~. closes the serial console; ~? tells the other keys.\n`,
    );
  const connection = connect(general, terminal.environment);
  try {
    await openConsole(connection.client, connection.access, word, kind, terminal);
  } finally {
    connection.close();
  }
}
