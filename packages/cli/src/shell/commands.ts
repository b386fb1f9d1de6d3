import { typeOfService } from '@virgate/contract/routes';
import { parseArguments } from '../call/arguments.ts';
import type { Takes } from '../call/arguments.ts';
import { OptionsOfOperation } from '../call/request.ts';
import { didYouMean } from '../catalog/near.ts';
import { root, wordsBelow } from '../catalog/places.ts';
import type { Operation } from '../catalog/places.ts';
import { parseCallOf, preparedCall } from '../commands/call.ts';
import { CliError, tooMany } from '../errors.ts';
import { flat, readable } from '../output/render.ts';
import { safeText } from '../output/safe-text.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { actionsAt, addressOf, matches, operationOf, translated } from './objects.ts';
import type { ShellSession } from './session.ts';

/** What a command of the shell has around it. */
export interface ShellContext {
  readonly session: ShellSession;
  /** `stdout` is the file or command that the output goes to. */
  readonly terminal: Terminal;
  /** Text of `<` or `<<`. */
  readonly input: string | undefined;
  readonly history: () => readonly string[];
  readonly runFile: (file: string) => Promise<void>;
}

export interface ShellCommand {
  readonly usage: string;
  readonly text: string;
  readonly run: (args: readonly string[], context: ShellContext) => Promise<void>;
}

/** Ends the shell. */
export class Exit extends Error {}

const say = (context: ShellContext, text: string): Promise<void> => write(context.terminal.stdout, text);

function need(args: readonly string[], index: number, what: string, usage: string): string {
  const word = args[index];
  if (word === undefined || word.startsWith('--'))
    throw new CliError('syntax', 'missing_argument', `${usage.split(' ')[0]}: ${what} is needed.`, { field: what, hint: usage });
  return word;
}

const shownFirst: readonly string[] = ['id', 'name', 'description'];

/** `name   : value`, id, name and description first, an empty line behind each object. */
function block(type: string, value: unknown, all: boolean): string {
  const lines = flat(readable(type, value), '').filter(([, text]) => text !== 'undefined');
  const first = shownFirst.flatMap((name) => lines.filter(([one]) => one === name));
  const shown = all ? [...first, ...lines.filter((line) => !first.includes(line))] : first;
  const width = shown.reduce((most, [name]) => Math.max(most, name.length), 0);
  return `${shown.map(([name, text]) => `${name.padEnd(width)}: ${safeText(text)}\n`).join('')}\n`;
}

const typeOf = ({ service }: Pick<Operation, 'service'>): string => typeOfService(service) ?? 'Action';

const listOptions: Readonly<Record<string, Takes>> = { query: 'value', kwargs: 'value', 'show-all': 'flag' };

async function list(args: readonly string[], context: ShellContext): Promise<void> {
  const { place, within, rest } = addressOf(need(args, 0, 'TYPE', 'list TYPES'), args.slice(1));
  const operation = operationOf(place, 'list', false);
  const options = new OptionsOfOperation(operation);
  const { given } = parseArguments(rest, {
    command: `list ${place.kind}`,
    takes: (name) => listOptions[name] ?? options.takes(name),
    names: () => [...Object.keys(listOptions), ...options.names()],
  });
  const value = (name: string): string | undefined => given.findLast((one) => one.name === name)?.value;
  const query = value('query');
  if (query !== undefined && options.takes('search') === undefined)
    throw new CliError('syntax', 'unknown_option', `A list of ${place.kind} cannot be searched; --kwargs compares attributes.`, {
      field: '--query',
    });
  const passed = given
    .filter(({ name }) => listOptions[name] === undefined)
    .map((one) => `--${one.name}${one.value === undefined ? '' : `=${one.value}`}`);
  const parsed = parseCallOf(operation, [...passed, ...(query === undefined ? [] : [`--search=${query}`]), '--', ...within]);
  const kwargs = value('kwargs');
  const all = value('show-all') === 'true';
  const fields = all || kwargs !== undefined ? undefined : shownFirst;
  const rows = (await (await preparedCall(parsed, context.terminal, parsed.general, fields))(context.session.client)) as unknown[];
  const type = typeOf(operation);
  const shown = kwargs === undefined ? rows : rows.filter((row) => matches(type, row, kwargs));
  await say(context, shown.map((row) => block(type, row, all)).join(''));
}

/** One object's operation: type, id or name, and options with the object's parents. */
async function onObject(
  verb: string,
  args: readonly string[],
  context: ShellContext,
  hasId: boolean,
): Promise<{ operation: Operation; answer: unknown }> {
  const usage = `${verb} TYPE${hasId ? ' ID or NAME' : ''}`;
  const type = need(args, 0, 'TYPE', usage);
  const idFirst = hasId && args[1] !== undefined && !args[1].startsWith('--') ? args[1] : undefined;
  const { place, within, rest } = addressOf(type, args.slice(idFirst === undefined ? 1 : 2));
  const { id, others } = idFirst === undefined && hasId ? idByOption(type, rest) : { id: idFirst, others: rest };
  if (hasId && id === undefined)
    throw new CliError('syntax', 'missing_argument', `${verb} ${type}: which one? Its id or name is needed.`, { field: type, hint: usage });
  const operation = operationOf(place, verb, hasId);
  const file = context.input === undefined ? [] : ['--file=-'];
  const parsed = parseCallOf(operation, [
    ...translated(operation, [...file, ...others]),
    '--',
    ...within,
    ...(id === undefined ? [] : [id]),
  ]);
  const terminal = context.input === undefined ? context.terminal : { ...context.terminal, stdin: textInput(context.input) };
  return { operation, answer: await (await preparedCall(parsed, terminal))(context.session.client) };
}

function idByOption(type: string, rest: readonly string[]): { id: string | undefined; others: readonly string[] } {
  const at = rest.findIndex((arg) => /^--(id|name)(=|$)/.test(arg));
  if (at === -1) return { id: undefined, others: rest };
  const [, given] = /^--(?:id|name)=(.*)$/s.exec(rest[at] ?? '') ?? [];
  const id = given ?? rest[at + 1];
  if (id === undefined) throw new CliError('syntax', 'missing_value', `${type}: an id or name is needed.`, { field: rest[at] });
  return { id, others: rest.toSpliced(at, given === undefined ? 2 : 1) };
}

function textInput(text: string): Terminal['stdin'] {
  return {
    async *[Symbol.asyncIterator]() {
      yield text;
    },
  } as unknown as Terminal['stdin'];
}

async function show(args: readonly string[], context: ShellContext): Promise<void> {
  if (args.length === 0) return await say(context, settingsText(context.session));
  const { operation, answer } = await onObject('get', args, context, true);
  await say(context, block(typeOf(operation), answer, true));
}

async function add(args: readonly string[], context: ShellContext): Promise<void> {
  const { operation, answer } = await onObject('add', args, context, false);
  await say(context, block(typeOf(operation), answer, true));
}

async function update(args: readonly string[], context: ShellContext): Promise<void> {
  const { operation, answer } = await onObject('update', args, context, true);
  await say(context, block(typeOf(operation), answer, true));
}

async function remove(args: readonly string[], context: ShellContext): Promise<void> {
  const { answer } = await onObject('remove', args, context, true);
  await say(context, actionText(answer));
}

function actionText(answer: unknown): string {
  const { status = 'complete', ...others } = (answer ?? {}) as { status?: string };
  const lines: [string, string][] = [...flat(readable('Action', others), ''), ['status-state', status]];
  const width = lines.reduce((most, [name]) => Math.max(most, name.length), 0);
  return `${lines.map(([name, text]) => `${name.padEnd(width)}: ${safeText(text)}\n`).join('')}\n`;
}

/** `action vm web01 start`, also with the parents' options before the action. */
async function action(args: readonly string[], context: ShellContext): Promise<void> {
  const usage = 'action TYPE ID-or-NAME ACTION';
  const type = need(args, 0, 'TYPE', usage);
  const id = need(args, 1, 'ID', usage);
  const { place, within, rest } = addressOf(type, args.slice(2));
  const verb = rest[0];
  if (verb === undefined || verb.startsWith('--'))
    throw new CliError('syntax', 'missing_argument', `action ${type}: which action?`, {
      field: 'ACTION',
      hint: `It has: ${actionsAt(place).join(', ')}`,
    });
  const operation = operationOf(place, verb, true);
  const parsed = parseCallOf(operation, [...translated(operation, rest.slice(1)), '--', ...within, id]);
  await say(context, actionText(await (await preparedCall(parsed, context.terminal))(context.session.client)));
}

async function connect(args: readonly string[], context: ShellContext): Promise<void> {
  const { session } = context;
  if (args[3] !== undefined) throw tooMany('connect', args[3], 'connect URL USER PASSWORD');
  for (const [index, name] of (['url', 'username', 'password'] as const).entries())
    if (args[index] !== undefined) session.settings.set(name, args[index]);
  const version = await session.connect(context.terminal);
  await say(context, `\n >>> connected to oVirt manager ${safeText(version)} <<<\n\n`);
}

function settingsText(session: ShellSession): string {
  const rows = session.settings.shown();
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)} = ${safeText(value)}\n`).join('');
}

async function summary(_: readonly string[], context: ShellContext): Promise<void> {
  const about = await context.session.client.get();
  await say(context, block('ApiSummary', about.summary ?? {}, true));
}

async function info(_: readonly string[], context: ShellContext): Promise<void> {
  const about = await context.session.client.get();
  await say(context, `address: ${context.session.host}\n${block('ProductInfo', about.product_info ?? {}, true)}`);
}

async function capabilities(_: readonly string[], context: ShellContext): Promise<void> {
  const levels = await context.session.client.clusterLevels.list();
  await say(context, levels.map((level) => block('ClusterLevel', level, true)).join(''));
}

/** Opens a console of a machine: the serial port here, or the screen in a viewer. */
async function openConsole(args: readonly string[], context: ShellContext): Promise<void> {
  const [{ parseConsole }, console] = await Promise.all([import('../commands/console.ts'), import('../console/open.ts')]);
  const { word, kind } = parseConsole(args);
  await console.openConsole(context.session.client, context.session.access, word, kind, context.terminal);
}

async function set(args: readonly string[], context: ShellContext): Promise<void> {
  if (args.length === 0) return await say(context, settingsText(context.session));
  context.session.settings.set(need(args, 0, 'NAME', 'set NAME VALUE'), need(args, 1, 'VALUE', 'set NAME VALUE'));
}

async function history(args: readonly string[], context: ShellContext): Promise<void> {
  const all = context.history().map((line, index) => `${index + 1}  ${line}\n`);
  const [option, count] = (args[0] ?? '').includes('=') ? (args[0] ?? '').split('=') : args;
  const number = Number(count);
  if (option === undefined || option === '') return await say(context, all.join(''));
  const hint = 'history [--first N | --last N]';
  if (!['--first', '--last'].includes(option))
    throw new CliError('syntax', 'unknown_option', `history has no option ${option}.`, { field: option, hint });
  if (!Number.isInteger(number) || number < 1)
    throw new CliError('syntax', 'invalid_value', `${option}: ${JSON.stringify(count ?? '')} is not a number of lines.`, {
      field: option,
      hint,
    });
  await say(context, (option === '--first' ? all.slice(0, number) : all.slice(-number)).join(''));
}

async function help(args: readonly string[], context: ShellContext): Promise<void> {
  const [name, type] = args;
  if (name === undefined) {
    const width = Math.max(...Object.keys(shellCommands).map((one) => one.length));
    const rows = Object.entries(shellCommands).map(([one, { text }]) => `* ${one.padEnd(width)}  ${text}\n`);
    return await say(context, `\nAVAILABLE COMMANDS\n\n${rows.join('')}\nhelp COMMAND [TYPE] tells more.\n\n`);
  }
  const command = commandOf(name);
  let more = '';
  if (type !== undefined && !type.startsWith('--')) {
    const { place } = addressOf(type, args.slice(2));
    const verb = { show: 'get', create: 'add', delete: 'remove' }[name] ?? name;
    if (name === 'action') more = `\nACTIONS\n\n  ${actionsAt(place).join('\n  ')}\n`;
    else {
      const options = new OptionsOfOperation(operationOf(place, verb, !['list', 'add'].includes(verb)));
      more = `\nOPTIONS\n\n${options
        .help()
        .map((one) => `  --${one.name}  ${one.text}\n`)
        .join('')}`;
    }
  } else if (['action', 'add', 'create', 'list', 'show', 'update', 'remove', 'delete'].includes(name))
    more = `\nTYPES\n\n  ${wordsBelow(root).join(', ')}\n`;
  await say(context, `\nUSAGE\n\n  ${command.usage}\n\nDESCRIPTION\n\n  ${command.text}\n${more}\n`);
}

const exit: ShellCommand = { usage: 'exit', text: 'leave the shell', run: () => Promise.reject(new Exit()) };
const objectUsage = 'TYPE ID-or-NAME [--parent-TYPE-identifier ID | --parent-TYPE-name NAME]';
const addCommand: ShellCommand = {
  usage: 'add TYPE [--parent-TYPE-identifier ID | --parent-TYPE-name NAME] [--ATTRIBUTE VALUE …]',
  text: 'make a new object',
  run: add,
};
const removeCommand: ShellCommand = { usage: `remove ${objectUsage}`, text: 'remove an object', run: remove };
const clear: ShellCommand = { usage: 'clear', text: 'clear the screen', run: (_, context) => say(context, '\u001b[2J\u001b[H') };

/** Every command of the shell, of both generations, in alphabetical order. */
export const shellCommands: Readonly<Record<string, ShellCommand>> = {
  EOF: exit,
  action: { usage: 'action TYPE ID-or-NAME ACTION [--PARAMETER VALUE …]', text: 'carry out an action on an object', run: action },
  add: addCommand,
  capabilities: { usage: 'capabilities', text: 'what clusters of each level can do', run: capabilities },
  cd: {
    usage: 'cd FOLDER',
    text: 'change the folder that files are looked for in',
    run: async (args) => {
      const folder = args[0] ?? '';
      try {
        process.chdir(folder === '' ? (process.env['HOME'] ?? '/') : folder);
      } catch (error) {
        throw new CliError('command', 'no_folder', `${folder} is no folder that can be entered.`, {
          field: folder,
          cause: (error as Error).message,
        });
      }
    },
  },
  clear,
  cls: clear,
  connect: {
    usage: 'connect [URL USER PASSWORD]',
    text: 'sign in to an engine; without arguments by the variables url, username and password',
    run: connect,
  },
  console: {
    usage: 'console VM [--serial | --graphical]',
    text: 'open the serial port of a virtual machine here, or its screen in a viewer',
    run: openConsole,
  },
  create: addCommand,
  delete: removeCommand,
  disconnect: {
    usage: 'disconnect',
    text: 'end the session with the engine',
    run: async (_, context) => {
      await context.session.disconnect();
      await say(context, '\n >>> disconnected from oVirt manager <<<\n\n');
    },
  },
  echo: { usage: 'echo TEXT', text: 'say a text', run: (args, context) => say(context, `${args.join(' ')}\n`) },
  exit,
  file: {
    usage: 'file SCRIPT',
    text: 'run the commands of a script',
    run: (args, context) => context.runFile(need(args, 0, 'SCRIPT', 'file SCRIPT')),
  },
  getkey: {
    usage: 'getkey',
    text: "the engine's public SSH key",
    run: async (_, context) =>
      say(context, await context.session.text('/ovirt-engine/services/pki-resource?resource=engine-certificate&format=OPENSSH-PUBKEY')),
  },
  help: { usage: 'help [COMMAND [TYPE]]', text: 'what there is', run: help },
  history: { usage: 'history [--first N | --last N]', text: 'what was typed', run: history },
  info: { usage: 'info', text: 'which engine this is', run: info },
  list: {
    usage: 'list TYPES [--query QUERY] [--kwargs NAME=VALUE,…] [--max N] [--show-all] [--parent-TYPE-name NAME]',
    text: 'list or search objects',
    run: list,
  },
  ping: {
    usage: 'ping',
    text: 'whether the engine answers',
    run: async (_, context) => {
      await context.session.client.get();
      await say(context, '\nsuccess: engine could be reached OK.\n\n');
    },
  },
  pwd: { usage: 'pwd', text: 'the folder that files are looked for in', run: (_, context) => say(context, `${process.cwd()}\n`) },
  remove: removeCommand,
  save: { usage: 'save', text: 'keep the variables in the configuration file', run: (_, context) => context.session.settings.save() },
  set: { usage: 'set [NAME VALUE]', text: 'set a variable; without arguments list them', run: set },
  show: { usage: `show ${objectUsage}`, text: 'show an object; without arguments the variables', run: show },
  status: {
    usage: 'status',
    text: 'how the last command ended',
    run: async (_, context) =>
      say(
        context,
        `\n${context.session.connected ? 'connected' : 'disconnected'}, last command status: ${context.session.status} (${statusText(context.session.status)})\n\n`,
      ),
  },
  summary: { usage: 'summary', text: 'how many machines, hosts, storage domains and users there are', run: summary },
  update: { usage: `update ${objectUsage} [--ATTRIBUTE VALUE …]`, text: 'change an object', run: update },
};

const statusTexts: Readonly<Record<number, string>> = {
  0: 'OK',
  1: 'SYNTAX ERROR',
  2: 'COMMAND ERROR',
  3: 'INTERRUPTED',
  4: 'UNKNOWN ERROR',
  5: 'COMMUNICATION ERROR',
  6: 'AUTHENTICATION ERROR',
  10: 'REMOTE ERROR',
  11: 'NOT FOUND',
};
const statusText = (code: number): string => statusTexts[code] ?? 'UNKNOWN ERROR';

/** @throws CliError unknown_command, with what may have been meant */
export function commandOf(name: string): ShellCommand {
  const known: Readonly<Record<string, string>> = { search: 'list' };
  const command = Object.hasOwn(shellCommands, known[name] ?? name) ? shellCommands[known[name] ?? name] : undefined;
  if (command !== undefined) return command;
  throw new CliError('syntax', 'unknown_command', `There is no command ${JSON.stringify(name)}.`, {
    field: name,
    hint: didYouMean(name, Object.keys(shellCommands)) ?? 'See: help',
  });
}

/** What may come next in a line, for completion: whole words. Names of objects are asked for. */
export async function completions(line: string, session: ShellSession): Promise<string[]> {
  const words = line.trimStart().split(/\s+/);
  const [name = '', type] = words;
  if (words.length === 1) return Object.keys(shellCommands);
  if (name === 'help' && words.length === 2) return Object.keys(shellCommands);
  if (name === 'set' && words.length === 2) return session.settings.names();
  const verb = { show: 'get', create: 'add', delete: 'remove', action: 'action', console: 'console' }[name] ?? name;
  if (!['list', 'get', 'add', 'update', 'remove', 'action', 'console', 'help'].includes(verb)) return [];
  if (verb === 'console') return words.length === 2 ? await namesOf('vm', session) : [];
  if (words.length === 2) return wordsBelow(root);
  if (type === undefined) return [];
  const { place } = addressOf(type, []);
  const hasId = !['list', 'add', 'help'].includes(verb);
  if (words.length === 3 && hasId && !(words[2] ?? '').startsWith('-')) return await namesOf(type, session);
  if (verb === 'action' && words.length === 4) return actionsAt(place);
  const operation = operationOf(place, verb === 'action' ? (words[3] ?? '') : verb, hasId);
  const listed = verb === 'list' ? Object.keys(listOptions) : [];
  return [...listed, ...new OptionsOfOperation(operation).names()].map((option) => `--${option}`);
}

const maxNames = 200;

async function namesOf(type: string, session: ShellSession): Promise<string[]> {
  if (!session.connected) return [];
  const { place } = addressOf(type, []);
  const { serviceFor } = await import('../call/resolve.ts');
  const listing = operationOf(place, 'list', false);
  const hasMax = new OptionsOfOperation(listing).takes('max') !== undefined;
  const rows = (await (await serviceFor(session.client, listing, []))['list']?.(hasMax ? { max: maxNames } : {})) as {
    name?: string;
    id?: string;
  }[];
  return rows.flatMap(({ name, id }) => name ?? id ?? []).map((one) => (/^[\w.-]+$/.test(one) ? one : `"${safeText(one)}"`));
}
