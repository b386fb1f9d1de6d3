import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Fault } from './fault.ts';
import type { Parameters } from './parameters.ts';
import { apiRoot } from './represent.ts';

export type Format = 'xml' | 'json';
export type ApiVersion = 3 | 4;

/** Where the API has been found: version 3 was known under older names as well. Source: REST contract, URLs and versions. */
export const apiRoots = [apiRoot, '/api', '/rhev-api'] as const;

/** How an answer is written: what the client reads, and where it found the API. */
export interface Wire {
  format: Format;
  version: ApiVersion;
  /** What every place in the answer begins with: where the client found the API. */
  root: string;
}

/** What a request's path says before anything is looked up. */
export interface Address {
  /** Path below the API's root and its version, parameters included. */
  path: string;
  /** The API's root as the client names it, with the version where its path has one. */
  root: string;
  /** The version that the path says; null where it says none. */
  version: ApiVersion | null;
  /** The path says a version that there is not. */
  unsupported: boolean;
}

const mediaTypes: Record<Format, string> = { xml: 'application/xml', json: 'application/json' };
/** Longest correlation id. Source: REST contract, correlation. */
const correlationIdLength = 36;

export const contentTypeOf = (format: Format): string => `${mediaTypes[format]};charset=UTF-8`;

/** The root of the API in a path: `/api` of `/api/v3/vms`. */
export const rootOfPath = (pathname: string): string =>
  apiRoots.find((root) => pathname === root || pathname.startsWith(`${root}/`) || pathname.startsWith(`${root};`)) ?? apiRoot;

/** Takes root and version off a path: `/ovirt-engine/api/v4/vms` and `/ovirt-engine/api/vms` are the same place. */
export function addressOf(pathname: string): Address {
  const root = rootOfPath(pathname);
  const below = pathname.slice(root.length);
  const [prefix, number] = /^\/v(\d+)(?=\/|;|$)/.exec(below) ?? ['', ''];
  const version = number === '3' ? 3 : number === '4' ? 4 : null;
  return { path: below.slice(prefix.length), root: `${root}${prefix}`, version, unsupported: prefix !== '' && version === null };
}

/**
 * The version that a request speaks: the path's, then the header's; without either 4, and 3 under the older roots.
 * @throws {Fault} 400 with an empty body where there is no such version. Source: REST contract, versions
 */
export function versionOf(request: FastifyRequest, address: Address): ApiVersion {
  const header = request.headers['version'];
  if (address.unsupported || (header !== undefined && header !== '4' && header !== '3')) throw new Fault(400, 'Unsupported version', null);
  if (address.version !== null) return address.version;
  if (header !== undefined) return header === '3' ? 3 : 4;
  return address.root === apiRoot ? 4 : 3;
}

/** The request's correlation id without characters that it may not have; a new one where the client gives none. */
export function correlationIdOf(request: FastifyRequest, parameters: Parameters): string {
  const given = request.headers['correlation-id'] ?? parameters.text('correlation_id') ?? '';
  const cleaned = String(given)
    .replace(/[^0-9a-zA-Z_-]/g, '')
    .slice(0, correlationIdLength);
  return cleaned || randomUUID();
}

const formatByRange: Readonly<Record<string, Format>> = {
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/json': 'json',
  '*/*': 'xml',
  'application/*': 'xml',
};

/** What of an `Accept` is understood, the most wanted first, then the more exact, then XML; null when it is nothing of ours. */
function acceptedFormat(accept: string): Format | null {
  if (accept.trim() === '') return 'xml';
  const ranges = accept.split(',').flatMap((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const format = formatByRange[name];
    const quality = parameters.map((parameter) => /^q=(.*)$/.exec(parameter)?.[1]).find((value) => value !== undefined);
    const wanted = quality === undefined ? 1 : Number(quality);
    return format === undefined || !(wanted > 0) ? [] : [{ format, wanted, isExact: !name.includes('*') }];
  });
  const rank = (one: (typeof ranges)[number]): number[] => [one.wanted, Number(one.isExact), Number(one.format === 'xml')];
  const best = ranges.toSorted((a, b) => rank(b).reduce((order, value, at) => order || value - (rank(a)[at] ?? 0), 0))[0];
  return best?.format ?? null;
}

/**
 * What the client wants to read: parameter `accept`, then the header.
 * @throws {Fault} 406 with an empty body
 */
export function formatOf(request: FastifyRequest, parameters: Parameters): Format {
  const accept = parameters.text('accept') ?? request.headers.accept ?? '';
  const wanted = acceptedFormat(accept);
  // Connection files of consoles are a media type of their own: their faults are XML.
  if (wanted === null && !accept.includes('application/x-virt-viewer')) throw new Fault(406, 'Not Acceptable', null);
  return wanted ?? 'xml';
}

/** The format of a request's body, XML where it does not say; null when it is none of ours. */
export function bodyFormat(contentType: string | undefined): Format | null {
  const type = (contentType ?? 'application/xml').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/xml' || type === 'text/xml') return 'xml';
  return type === 'application/json' ? 'json' : null;
}
