import { errorCode, invalidParameter, readOptionalInteger, readUuid } from './verb.ts';
import { VdsmError } from '@virgate/vdsm';
import { maximumVirtualSizeBytes } from './volume/qcow2-header.ts';
import { blankUuid } from './volume/volume-metadata.ts';
import { isUuid } from './uuid.ts';

type Parameters = Record<string, unknown>;

/** A UUID, or `undefined` when it is missing, empty or all zero: how the contract says "none". */
export function readOptionalUuid(params: Parameters, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || value === null || value === '' || value === blankUuid) return undefined;
  return readUuid(params, name);
}

/** A whole number that has to be there. @throws 11, 91 */
export function readInteger(params: Parameters, name: string, range: { minimum: number; maximum: number }): number {
  const value = readOptionalInteger(params, name, range);
  if (value === undefined) throw new VdsmError(errorCode.missingParameter, `Missing required parameter: ${name}`);
  return value;
}

/** A size in bytes, sent as text because it may be above 2^31. @throws 11, 91 */
export function readSize(params: Parameters, name: string): number {
  return readInteger(params, name, { minimum: 0, maximum: maximumVirtualSizeBytes });
}

/**
 * A value out of a table, given by its number or its name.
 *
 * @throws 11, 91
 */
export function readChoice<T extends string>(params: Parameters, name: string, choices: Readonly<Record<number, T>>): T {
  const value = params[name];
  if (value === undefined || value === null) throw new VdsmError(errorCode.missingParameter, `Missing required parameter: ${name}`);
  for (const [number, text] of Object.entries(choices)) {
    if (String(value) === number || (typeof value === 'string' && value.toUpperCase() === text.toUpperCase())) return text;
  }
  throw invalidParameter(
    name,
    `one of ${Object.entries(choices)
      .map(([number, text]) => `${number} (${text})`)
      .join(', ')} is needed`,
  );
}

/** A map from UUID to text. @throws 91 */
export function readUuidMap(params: Parameters, name: string, maximumCount: number): Record<string, string> | undefined {
  const value = params[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw invalidParameter(name, 'an object is needed');
  const entries = Object.entries(value);
  if (entries.length > maximumCount) throw invalidParameter(name, `at most ${maximumCount} entries`);
  return Object.fromEntries(
    entries.map(([key, text]) => {
      if (!isUuid(key) || typeof text !== 'string') throw invalidParameter(name, 'UUIDs with texts are needed');
      return [key.toLowerCase(), text];
    }),
  );
}
