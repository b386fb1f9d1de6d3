import { virgateEnums, type ListKind } from '@virgate/contract/generated/virgate';
import { checkOrder, type ListRange } from '../lists/read.ts';
import { isUuid } from '../rest/listing.ts';
import { refusal } from '../virgate/operation.ts';
import { feedLimits } from './limits.ts';

/** Places of a list that a client looks at. */
export interface WatchedRange {
  key: string;
  range: ListRange;
  /** What the client has read is as new as this number of the feed; undefined when it has read nothing. */
  since: number | undefined;
}

/** What a client wants to hear of in frames. */
export interface Watched {
  ranges: WatchedRange[];
  /** Single objects by their kinds, such as the one whose details are shown. */
  objects: Map<ListKind, Set<string>>;
}

const wrong = (what: string): never => {
  throw refusal(400, 'invalid_value', `windows: ${what}`, 'windows');
};
const isNumber = (value: unknown, from: number, to: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= from && value <= to;
const isText = (value: unknown, most: number): value is string => typeof value === 'string' && value.length <= most;
const kinds = virgateEnums['ListKind'] ?? [];

function rangeOf(one: Record<string, unknown>, kind: ListKind): ListRange {
  const { search = '', sort = 'name', descending = false, from = 0, count } = one;
  if (!isText(search, feedLimits.searchLetters)) return wrong('search must be a text.');
  if (!isText(sort, 64) || typeof descending !== 'boolean') return wrong('sort must be a text, descending true or false.');
  if (!isNumber(from, 0, 1e9) || !isNumber(count, 1, feedLimits.windowRows))
    return wrong(`from and count must be numbers, and count at most ${feedLimits.windowRows}.`);
  checkOrder({ kind, sort });
  return { kind, search, sort, descending, from, count };
}

/**
 * What the parameter `windows` asks for: a JSON list of `{key, kind, search, sort, descending, from, count, since}` for places of lists and
 * `{key, kind, ids}` for single objects.
 * @throws {Fault} 400
 */
export function watchedOf(text: string): Watched {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return wrong('this is no JSON.');
  }
  if (!Array.isArray(list) || list.length > feedLimits.windows) return wrong(`a list of at most ${feedLimits.windows} is expected.`);
  const watched: Watched = { ranges: [], objects: new Map() };
  for (const one of list as unknown[]) {
    if (typeof one !== 'object' || one === null) return wrong('each of them must be an object.');
    const { key, kind, ids, since } = one as Record<string, unknown>;
    if (!isText(key, 64) || !/^[\w.-]+$/.test(key)) return wrong('key must be a text of letters, digits and the signs . _ -');
    if (!isText(kind, 64) || !kinds.includes(kind)) return wrong(`kind must be one of ${kinds.join(', ')}.`);
    const known = kind as ListKind;
    if (ids === undefined) {
      if (since !== undefined && !isNumber(since, 0, Number.MAX_SAFE_INTEGER)) return wrong('since must be the number of a change.');
      watched.ranges.push({ key, range: rangeOf(one as Record<string, unknown>, known), since });
    } else {
      if (!Array.isArray(ids) || ids.length > feedLimits.windowRows || !ids.every((id) => typeof id === 'string' && isUuid(id)))
        return wrong(`ids must be a list of at most ${feedLimits.windowRows} ids.`);
      watched.objects.set(known, new Set([...(watched.objects.get(known) ?? []), ...(ids as string[])]));
    }
  }
  return watched;
}
