import { CliError } from '../errors.ts';
import { didYouMean } from '../catalog/near.ts';

/** What an option takes: `flag` nothing or true/false, `optional` a value after `=` only. */
export type Takes = 'value' | 'flag' | 'optional';

export interface Given {
  /** Without dashes, `-` between words. */
  readonly name: string;
  /** Undefined: an option that takes a value only after `=` had none. A flag has `true` or `false`. */
  readonly value: string | undefined;
}

export interface Arguments {
  readonly words: readonly string[];
  readonly given: readonly Given[];
}

export interface Known {
  /** What an option of this name takes; undefined: there is no such option. */
  takes(name: string): Takes | undefined;
  /** Names that may have been meant. */
  names(): Iterable<string>;
  /** What to ask for help: `virgate vm add`. */
  readonly command: string;
}

const shorts: Readonly<Record<string, string>> = { o: 'output', h: 'help', f: 'file', v: 'version' };
const maxArguments = 10_000;

/**
 * Takes words and options apart. `--name value`, `--name=value`, `--flag`, `--flag=false`, `--no-flag`, `-o value`, `-ovalue`; underscores in a
 * name are dashes; after `--` all are words.
 * @throws CliError unknown_option (with a near match), missing_value
 */
export function parseArguments(args: readonly string[], known: Known): Arguments {
  if (args.length > maxArguments) throw new CliError('syntax', 'too_many_arguments', `More than ${maxArguments} arguments.`);
  const words: string[] = [];
  const given: Given[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '--') return { words: [...words, ...args.slice(at + 1)], given };
    if (!arg.startsWith('-') || arg === '-' || /^-\d/.test(arg)) {
      words.push(arg);
      continue;
    }
    const { name, value, negated } = nameOf(arg, known);
    const takes = known.takes(name);
    if (takes === undefined) throw unknownOption(arg.startsWith('--') ? `--${name}` : arg.slice(0, 2), name, known);
    const next = args[at + 1];
    if (takes === 'flag') {
      const spelled = value ?? (!negated && (next === 'true' || next === 'false') ? next : undefined);
      if (value === undefined && spelled !== undefined) at += 1;
      given.push({ name, value: negated ? 'false' : (spelled ?? 'true') });
    } else if (value !== undefined || takes === 'optional') {
      given.push({ name, value });
    } else if (next === undefined || (next.startsWith('--') && next !== '--')) {
      throw new CliError('syntax', 'missing_value', `--${name} needs a value.`, { field: `--${name}` });
    } else {
      given.push({ name, value: next });
      at += 1;
    }
  }
  return { words, given };
}

function nameOf(arg: string, known: Known): { name: string; value: string | undefined; negated: boolean } {
  if (!arg.startsWith('--')) {
    const long = shorts[arg[1] ?? ''] ?? arg[1] ?? '';
    const rest = arg.slice(2);
    return { name: long, value: rest === '' ? undefined : rest.replace(/^=/, ''), negated: false };
  }
  const [, raw = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
  const name = raw.replaceAll('_', '-');
  const negated = name.startsWith('no-') && known.takes(name) === undefined && known.takes(name.slice(3)) === 'flag';
  return { name: negated ? name.slice(3) : name, value, negated };
}

function unknownOption(shown: string, name: string, known: Known): CliError {
  return new CliError('syntax', 'unknown_option', `${known.command} has no option ${shown}.`, {
    field: shown,
    hint:
      didYouMean(
        `--${name}`,
        [...known.names()].map((one) => `--${one}`),
      ) ?? `See: ${known.command} --help`,
  });
}
