import { generalOptions } from '../call/general-options.ts';
import type { OptionsOfOperation } from '../call/request.ts';
import { memberPlace, operationsAt, root, wordsBelow } from '../catalog/places.ts';
import type { Operation, Place } from '../catalog/places.ts';

/** The program's own commands, with what help says of them. */
export const ownCommands: Readonly<Record<string, string>> = {
  login: 'sign in to an engine, and keep the token',
  logout: 'end the token that is kept',
  context: 'list, use, remove: the sign-ins that are kept',
  whoami: 'who is signed in where',
  apply: '-f FOLDER [--prune] [--dry-run]: make objects as files declare them',
  export: '[--kind KIND] [--folder FOLDER]: objects as apply reads them',
  console: 'VM [--serial | --graphical]: its serial port in this terminal, or its screen in a viewer',
  events: 'what happened; -f follows',
  api: 'any request: virgate api GET /vms',
  mcp: 'tools for an AI assistant (Model Context Protocol), on standard input and output',
  proposal: 'list, show, approve, reject: what assistants want to change',
  shell: "the interactive shell, with the commands of oVirt's",
  completion: 'bash, zsh, fish: completion of kinds, verbs, names, options, values',
  help: 'what there is; --man [KIND …]: a page of the manual, --man --folder FOLDER: all of them',
};

/** Verbs of kinds that are the program's own, with what comes behind them. */
export const ownVerbs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  vm: { console: 'VM [--serial | --graphical]' },
  disk: { upload: 'FILE --storage-domain NAME', download: 'DISK [FILE]' },
};

const generalHelp = (): string =>
  `Options of every command:\n${lines(Object.entries(generalOptions).map(([name, { takes, text }]) => [`--${name}${takes === 'value' ? ' VALUE' : ''}`, text]))}`;

function lines(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(40, Math.max(...rows.map(([name]) => name.length)));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`).join('');
}

const helpWidth = 100;

function wrapped(words: readonly string[]): string {
  let line = ' ';
  const result: string[] = [];
  for (const word of words) {
    if (line.length + word.length > helpWidth) {
      result.push(line);
      line = ' ';
    }
    line += ` ${word}`;
  }
  return `${[...result, line].join('\n')}\n`;
}

export function helpOfProgram(): string {
  return `Usage: virgate KIND VERB [ID or NAME …] [--OPTION VALUE …]

  virgate login https://engine.example.com:8443
  virgate vm list --search 'status=up' -o wide
  virgate vm start web01 --wait
  virgate vm nic add web01 --name nic1 --interface virtio

Commands:
${lines(Object.entries(ownCommands))}
Kinds (each with --help):
${wrapped([...wordsBelow(root), 'system'])}
${generalHelp()}`;
}

/** How everything that can be done at a place is called. */
export const usagesOf = (place: Place): string[] => [
  ...operationsAt(place).map(usageOf),
  ...Object.entries(ownVerbs[place.kind] ?? {}).map(([verb, usage]) => `virgate ${place.kind} ${verb} ${usage}`),
];

export function helpOfPlace(place: Place): string {
  const member = memberPlace(place);
  const below = wordsBelow(place);
  const kinds =
    below.length === 0
      ? ''
      : `\nWithin ${member === undefined ? 'it' : 'one of them'}, as virgate ${place.kind} KIND VERB …:\n${wrapped(below)}`;
  return `Usage of virgate ${place.kind}:\n${usagesOf(place)
    .map((usage) => `  ${usage}\n`)
    .join('')}${kinds}`;
}

/** `virgate vm nic update VM NIC` */
export function usageOf({ kind, verb, steps }: Operation): string {
  const ids = steps.filter(({ id }) => id).map(({ what }) => what.toUpperCase());
  return ['virgate', kind, verb, ...ids].join(' ');
}

export function helpOfOperation(operation: Operation, options: OptionsOfOperation): string {
  const rows = options
    .help()
    .map(({ name, takes, text, values }): [string, string] => [
      `--${name}${takes === 'value' ? ' VALUE' : takes === 'optional' ? '[=VALUE]' : ''}`,
      values === undefined ? text : values.join(', '),
    ]);
  const mandatory = operation.methods.map(({ mandatory: paths = [] }) => paths.join(', ')).filter((one) => one !== '');
  const needs = mandatory.length === 0 ? '' : `\nNeeds: ${[...new Set(mandatory)].join('; or ')}\n`;
  return `Usage: ${usageOf(operation)} [--OPTION VALUE …]\n${needs}\n${rows.length === 0 ? '' : `Options:\n${lines(rows)}\n`}${generalHelp()}`;
}
