import { parseArguments } from '../call/arguments.ts';
import { generalFrom, generalOptions } from '../call/general-options.ts';
import type { GeneralOptions } from '../call/general-options.ts';
import { connect } from '../connection/connect.ts';
import { CliError, tooMany } from '../errors.ts';
import { downloadFile, fileOfDisk } from '../images/download.ts';
import type { Moving } from '../images/moving.ts';
import { uploadFile } from '../images/upload.ts';
import { renderObject } from '../output/render.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { defined, renderingOf } from './call.ts';

type Verb = 'upload' | 'download';

const options: Readonly<Record<Verb, Readonly<Record<string, { takes: 'value' | 'flag'; text: string }>>>> = {
  upload: {
    'storage-domain': { takes: 'value', text: 'where the disk is made' },
    name: { takes: 'value', text: 'of the disk; the file’s without one' },
    disk: { takes: 'value', text: 'a disk that there is, instead of a new one' },
    resume: { takes: 'flag', text: 'go on where it was interrupted' },
  },
  download: {
    force: { takes: 'flag', text: 'replace a file that there is' },
    resume: { takes: 'flag', text: 'go on where it was interrupted' },
  },
};

const usages: Readonly<Record<Verb, string>> = {
  upload: 'virgate disk upload FILE --storage-domain NAME [--name NAME]',
  download: 'virgate disk download DISK [FILE]',
};

const helpOf = (verb: Verb): string =>
  `Usage: ${usages[verb]}\n\nOptions:\n${Object.entries(options[verb])
    .map(([name, { takes, text }]) => `  ${`--${name}${takes === 'value' ? ' VALUE' : ''}`.padEnd(24)}  ${text}\n`)
    .join('')}`;

/** `virgate disk upload FILE` and `virgate disk download DISK [FILE]`: images of disks, which no single operation of the contract moves. */
export async function diskImages(verb: Verb, args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const { words, given } = parseArguments(args, {
    command: `virgate disk ${verb}`,
    takes: (name) => options[verb][name]?.takes ?? generalOptions[name]?.takes,
    names: () => [...Object.keys(options[verb]), ...Object.keys(generalOptions)],
  });
  const general: GeneralOptions = { ...inherited, ...defined(generalFrom(given.filter(({ name }) => options[verb][name] === undefined))) };
  if (general.help) return await write(terminal.stdout, helpOf(verb));
  const value = (name: string): string | undefined => given.findLast((one) => one.name === name)?.value;
  const [first = '', second] = words;
  checkWords(verb, words);
  const target = { name: value('name'), storageDomain: value('storage-domain'), disk: value('disk') };
  const resume = value('resume') === 'true';
  if (verb === 'upload' && !resume) checkTarget(target);
  const connection = connect(general, terminal.environment);
  const { client, origin: engine } = connection;
  const moving = (file: string): Moving => ({ client, engine, terminal, silence: general, file, direction: verb, resume });
  try {
    if (verb === 'upload') {
      const id = await uploadFile(moving(first), { ...target, name: target.name ?? nameOf(first) });
      await write(terminal.stdout, renderObject('Disk', await client.disks.disk(id).get(), renderingOf(general, terminal)));
      return;
    }
    const file = second ?? (await fileOfDisk({ client }, first));
    await downloadFile(moving(file), first, value('force') === 'true');
    if (!general.quiet) await write(terminal.stderr, `disk download: ${file}\n`);
  } finally {
    connection.close();
  }
}

/** @throws CliError missing_argument, unexpected_argument */
function checkWords(verb: Verb, words: readonly string[]): void {
  const [wanted, most] = verb === 'upload' ? ['FILE', 1] : ['DISK', 2];
  if (words.length === 0)
    throw new CliError('syntax', 'missing_argument', `virgate disk ${verb}: ${wanted} is needed.`, { field: wanted, hint: usages[verb] });
  const beyond = words[most];
  if (beyond !== undefined) throw tooMany(`virgate disk ${verb}`, beyond, usages[verb]);
}

/** @throws CliError missing_attribute, unexpected_argument */
function checkTarget({ disk, storageDomain }: { disk: string | undefined; storageDomain: string | undefined }): void {
  if (disk === undefined && storageDomain === undefined)
    throw new CliError('syntax', 'missing_attribute', 'virgate disk upload needs --storage-domain, or --disk.', {
      field: '--storage-domain',
      hint: 'virgate storage-domain list tells them',
    });
  if (disk !== undefined && storageDomain !== undefined)
    throw new CliError('syntax', 'unexpected_argument', 'The disk of --disk has its place already.', { field: '--storage-domain' });
}

/** A disk is called as its file, without folder and ending. */
const nameOf = (file: string): string => (file.split('/').at(-1) ?? '').replace(/(?<=.)\.(qcow2|raw|img|iso)$/i, '');
