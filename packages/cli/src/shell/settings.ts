import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../connection/contexts.ts';
import { didYouMean } from '../catalog/near.ts';
import { CliError, textOf } from '../errors.ts';

/** Variables of the shell, with what they are at first. Their names and sections are those of `~/.ovirtshellrc`. */
const defaults = {
  url: '',
  username: '',
  password: '',
  ca_file: '',
  insecure: 'False',
  dont_validate_cert_chain: 'False',
  timeout: '',
  extended_prompt: 'False',
  autoconnect: 'True',
};
export type SettingName = keyof typeof defaults;
const ofCli: ReadonlySet<string> = new Set(['autoconnect']);
/** What oVirt's shell has beside them, and this one does not: kept in the file, without effect. */
const without: ReadonlySet<string> = new Set([
  'key_file',
  'cert_file',
  'filter',
  'session_timeout',
  'renew_session',
  'kerberos',
  'autopage',
]);

/** The variables, read from the configuration file and written to it. */
export class Settings {
  readonly file: string;
  readonly #values = new Map<string, string>(Object.entries(defaults));

  private constructor(file: string) {
    this.file = file;
  }

  /** @throws CliError settings_readable_by_others, when the file holds a password and others can read it */
  static async read(environment: Environment): Promise<Settings> {
    const settings = new Settings(environment['OVIRTSHELLRC'] ?? join(environment['HOME'] ?? homedir(), '.ovirtshellrc'));
    let text: string;
    try {
      text = await readFile(settings.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return settings;
      throw new CliError('command', 'file_unreadable', `${settings.file} cannot be read.`, { field: settings.file, cause: textOf(error) });
    }
    for (const [number, line] of text.split(/\r?\n/).entries()) settings.#readLine(line.trim(), number + 1);
    if (settings.get('password') !== '' && ((await stat(settings.file)).mode & 0o077) !== 0)
      throw new CliError('command', 'settings_readable_by_others', `${settings.file} holds a password, and others can read it.`, {
        field: settings.file,
        hint: `chmod 600 ${settings.file}`,
      });
    return settings;
  }

  #readLine(line: string, number: number): void {
    if (line === '' || line.startsWith('#') || line.startsWith(';') || /^\[[\w-]+\]$/.test(line)) return;
    const [, name = '', value = ''] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (name === '')
      throw new CliError('syntax', 'invalid_settings', `${this.file}:${number}: NAME = VALUE is expected.`, {
        field: `${this.file}:${number}`,
      });
    this.#values.set(name, value);
  }

  get(name: SettingName): string {
    return this.#values.get(name) ?? '';
  }

  isOn(name: SettingName): boolean {
    return /^(true|yes|on|1)$/i.test(this.get(name));
  }

  /** @throws CliError unknown_setting */
  set(name: string, value: string): void {
    if (without.has(name)) throw new CliError('command', 'not_built', `This shell has no ${name}.`, { field: name });
    if (!Object.hasOwn(defaults, name))
      throw new CliError('syntax', 'unknown_setting', `There is no variable ${JSON.stringify(name)}.`, {
        field: name,
        hint: didYouMean(name, Object.keys(defaults)) ?? `There are: ${Object.keys(defaults).join(', ')}`,
      });
    this.#values.set(name, value.replaceAll(/[\r\n]/g, ' '));
  }

  /** All variables; the password is not shown. */
  shown(): [name: string, value: string][] {
    return Object.keys(defaults).map((name) => [
      name,
      name === 'password' && this.get(name) !== '' ? '********' : (this.#values.get(name) ?? ''),
    ]);
  }

  names(): string[] {
    return Object.keys(defaults);
  }

  async save(): Promise<void> {
    const section = (wanted: boolean): string =>
      [...this.#values]
        .filter(([name]) => (ofCli.has(name) || name === 'autopage') === wanted)
        .map(([name, value]) => `${name} = ${value}\n`)
        .join('');
    await writeFile(this.file, `[cli]\n${section(true)}[ovirt-shell]\n${section(false)}`, { mode: 0o600 });
    await chmod(this.file, 0o600);
  }
}
