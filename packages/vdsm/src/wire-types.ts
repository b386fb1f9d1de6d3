import type { WireField } from '@virgate/contract/generated/vdsm-fields';
import { capabilityFields, hardwareFields, hostStatisticsFields, vmStatisticsFields } from '@virgate/contract/generated/vdsm-fields';
import type { WireLeaf, WireShape } from './wire-shapes.ts';
import { capabilityShapes, hostStatisticsShapes, vmStatisticsShapes } from './wire-shapes.ts';

/** A report of a host: Host.getCapabilities, Host.getHardwareInfo, Host.getStats, one element of Host.getAllVmStats. */
export type ReportKind = 'capabilities' | 'hardware' | 'hostStatistics' | 'vmStatistics';

interface ReportTable {
  fields: readonly WireField[];
  shapes: Readonly<Record<string, WireShape>>;
  /** Fields of the schema that the contract's table leaves out because no engine reads them. */
  more: readonly string[];
}

export const reportTables: Readonly<Record<ReportKind, ReportTable>> = {
  capabilities: { fields: capabilityFields, shapes: capabilityShapes, more: ['imageServerPort'] },
  hardware: { fields: hardwareFields, shapes: {}, more: [] },
  hostStatistics: { fields: hostStatisticsFields, shapes: hostStatisticsShapes, more: [] },
  vmStatistics: { fields: vmStatisticsFields, shapes: vmStatisticsShapes, more: ['pid', 'boot'] },
};

const INT = /^[+-]?\d+$/;
const MAXIMUM_INT = 2 ** 31 - 1;

/** What each type accepts. A number that JavaScript prints without fraction is no `float`: the engine reads it as null. */
const leafChecks: Readonly<Record<WireLeaf, (value: unknown) => boolean>> = {
  bool: (value) => typeof value === 'boolean',
  int: (value) => Number.isInteger(value) && Math.abs(value as number) <= MAXIMUM_INT,
  float: (value) => (typeof value === 'number' && !Number.isInteger(value)) || (typeof value === 'string' && /^-?\d+\.\d+$/.test(value)),
  number: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  'string bool': (value) => typeof value === 'string' && /^(true|false)$/i.test(value),
  'string int': (value) => typeof value === 'string' && INT.test(value),
  'string float': (value) => typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value),
  'string csv': (value) => typeof value === 'string' && (value === '' || value.split(',').every((part) => part.trim() !== '')),
  'string uuid': (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
  'int or string int': (value) => (typeof value === 'string' ? INT.test(value) : leafChecks.int(value)),
  object: isObject,
  array: Array.isArray,
};

/**
 * Compares a report with the contract's field tables, as it will be on the wire (after JSON).
 *
 * @returns one line per violation: a wrong JSON type, a required field that is missing, a field that no VDSM has.
 */
export function checkWireTypes(kind: ReportKind, report: object): string[] {
  let value: unknown;
  try {
    value = JSON.parse(JSON.stringify(report));
  } catch (error) {
    return [`${kind} cannot be written as JSON: ${(error as Error).message}`];
  }
  if (!isObject(value)) return [`${kind} must be an object`];
  const { fields, shapes, more } = reportTables[kind];
  const violations: string[] = [];
  for (const field of fields) {
    const found = value[field.name];
    if (found !== undefined) checkShape(field.name, found, shapes[field.name] ?? shapeOf(field.wire), violations);
    else if (field.need === 'required') violations.push(`${field.name} is missing`);
  }
  const known = new Set([...fields.map((field) => field.name), ...more]);
  for (const name of Object.keys(value)) if (!known.has(name)) violations.push(`${name} is not in the contract`);
  return violations;
}

/** The contract's notation (`array of int`) as a shape. @throws RangeError on a notation that is not known here. */
export function shapeOf(wire: string): WireShape {
  const element = /^array of (.+)$/.exec(wire)?.[1];
  if (element !== undefined) return { list: shapeOf(element) };
  if (!Object.hasOwn(leafChecks, wire)) throw new RangeError(`Unknown wire type ${JSON.stringify(wire)}`);
  return wire as WireLeaf;
}

function checkShape(path: string, value: unknown, shape: WireShape, violations: string[]): void {
  if (typeof shape === 'string') {
    if (!leafChecks[shape](value)) violations.push(`${path} must be ${shape}, not ${describe(value)}`);
  } else if ('list' in shape) {
    if (Array.isArray(value)) value.forEach((element, index) => checkShape(`${path}[${index}]`, element, shape.list, violations));
    else violations.push(`${path} must be an array, not ${describe(value)}`);
  } else if (!isObject(value)) violations.push(`${path} must be an object, not ${describe(value)}`);
  else if ('each' in shape) for (const [key, inner] of Object.entries(value)) checkShape(`${path}.${key}`, inner, shape.each, violations);
  else checkFields(path, value, shape.fields, violations);
}

function checkFields(
  path: string,
  value: Record<string, unknown>,
  fields: Readonly<Record<string, WireShape>>,
  violations: string[],
): void {
  for (const [key, shape] of Object.entries(fields)) {
    const required = key.endsWith('!');
    const name = required ? key.slice(0, -1) : key;
    const inner = value[name];
    if (inner !== undefined) checkShape(`${path}.${name}`, inner, shape, violations);
    else if (required) violations.push(`${path}.${name} is missing`);
  }
}

function describe(value: unknown): string {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return kind === 'array' || kind === 'object' || kind === 'null' ? kind : `${kind} ${JSON.stringify(value).slice(0, 40)}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
