import type { IncomingHttpHeaders } from 'node:http';
import type { SystemOptions } from '../options/values.ts';
import { Fault } from '../rest/fault.ts';

/** A request for an image, as it is passed on to the host: made anew of what is understood of the client's, so nothing else gets through. */
export interface ProxyRequest {
  readonly transferId: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly hasBody: boolean;
}

const address = /^\/images\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\/extents)?(?:\?([^#]{0,200}))?$/i;
const methods = new Set(['GET', 'PUT', 'PATCH', 'OPTIONS']);
/** Parameters of the protocol and their values. Source: imageio protocol, images and extents. */
const parameterValues: Record<string, readonly string[]> = { flush: ['y', 'n'], close: ['y', 'n'], context: ['zero', 'dirty'] };
const requestHeaders = ['range', 'content-range', 'content-type'] as const;
const responseHeaders = ['allow', 'accept-ranges', 'content-type', 'content-length', 'content-range', 'content-disposition'] as const;

const refused = (status: number, reason: string, detail: string): Fault => new Fault(status, reason, detail);

function queryOf(text: string): string {
  const wanted = [...new URLSearchParams(text)];
  for (const [name, value] of wanted)
    if (!Object.hasOwn(parameterValues, name) || parameterValues[name]?.includes(value) !== true)
      throw refused(400, 'Bad Request', `The parameter ${name.slice(0, 50)} is unknown, or has no such value`);
  return wanted.length === 0 ? '' : `?${new URLSearchParams(wanted).toString()}`;
}

/** What of a request goes to the host. @throws {Fault} 400, 404, 405, 411 */
export function readProxyRequest(method: string, url: string, headers: IncomingHttpHeaders): ProxyRequest {
  const [matched, id = '', extents = '', query = ''] = address.exec(url) ?? [];
  if (matched === undefined) throw refused(404, 'Not Found', 'Only /images/<ticket> and /images/<ticket>/extents are served here');
  if (!methods.has(method) || (extents !== '' && method !== 'GET'))
    throw refused(405, 'Method Not Allowed', `${method} is not allowed here`);
  const length = headers['content-length'];
  const hasBody = method === 'PUT' || method === 'PATCH';
  if (hasBody && (length === undefined || !/^\d{1,15}$/.test(length))) throw refused(411, 'Length Required', 'Content-Length is needed');
  if (!hasBody && (headers['transfer-encoding'] !== undefined || Number(length ?? 0) !== 0))
    throw refused(400, 'Bad Request', `${method} has no body`);
  const transferId = id.toLowerCase();
  const passed = requestHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]));
  return {
    transferId,
    method,
    path: `/images/${transferId}${extents.toLowerCase()}${queryOf(query)}`,
    headers: { ...Object.fromEntries(passed), ...(hasBody ? { 'content-length': length ?? '' } : {}) },
    hasBody,
  };
}

/** What of a host's answer the client is told. */
export const answerHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(responseHeaders.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]] as const] : [])));

/**
 * Headers by which a page of the portal may read the answer: it is of the origin that the engine is called by, and no other page's is let
 * in. Clients that are no browsers send no origin.
 * @throws {Fault} 403
 */
export function originHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const { origin, host } = headers;
  if (origin === undefined) return {};
  if (!URL.canParse(origin) || new URL(origin).protocol !== 'https:' || new URL(origin).host !== host)
    throw refused(403, 'Forbidden', 'Images are transferred from the pages of this engine only');
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'Content-Range, Content-Disposition, Content-Length',
    vary: 'Origin',
  };
}

/** The answer to a browser that asks what it may send; its own origin was checked. */
export const preflightHeaders = {
  'access-control-allow-methods': 'GET, PUT, PATCH, OPTIONS',
  'access-control-allow-headers': 'Content-Range, Content-Type, Range',
  'access-control-max-age': '300',
} as const;

/** Address at which the engine passes a transfer on, by the name that the client calls it; undefined for a name that is none. */
export function proxyUrl(host: string, transferId: string): string | undefined {
  const url = `https://${host}/images/${transferId}`;
  return URL.canParse(url) && new URL(url).pathname === `/images/${transferId}` && new URL(url).username === '' ? url : undefined;
}

/** Whether engines pass images on. Source: engine configuration, ImageTransferProxyEnabled. */
export const isProxyEnabled = (options: SystemOptions): boolean => options.text('ImageTransferProxyEnabled') === 'true';
