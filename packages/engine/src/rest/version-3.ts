import { matchRoute, typeOfService } from '@virgate/contract/routes';
import { nameInV3, pathOfV3, segmentsOfV4 } from '@virgate/contract/routes-v3';
import { isTypeOfV3 } from '@virgate/contract/type-info-v3';
import type { Call } from './dispatch.ts';
import { Fault, notBuilt } from './fault.ts';
import type { Wire } from './negotiation.ts';
import type { Entity } from './operation.ts';
import { apiRoot } from './represent.ts';

/**
 * A request of version 3 as the same one of version 4: most of its operations are still at their paths. Its bodies and answers are
 * written by the codec, in the older shape.
 * @throws {Fault} 404 where version 3 has no such path; 501, by name, what it has and the older shape can't be made of
 */
export function version3(call: Call, wire: Wire): Call {
  const { http, segments } = call;
  if (wire.format === 'json') {
    wire.format = 'xml';
    throw notBuilt('Version 3 of the API in JSON');
  }
  if (segments.length === 0) return call;
  if (!pathOfV3(segments)) throw new Fault(404, 'Not Found', null);
  const now = segmentsOfV4(segments);
  const route = matchRoute(http, now);
  const name = `Version 3: ${http} /${segments.join('/').slice(0, 200)}`;
  if (route.kind === 'not_found' || route.kind === 'method_not_allowed') throw notBuilt(name);
  if (route.kind !== 'work_status') {
    const type = typeOfService(route.service);
    if (type !== undefined && !isTypeOfV3(type)) throw notBuilt(name);
  }
  return { ...call, segments: now };
}

/** Leaves of an object's links and actions those that version 3 has, by their names there. */
export function linksOfV3(entity: Entity): void {
  const path = (entity.href ?? '').slice(apiRoot.length);
  const own = pathOfV3(path.split('/').filter(Boolean));
  for (const key of ['links', 'actions']) {
    const links = entity[key] as { rel?: string; href?: string }[] | undefined;
    if (links === undefined) continue;
    entity[key] = links.flatMap(({ rel = '', href = '' }) => {
      const old = nameInV3(rel);
      if (!own?.children.has(old.split('/')[0] ?? '')) return [];
      return [{ rel: old, href: rel === old ? href : `${href.slice(0, -rel.length)}${old}` }];
    });
  }
}
