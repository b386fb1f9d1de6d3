import { configOptions, type ConfigOption } from '@virgate/contract/generated/config-options';
import type { Database } from '@virgate/database';
import type { Logger } from 'pino';
import { sql } from 'kysely';
import { supportedLevels } from '../data-centers/read.ts';
import type { Tables } from '../tables/schema.ts';

/** The version of a value that does not depend on the cluster level. Source: REST contract, system options. */
export const general = 'general';
const channel = 'virgate_options';
const byName = new Map(configOptions.map((option) => [option.name, option]));

/** The option of a name; undefined when the contract has none. */
export const optionOf = (name: string): ConfigOption | undefined => byName.get(name);

/** Versions for which an option has values: cluster levels, or `general` alone. */
export function versionsOf(option: ConfigOption): readonly string[] {
  if (option.defaultByVersion !== undefined) return Object.keys(option.defaultByVersion).flatMap((levels) => levels.split(','));
  const levels = Array.isArray(option.versions) ? option.versions.filter((level): level is string => typeof level === 'string') : [];
  return levels.length > 0 ? levels : option.perVersion === true ? supportedLevels : [general];
}

/** What the contract gives an option for a version. */
export function defaultOf(option: ConfigOption, version: string): string {
  const entry = Object.entries(option.defaultByVersion ?? {}).find(([levels]) => levels.split(',').includes(version));
  return entry?.[1] ?? option.default ?? '';
}

/** Whether a text can be an option's value, by its type and its valid values: a list of words, or ranges of numbers. */
export function isValidValue(option: ConfigOption, value: string): boolean {
  if (option.type === 'Boolean') return /^(true|false)$/i.test(value);
  const whole = option.type === 'Integer' || option.type === 'Long';
  if (whole && !/^-?\d{1,18}$/.test(value)) return false;
  if (option.type === 'Double' && !/^-?\d+(\.\d+)?$/.test(value)) return false;
  if (option.valid === undefined || option.valid === '') return true;
  const allowed = option.valid.split(',').map((one) => one.trim());
  const ranges = allowed.flatMap((one) => {
    const [, from, to] = /^(-?\d+)\.\.(-?\d+)$/.exec(one) ?? [];
    return from === undefined || to === undefined ? [] : [{ from: Number(from), to: Number(to) }];
  });
  if (ranges.some(({ from, to }) => Number(value) >= from && Number(value) <= to)) return true;
  const words = option.cliType === 'StringMultiple' ? value.split(',').map((one) => one.trim()) : [value];
  return words.every((word) => word === '' || allowed.some((one) => one.toLowerCase() === word.toLowerCase()));
}

/**
 * The values of the contract's options that are in force in this engine: what an administrator has set, else the default.
 * A new value is in force after the options were loaded anew: by the action that reloads them, for all engines, or by a restart.
 */
export class SystemOptions {
  readonly #database: Database<Tables>;
  readonly #log: Logger;
  #set = new Map<string, string>();
  #unlisten: (() => void) | undefined;

  constructor(database: Database<Tables>, log: Logger) {
    this.#database = database;
    this.#log = log;
  }

  async load(): Promise<void> {
    const rows = await this.#database.db.selectFrom('option_value').selectAll().execute();
    this.#set = new Map(rows.map((row) => [`${row.name} ${row.version}`, row.value]));
  }

  /** Loads values again whenever some engine tells all of them to. */
  async start(): Promise<void> {
    const again = () =>
      void this.load().catch((error: unknown) => this.#log.warn({ err: error }, 'options could not be loaded; those before stay in force'));
    this.#unlisten = await this.#database.listener.listen(channel, again, again);
  }

  stop(): void {
    this.#unlisten?.();
  }

  /** Loads values now, here and in the other engines. */
  async reload(): Promise<void> {
    await this.load();
    await sql`select pg_notify(${channel}, '')`.execute(this.#database.db);
  }

  /** @throws {Error} when the contract has no option of that name */
  text(name: string, version: string = general): string {
    const option = optionOf(name);
    if (option === undefined) throw new Error(`The contract has no option ${name}`);
    return this.#set.get(`${name} ${version}`) ?? defaultOf(option, version);
  }

  number(name: string, version: string = general): number {
    return Number(this.text(name, version));
  }
}
