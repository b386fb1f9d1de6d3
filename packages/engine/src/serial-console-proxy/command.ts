/** What a client asked for. Source: oVirt, ovirt-vmconsole: README. */
export type ProxyCommand =
  { kind: 'connect'; id?: string | undefined; name?: string | undefined } | { kind: 'list'; format: 'plain' | 'json' } | { kind: 'help' };

/** A command line that cannot be understood. */
export class CommandError extends Error {}

export const usage = `Usage: ssh -t -p PORT ovirt-vmconsole@ENGINE [COMMAND]
  connect [--vm-name NAME | --vm-id ID]  open a serial console; without a VM, or without a command, choose from a menu
  list [--format plain|json]             the virtual machines whose serial consoles can be opened now
  help                                   this text
Enter, then ~. closes a console; the same with ~~ for each ~ when a client has ~ for itself.
`;

const maxLength = 4096;

/** Splits a command line as a shell does: blanks, quotes, backslashes. @throws {CommandError} for a quote without its end */
function wordsOf(line: string): string[] {
  if (line.length > maxLength) throw new CommandError('the command is too long');
  const words: string[] = [];
  const pattern = /\s+|((?:"(?:[^"\\]|\\[^])*"|'[^']*'|\\[^]|[^\s"'\\])+)/gy;
  while (pattern.lastIndex < line.length) {
    const found = pattern.exec(line);
    if (!found) throw new CommandError('a quote in the command has no end');
    const word = found[1];
    if (word === undefined) continue;
    words.push(
      word.replace(/"((?:[^"\\]|\\[^])*)"|'([^']*)'|\\([^])/g, (_, double?: string, single?: string, escaped?: string) =>
        double === undefined ? (single ?? escaped ?? '') : double.replace(/\\([\\"$`])/g, '$1'),
      ),
    );
  }
  return words;
}

/** Options of a command with their values, as `--name value` or `--name=value`. */
function optionsOf(words: readonly string[], known: readonly string[]): Record<string, string> {
  const options: Record<string, string> = {};
  for (let index = 0; index < words.length; index += 1) {
    const [name = '', ...rest] = (words[index] ?? '').split('=');
    if (!known.includes(name)) throw new CommandError(`unknown argument ${words[index] ?? ''}`);
    const value = rest.length > 0 ? rest.join('=') : words[(index += 1)];
    if (value === undefined || value === '') throw new CommandError(`${name} needs a value`);
    options[name] = value;
  }
  return options;
}

/**
 * Reads the command of an SSH client; none is `connect`.
 * @throws {CommandError} saying what is wrong; the text may hold what the client wrote
 */
export function parseCommand(line: string): ProxyCommand {
  const [name = 'connect', ...rest] = wordsOf(line);
  switch (name) {
    case 'connect': {
      const { '--vm-id': id, '--vm-name': vmName } = optionsOf(rest, ['--vm-id', '--vm-name']);
      return { kind: 'connect', id, name: vmName };
    }
    case 'list': {
      const { '--format': format = 'plain' } = optionsOf(rest, ['--format']);
      if (format !== 'plain' && format !== 'json') throw new CommandError(`--format is plain or json, not ${format}`);
      return { kind: 'list', format };
    }
    case 'help':
    case '--help':
    case '-h':
      return { kind: 'help' };
    default:
      throw new CommandError(`unknown command ${name}`);
  }
}
