import { parseArguments } from './call/arguments.ts';
import { generalFrom, generalOptions } from './call/general-options.ts';
import type { GeneralOptions } from './call/general-options.ts';
import { didYouMean } from './catalog/near.ts';
import { CliError, exitCodes } from './errors.ts';
import { safeLines } from './output/safe-text.ts';
import { write } from './terminal/terminal.ts';
import type { Terminal } from './terminal/terminal.ts';

type Command = (args: readonly string[], general: GeneralOptions, terminal: Terminal) => Promise<void>;

/** Commands that are no operations of the contract; each is loaded when it is used. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  login: async () => (await import('./commands/login.ts')).login,
  logout: async () => (await import('./commands/login.ts')).logout,
  whoami: async () => (await import('./commands/login.ts')).whoami,
  context: async () => (await import('./commands/login.ts')).contexts,
  apply: async () => (await import('./commands/apply.ts')).apply,
  export: async () => (await import('./commands/export.ts')).exportObjects,
  completion: async () => (await import('./commands/complete.ts')).completion,
  complete: async () => (await import('./commands/complete.ts')).complete,
  console: async () => (await import('./commands/console.ts')).consoleCommand,
  events: async () => (await import('./commands/events.ts')).events,
  api: async () => (await import('./commands/api.ts')).api,
  mcp: async () => (await import('./commands/mcp.ts')).mcp,
  proposal: async () => (await import('./commands/proposals.ts')).proposals,
};

/** Runs a command line. @returns exit code; what went wrong is told on standard error */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let general: GeneralOptions | undefined;
  try {
    const front = frontOf(args);
    general = generalFrom(front.given);
    return (await dispatch(args.slice(front.taken), general, terminal)) ?? exitCodes.ok;
  } catch (error) {
    if (isClosedPipe(error)) return exitCodes.ok;
    const { explain } = await import('./connection/explain.ts');
    const told =
      terminal.signal.aborted && !(error instanceof CliError && error.exit === 'interrupted')
        ? new CliError('interrupted', 'interrupted', 'Interrupted; what was begun may go on.')
        : explain(error);
    await write(terminal.stderr, errorText(told)).catch(() => undefined);
    return exitCodes[told.exit];
  }
}

/** Who reads our output has gone away: `| head`. Nobody is left to be told. */
export const isClosedPipe = (error: unknown): boolean => (error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE';

/** General options before the command. */
function frontOf(args: readonly string[]): { given: ReturnType<typeof parseArguments>['given']; taken: number } {
  let taken = 0;
  while (taken < args.length && args[taken]?.startsWith('-') === true && args[taken] !== '--version') {
    const [name = '', value] = (args[taken] ?? '').replace(/^--?/, '').split('=', 2);
    const takes = generalOptions[name]?.takes ?? (name.startsWith('o') && !args[taken]?.startsWith('--') ? 'value' : undefined);
    const whole = value !== undefined || (!args[taken]?.startsWith('--') && name.length > 1);
    taken += takes === 'value' && !whole ? 2 : 1;
  }
  const known = { command: 'virgate', takes: (name: string) => generalOptions[name]?.takes, names: () => Object.keys(generalOptions) };
  return { given: parseArguments(args.slice(0, taken), known).given, taken: Math.min(taken, args.length) };
}

/** @returns exit code, when the command has one of its own */
async function dispatch(args: readonly string[], general: GeneralOptions, terminal: Terminal): Promise<number | void> {
  const [first] = args;
  if (first === '--version' || first === 'version') {
    const { default: about } = await import('../package.json', { with: { type: 'json' } });
    return await write(terminal.stdout, `virgate ${about.version}\n`);
  }
  if (first === 'help' && args.includes('--man')) return await (await import('./commands/man.ts')).man(args.slice(1), terminal);
  if (first === undefined || first === 'help') return await help(args.slice(1), terminal);
  const own = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (isVmConsole(args)) return await (await import('./commands/console.ts')).consoleCommand(args.slice(2), general, terminal);
  const moved = imageVerb(args);
  if (moved !== undefined) return await (await import('./commands/images.ts')).diskImages(moved, args.slice(2), general, terminal);
  if (own !== undefined) return await (await own())(args.slice(1), general, terminal);
  if (first === 'shell') return await (await import('./shell/shell.ts')).shell(args.slice(1), terminal);
  if (general.help || isHelp(args)) return await help(args, terminal);
  const { runCall } = await import('./commands/call.ts');
  try {
    await runCall(args, general, terminal);
  } catch (error) {
    throw withOwnCommands(error, first);
  }
}

/** `virgate vm console web01`: no operation of the contract, and looked for there. */
const isVmConsole = ([kind = '', verb]: readonly string[]): boolean => ['vm', 'vms'].includes(kind) && verb === 'console';

/** `virgate disk upload FILE`: no operation of the contract either. */
const imageVerb = ([kind = '', verb]: readonly string[]): 'upload' | 'download' | undefined =>
  ['disk', 'disks'].includes(kind) && (verb === 'upload' || verb === 'download') ? verb : undefined;

/** `virgate vm --help`: no verb, so there is no call. */
const isHelp = (args: readonly string[]): boolean => ['-h', '--help'].includes(args.at(-1) ?? '') && args.length > 1;

async function help(args: readonly string[], terminal: Terminal): Promise<void> {
  const { helpOfOperation, helpOfPlace, helpOfProgram } = await import('./commands/help.ts');
  const words = args.filter((arg) => !arg.startsWith('-'));
  if (words.length === 0) return await write(terminal.stdout, helpOfProgram());
  const { descend, findOperation } = await import('./catalog/places.ts');
  const { place, taken } = descend(words);
  if (taken === words.length) return await write(terminal.stdout, helpOfPlace(place));
  const { operation } = findOperation(words, (at) => words.length - at);
  const { OptionsOfOperation } = await import('./call/request.ts');
  await write(terminal.stdout, helpOfOperation(operation, new OptionsOfOperation(operation)));
}

/** A word that is neither kind nor command may have been meant as a command. */
function withOwnCommands(error: unknown, first: string): unknown {
  if (!(error instanceof CliError) || error.code !== 'unknown_command' || error.parts.field !== first) return error;
  const near = didYouMean(first, Object.keys(commands));
  if (near === undefined) return error;
  return new CliError(error.exit, error.code, error.message, { ...error.parts, hint: `${near} ${error.parts.hint ?? ''}`.trim() });
}

/** Code, field, cause and what to do, each on a line; nothing in it acts on a terminal. */
export function errorText({ code, message, parts }: CliError): string {
  const lines = [`error ${code}: ${message}`];
  if (parts.field !== undefined) lines.push(`  field: ${parts.field}`);
  if (parts.cause !== undefined) lines.push(`  cause: ${parts.cause}`);
  if (parts.hint !== undefined) lines.push(`  ${parts.hint}`);
  return `${safeLines(lines.join('\n'))}\n`;
}
