import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { parseArguments } from '../call/arguments.ts';
import type { Takes } from '../call/arguments.ts';
import { nearMatches } from '../catalog/near.ts';
import { explain } from '../connection/explain.ts';
import { CliError, exitCodes, textOf } from '../errors.ts';
import { errorText, isClosedPipe } from '../run.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { commandOf, completions, Exit } from './commands.ts';
import { incomplete, parseStatements } from './grammar.ts';
import type { Statement } from './grammar.ts';
import { ShellSession } from './session.ts';
import { Settings } from './settings.ts';

const options: Readonly<Record<string, Takes>> = {
  url: 'value',
  username: 'value',
  password: 'value',
  'ca-file': 'value',
  insecure: 'flag',
  'dont-validate-cert-chain': 'flag',
  port: 'value',
  timeout: 'value',
  connect: 'flag',
  file: 'value',
  'extended-prompt': 'flag',
  'execute-command': 'value',
  help: 'flag',
};
const shorts: Readonly<Record<string, string>> = {
  l: 'url',
  u: 'username',
  A: 'ca-file',
  I: 'insecure',
  D: 'dont-validate-cert-chain',
  P: 'port',
  T: 'timeout',
  c: 'connect',
  f: 'file',
  e: 'extended-prompt',
  E: 'execute-command',
  h: 'help',
};
/** Of oVirt's shell, and not of this one. */
const without: Readonly<Record<string, string>> = {
  K: 'key-file',
  C: 'cert-file',
  r: 'renew-session',
  F: 'filter',
  S: 'session-timeout',
  d: 'debug',
  kerberos: 'kerberos',
};
const maxHistory = 3_000;
const maxIncludes = 10;

const usage = `Usage: virgate shell [--OPTION VALUE …]

  -l, --url URL                   address of the engine
  -u, --username NAME@DOMAIN      user
  -A, --ca-file FILE              authority of the engine's certificate
  -I, --insecure                  do not check the certificate (-D, --dont-validate-cert-chain too)
  -P, --port PORT                 port of the engine
  -T, --timeout SECONDS           until a request is given up
  -c, --connect                   connect at once
  -f, --file SCRIPT               run a script (-: standard input)
  -E, --execute-command COMMANDS  run commands
  -e, --extended-prompt           show the engine in the prompt

The interactive shell; "help" in it tells its commands. Variables are read from ~/.ovirtshellrc.
`;

/** `virgate shell`: the interactive shell, or a script. @returns exit code */
export async function shell(args: readonly string[], terminal: Terminal): Promise<number> {
  const { given } = parseArguments(args.map(longOption), {
    command: 'virgate shell',
    takes: (name) => options[name],
    names: () => Object.keys(options),
  });
  const value = (name: string): string | undefined => given.findLast((one) => one.name === name)?.value;
  if (value('help') === 'true') {
    await write(terminal.stdout, usage);
    return exitCodes.ok;
  }
  const settings = await Settings.read(terminal.environment);
  for (const [option, name] of [
    ['url', 'url'],
    ['username', 'username'],
    ['password', 'password'],
    ['ca-file', 'ca_file'],
    ['timeout', 'timeout'],
    ['insecure', 'insecure'],
    ['dont-validate-cert-chain', 'dont_validate_cert_chain'],
    ['extended-prompt', 'extended_prompt'],
  ] as const) {
    const said = value(option);
    if (said !== undefined) settings.set(name, said);
  }
  const port = value('port');
  if (port !== undefined) settings.set('url', withPort(settings.get('url'), port));
  if (settings.get('password') === '' && terminal.environment['VIRGATE_PASSWORD'] !== undefined)
    settings.set('password', terminal.environment['VIRGATE_PASSWORD']);
  const running = new Shell(new ShellSession(settings), terminal);
  try {
    const isScript = value('file') !== undefined || value('execute-command') !== undefined || terminal.stdin.isTTY !== true;
    if (
      value('connect') === 'true' ||
      (settings.isOn('autoconnect') && settings.get('url') !== '' && (isScript || settings.get('password') !== ''))
    )
      await running.runText('connect', 'connect');
    const file = value('file');
    if (value('execute-command') !== undefined) return await running.script(value('execute-command') ?? '', '--execute-command');
    if (file !== undefined && file !== '-') return await running.file(file);
    if (isScript) return await running.script(await allOf(terminal), 'standard input');
    return await running.interactive();
  } finally {
    await running.session.disconnect();
  }
}

function longOption(arg: string): string {
  const letter = /^-([A-Za-z])$/.exec(arg)?.[1] ?? /^--(\w+)$/.exec(arg)?.[1] ?? '';
  const missing = without[letter] ?? Object.values(without).find((name) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  if (missing !== undefined) throw new CliError('command', 'not_built', `This shell has no --${missing}.`, { field: `--${missing}` });
  const long = arg.startsWith('--') ? undefined : shorts[letter];
  return long === undefined ? arg : `--${long}`;
}

function withPort(url: string, port: string): string {
  if (!/^\d{1,5}$/.test(port) || !URL.canParse(url))
    throw new CliError('syntax', 'invalid_value', `--port ${port}: a number is needed, and an address in --url.`, { field: '--port' });
  const address = new URL(url);
  address.port = port;
  return address.href;
}

async function allOf({ stdin }: Terminal): Promise<string> {
  let text = '';
  for await (const part of stdin) text += String(part);
  return text;
}

class Shell {
  readonly session: ShellSession;
  readonly #terminal: Terminal;
  #history: string[] = [];
  #depth = 0;

  constructor(session: ShellSession, terminal: Terminal) {
    this.session = session;
    this.#terminal = terminal;
  }

  /** Runs a script; ends with the first command that fails, saying its line. @returns exit code */
  async script(text: string, name: string): Promise<number> {
    try {
      await this.runText(text, name);
      return exitCodes.ok;
    } catch (error) {
      if (error instanceof Exit) return this.session.status;
      const told = explain(error);
      await write(this.#terminal.stderr, errorText(told)).catch(() => undefined);
      return exitCodes[told.exit];
    }
  }

  async file(file: string): Promise<number> {
    return this.script(await this.#scriptText(file), file);
  }

  async #scriptText(file: string): Promise<string> {
    return readFile(file, 'utf8').catch((error: unknown) => {
      throw new CliError('command', 'file_unreadable', `${file} cannot be read.`, { field: file, cause: textOf(error) });
    });
  }

  /** @throws CliError that names script and line */
  async runText(text: string, name: string): Promise<void> {
    this.#depth += 1;
    if (this.#depth > maxIncludes)
      throw new CliError('command', 'too_many_scripts', 'Scripts run each other without end.', { field: name });
    try {
      for (const statement of located(name, undefined, () => parseStatements(text))) {
        try {
          await this.run(statement);
        } catch (error) {
          if (error instanceof Exit) throw error;
          throw located(name, statement.line, () => {
            throw error;
          });
        }
      }
    } finally {
      this.#depth -= 1;
    }
  }

  /** Carries out one statement, and remembers how it ended. */
  async run(statement: Statement): Promise<void> {
    try {
      if (statement.shell === undefined) await this.#command(statement);
      else await this.#system(statement.shell);
      if (statement.words[0] !== 'status') this.session.status = exitCodes.ok;
    } catch (error) {
      if (error instanceof Exit) throw error;
      const told = explain(error);
      if (told.exit === 'authentication' && told.code === 'signed_out') this.session.unauthorized = true;
      this.session.status = exitCodes[told.exit];
      throw told;
    }
  }

  async #command({ words: [name = '', ...args], input, output, pipe }: Statement): Promise<void> {
    const command = commandOf(name);
    const text = input === undefined ? undefined : 'text' in input ? input.text : await this.#scriptText(input.file);
    const sink = pipe === undefined ? undefined : spawn('/bin/sh', ['-c', pipe], { stdio: ['pipe', 'pipe', 'pipe'] });
    const file = output === undefined ? undefined : createWriteStream(output.file, { flags: output.append ? 'a' : 'w' });
    const target = sink?.stdin ?? file;
    target?.on('error', () => undefined);
    const shown =
      sink === undefined ? undefined : Promise.all([copy(sink.stdout, this.#terminal.stdout), copy(sink.stderr, this.#terminal.stderr)]);
    const terminal: Terminal = { ...this.#terminal, stdin: this.#terminal.stdin, ...(target === undefined ? {} : { stdout: target }) };
    try {
      await command.run(args, {
        session: this.session,
        terminal,
        input: text,
        history: () => this.#history,
        runFile: async (script) => this.runText(await this.#scriptText(script), script),
      });
    } catch (error) {
      // Who reads needs no more: `| head -1`.
      if (sink === undefined || !isClosedPipe(error)) throw error;
    } finally {
      target?.end();
      if (file !== undefined)
        await finished(file).catch((error: unknown) => {
          throw new CliError('command', 'file_unwritable', `${output?.file} cannot be written.`, {
            field: output?.file,
            cause: textOf(error),
          });
        });
      await shown;
    }
  }

  async #system(command: string): Promise<void> {
    const child = spawn('/bin/sh', command === '' ? [] : ['-c', command], {
      stdio: command === '' ? 'inherit' : ['inherit', 'pipe', 'pipe'],
    });
    if (child.stdout !== null && child.stderr !== null)
      await Promise.all([copy(child.stdout, this.#terminal.stdout), copy(child.stderr, this.#terminal.stderr)]);
    else await new Promise<void>((resolve) => child.on('close', () => resolve()));
  }

  /** Reads lines until `exit` or the end of input. @returns exit code */
  async interactive(): Promise<number> {
    const { stdin, stdout } = this.#terminal;
    const file = join(this.#terminal.environment['HOME'] ?? homedir(), '.ovirtshellhistory');
    this.#history = (await readFile(file, 'utf8').catch(() => ''))
      .split('\n')
      .filter((line) => line !== '')
      .slice(-maxHistory);
    await write(stdout, '\nWelcome to the shell. "help" lists its commands.\n\n');
    try {
      for (;;) {
        const text = await this.#statementText();
        if (text === undefined) break;
        if (text.trim() === '') continue;
        this.#remember(text);
        try {
          for (const statement of parseStatements(text)) await this.run(statement);
        } catch (error) {
          if (error instanceof Exit) break;
          const told = explain(error);
          if (told.exit === 'syntax') this.session.status = exitCodes.syntax;
          await write(this.#terminal.stderr, errorText(told));
        }
      }
    } finally {
      stdin.pause();
      await writeFile(file, this.#history.map((line) => `${line}\n`).join(''), { mode: 0o600 }).catch(() => undefined);
    }
    return this.session.status;
  }

  /** Passwords are not kept in the history. */
  #remember(text: string): void {
    const line = text.trim().replaceAll('\n', ' ');
    const [name, url, user, password] = line.split(/\s+/);
    this.#history.push(name === 'connect' && password !== undefined ? `connect ${url} ${user}` : line);
    this.#history = this.#history.slice(-maxHistory);
  }

  /** One line, and those that it needs to be whole; undefined at the end of input. */
  async #statementText(): Promise<string | undefined> {
    let text = '';
    for (;;) {
      const line = await this.#line(text === '' ? this.session.prompt() : '> ');
      if (line === undefined) return text === '' ? undefined : text;
      text += text === '' ? line : `\n${line}`;
      if (text.endsWith('\\')) continue;
      try {
        parseStatements(text);
        return text;
      } catch (error) {
        if (!(error instanceof CliError) || error.code !== incomplete) return text;
      }
    }
  }

  #line(prompt: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const reader: Interface = createInterface({
        input: this.#terminal.stdin,
        output: this.#terminal.stdout,
        terminal: true,
        prompt,
        history: this.#history.toReversed(),
        historySize: maxHistory,
        completer: (line: string, done: (error: null, found: [string[], string]) => void) => {
          const last = /\S*$/.exec(line)?.[0] ?? '';
          completions(line, this.session).then(
            (all) => done(null, [candidates(all, last), last]),
            // Completion is a help: what it could not find out is not said in the middle of a line.
            () => done(null, [[], last]),
          );
        },
      });
      let line: string | undefined;
      reader.on('line', (text) => {
        line = text;
        reader.close();
      });
      reader.on('SIGINT', () => {
        line = '';
        reader.close();
        this.#terminal.stdout.write('^C\n');
      });
      reader.on('close', () => resolve(line));
      reader.prompt();
    });
  }
}

function candidates(all: readonly string[], last: string): string[] {
  const found = all.filter((one) => one.startsWith(last)).map((one) => `${one} `);
  return found.length > 0 || last.length < 3 ? found : nearMatches(last, all);
}

/** Adds script and line to what went wrong. */
function located<T>(name: string, line: number | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const told = explain(error);
    const where = line === undefined ? name : `${name}:${line}`;
    throw new CliError(told.exit, told.code === incomplete ? 'syntax_error' : told.code, `${where}: ${told.message}`, told.parts);
  }
}

async function copy(from: NodeJS.ReadableStream, to: NodeJS.WritableStream): Promise<void> {
  for await (const part of from) to.write(part);
}
