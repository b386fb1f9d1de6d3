import type { LocatorFacts, MethodFacts, ModelFacts, ServiceFacts } from './facts.ts';
import { generatedNotice, key, literal } from './source-text.ts';

/** `services.ts`: every service with its base's methods and locators folded in, and the path templates. */
export function services(model: ModelFacts): string {
  const names = Object.keys(model.services);
  const rows = names.map((name) => `  ${name}: ${serviceSource(model, name)},\n`);
  return `${generatedNotice}
export interface Parameter {
  readonly name: string;
  /** \`string\`, \`boolean\`, \`integer\`, an enum's or a type's name. */
  readonly type: string;
  readonly list?: true;
  readonly dir: 'in' | 'out' | 'inout';
  /** Query parameter, or body (of an action: a member of \`Action\`). Absent when the parameter only comes back. */
  readonly in?: 'query' | 'body';
  readonly default?: string;
  /** Attributes left out unless \`all_content=true\`. */
  readonly excludes?: readonly string[];
}

export interface Method {
  readonly name: string;
  readonly http: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Last path segment of an action. */
  readonly action?: string;
  /** Name of the method that this one overloads (same URL, other mandatory attributes). */
  readonly signatureOf?: string;
  readonly params: readonly Parameter[];
  /** Dotted attribute paths; \`[]\` = each element, \`a|b\` = either. */
  readonly mandatory?: readonly string[];
  readonly optional?: readonly string[];
}

/** A way down from a service: a literal path segment, or (without \`path\`) an id. */
export interface Locator { readonly name: string; readonly path?: string; readonly service: ServiceName }

export interface Service {
  readonly base?: ServiceName;
  readonly area?: string;
  /** Suggested order of work: 0 first. An opinion, not a fact of the model. */
  readonly tier: number;
  /** Path templates under the API's root; empty = only a base of others. */
  readonly paths: readonly string[];
  readonly locators: readonly Locator[];
  readonly methods: readonly Method[];
}

export type ServiceName =
${names.map((name) => `  | '${name}'\n`).join('')};

export const services: Readonly<Record<ServiceName, Service>> = {
${rows.join('')}};
`;
}

function serviceSource(model: ModelFacts, name: string): string {
  const facts = model.services[name];
  if (facts === undefined) throw new Error(`no service ${name}`);
  const head = { base: facts.base, area: facts.area, tier: facts.tier, paths: facts.paths, locators: flatLocators(model, facts) };
  const members = Object.entries(head)
    .filter(([, value]) => value !== undefined)
    .map(([k, value]) => `    ${key(k)}: ${literal(value)},\n`);
  const methods = flatMethods(model, facts).map((method) => `      ${literal(methodValue(method))},\n`);
  return `{\n${members.join('')}    methods: [\n${methods.join('')}    ],\n  }`;
}

function methodValue(method: MethodFacts): Record<string, unknown> {
  return {
    name: method.name,
    http: method.http,
    action: method.action,
    signatureOf: method.signature_of,
    params: method.params.map(({ name, type, list, dir, in: place, default: value, excludes }) => ({
      name,
      type,
      list,
      dir,
      in: place,
      default: value,
      excludes,
    })),
    mandatory: method.mandatory,
    optional: method.optional,
  };
}

function flatMethods(model: ModelFacts, facts: ServiceFacts): MethodFacts[] {
  const byName = new Map<string, MethodFacts>();
  for (const level of lineage(model, facts)) for (const method of level.methods) byName.set(method.name, method);
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function flatLocators(model: ModelFacts, facts: ServiceFacts): { name: string; path?: string; service: string }[] {
  const byName = new Map<string, LocatorFacts>();
  for (const level of lineage(model, facts)) for (const locator of level.locators) byName.set(locator.name, locator);
  return [...byName.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, path, service }) => (path === undefined ? { name, service } : { name, path, service }));
}

function lineage(model: ModelFacts, facts: ServiceFacts): ServiceFacts[] {
  const levels = [facts];
  for (let base = facts.base; base !== undefined;) {
    const level: ServiceFacts | undefined = model.services[base];
    if (level === undefined) throw new Error(`no service ${base}`);
    levels.unshift(level);
    base = level.base;
  }
  return levels;
}
