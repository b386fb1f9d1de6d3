import { STATUS_CODES } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { Fault, notFound } from '../rest/fault.ts';
import { refusalOf } from '../virgate/server.ts';

/** A request that is made within the engine, through the same door as those from outside. */
export interface InnerRequest {
  readonly http: string;
  /** From the origin on, query included. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

export interface InnerAnswer {
  readonly status: number;
  /** JSON without links and places; a text where it was none. */
  readonly body: unknown;
  readonly etag: string | undefined;
}

/** Longest answer, in characters: more is nothing that an assistant could read, and says nothing to whoever looks at a proposal. */
const maxUnits = 200_000;

export async function makeRequest(app: FastifyInstance, { http, path, body, headers }: InnerRequest): Promise<InnerAnswer> {
  const answer = await app.inject({
    method: http as 'GET',
    url: path,
    headers: { ...headers, accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  const etag = answer.headers['etag'];
  return { status: answer.statusCode, body: readable(answer.body) ?? refusalWithout(answer.statusCode), etag: etag };
}

function readable(text: string): unknown {
  if (text.length > maxUnits * 10) return tooLong(text.length);
  let value: unknown;
  try {
    value = text === '' ? null : withoutPlaces(JSON.parse(text));
  } catch {
    return text.slice(0, maxUnits);
  }
  const length = JSON.stringify(value).length;
  return length > maxUnits ? tooLong(length) : value;
}

/** Some refusals have no body. */
const refusalWithout = (status: number): object | null =>
  status < 400 ? null : status === 404 ? refusalOf(notFound()) : refusalOf(new Fault(status, STATUS_CODES[status] ?? 'Refused', null));

const tooLong = (length: number): object => ({
  code: 'too_long',
  message: `The answer has ${length} characters, more than ${maxUnits}. Ask for less: by search, by max, or for one object.`,
});

/** What an answer says beside where everything is and what may be done with it. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (['href', 'link', 'actions'].includes(name) ? [] : [[name, withoutPlaces(one)]])),
  );
}
