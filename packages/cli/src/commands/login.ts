import { hostname } from 'node:os';
import { parseArguments } from '../call/arguments.ts';
import type { Takes } from '../call/arguments.ts';
import { generalFrom, generalOptions } from '../call/general-options.ts';
import type { GeneralOptions } from '../call/general-options.ts';
import { contextFor, engineAddress, readCa } from '../connection/access.ts';
import { contextsFile, readContexts, writeContexts } from '../connection/contexts.ts';
import type { Context, Contexts } from '../connection/contexts.ts';
import { authorityOf, endToken, sameFingerprint, tokenFor } from '../connection/sign-in.ts';
import { CliError, tooMany } from '../errors.ts';
import { didYouMean } from '../catalog/near.ts';
import { ask, firstLine } from '../terminal/ask.ts';
import { safeText } from '../output/safe-text.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { createClient } from '@virgate/sdk';
import { engineFetch } from '../connection/engine-fetch.ts';
import { defined } from './call.ts';

const loginOptions: Readonly<Record<string, Takes>> = { user: 'value', fingerprint: 'value', 'password-stdin': 'flag' };
const contextName = /^[\w][\w.:@-]{0,99}$/;

function parse(command: string, args: readonly string[], own: Readonly<Record<string, Takes>>, inherited: GeneralOptions) {
  const { words, given } = parseArguments(args, {
    command: `virgate ${command}`,
    takes: (name) => own[name] ?? generalOptions[name]?.takes,
    names: () => [...Object.keys(own), ...Object.keys(generalOptions)],
  });
  const general: GeneralOptions = { ...inherited, ...defined(generalFrom(given.filter(({ name }) => own[name] === undefined))) };
  return { words, general, value: (name: string) => given.findLast((one) => one.name === name)?.value };
}

/**
 * `virgate login URL [--user NAME@DOMAIN]`: asks for what is missing, and keeps token and authority as a context.
 * A certificate of an authority that nobody has named is shown by its fingerprint, and taken only when that is confirmed.
 */
export async function login(args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const { words, general, value } = parse('login', args, loginOptions, inherited);
  const file = contextsFile(terminal.environment);
  const stored = readContexts(file);
  const named = general.context ?? terminal.environment['VIRGATE_CONTEXT'];
  const before = stored.contexts[named ?? stored.current ?? ''];
  const given = words[0] ?? general.url ?? terminal.environment['VIRGATE_URL'] ?? before?.url;
  if (given === undefined || words.length > 1)
    throw new CliError('syntax', 'missing_argument', 'virgate login needs the address of the engine.', {
      field: 'url',
      hint: 'virgate login https://engine.example.com:8443',
    });
  const url = new URL(engineAddress(given)).origin;
  const name = named ?? (before?.url === url ? (stored.current ?? '') : new URL(url).host);
  if (!contextName.test(name))
    throw new CliError('syntax', 'invalid_value', `--context: ${JSON.stringify(name)} is no name: letters, digits and . : @ _ - are.`, {
      field: '--context',
    });
  const trust = await trustFor(
    url,
    { general, fingerprint: value('fingerprint'), before: before?.url === url ? before : undefined },
    terminal,
  );
  const token =
    general.token ?? (await tokenByPassword(url, trust, { user: value('user'), fromInput: value('password-stdin') === 'true' }, terminal));
  const user = await userOf(url, trust, token);
  writeContexts(file, { current: name, contexts: { ...stored.contexts, [name]: { url, user, token, ...trust } } });
  await write(terminal.stderr, `Signed in to ${url} as ${safeText(user)}; kept as context ${name}.\n`);
}

interface TrustQuestion {
  readonly general: GeneralOptions;
  readonly fingerprint: string | undefined;
  readonly before: Context | undefined;
}

async function trustFor(
  url: string,
  { general, fingerprint, before }: TrustQuestion,
  terminal: Terminal,
): Promise<Pick<Context, 'ca' | 'insecure'>> {
  const caFile = general.caFile ?? terminal.environment['VIRGATE_CA_FILE'];
  if (general.insecure) return { insecure: true };
  if (caFile !== undefined) return { ca: readCa(caFile) };
  if (url.startsWith('http:')) return {};
  if (before?.ca !== undefined && fingerprint === undefined) return { ca: before.ca };
  const authority = await authorityOf(url);
  if (fingerprint !== undefined) {
    if (sameFingerprint(fingerprint, authority.fingerprint)) return { ca: authority.pem };
    throw new CliError(
      'communication',
      'certificate_untrusted',
      'The authority of the engine has another fingerprint than the one given.',
      { field: '--fingerprint', cause: `It is ${authority.fingerprint}` },
    );
  }
  const question = `${safeText(authority.subject)}\n${authority.fingerprint}\nIs this the authority of ${url}? (yes/no) `;
  const answer = await ask(terminal, question, false);
  if (/^y(es)?$/i.test(answer.trim())) return { ca: authority.pem };
  throw new CliError('communication', 'certificate_untrusted', 'The authority of the engine was not confirmed.', {
    hint: '--ca-file FILE or --fingerprint SHA256:… names it',
  });
}

async function tokenByPassword(
  url: string,
  trust: Pick<Context, 'ca' | 'insecure'>,
  given: { user: string | undefined; fromInput: boolean },
  terminal: Terminal,
): Promise<string> {
  const { environment } = terminal;
  const user = given.user ?? environment['VIRGATE_USER'] ?? (await ask(terminal, 'User (admin@internal): ', false)).trim();
  const password = given.fromInput
    ? await firstLine(terminal)
    : (environment['VIRGATE_PASSWORD'] ?? (await ask(terminal, `Password of ${user || 'admin@internal'}: `, true)));
  return tokenFor(url, trust, user === '' ? 'admin@internal' : user, password);
}

async function userOf(url: string, trust: Pick<Context, 'ca' | 'insecure'>, token: string): Promise<string> {
  const { send, close } = engineFetch(trust);
  try {
    const { user } = await createClient({ url, token, fetch: send }).virgate.whoami.get();
    return user.principal;
  } finally {
    close();
  }
}

/** `virgate logout`: ends the token at the engine, and forgets it. */
export async function logout(args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const { general } = parse('logout', args, {}, inherited);
  const file = contextsFile(terminal.environment);
  const stored = readContexts(file);
  const name = general.context ?? stored.current;
  const context = stored.contexts[name ?? ''];
  if (name === undefined || context?.token === undefined)
    throw new CliError('authentication', 'not_signed_in', 'No token is kept.', { hint: 'virgate context list' });
  const { token, ...kept } = context;
  const ended = await endToken(context.url, context, token).catch(() => false);
  writeContexts(file, { ...stored, contexts: { ...stored.contexts, [name]: kept } });
  await write(
    terminal.stderr,
    ended
      ? `Signed out of ${context.url}.\n`
      : `The token of ${context.url} is forgotten here; the engine could not be told, it may still be good there.\n`,
  );
}

/** `virgate whoami` */
export async function whoami(args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const { general } = parse('whoami', args, {}, inherited);
  const { context, name } = contextFor(general, terminal.environment);
  const user = await userOf(engineAddress(context.url), context, context.token ?? '');
  await write(
    terminal.stdout,
    `${safeText(user)} at ${new URL(engineAddress(context.url)).origin}${name === undefined ? '' : ` (context ${name})`} from ${hostname()}\n`,
  );
}

const contextVerbs = ['list', 'use', 'remove'];

/** `virgate context list|use NAME|remove NAME` */
export async function contexts(args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const { words } = parse('context', args, {}, inherited);
  const [verb = 'list', name, extra] = words;
  const file = contextsFile(terminal.environment);
  const stored = readContexts(file);
  if (!contextVerbs.includes(verb))
    throw new CliError('syntax', 'unknown_command', `virgate context has no ${JSON.stringify(verb)}.`, {
      field: verb,
      hint: didYouMean(verb, contextVerbs) ?? `There are: ${contextVerbs.join(', ')}`,
    });
  if (verb === 'list') return await write(terminal.stdout, listed(stored));
  const usage = `virgate context ${verb} NAME`;
  if (name === undefined)
    throw new CliError('syntax', 'missing_argument', `virgate context ${verb}: which context? Its name is needed.`, {
      field: 'NAME',
      hint: usage,
    });
  if (extra !== undefined) throw tooMany(`virgate context ${verb}`, extra, usage);
  if (!Object.hasOwn(stored.contexts, name))
    throw new CliError('command', 'unknown_context', `There is no context ${JSON.stringify(name)}.`, {
      field: name,
      hint: didYouMean(name, Object.keys(stored.contexts)),
    });
  if (verb === 'use') return writeContexts(file, { ...stored, current: name });
  const { [name]: _, ...others } = stored.contexts;
  const { current, ...rest } = stored;
  writeContexts(file, { ...rest, ...(current === undefined || current === name ? {} : { current }), contexts: others });
}

function listed({ current, contexts: all }: Contexts): string {
  return Object.entries(all)
    .map(
      ([name, { url, user, token }]) =>
        `${name === current ? '*' : ' '} ${name}  ${url}  ${safeText(user ?? '')}${token === undefined ? '  (signed out)' : ''}\n`,
    )
    .join('');
}
