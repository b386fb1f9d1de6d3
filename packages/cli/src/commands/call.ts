import type { Client, RequestOptions } from '@virgate/sdk';
import { typeOfService } from '@virgate/contract/routes';
import type { ServiceName } from '@virgate/contract/generated/services';
import { isTypeName, typeInfo } from '@virgate/contract/type-info';
import { bodyFrom } from '../call/body.ts';
import type { Fields } from '../call/body.ts';
import { yamlDocument } from '../call/body-file.ts';
import type { YamlDocument } from '../call/body-file.ts';
import { parseArguments } from '../call/arguments.ts';
import { generalFrom, generalOptions, secondsOption } from '../call/general-options.ts';
import type { GeneralOptions } from '../call/general-options.ts';
import { goalOf } from '../call/goals.ts';
import { watchJobs } from '../call/job-progress.ts';
import { checkIds, missingOf, OptionsOfOperation } from '../call/request.ts';
import { serviceFor } from '../call/resolve.ts';
import { camel, underscored } from '../catalog/names.ts';
import { findOperation } from '../catalog/places.ts';
import type { Operation } from '../catalog/places.ts';
import { connect } from '../connection/connect.ts';
import { CliError } from '../errors.ts';
import { wantsColours } from '../output/colours.ts';
import { renderList, renderObject, shownFields } from '../output/render.ts';
import type { Rendering } from '../output/render.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { seesProgress, withProgress } from '../terminal/progress.ts';
import { helpOfOperation } from './help.ts';

const defaultWaitMs = 300_000;

export interface Parsed {
  readonly operation: Operation;
  readonly options: OptionsOfOperation;
  readonly ids: readonly string[];
  readonly given: readonly { name: string; value: string | undefined }[];
  readonly general: GeneralOptions;
  readonly command: string;
}

/** Takes a command line such as `vm start web01 --wait` apart. @throws CliError */
export function parseCall(args: readonly string[]): Parsed {
  const words = wordsBefore(args);
  const { operation, taken } = findOperation(words, (at) => countWords(args.slice(at)));
  return parseCallOf(operation, args.slice(taken));
}

/** The same, of an operation that is known: ids and options. */
export function parseCallOf(operation: Operation, args: readonly string[]): Parsed {
  const options = new OptionsOfOperation(operation);
  const command = `virgate ${operation.kind} ${operation.verb}`;
  const { words: ids, given } = parseArguments(args, {
    command,
    takes: (name) => options.takes(name) ?? generalOptions[name]?.takes,
    names: () => [...options.names(), ...Object.keys(generalOptions)],
  });
  // An attribute of the API may have the name of a general option; it is then meant.
  const general = generalFrom(given.filter(({ name }) => options.takes(name) === undefined));
  if (!general.help) checkIds(operation, ids, command);
  return { operation, options, ids, given, general, command };
}

function wordsBefore(args: readonly string[]): string[] {
  const end = args.findIndex((arg) => arg.startsWith('-'));
  return end === -1 ? [...args] : args.slice(0, end);
}

/** Words that are certainly no values of options: those before the first option. */
function countWords(args: readonly string[]): number {
  return wordsBefore(args).length;
}

/** Carries out one operation of the contract, and shows what came of it. @throws CliError and what the client throws */
export async function runCall(args: readonly string[], inherited: GeneralOptions, terminal: Terminal): Promise<void> {
  const parsed = parseCall(args);
  const general = { ...inherited, ...defined(parsed.general) };
  if (general.help) return await write(terminal.stdout, helpOfOperation(parsed.operation, parsed.options));
  const rendering = renderingOf(general, terminal);
  const fields = parsed.operation.verb === 'list' ? shownFields(listedType(parsed.operation), rendering) : undefined;
  const call = await preparedCall(parsed, terminal, general, fields);
  const connection = connect(general, terminal.environment);
  try {
    const answer = await call(connection.client);
    await show(parsed.operation, answer, rendering, general.quiet, terminal);
  } finally {
    connection.close();
  }
}

/**
 * Everything that can be found wrong without the engine, and then the call.
 * @param fields of a list: attributes that are wanted
 * @throws CliError
 */
export async function preparedCall(
  parsed: Parsed,
  terminal: Terminal,
  general: GeneralOptions = parsed.general,
  fields?: readonly string[],
): Promise<(client: Client) => Promise<unknown>> {
  const { operation, options, given, ids } = parsed;
  const content = options.read(given, await fileBody(parsed, terminal));
  const bulk = options.bulk ? await bulkBody(parsed, terminal) : undefined;
  const missing = bulk === undefined ? missingOf(operation.methods, content.body) : [];
  if (missing.length > 0 && options.hasBody)
    throw new CliError('syntax', 'missing_attribute', `${parsed.command} needs ${missing.map(optionText).join(', ')}.`, {
      field: missing[0],
      hint: `See: ${parsed.command} --help`,
    });
  const wait = waitFrom(given);
  const isShown = operation.methods[0]?.http !== 'GET' && seesProgress(terminal, general);
  return async (client) => {
    const service = await serviceFor(client, operation, ids);
    const request: RequestOptions = isShown ? { correlationId: newCorrelationId(), ...content.request } : content.request;
    return withProgress(terminal, isShown ? `${operation.kind} ${operation.verb} ${ids.join(' ')}`.trim() : undefined, async (report) => {
      const watched = isShown ? watchJobs(client, request.correlationId ?? '', report) : undefined;
      try {
        return await invoke(service, operation, { ...content, request, bulk, wait, fields }, terminal.signal);
      } finally {
        watched?.();
      }
    });
  };
}

/** By this the jobs of a request are found while it is not answered yet. */
const newCorrelationId = (): string => `virgate-${crypto.randomUUID().slice(0, 13)}`;

/** `vm.name` → `--name`; either of two stays both. */
function optionText(path: string): string {
  return path
    .split('|')
    .map(
      (one) =>
        `--${one
          .replaceAll('[]', '')
          .split('.')
          .slice(one.includes('.') ? 1 : 0)
          .join('-')
          .replaceAll('_', '-')}`,
    )
    .join(' or ');
}

export function defined<Options extends Partial<GeneralOptions>>(options: Options): Partial<GeneralOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== false));
}

async function fileBody({ given, options }: Parsed, terminal: Terminal): Promise<Fields | undefined> {
  const document = options.bulk ? undefined : await fileOf(given, terminal);
  return document === undefined ? undefined : bodyFrom(options.bodyType ?? 'Action', document.value, document.where);
}

async function bulkBody({ given, options, command }: Parsed, terminal: Terminal): Promise<Fields[] | undefined> {
  const document = await fileOf(given, terminal);
  if (!Array.isArray(document?.value))
    throw new CliError('syntax', 'missing_value', `${command} takes a list of objects: --file FILE.`, { field: '--file' });
  return document.value.map((one: unknown, index) => bodyFrom(options.bodyType ?? 'Action', one, document.where, [index]));
}

async function fileOf(given: Parsed['given'], { stdin }: Terminal): Promise<YamlDocument | undefined> {
  const file = given.findLast(({ name }) => name === 'file')?.value;
  return file === undefined ? undefined : yamlDocument(file, stdin);
}

interface Wanted {
  readonly status: string | undefined;
  readonly timeoutMs: number;
}

function waitFrom(given: Parsed['given']): Wanted | undefined {
  const wait = given.findLast(({ name }) => name === 'wait');
  const timeout = given.findLast(({ name }) => name === 'wait-timeout')?.value;
  const timeoutMs = timeout === undefined ? defaultWaitMs : secondsOption('--wait-timeout', timeout);
  if (wait === undefined) return undefined;
  return { status: wait.value === undefined || wait.value === 'true' ? undefined : wait.value, timeoutMs };
}

interface Content {
  readonly parameters: Record<string, unknown>;
  readonly body: Fields;
  readonly request: RequestOptions;
  readonly bulk: Fields[] | undefined;
  readonly wait: Wanted | undefined;
  readonly fields: readonly string[] | undefined;
}

function invoke(service: Record<string, unknown>, operation: Operation, content: Content, signal: AbortSignal): Promise<unknown> {
  const [first] = operation.methods;
  const type = typeOfService(operation.service) ?? '';
  const goal = content.wait === undefined ? {} : { wait: goalFor(operation, type, content.wait, signal) };
  const request = { ...content.request, signal, ...(content.fields === undefined ? {} : { fields: content.fields }) };
  const method = service[camel(underscored(operation.verb))] as (...args: unknown[]) => Promise<unknown>;
  if (first?.action !== undefined) return method({ ...camelKeys(content.body), ...content.parameters, ...goal }, request);
  if (first?.http === 'POST' || first?.http === 'PUT')
    return method(content.bulk ?? content.body, { ...content.parameters, ...goal }, request);
  return method({ ...content.parameters, ...goal }, request);
}

function goalFor(operation: Operation, type: string, wait: Wanted, signal: AbortSignal): object {
  if (wait.status === undefined) return { for: goalOf(type, operation.verb), timeoutMs: wait.timeoutMs, signal };
  const values = statusesOf(type);
  const known = wait.status.split(',');
  const wrong = known.find((one) => values.length > 0 && !values.includes(one) && one !== 'gone' && one !== 'job');
  if (wrong !== undefined)
    throw new CliError(
      'syntax',
      'invalid_value',
      `--wait: ${JSON.stringify(wrong)} is not one of ${[...values, 'gone', 'job'].join(', ')}.`,
      { field: '--wait' },
    );
  return { for: known, timeoutMs: wait.timeoutMs, signal };
}

function statusesOf(type: string): readonly string[] {
  return isTypeName(type) ? (typeInfo(type).attributes.find(({ name }) => name === 'status')?.values ?? []) : [];
}

const camelKeys = (body: Fields): Fields => Object.fromEntries(Object.entries(body).map(([key, value]) => [camel(key), value]));

export function renderingOf(general: GeneralOptions, terminal: Pick<Terminal, 'stdout' | 'environment'>): Rendering {
  return { output: general.output ?? 'table', columns: general.columns, headers: !general.noHeaders, colours: wantsColours(terminal) };
}

async function show(
  operation: Operation,
  answer: unknown,
  rendering: Rendering,
  quiet: boolean,
  { stdout, stderr }: Terminal,
): Promise<void> {
  if (Array.isArray(answer)) return await write(stdout, renderList(listedType(operation), answer, rendering));
  const isAction = operation.methods[0]?.action !== undefined || operation.verb === 'remove';
  if (answer === undefined || (isAction && isPlain(answer))) {
    if (rendering.output === 'json' || rendering.output === 'yaml')
      return await write(stdout, renderObject('Action', answer ?? {}, rendering));
    if (quiet) return;
    return await write(
      stderr,
      `${operation.kind} ${operation.verb}: ${(answer as { status?: string } | undefined)?.status ?? 'complete'}\n`,
    );
  }
  const type = isAction && isActionAnswer(answer) ? 'Action' : listedType(operation);
  await write(stdout, renderObject(type, answer, rendering));
}

/** An action's answer that says no more than that it was carried out. */
function isPlain(answer: unknown): boolean {
  return (
    isActionAnswer(answer) &&
    Object.keys(answer as object).every((key) =>
      ['status', 'job', 'async', 'id', 'href', 'links', 'actions', 'correlation_id', 'type'].includes(key),
    )
  );
}

const isActionAnswer = (answer: unknown): boolean =>
  typeof answer === 'object' &&
  answer !== null &&
  ('job' in answer || ['complete', 'pending', 'in_progress', 'failed'].includes(String((answer as Fields)['status'])));

function listedType({ service }: { service: ServiceName }): string {
  return typeOfService(service) ?? 'Action';
}
