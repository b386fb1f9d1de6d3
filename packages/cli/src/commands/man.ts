import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArguments } from '../call/arguments.ts';
import { generalOptions } from '../call/general-options.ts';
import { OptionsOfOperation } from '../call/request.ts';
import { allPlaces, descend, operationsAt, root, wordsBelow } from '../catalog/places.ts';
import type { Operation, Place } from '../catalog/places.ts';
import { CliError, exitCodes, textOf } from '../errors.ts';
import { bold, entry, literal, manPage, roffText } from '../output/roff.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { ownCommands, usageOf, usagesOf } from './help.ts';

const exits: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'done',
  syntax: 'the command line is wrong: nothing was sent',
  command: 'the command cannot be carried out: files, contexts, a name that several objects have',
  interrupted: 'interrupted',
  unknown: 'unexpected',
  communication: 'the engine cannot be reached, or is not the one that is trusted',
  authentication: 'not signed in, or the token is over',
  remote: 'the engine refused',
  notFound: 'there is no such object',
};
const variables: Readonly<Record<string, string>> = {
  'VIRGATE_URL, VIRGATE_TOKEN, VIRGATE_CA_FILE': 'engine, token and authority of a command without a kept sign-in',
  VIRGATE_CONTEXT: 'which kept sign-in to use',
  VIRGATE_CONFIG: 'file of the kept sign-ins; by default ~/.config/virgate/contexts.json',
  VIRGATE_PASSWORD: 'password for login',
  NO_COLOR: 'no colours, whatever its value',
};
const examples = [
  'virgate login https://engine.example.com:8443',
  "virgate vm list --search 'status=up' -o wide",
  'virgate vm start web01 --wait',
  'virgate vm nic add web01 --name nic1 --interface virtio',
  'virgate console web01',
];

const optionTerm = (name: string, takes: 'value' | 'flag' | 'optional'): string =>
  takes === 'value'
    ? `${bold(`--${name}`)} \\fIVALUE\\fR`
    : takes === 'optional'
      ? `${bold(`--${name}`)}[=\\fIVALUE\\fR]`
      : bold(`--${name}`);

const generalEntries = (): string[] =>
  Object.entries(generalOptions).flatMap(([name, { takes, text }]) => entry(optionTerm(name, takes), text));

const pageName = ({ kind }: Pick<Place, 'kind'>): string => ['virgate', ...kind.split(' ')].join('-');
const reference = (name: string): string => `${bold(name)}(1)`;

/** Page of the program. */
function programPage(version: string): string {
  return manPage({
    name: 'virgate',
    title: 'manage virtual machines from a shell',
    version,
    sections: [
      ['SYNOPSIS', [`${bold('virgate')} \\fIKIND VERB\\fR [\\fIID or NAME\\fR ...] [${bold('--')}\\fIOPTION VALUE\\fR ...]`]],
      [
        'DESCRIPTION',
        [
          roffText('Every operation of the REST API of an engine, with the names that the API has. Each kind has a page of its own.'),
          ...literal(examples.map((one) => `  ${one}`)),
        ],
      ],
      ['COMMANDS', Object.entries(ownCommands).flatMap(([name, text]) => entry(bold(name), text))],
      ['KINDS', [[...wordsBelow(root), 'system'].map(bold).join(', ')]],
      ['OPTIONS', generalEntries()],
      ['EXIT STATUS', Object.entries(exitCodes).flatMap(([name, code]) => entry(bold(String(code)), exits[name as keyof typeof exits]))],
      ['ENVIRONMENT', Object.entries(variables).flatMap(([name, text]) => entry(bold(name), text))],
      ['SEE ALSO', [[...wordsBelow(root), 'system'].map((kind) => reference(`virgate-${kind}`)).join(',\n')]],
    ],
  });
}

function operationLines(operation: Operation): string[] {
  const mandatory = [...new Set(operation.methods.map(({ mandatory: paths = [] }) => paths.join(', ')).filter((one) => one !== ''))];
  const options = new OptionsOfOperation(operation)
    .help()
    .flatMap(({ name, takes, text, values }) => entry(optionTerm(name, takes), values === undefined ? text : values.join(', ')));
  return [
    `.SS ${roffText(usageOf(operation))}`,
    ...(mandatory.length === 0 ? [] : [roffText(`Needs ${mandatory.join('; or ')}.`)]),
    ...(options.length === 0 ? [roffText('No options of its own.')] : options),
  ];
}

/** Page of a kind: its operations with their options. */
function placePage(place: Place, version: string): string {
  const below = wordsBelow(place);
  return manPage({
    name: pageName(place),
    title: `the operations of ${place.kind}`,
    version,
    sections: [
      ['SYNOPSIS', usagesOf(place).flatMap((usage) => [bold(usage), '.br'])],
      ['OPERATIONS', operationsAt(place).flatMap(operationLines)],
      [
        'KINDS WITHIN IT',
        below.map((word) => reference(`${pageName(place)}-${word}`)).flatMap((one, index) => (index === 0 ? [one] : ['.br', one])),
      ],
      ['OPTIONS OF EVERY COMMAND', generalEntries()],
      ['SEE ALSO', [reference('virgate')]],
    ],
  });
}

/**
 * `virgate help --man [KIND …]` prints a page of the manual, of the program or of a kind; with `--folder FOLDER` all pages are written there.
 * @throws CliError unknown_command, file_unwritable
 */
export async function man(args: readonly string[], { stdout }: Terminal): Promise<void> {
  const { words, given } = parseArguments(args, {
    command: 'virgate help',
    takes: (name) => ({ man: 'flag' as const, folder: 'value' as const })[name],
    names: () => ['man', 'folder'],
  });
  const { default: about } = await import('../../package.json', { with: { type: 'json' } });
  const folder = given.findLast(({ name }) => name === 'folder')?.value;
  if (folder !== undefined) return await writeAll(folder, about.version);
  if (words.length === 0) return await write(stdout, programPage(about.version));
  const { place, taken } = descend(words);
  if (taken < words.length)
    throw new CliError('syntax', 'unknown_command', `${['virgate', ...words].join(' ')} has no page of the manual.`, {
      field: words[taken],
      hint: 'Kinds have pages: virgate help --man vm',
    });
  await write(stdout, placePage(place, about.version));
}

async function writeAll(folder: string, version: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'virgate.1'), programPage(version));
    for (const place of allPlaces()) await writeFile(join(folder, `${pageName(place)}.1`), placePage(place, version));
  } catch (error) {
    throw new CliError('command', 'file_unwritable', `The pages cannot be written to ${folder}.`, {
      field: '--folder',
      cause: textOf(error),
    });
  }
}
