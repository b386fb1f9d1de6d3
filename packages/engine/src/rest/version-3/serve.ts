import { matchRoute, typeOfService } from '@virgate/contract/routes';
import { pathOfV3, placeInV4, type PathV3 } from '@virgate/contract/routes-v3';
import { completeFromV3 } from '@virgate/contract/shape-v3';
import { isTypeOfV3 } from '@virgate/contract/type-info-v3';
import type { Engine } from '../../engine.ts';
import { dispatch, type Call, type Outcome } from '../dispatch.ts';
import { Fault, notBuilt } from '../fault.ts';
import type { Services } from '../operation.ts';
import { bodyOf } from '../request-body.ts';
import { capabilityHandlers } from './capabilities.ts';
import { diskHandlers } from './disks.ts';
import { hostNicHandlers } from './host-nics.ts';
import { additionParameters, removalParameters } from './removals.ts';
import { RequestV3, type Handler } from './request.ts';

/** What version 4 has no operation for, or has it otherwise. */
const handlers: Readonly<Record<string, Handler>> = { ...capabilityHandlers, ...diskHandlers, ...hostNicHandlers };

const nameOf = ({ http, segments }: Call): string => `Version 3: ${http} /${segments.join('/').slice(0, 200)}`;

/** Where to ask how far work is: below an action, or below what is being made. */
function asksForWork(segments: readonly string[]): boolean {
  const work = segments.at(-2);
  if (segments.length < 3 || work === undefined) return false;
  const place = pathOfV3(segments.slice(0, -2));
  return place !== undefined && (work === 'creation_status' || place.actions.includes(work));
}

const workInV4 = (segments: readonly string[]): string[] =>
  segments.length === 6 && segments[0] === 'vms' && segments[2] === 'disks'
    ? ['disks', ...segments.slice(3)]
    : placeInV4(segments).segments;

/** A verb that neither version has at a path. */
function verbNotAllowed({ verbs }: PathV3): Fault {
  const allow = [...(verbs.includes('GET') ? ['HEAD'] : []), ...verbs, 'OPTIONS'];
  return new Fault(405, 'Method Not Allowed', null, { headers: { Allow: allow.join(', ') } });
}

/** A request whose operation version 4 has too, with its body and parameters as version 4 takes them. */
async function ofVersion4(request: RequestV3, place: PathV3): Promise<Outcome> {
  const { call } = request;
  const { segments, within } = placeInV4(call.segments);
  if (within !== undefined) await request.ask('GET', within);
  const route = matchRoute(call.http, segments);
  const isKnown = place.verbs.includes(call.http === 'HEAD' ? 'GET' : call.http);
  if (route.kind === 'not_found' && place.verbs.length === 0) throw new Fault(404, 'Not Found', null);
  if (route.kind === 'not_found' || (route.kind === 'method_not_allowed' && call.http !== 'OPTIONS'))
    throw isKnown ? notBuilt(nameOf(call)) : verbNotAllowed(place);
  if (route.kind !== 'found') return request.here(await request.ask(call.http, segments));
  const type = typeOfService(route.service);
  if (type !== undefined && !isTypeOfV3(type)) throw notBuilt(nameOf(call));
  const [method] = route.methods;
  if (method === undefined) throw notBuilt(nameOf(call));
  if (call.http === 'DELETE') return request.here(await request.ask(call.http, segments, {}, removalParameters(request, place.template)));
  const body = bodyOf(call.request, route.service, method, 3);
  const parameters = call.http === 'POST' ? additionParameters(body, place.template) : {};
  completeFromV3(route.action === undefined ? (type ?? '') : 'Action', body);
  return request.here(await request.ask(call.http, segments, body, parameters));
}

/**
 * Answers a request of version 3 by the operations of version 4: most are at their paths still, some are elsewhere, some are made of
 * several. Bodies are read and answers written by the codec, in the older shape.
 * @throws {Fault} 404 and 405 where version 3 has no such path or verb; 501, by name, what it has and nothing can be made of
 */
export async function serveVersion3(engine: Engine, services: Services, call: Call): Promise<Outcome> {
  const { http, segments } = call;
  if (segments.length === 0) return dispatch(engine, services, call);
  const place = pathOfV3(segments);
  const request = new RequestV3(engine, services, call, place?.ids ?? []);
  if (asksForWork(segments)) return request.here(await request.ask(http, workInV4(segments)));
  if (place === undefined) throw new Fault(404, 'Not Found', null);
  const handler = handlers[`${http === 'HEAD' ? 'GET' : http} ${place.template}`];
  return handler === undefined ? ofVersion4(request, place) : handler(request);
}
