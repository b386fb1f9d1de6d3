import { decodeJson } from '@virgate/contract/json';
import { DecodeError, decodeXml } from '@virgate/contract/xml';
import { bodyTypeOf } from '@virgate/contract/routes';
import type { Method, ServiceName } from '@virgate/contract/generated/services';
import type { TypeName } from '@virgate/contract/generated/types';
import type { FastifyRequest } from 'fastify';
import { Fault, say } from './fault.ts';
import { shapeOf } from './encode.ts';
import { bodyFormat, type ApiVersion } from './negotiation.ts';
import type { Entity } from './operation.ts';

function decode(request: FastifyRequest, type: TypeName, version: ApiVersion): Entity {
  const format = bodyFormat(request.headers['content-type']);
  if (format === null) throw new Fault(415, 'Unsupported Media Type', null);
  const text = typeof request.body === 'string' ? request.body : '';
  if (text.trim() === '') {
    if (type === 'Action') return {};
    throw new Fault(400, 'Request syntactically incorrect.', 'The request has no body.', { key: 'EMPTY_BODY' });
  }
  return (format === 'json' ? decodeJson(text, type, { shape: shapeOf(version) }) : decodeXml(text, type, { version })) as Entity;
}

/** A refused body: the detail names the document's place, and where the method is described when it is known. */
function decodeFault(error: DecodeError, service?: ServiceName, method?: Method): Fault {
  const place = error.path === '' ? '' : `${error.path}: `;
  const usage =
    method === undefined ? '' : say` For correct usage, see: ${`/ovirt-engine/apidoc#services/${service}/methods/${method.name}`}`;
  return new Fault(error.code === 'too_large' ? 413 : 400, error.reason, [place, { text: error.detail, values: [] }, usage], {
    key: `BODY_${error.code.toUpperCase()}`,
  });
}

/** The body of a request as a type that its operation alone does not tell. @throws {Fault} 400, 413, 415 */
export function bodyAs(request: FastifyRequest, type: TypeName, version: ApiVersion): Entity {
  try {
    return decode(request, type, version);
  } catch (error) {
    throw error instanceof DecodeError ? decodeFault(error) : error;
  }
}

/**
 * The body of a request as the contract's type of the method; an empty object where the method takes none.
 * @throws {Fault} 400, 413, 415
 */
export function bodyOf(request: FastifyRequest, service: ServiceName, method: Method, version: ApiVersion): Entity {
  const takesBody = method.action !== undefined || method.http === 'POST' || method.http === 'PUT';
  const type = takesBody ? bodyTypeOf(method) : undefined;
  if (type === undefined) return {};
  try {
    return decode(request, type, version);
  } catch (error) {
    throw error instanceof DecodeError ? decodeFault(error, service, method) : error;
  }
}
