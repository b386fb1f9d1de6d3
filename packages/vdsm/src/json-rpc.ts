import { ErrorCode, VdsmError } from './errors.ts';
import { JSON_DEPTH } from './limits.ts';

/** What a request may be named by. VDSM's callers use UUID strings. */
export type RpcId = string | number | null;

export interface RpcRequest {
  method: string;
  /** An object by name, or an array in the order of the contract's parameters. */
  params: Record<string, unknown> | readonly unknown[];
  /** Missing in a notification, which gets no answer. */
  id?: RpcId;
}

/** A request that cannot be served; answered with `id: null` as VDSM does when it could not read one. */
export interface RpcFault {
  fault: VdsmError;
  id: RpcId;
}

export interface RpcResponse {
  id: RpcId;
  result?: unknown;
  error?: VdsmError;
}

export interface RpcNotification {
  method: string;
  params: Record<string, unknown>;
}

const METHOD_LENGTH = 255;
const ID_LENGTH = 255;

/**
 * Parses JSON of a peer: bounded depth, and no `__proto__` keys.
 *
 * @throws VdsmError −32700 (parse error).
 */
export function parseJson(text: string): unknown {
  if (isDeeperThan(text, JSON_DEPTH)) throw new VdsmError(ErrorCode.parse, `JSON is nested deeper than ${JSON_DEPTH} levels`);
  try {
    return text.includes('__proto__') || text.includes('\\u') ? JSON.parse(text, withoutPrototypeKey) : JSON.parse(text);
  } catch {
    throw new VdsmError(ErrorCode.parse, 'Body is not JSON');
  }
}

function withoutPrototypeKey(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let insideString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (insideString) {
      if (character === 92) at++;
      else if (character === 34) insideString = false;
    } else if (character === 34) insideString = true;
    else if (character === 123 || character === 91) {
      if (++depth > limit) return true;
    } else if (character === 125 || character === 93) depth--;
  }
  return false;
}

/** Requests of one body. `batch` tells whether the body was an array; an empty array is a fault (JSON-RPC 2.0). */
export function parseRequests(body: string, callsPerBatch: number): { batch: boolean; requests: Array<RpcRequest | RpcFault> } {
  let value: unknown;
  try {
    value = parseJson(body);
  } catch (error) {
    return { batch: false, requests: [{ fault: error as VdsmError, id: null }] };
  }
  if (!Array.isArray(value)) return { batch: false, requests: [readRequest(value)] };
  if (value.length === 0) return { batch: true, requests: [invalid('An empty batch')] };
  if (value.length > callsPerBatch) return { batch: true, requests: [invalid(`A batch of more than ${callsPerBatch} calls`)] };
  return { batch: true, requests: value.map(readRequest) };
}

function invalid(message: string, id: RpcId = null): RpcFault {
  return { fault: new VdsmError(ErrorCode.invalidRequest, message), id };
}

function readRequest(value: unknown): RpcRequest | RpcFault {
  if (!isObject(value)) return invalid('A request must be an object');
  if (value['jsonrpc'] !== '2.0') return invalid('A request must have "jsonrpc": "2.0"');
  const id = value['id'];
  if (id !== undefined && !isRpcId(id)) return invalid('The id must be a string, a number or null');
  const method = value['method'];
  if (typeof method !== 'string' || method === '' || method.length > METHOD_LENGTH) return invalid('A request must name a method', id);
  const params = value['params'] ?? {};
  if (!isObject(params) && !Array.isArray(params)) {
    return { fault: new VdsmError(ErrorCode.invalidParams, 'The parameters must be an object or an array'), id: id ?? null };
  }
  return id === undefined ? { method, params } : { method, params, id };
}

/**
 * Parameters by name. An array is matched with the names that the contract lists, in order.
 *
 * @throws VdsmError −32602 when an array has more values than names, or comes for a method without known names.
 */
export function namedParameters(params: RpcRequest['params'], names: readonly string[] | undefined): Record<string, unknown> {
  if (!Array.isArray(params)) return params as Record<string, unknown>;
  if (names === undefined || params.length > names.length) {
    throw new VdsmError(ErrorCode.invalidParams, `${params.length} positional parameters do not fit this method; send them by name`);
  }
  return Object.fromEntries(params.map((value: unknown, index) => [names[index] as string, value]));
}

/** The answer to a call; a verb without return value answers `true`. */
export function encodeResult(id: RpcId, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result: result === undefined ? true : result });
}

/** The answer to a failed call. Anything but a {@link VdsmError} is −32603 with the text of the error, as VDSM does. */
export function encodeError(id: RpcId, error: unknown): string {
  const code = error instanceof VdsmError ? error.code : ErrorCode.internal;
  const message = error instanceof Error ? error.message : 'Internal error';
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } });
}

export function encodeRequest(id: string, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params, id });
}

export function encodeNotification(method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}

/**
 * What a host sent: answers and notifications, in order. Elements that are neither are left out.
 *
 * @throws VdsmError −32700 (parse error).
 */
export function parseMessages(body: string): Array<RpcResponse | RpcNotification> {
  const value = parseJson(body);
  const messages = [];
  for (const element of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (!isObject(element)) continue;
    if (typeof element['method'] === 'string') {
      if (element['id'] === undefined)
        messages.push({ method: element['method'], params: isObject(element['params']) ? element['params'] : {} });
    } else if (isRpcId(element['id'])) messages.push(readResponse(element['id'], element));
  }
  return messages;
}

function readResponse(id: RpcId, value: Record<string, unknown>): RpcResponse {
  const error = value['error'];
  if (error !== undefined && error !== null) return { id, error: readError(error) };
  if (!('result' in value)) return { id, error: new VdsmError(ErrorCode.internal, 'The host answered with neither result nor error') };
  return { id, result: value['result'] };
}

function readError(error: unknown): VdsmError {
  if (!isObject(error)) return new VdsmError(ErrorCode.internal, 'The host answered with an unreadable error');
  const code = typeof error['code'] === 'number' ? error['code'] : Number.NaN;
  const message = typeof error['message'] === 'string' ? error['message'] : 'The host gave no message';
  return new VdsmError(code, message);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isRpcId(value: unknown): value is RpcId {
  return value === null || typeof value === 'number' || (typeof value === 'string' && value.length <= ID_LENGTH);
}
