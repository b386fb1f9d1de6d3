import { VdsmError } from '@virgate/vdsm';
import type { VdsmCall } from '@virgate/vdsm';
import { isUuid } from './uuid.ts';

export { isUuid } from './uuid.ts';

/**
 * One verb of the host contract. `params` are the named parameters of the call as they came over
 * the wire: nothing about them is checked yet, so a handler reads them with the functions below.
 * The result is what the wire carries; a verb without a return value answers `true`.
 *
 * @throws VdsmError with a code of the contract; anything else reaches the caller as −32603.
 */
export type VerbHandler = (params: Record<string, unknown>, call: VdsmCall) => Promise<unknown>;

/** Verbs by their full name (`VM.create`). */
export type VerbTable = Record<string, VerbHandler>;

/** Codes of the contract's common errors that the agent answers by itself. */
export const errorCode = {
  noSuchVm: 1,
  vmExists: 4,
  vmIsDown: 6,
  cannotCreateVm: 9,
  missingParameter: 11,
  unexpected: 16,
  ticketFailed: 18,
  guestAgentNotResponsive: 19,
  changeDiskFailed: 41,
  vmDestroyFailed: 42,
  notImplemented: 44,
  hotplugDiskFailed: 45,
  hotunplugDiskFailed: 46,
  hotplugNicFailed: 49,
  hotunplugNicFailed: 50,
  balloonFailed: 53,
  migrationFailed: 12,
  migrationCancelFailed: 47,
  migrationInProgress: 51,
  updateDeviceFailed: 56,
  noHardwareInformation: 57,
  setCpusFailed: 60,
  updatePolicyFailed: 63,
  hotplugMemoryFailed: 70,
  pageSharingFailed: 71,
  unsupportedOperation: 75,
  migrationNotInProgress: 81,
  migrationLimit: 82,
  hotunplugMemoryFailed: 85,
  hotplugLeaseFailed: 86,
  hotunplugLeaseFailed: 87,
  externalDataFailed: 89,
  resetFailed: 90,
  invalidParameter: 91,
  recovering: 99,
  general: 100,
  resourceExhausted: 1100,
} as const;

/** Longest text accepted as a plain string parameter, in characters. */
export const maximumTextLength = 64 * 1024;

function missing(name: string): VdsmError {
  return new VdsmError(errorCode.missingParameter, `Missing required parameter: ${name}`);
}

/** The fault for a parameter that is there but can't be used; says which, what it may be, never its value. */
export function invalidParameter(name: string, expected: string): VdsmError {
  return new VdsmError(errorCode.invalidParameter, `Invalid parameter ${name}: ${expected}`);
}

/** A UUID in lower case. @throws 11 when missing, 91 when it is none. */
export function readUuid(params: Record<string, unknown>, name: string): string {
  const value = params[name];
  if (value === undefined || value === null) throw missing(name);
  if (!isUuid(value)) throw invalidParameter(name, 'a UUID is needed');
  return value.toLowerCase();
}

/** A text. @throws 11 when missing, 91 when it is none or longer than `maximumLength` characters. */
export function readText(params: Record<string, unknown>, name: string, maximumLength = maximumTextLength): string {
  const value = params[name];
  if (value === undefined || value === null) throw missing(name);
  if (typeof value !== 'string') throw invalidParameter(name, 'a string is needed');
  if (value.length > maximumLength) throw invalidParameter(name, `at most ${maximumLength} characters`);
  return value;
}

/** A text, or `undefined` when the parameter is not there. */
export function readOptionalText(params: Record<string, unknown>, name: string, maximumLength = maximumTextLength): string | undefined {
  return params[name] === undefined || params[name] === null ? undefined : readText(params, name, maximumLength);
}

/** A whole number sent as a number or as a string, as callers of the contract do either. */
export function readOptionalInteger(
  params: Record<string, unknown>,
  name: string,
  range: { minimum: number; maximum: number },
): number | undefined {
  const value = params[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw invalidParameter(name, 'a whole number is needed');
  if (number < range.minimum || number > range.maximum) throw invalidParameter(name, `between ${range.minimum} and ${range.maximum}`);
  return number;
}

/** A truth value sent as a JSON boolean or as the text `true`/`false` in any case. */
export function readOptionalBoolean(params: Record<string, unknown>, name: string): boolean | undefined {
  const value = params[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    const text = value.toLowerCase();
    if (text === 'true' || text === 'false') return text === 'true';
  }
  throw invalidParameter(name, 'true or false is needed');
}

/** A JSON object. @throws 11 when missing, 91 when it is something else. */
export function readObject(params: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = params[name];
  if (value === undefined || value === null) throw missing(name);
  if (typeof value !== 'object' || Array.isArray(value)) throw invalidParameter(name, 'an object is needed');
  return value as Record<string, unknown>;
}

/** A list of UUIDs, or `undefined` when the parameter is not there. */
export function readOptionalUuids(params: Record<string, unknown>, name: string, maximumCount = 10_000): string[] | undefined {
  const value = params[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.length > maximumCount)
    throw invalidParameter(name, `a list of at most ${maximumCount} UUIDs is needed`);
  return value.map((item) => {
    if (!isUuid(item)) throw invalidParameter(name, 'a list of UUIDs is needed');
    return item.toLowerCase();
  });
}

/** The answer to a verb that the contract has and this agent does not have yet. */
export function notImplemented(verb: string, detail = 'this host agent does not implement it yet'): VdsmError {
  return new VdsmError(errorCode.notImplemented, `Method ${verb} is not implemented: ${detail}`);
}
