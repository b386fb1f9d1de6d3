import type { Method, Parameter } from '@virgate/contract/generated/services';
import { enumValues } from '@virgate/contract/generated/enums';
import { isTypeName } from '@virgate/contract/type-info';
import type { Attribute, Kind } from '@virgate/contract/type-info';
import { CliError, tooMany } from '../errors.ts';
import { camel, dashed } from '../catalog/names.ts';
import type { Operation } from '../catalog/places.ts';
import type { Given, Takes } from './arguments.ts';
import { optionsOf, pathOfOption } from './attribute-path.ts';
import { setOption, setPath } from './body.ts';
import type { Fields } from './body.ts';
import { valueOf } from './value.ts';

/** Options of calls that are no parameters of the API. */
const callOptions: Readonly<Record<string, { takes: Takes; text: string }>> = {
  file: { takes: 'value', text: 'YAML or JSON with the attributes; - reads standard input' },
  set: { takes: 'value', text: 'one attribute by its path: cpu.topology.sockets=2, nics[0].name=eth0' },
  wait: { takes: 'optional', text: 'until the work is done; =STATUS until it is so' },
  'wait-timeout': { takes: 'value', text: 'seconds that --wait lasts at most (300)' },
  'correlation-id': { takes: 'value', text: 'joins the call with its job and events' },
  'if-match': { takes: 'value', text: 'refuse when the object has another version' },
};

export interface OptionHelp {
  readonly name: string;
  readonly takes: Takes;
  readonly text: string;
  readonly values?: readonly string[];
}

/** What an operation's options are and mean, from the contract. */
export class OptionsOfOperation {
  readonly #operation: Operation;
  readonly #query = new Map<string, Parameter>();
  readonly #action = new Map<string, Parameter>();
  /** Type of the body of additions and updates. */
  readonly bodyType: string | undefined;
  /** The body is a list of such objects. */
  readonly bulk: boolean = false;

  constructor(operation: Operation) {
    this.#operation = operation;
    for (const method of operation.methods) {
      for (const parameter of method.params) {
        const option = dashed(parameter.name);
        if (parameter.in === 'query') this.#query.set(option, parameter);
        else if (parameter.in === 'body' && method.action !== undefined) this.#action.set(option, parameter);
        else if (parameter.in === 'body' && isTypeName(parameter.type)) {
          this.bodyType ??= parameter.type;
          this.bulk ||= parameter.list === true;
        }
      }
    }
  }

  /** Whether there is anything to say in a body. */
  get hasBody(): boolean {
    return this.isAction || this.bodyType !== undefined;
  }

  get isAction(): boolean {
    return this.#operation.methods[0]?.action !== undefined;
  }

  takes(name: string): Takes | undefined {
    const query = this.#query.get(name);
    if (query !== undefined) return query.type === 'boolean' ? 'flag' : 'value';
    const path = this.#pathOf(name);
    if (path !== undefined) return path.at(-1)?.kind === 'boolean' && path.at(-1)?.item === undefined ? 'flag' : 'value';
    if ((name === 'file' || name === 'set') && !this.hasBody) return undefined;
    if (name.startsWith('wait') && this.#operation.methods[0]?.http === 'GET') return undefined;
    return callOptions[name]?.takes;
  }

  #pathOf(name: string): readonly Attribute[] | undefined {
    if (this.bodyType !== undefined) return pathOfOption(this.bodyType, name);
    if (!this.isAction) return undefined;
    const path = pathOfOption('Action', name);
    const first = path?.[0];
    return first !== undefined && this.#action.has(dashed(first.name)) ? path : undefined;
  }

  names(): string[] {
    return this.help().map(({ name }) => name);
  }

  /** All options, those of the call's own parameters first. */
  help(): OptionHelp[] {
    const query = [...this.#query].map(([name, { type }]) => ({
      name,
      takes: (type === 'boolean' ? 'flag' : 'value') as Takes,
      text: type,
      ...valuesOf(type),
    }));
    const attributes =
      this.bodyType !== undefined
        ? optionsOf(this.bodyType)
        : optionsOf('Action').filter(({ option }) =>
            [...this.#action.keys()].some((one) => option === one || option.startsWith(`${one}-`)),
          );
    const others = Object.entries(callOptions).filter(([name]) => this.takes(name) === callOptions[name]?.takes);
    return [
      ...query,
      ...attributes.map(({ option, attribute }) => ({
        name: option,
        takes: (attribute.kind === 'boolean' && attribute.item === undefined ? 'flag' : 'value') as Takes,
        text: describe(attribute),
        ...(attribute.values.length === 0 ? {} : { values: attribute.values }),
      })),
      ...others.map(([name, { takes, text }]) => ({ name, takes, text })),
    ];
  }

  /**
   * What a call is told: parameters, body, wait.
   * @param fileBody the object of `--file`, on which options are put
   * @throws CliError naming the option
   */
  read(given: readonly Given[], fileBody: Fields | undefined): CallContent {
    const content: CallContent = { parameters: {}, body: fileBody ?? {}, request: {} };
    for (const { name, value = '' } of given) {
      const query = this.#query.get(name);
      const path = query === undefined ? this.#pathOf(name) : undefined;
      if (query !== undefined) content.parameters[camel(query.name)] = queryValue(query, value, `--${name}`);
      else if (path !== undefined) setOption(content.body, path, value, `--${name}`);
      else if (name === 'set') setPath(content.body, this.bodyType ?? 'Action', value);
      else if (name === 'correlation-id') content.request.correlationId = value;
      else if (name === 'if-match') content.request.ifMatch = value;
    }
    return content;
  }
}

export interface CallContent {
  parameters: Record<string, unknown>;
  body: Fields;
  request: { correlationId?: string; ifMatch?: string };
}

function valuesOf(type: string): { values?: readonly string[] } {
  const values = (enumValues as Readonly<Record<string, readonly string[]>>)[type];
  return values === undefined ? {} : { values };
}

function queryValue(parameter: Parameter, text: string, field: string): unknown {
  const kinds: Readonly<Record<string, Kind>> = { boolean: 'boolean', integer: 'int' };
  const { values = [] } = valuesOf(parameter.type);
  return valueOf({ kind: values.length > 0 ? 'enum' : (kinds[parameter.type] ?? 'string'), values }, text, field);
}

function describe(attribute: Attribute): string {
  const list = attribute.item === undefined ? '' : 'list of ';
  if (attribute.kind === 'struct') return `${list}${attribute.type}: NAME=VALUE,…`;
  return attribute.kind === 'enum' ? `${list}${attribute.values.join(', ')}` : `${list}${attribute.kind}`;
}

/**
 * Attributes that the contract asks for, and that are missing; of overloads the one that misses least.
 * @returns dotted paths, `a|b` where either does
 */
export function missingOf(methods: readonly Method[], body: Fields): readonly string[] {
  const candidates = methods.map((method) => {
    const prefix = method.params.find((parameter) => parameter.in === 'body')?.name ?? '';
    return (method.mandatory ?? []).filter(
      (path) => !path.split('|').some((one) => isThere(body, one, method.action === undefined ? prefix : '')),
    );
  });
  return candidates.toSorted((a, b) => a.length - b.length)[0] ?? [];
}

function isThere(body: Fields, path: string, prefix: string): boolean {
  const parts = path.split('.');
  if (prefix !== '' && parts[0] === prefix) parts.shift();
  let at: unknown = body;
  for (const part of parts) {
    const name = part.replace(/\[\]$/, '');
    const next: unknown = typeof at === 'object' && at !== null ? (at as Fields)[name] : undefined;
    at = part.endsWith('[]') ? (Array.isArray(next) ? (next[0] as unknown) : undefined) : next;
  }
  return at !== undefined;
}

/** @throws CliError when more or fewer ids are given than the path has */
export function checkIds(operation: Operation, ids: readonly string[], command: string): void {
  const wanted = operation.steps.filter(({ id }) => id).map(({ what }) => what);
  const missing = wanted[ids.length];
  if (missing !== undefined)
    throw new CliError('syntax', 'missing_argument', `${command}: which ${missing}? Its id or name is needed.`, { field: missing });
  const extra = ids[wanted.length];
  if (extra !== undefined) throw tooMany(command, extra, 'Names with spaces are put in quotes; attributes are options: --name VALUE.');
}
