import { commonErrors, storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { VdsmError } from '@virgate/vdsm';
import type { VdsmCall } from '@virgate/vdsm';

export type Parameters = Readonly<Record<string, unknown>>;

/** Does one verb. What it returns is the result on the wire. */
export type SimulatedVerb = (params: Parameters, call: VdsmCall) => unknown;

/** A fault with one of the contract's codes, by VDSM's name of the exception. */
export function failure(name: keyof typeof commonErrors | keyof typeof storageErrors, message: string): VdsmError {
  const code = name in storageErrors ? storageErrors[name as keyof typeof storageErrors] : commonErrors[name as keyof typeof commonErrors];
  return new VdsmError(code, message);
}

/** A text parameter; identifiers, paths, XML. @throws MissingParameter */
export function readText(params: Parameters, name: string): string {
  const value = params[name];
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') throw failure('MissingParameter', `Missing required parameter: ${name}`);
  return value;
}

/** An optional text parameter. */
export function readOptionalText(params: Parameters, name: string): string | undefined {
  const value = params[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** A whole number that may travel as text. @throws MissingParameter */
export function readInteger(params: Parameters, name: string): number {
  const value = Number(readText(params, name));
  if (!Number.isSafeInteger(value)) throw failure('MissingParameter', `Parameter ${name} is no whole number`);
  return value;
}

/** An object parameter. @throws MissingParameter */
export function readObject(params: Parameters, name: string): Parameters {
  const value = params[name];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw failure('MissingParameter', `Missing required parameter: ${name}`);
  return value as Parameters;
}

/** A list of objects or texts; empty when it is not there. */
export function readList(params: Parameters, name: string): unknown[] {
  const value = params[name];
  return Array.isArray(value) ? value : [];
}
