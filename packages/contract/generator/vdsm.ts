import type { Facts, VdsmFacts, VdsmField, VdsmType, VdsmVerb, WireField } from './facts.ts';
import { generatedNotice, key, lines, literal, members, union } from './source-text.ts';

const primitives: Record<string, string> = {
  boolean: 'boolean',
  int: 'number',
  uint: 'number',
  long: 'number',
  ulong: 'number',
  float: 'number',
  string: 'string',
  dict: 'Record<string, unknown>',
  object: 'Record<string, unknown>',
  any: 'unknown',
};

/** `vdsm.ts`: verbs, their parameters and results, the schema's types, events. Types, and the order of each verb's parameters. */
export function vdsm(facts: VdsmFacts): string {
  const names = Object.keys(facts.types);
  const toSource = (type: string): string => typeSource(type, facts.types);
  const types = names.map((name) => `${typeDeclaration(interfaceName(name), facts.types[name] as VdsmType, toSource)}\n`);
  const verbs = Object.entries(facts.verbs).map(([name, verb]) => verbSource(name, verb, toSource));
  const events = Object.entries(facts.events).map(
    ([name, event]) => `  ${key(name)}: { ${event.params.map((p) => fieldSource(p, toSource)).join(' ')} };\n`,
  );
  return `${generatedNotice}
${types.join('')}
/** Verb → its parameters by name and what it answers. */
export interface Verbs {
${verbs.join('')}}

export type VerbName = keyof Verbs;

/** Event → its parameters. The sender's place in the name (\`|virt|VM_status|<vmId>\`) is left out. */
export interface Events {
${events.join('')}}

/** Verb → names of its parameters in positional order. */
export const verbParameters: Readonly<Record<VerbName, readonly string[]>> = {
${members(Object.fromEntries(Object.entries(facts.verbs).map(([name, verb]) => [name, verb.params.map((p) => p.name)])))}};

/** Verb → its parameters that a caller must send. */
export const requiredVerbParameters: Readonly<Record<VerbName, readonly string[]>> = {
${members(Object.fromEntries(Object.entries(facts.verbs).map(([name, verb]) => [name, verb.params.filter((p) => !p.optional).map((p) => p.name)])))}};
`;
}

function verbSource(name: string, verb: VdsmVerb, toSource: (type: string) => string): string {
  const fields = verb.params.map((field) => fieldSource(field, toSource));
  const params = fields.length === 0 ? 'Record<string, never>' : `{ ${fields.join(' ')} }`;
  const doc = verb.deprecated ? '  /** @deprecated */\n' : '';
  return `${doc}  ${key(name)}: { params: ${params}; returns: ${resultSource(verb, toSource)} };\n`;
}

function resultSource(verb: VdsmVerb, toSource: (type: string) => string): string {
  if (verb.wireResult === 'true') return 'true';
  if (verb.wireResult === 'status') return '{ code: number; message: string }';
  return verb.returns === null ? 'null' : toSource(verb.returns);
}

function typeDeclaration(name: string, type: VdsmType, toSource: (type: string) => string): string {
  switch (type.kind) {
    case 'object':
      return `export interface ${name} {\n${distinct(type.fields)
        .map((field) => `  ${fieldSource(field, toSource)}\n`)
        .join('')}}`;
    case 'enum':
      return `export type ${name} = ${union(type.values)};`;
    case 'map':
      return `export type ${name} = Record<string, ${toSource(type.value)}>;`;
    case 'union':
      return `export type ${name} = ${type.members.map(toSource).join(' | ')};`;
    case 'alias':
      return `export type ${name} = ${toSource(type.source)};`;
    case 'list':
      return `export type ${name} = ${toSource(type.element)}[];`;
  }
}

/** The schema names a few fields twice; the last one counts. */
function distinct(fields: VdsmField[]): VdsmField[] {
  return [...new Map(fields.map((field) => [field.name, field])).values()];
}

function fieldSource(field: VdsmField, toSource: (type: string) => string): string {
  const type = field.stringHolds === undefined ? toSource(field.type) : `string /* holds ${field.stringHolds} */`;
  return `${key(field.name)}${field.optional ? '?' : ''}: ${type};`;
}

/** `[T]` → `T[]`, `map<K,V>` → `Record<string, V>`. */
function typeSource(type: string, types: Record<string, VdsmType>): string {
  if (type.startsWith('[')) return `${typeSource(type.slice(1, -1), types)}[]`;
  const map = /^map<([^,]+),(.+)>$/.exec(type);
  if (map?.[2] !== undefined) return `Record<string, ${typeSource(map[2].trim(), types)}>`;
  if (type in types) return interfaceName(type);
  const primitive = primitives[type];
  if (primitive === undefined) throw new Error(`VDSM type ${type} is not declared`);
  return primitive;
}

function interfaceName(name: string): string {
  return name.replaceAll('.', '');
}

/** `vdsm-errors.ts`: names and numbers of errors and exit reasons. */
export function vdsmErrors(facts: Facts): string {
  const { common, storage, jsonrpc, gluster, defineKeys, network, vmExitReason, engineError, engineExitReason } = facts.vdsmErrors;
  const codes = (rows: { name: string; code: number }[]): string => members(Object.fromEntries(rows.map(({ name, code }) => [name, code])));
  const expected = [...common, ...storage].filter((row) => row.expected).map((row) => row.name);
  return `${generatedNotice}
/** Exceptions of the host, name → code. */
export const commonErrors = {
${codes(common)}} as const;

export const storageErrors = {
${codes(storage)}} as const;

export const glusterErrors = {
${codes(gluster)}} as const;

/** JSON-RPC's own codes. */
export const jsonRpcErrors = {
${codes(jsonrpc)}} as const;

/** Exceptions that are part of normal work and are not logged as failures. */
export const expectedErrors: readonly string[] = ${literal(expected)};

/** Short names of older answers → exception and code. */
export const legacyErrorKeys: Readonly<Record<string, { readonly class: string; readonly code: number }>> = {
${members(defineKeys)}};

/** Codes of network set-up. */
export const networkErrors = {
${members(network)}} as const;

/** Why a VM went down, as the host says it. */
export const vmExitReason = {
${members(vmExitReason)}} as const;

/** The same numbers under the engine's names. */
export const engineExitReason = {
${members(engineExitReason)}} as const;

/** Code names that an engine knows. */
export const engineErrorCodes = {
${members(engineError)}} as const;
`;
}

/** `vdsm-fields.ts`: wire type of every capability and statistics field. */
export function vdsmFields(facts: Facts): string {
  const table = (name: string, doc: string, rows: WireField[]): string => {
    const values = rows.map(({ name: field, wire, unit, engineReads, need, note }) => ({
      name: field,
      wire,
      unit: unit ?? undefined,
      engineReads,
      need,
      note,
    }));
    return `\n/** ${doc} */\nexport const ${name}: readonly WireField[] = [\n${lines(values)}];\n`;
  };
  return `${generatedNotice}
export interface WireField {
  readonly name: string;
  /** JSON type on the wire; \`string X\` = a JSON string that holds an X. */
  readonly wire: string;
  readonly unit?: string;
  readonly engineReads: boolean;
  readonly need?: 'required' | 'conditional';
  readonly note?: string;
}
${table('capabilityFields', 'Host.getCapabilities', facts.capsFields.getCapabilities)}${table('hardwareFields', 'Host.getHardwareInfo', facts.capsFields.getHardwareInfo)}${table(
    'hostStatisticsFields',
    'Host.getStats',
    facts.statsFields.hostGetStats,
  )}${table('vmStatisticsFields', 'VM.getStats and Host.getAllVmStats', facts.statsFields.vmStats)}`;
}

/** `vdsm-hooks.ts`: hook points and custom properties. */
export function vdsmHooks(facts: Facts): string {
  const { points, engineVmProperties, engineDeviceProperties, engineNetworkProperties } = facts.hookPoints;
  return `${generatedNotice}
export interface HookPoint {
  readonly point: string;
  /** What a script gets: an XML or JSON file, or nothing. */
  readonly data?: string;
  /** Environment variable that names the file. */
  readonly env?: string;
  readonly failureAborts: boolean;
}

export const hookPoints = [
${lines(points.map(({ point, data, env, failureAborts }) => ({ point, data: data ?? undefined, env: env ?? undefined, failureAborts: failureAborts ?? false })))}] as const satisfies readonly HookPoint[];

export interface CustomPropertyFacts { readonly property: string; readonly regex?: string; readonly type?: string; readonly levels?: string }

export const vmCustomProperties: readonly CustomPropertyFacts[] = [
${lines(engineVmProperties.map(({ property, regex, levels }) => ({ property, regex, levels })))}];

export const deviceCustomProperties: readonly CustomPropertyFacts[] = [
${lines(engineDeviceProperties.map(({ type, property, regex }) => ({ type, property, regex })))}];

export const networkCustomProperties: readonly CustomPropertyFacts[] = [
${lines(engineNetworkProperties.map(({ property, regex }) => ({ property, regex })))}];
`;
}
