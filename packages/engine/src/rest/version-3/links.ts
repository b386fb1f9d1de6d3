import type { TypeName } from '@virgate/contract/generated/types';
import { pathOfV3 } from '@virgate/contract/routes-v3';
import { prepareForV3 } from '@virgate/contract/shape-v3';
import type { Entity } from '../operation.ts';
import { apiRoot } from '../represent.ts';

interface Link {
  rel?: string;
  href?: string;
}

/** Links that are no sub-collections: to the work on an object, and from an action to what it is of. */
const ofWork = new Set(['creation_status', 'parent', 'replay']);

/** Gives an object the links and actions that version 3 has at its place, by their names there. */
function linkAsV3(value: Entity): void {
  const href = value.href ?? '';
  const segments = href.slice(apiRoot.length).split('/').filter(Boolean);
  if (segments.length === 0) return linkRootAsV3(value);
  const own = pathOfV3(segments);
  const kept = ((value['links'] as Link[] | undefined) ?? []).filter(({ rel = '' }) => ofWork.has(rel));
  const below = (names: readonly string[]): Link[] => names.map((rel) => ({ href: `${href}/${rel}`, rel }));
  const links = [...kept, ...below(own?.links ?? [])];
  const actions = below(own?.actions ?? []);
  delete value['links'];
  delete value['actions'];
  if (links.length > 0) value['links'] = links;
  if (actions.length > 0) value['actions'] = actions;
}

/** The root keeps its searches; it has what version 4 lost, and not what version 3 never had. */
function linkRootAsV3(value: Entity): void {
  const collections = new Set(pathOfV3([])?.links);
  const links = ((value['links'] as Link[] | undefined) ?? []).filter(({ rel = '' }) => collections.has(rel.split('/')[0] ?? ''));
  value['links'] = [{ rel: 'capabilities', href: `${apiRoot}/capabilities` }, ...links];
}

/** Makes of an object of version 4 what version 3 shows: its links, and what lies elsewhere. The codec spells it. */
export function showAsV3(type: TypeName, value: Entity): Entity {
  if (type !== 'Action') linkAsV3(value);
  prepareForV3(type, value);
  return value;
}
