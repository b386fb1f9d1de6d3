import { readFileSync } from 'node:fs';
import type { GeneralOptions } from '../call/general-options.ts';
import { didYouMean } from '../catalog/near.ts';
import { CliError, textOf } from '../errors.ts';
import { contextsFile, readContexts } from './contexts.ts';
import type { Context, Environment } from './contexts.ts';

/** Which engine a command is meant for; apart from the client, which not every command loads. */

/** Address, token and trust for a command. */
export function contextFor(options: GeneralOptions, environment: Environment): { context: Context; name: string | undefined } {
  const url = options.url ?? environment['VIRGATE_URL'];
  const token = options.token ?? environment['VIRGATE_TOKEN'];
  const caFile = options.caFile ?? environment['VIRGATE_CA_FILE'];
  const wanted = options.context ?? environment['VIRGATE_CONTEXT'];
  const stored = url === undefined || token === undefined || caFile === undefined ? storedContext(wanted, environment) : undefined;
  const base = stored !== undefined && (url === undefined || sameOrigin(url, stored.context.url)) ? stored : undefined;
  const address = url ?? base?.context.url;
  const bearer = token ?? base?.context.token;
  if (address === undefined || bearer === undefined)
    throw new CliError('authentication', 'not_signed_in', 'You are not signed in to an engine.', {
      hint: 'virgate login https://ENGINE.EXAMPLE.COM:8443',
    });
  const ca = caFile === undefined ? base?.context.ca : readCa(caFile);
  const insecure = options.insecure || base?.context.insecure === true;
  return {
    context: { url: address, token: bearer, ...(ca === undefined ? {} : { ca }), insecure },
    name: url === undefined ? base?.name : undefined,
  };
}

function storedContext(wanted: string | undefined, environment: Environment): { context: Context; name: string } | undefined {
  const stored = readContexts(contextsFile(environment));
  const name = wanted ?? stored.current;
  if (name === undefined) return undefined;
  const context = Object.hasOwn(stored.contexts, name) ? stored.contexts[name] : undefined;
  if (context !== undefined) return { context, name };
  if (wanted === undefined) return undefined;
  throw new CliError('command', 'unknown_context', `There is no context ${JSON.stringify(wanted)}.`, {
    field: '--context',
    hint: didYouMean(wanted, Object.keys(stored.contexts)) ?? 'virgate context list',
  });
}

function sameOrigin(a: string, b: string): boolean {
  return URL.canParse(engineAddress(a)) && new URL(engineAddress(a)).origin === new URL(engineAddress(b)).origin;
}

/** @throws CliError file_unreadable, invalid_certificate */
export function readCa(file: string): string {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError('command', 'file_unreadable', `The certificate in ${file} cannot be read.`, {
      field: '--ca-file',
      cause: textOf(error),
    });
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new CliError('command', 'invalid_certificate', `${file} holds no certificate in PEM form.`, { field: '--ca-file' });
  return pem;
}

/** `engine:8443` and `https://engine:8443/ovirt-engine/api` as an address. @throws CliError bad_address */
export function engineAddress(text: string): string {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(whole) || !/^https?:$/.test(new URL(whole).protocol))
    throw new CliError('syntax', 'bad_address', `${JSON.stringify(text)} is not the address of an engine.`, {
      field: 'url',
      hint: 'It looks like https://engine.example.com:8443',
    });
  return whole;
}
