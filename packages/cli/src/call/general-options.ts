import type { Given, Takes } from './arguments.ts';
import { CliError } from '../errors.ts';

/** Options that every command has, with what help says of them. An option of a call with the same name goes before them. */
export const generalOptions: Readonly<Record<string, { takes: Takes; text: string }>> = {
  output: { takes: 'value', text: 'table, wide, json, yaml, csv or name' },
  columns: { takes: 'value', text: 'attributes to show, such as name,cpu.topology.sockets' },
  'no-headers': { takes: 'flag', text: 'no line with the names of columns' },
  context: { takes: 'value', text: 'which stored sign-in to use' },
  url: { takes: 'value', text: 'address of the engine' },
  token: { takes: 'value', text: 'token to use instead of the stored one (better: VIRGATE_TOKEN)' },
  'ca-file': { takes: 'value', text: 'certificate of the authority that signed the engine’s' },
  insecure: { takes: 'flag', text: 'do not check the engine’s certificate' },
  'request-timeout': { takes: 'value', text: 'seconds until a request is given up' },
  progress: { takes: 'flag', text: 'show on a terminal how far work is; --no-progress does not' },
  quiet: { takes: 'flag', text: 'no progress, and no word that all went well' },
  help: { takes: 'flag', text: 'what there is' },
};

export const outputs = ['table', 'wide', 'json', 'yaml', 'csv', 'name'] as const;
export type Output = (typeof outputs)[number];

export interface GeneralOptions {
  output?: Output;
  columns?: readonly string[];
  noHeaders: boolean;
  context?: string;
  url?: string;
  token?: string;
  caFile?: string;
  insecure: boolean;
  requestTimeoutMs?: number;
  noProgress: boolean;
  quiet: boolean;
  help: boolean;
}

/** @throws CliError invalid_value */
export function generalFrom(given: readonly Given[]): GeneralOptions {
  const last = new Map(given.map(({ name, value }) => [name, value]));
  const output = last.get('output');
  if (output !== undefined && !outputs.includes(output as Output))
    throw new CliError('syntax', 'invalid_value', `--output: ${JSON.stringify(output)} is not one of ${outputs.join(', ')}.`, {
      field: '--output',
    });
  const columns = last.get('columns');
  const timeout = last.get('request-timeout');
  return {
    ...(output === undefined ? {} : { output: output as Output }),
    ...(columns === undefined ? {} : { columns: columns.split(',').map((one) => one.trim()) }),
    noHeaders: last.get('no-headers') === 'true',
    ...textOption('context', last.get('context')),
    ...textOption('url', last.get('url')),
    ...textOption('token', last.get('token')),
    ...textOption('caFile', last.get('ca-file')),
    insecure: last.get('insecure') === 'true',
    ...(timeout === undefined ? {} : { requestTimeoutMs: secondsOption('--request-timeout', timeout) }),
    noProgress: last.get('progress') === 'false',
    quiet: last.get('quiet') === 'true',
    help: last.get('help') === 'true',
  };
}

function textOption<Name extends string>(name: Name, value: string | undefined): { [Key in Name]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: string };
}

const maxSeconds = 7 * 24 * 3600;

/** Seconds as milliseconds. @throws CliError invalid_value */
export function secondsOption(field: string, text: string): number {
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds <= 0 || seconds > maxSeconds)
    throw new CliError('syntax', 'invalid_value', `${field}: ${JSON.stringify(text)} is not a number of seconds above 0.`, { field });
  return Math.ceil(seconds * 1000);
}
