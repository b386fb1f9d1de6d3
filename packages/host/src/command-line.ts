import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { joinUsage, readJoinCommand } from './enrolment/command.ts';
import type { JoinCommand } from './enrolment/command.ts';
import { EnrolmentError } from './enrolment/enrolment-error.ts';

/** Configuration that `join` writes unless told otherwise. */
const defaultConfigFile = '/var/lib/virgate-host/agent.json';

const runUsage = `virgate-host run [--config FILE]
  Runs the agent of a host that has joined, until SIGTERM; its guests go on.
  --config FILE        configuration (default ${defaultConfigFile})`;

const mainUsage = `virgate-host makes this machine a host of an engine.

${joinUsage}

${runUsage}

Exit codes: 0 done, 1 failed (the first word of the message says why), 2 wrong usage.`;

/** What the command line asks for. */
export type HostCommand = { kind: 'help'; text: string } | { kind: 'join'; join: JoinCommand } | { kind: 'run'; configFile: string };

const usageTexts: Readonly<Record<string, string>> = { join: joinUsage, run: runUsage };

function readRun(argv: readonly string[]): HostCommand {
  try {
    const { values } = parseArgs({ args: [...argv], options: { config: { type: 'string' } } });
    return { kind: 'run', configFile: resolve(values.config ?? defaultConfigFile) };
  } catch (error) {
    throw new EnrolmentError('USAGE', `${error instanceof Error ? error.message : String(error)}\nusage: ${runUsage}`);
  }
}

/** Reads the arguments of `virgate-host`. @throws EnrolmentError USAGE */
export function readCommandLine(argv: readonly string[]): HostCommand {
  const [name = '', ...rest] = argv;
  if (name === '--help' || name === '-h' || name === 'help') return { kind: 'help', text: usageTexts[rest[0] ?? ''] ?? mainUsage };
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'help', text: usageTexts[name] ?? mainUsage };
  if (name === 'join') return { kind: 'join', join: readJoinCommand(rest) };
  if (name === 'run') return readRun(rest);
  throw new EnrolmentError('USAGE', `${name === '' ? 'A command is missing' : `Unknown command: ${name.slice(0, 100)}`}\n${mainUsage}`);
}
