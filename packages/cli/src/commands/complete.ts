import { generalFrom, generalOptions, outputs } from '../call/general-options.ts';
import { parseArguments } from '../call/arguments.ts';
import type { OptionsOfOperation } from '../call/request.ts';
import { didYouMean } from '../catalog/near.ts';
import { descend, operationsAt, root, wordsBelow } from '../catalog/places.ts';
import type { Operation } from '../catalog/places.ts';
import { CliError } from '../errors.ts';
import { safeText } from '../output/safe-text.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { ownCommands, ownVerbs } from './help.ts';

const scripts: Readonly<Record<string, string>> = {
  bash: `_virgate() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do COMPREPLY+=("$(printf '%q' "$word")"); done < <(virgate complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _virgate virgate
`,
  zsh: `#compdef virgate
_virgate() {
  local -a found
  found=("\${(@f)$(virgate complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -- $found
}
compdef _virgate virgate
`,
  fish: `function __virgate_complete
  set -l words (commandline -opc)
  virgate complete -- $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c virgate -f -a '(__virgate_complete)'
`,
};

/** `virgate completion bash|zsh|fish`: what a shell has to read once. */
export async function completion(args: readonly string[], _: unknown, { stdout }: Terminal): Promise<void> {
  const [name = ''] = args;
  const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
  if (script === undefined)
    throw new CliError(
      'syntax',
      'unknown_shell',
      `virgate completion: ${JSON.stringify(name)} is not one of ${Object.keys(scripts).join(', ')}.`,
      { field: name, hint: didYouMean(name, Object.keys(scripts)) },
    );
  await write(stdout, script);
}

/** `virgate complete -- WORD …`: what the last word may become, one a line. */
export async function complete(args: readonly string[], _: unknown, terminal: Terminal): Promise<void> {
  const words = args[0] === '--' ? args.slice(1) : args;
  const last = words.at(-1) ?? '';
  const found = (await candidates(words.slice(0, -1), last, terminal)).filter((word) => word.startsWith(last));
  await write(terminal.stdout, [...new Set(found)].map((word) => `${safeText(word)}\n`).join(''));
}

async function candidates(before: readonly string[], last: string, terminal: Terminal): Promise<readonly string[]> {
  const words = before.filter((word) => !word.startsWith('-'));
  if (words[0] === 'completion') return Object.keys(scripts);
  const { place, taken } = descend(words);
  const operation = place === root ? undefined : operationOf(words, taken);
  const option = before.at(-1)?.startsWith('--') === true ? (before.at(-1) ?? '').slice(2) : before.at(-1) === '-o' ? 'output' : undefined;
  const options = operation !== undefined && (option !== undefined || last.startsWith('-')) ? await optionsOf(operation) : undefined;
  if (option !== undefined && (options?.takes(option) ?? generalOptions[option]?.takes) === 'value')
    return valuesOf(option, options, terminal);
  if (last.startsWith('-')) return [...(options?.names() ?? []), ...Object.keys(generalOptions)].map((name) => `--${name}`);
  if (operation !== undefined) return names(operation, idsOf(before, words.slice(taken + 1)), { before, last }, terminal);
  if (place === root) return words.length === 0 ? [...Object.keys(ownCommands), ...wordsBelow(root), 'system'] : [];
  return words.length > taken
    ? []
    : [...operationsAt(place).map(({ verb }) => verb), ...Object.keys(ownVerbs[place.kind] ?? {}), ...wordsBelow(place)];
}

/** What knows the attributes of every type is read only when an option is asked for. */
async function optionsOf(operation: Operation): Promise<OptionsOfOperation> {
  const { OptionsOfOperation: Options } = await import('../call/request.ts');
  return new Options(operation);
}

function operationOf(words: readonly string[], taken: number): Operation | undefined {
  const found = operationsAt(descend(words).place).filter(({ verb }) => verb === words[taken]);
  return found.at(-1);
}

/** Words behind the verb that stand before the first option: later ones may be values. */
function idsOf(before: readonly string[], words: readonly string[]): readonly string[] {
  const first = before.findIndex((word) => word.startsWith('-'));
  return first === -1 ? words : words.filter((word) => before.indexOf(word) < first);
}

async function valuesOf(option: string, options: OptionsOfOperation | undefined, { environment }: Terminal): Promise<readonly string[]> {
  if (option === 'output') return outputs;
  if (option === 'context') {
    const { readContexts, contextsFile } = await import('../connection/contexts.ts');
    return Object.keys(readContexts(contextsFile(environment)).contexts);
  }
  return options?.help().find(({ name }) => name === option)?.values ?? [];
}

/** Names of the objects that the next id may be. What cannot be found out now is not offered. */
async function names(
  operation: Operation,
  ids: readonly string[],
  { before, last }: { before: readonly string[]; last: string },
  { environment }: Terminal,
): Promise<readonly string[]> {
  const at = operation.steps.map(({ id }, index) => (id ? index : -1)).filter((index) => index !== -1)[ids.length];
  const collection = at === undefined ? undefined : operation.steps[at]?.collection;
  if (collection === undefined) return [];
  const general = Object.keys(generalOptions);
  try {
    const { namesAt } = await import('./names-of.ts');
    const { given } = parseArguments(before, { command: '', takes: (name) => generalOptions[name]?.takes, names: () => general });
    return await namesAt(operation.steps.slice(0, at), collection, ids, last, generalFrom(given), environment);
  } catch {
    return [];
  }
}
