import { services } from '@virgate/contract/generated/services';
import type { Method, ServiceName } from '@virgate/contract/generated/services';
import { CliError } from '../errors.ts';
import { camel, dashed, singular } from './names.ts';
import { didYouMean } from './near.ts';

/**
 * What words of a command line mean in the contract: `vm nic update web01 nic1` is the path /vms/{vm}/nics/{nic} and the verb `update`.
 * Words go down the tree of services; what a path needs in between as ids comes after the verb, in order.
 */

/** One step of a path: a literal segment, or an id that is still to come. */
export interface Step {
  /** As the client spells it. */
  readonly name: string;
  readonly id: boolean;
  /** Where the id's object is looked for by name: the collection that it is a member of. */
  readonly collection?: ServiceName;
  /** What the id is the id of, for messages: `vm`. */
  readonly what: string;
}

/** An operation of the contract, found by its words. */
export interface Operation {
  /** `vm nic` */
  readonly kind: string;
  /** `update`, `start`, `auto-pin-cpu-and-numa-nodes` */
  readonly verb: string;
  readonly service: ServiceName;
  readonly steps: readonly Step[];
  /** The method first, then those that overload it. */
  readonly methods: readonly Method[];
}

/** A place in the tree: a service, and whether it has members. */
export interface Place {
  readonly kind: string;
  readonly service: ServiceName;
  readonly steps: readonly Step[];
}

/** The root, from which words lead down. Its own operations are those of the kind `system`. */
export const root: Place = { kind: '', service: 'SystemService', steps: [] };
const system: Place = { ...root, kind: 'system' };

interface Down {
  readonly words: readonly string[];
  readonly to: ServiceName;
  readonly name: string;
}

const downs = new Map<ServiceName, readonly Down[]>();

/** The literal segments below a service, with the words that lead there: singular and plural. */
function downsOf(service: ServiceName): readonly Down[] {
  const known = downs.get(service);
  if (known !== undefined) return known;
  const found = services[service].locators
    .filter((locator) => locator.path !== undefined)
    .map(({ name, service: to }) => ({ words: [...new Set([dashed(singular(name)), dashed(name)])], to, name }));
  downs.set(service, found);
  return found;
}

function memberOf(service: ServiceName): { name: string; service: ServiceName } | undefined {
  return services[service].locators.find((locator) => locator.path === undefined);
}

/** The place of one member of a collection; undefined when it has none. */
export function memberPlace(place: Place): Place | undefined {
  const member = memberOf(place.service);
  if (member === undefined) return undefined;
  const step: Step = { name: camel(member.name), id: true, collection: place.service, what: place.kind.split(' ').at(-1) ?? member.name };
  return { kind: place.kind, service: member.service, steps: [...place.steps, step] };
}

/** Where a word leads from a place, through a member when the collection itself has no such segment. */
export function down(place: Place, word: string): Place | undefined {
  const member = memberPlace(place);
  for (const from of member === undefined ? [place] : [place, member]) {
    const found = downsOf(from.service).find(({ words }) => words.includes(word));
    if (found === undefined) continue;
    const kind = `${place.kind} ${found.words[0]}`.trim();
    return { kind, service: found.to, steps: [...from.steps, { name: camel(found.name), id: false, what: found.words[0] ?? found.name }] };
  }
  return undefined;
}

/** Words that lead further down from a place, singular. */
export function wordsBelow(place: Place): string[] {
  const member = memberPlace(place);
  const from = member === undefined ? [place.service] : [place.service, member.service];
  return [...new Set(from.flatMap((service) => downsOf(service).map(({ words }) => words[0] ?? '')))].sort();
}

const groups = new Map<ServiceName, ReadonlyMap<string, readonly Method[]>>();

/** A service's methods by verb; overloads stand behind the method that they overload. */
function verbsOf(service: ServiceName): ReadonlyMap<string, readonly Method[]> {
  const known = groups.get(service);
  if (known !== undefined) return known;
  const byVerb = new Map<string, Method[]>();
  const { methods } = services[service];
  for (const method of methods.toSorted((a, b) => Number(a.signatureOf !== undefined) - Number(b.signatureOf !== undefined))) {
    const verb = dashed(method.signatureOf ?? method.name);
    byVerb.set(verb, [...(byVerb.get(verb) ?? []), method]);
  }
  groups.set(service, byVerb);
  return byVerb;
}

/** Every operation of a place and of its members, the place's own first. */
export function operationsAt(place: Place): Operation[] {
  const member = memberPlace(place);
  return (member === undefined ? [place] : [place, member]).flatMap((at) =>
    [...verbsOf(at.service)].map(([verb, methods]) => ({ kind: place.kind, verb, service: at.service, steps: at.steps, methods })),
  );
}

const aliases: Readonly<Record<string, string>> = { show: 'get', create: 'add', delete: 'remove', ls: 'list', rm: 'remove' };

/**
 * What the first words of a command line mean, and how many of them were taken.
 * @param idCount how many words without a dash come after the verb: tells an operation of a collection from one of its members with the same name
 * @throws CliError unknown_command, with what may have been meant
 */
export function findOperation(words: readonly string[], idCount: (taken: number) => number): { operation: Operation; taken: number } {
  const { place, taken } = descend(words);
  const word = words[taken];
  const all = operationsAt(place);
  if (place !== root && word !== undefined) {
    const found = all.filter(({ verb }) => verb === word || verb === aliases[word]);
    const ids = idCount(taken + 1);
    const fitting = found.find(({ steps }) => steps.filter(({ id }) => id).length === ids) ?? found.at(-1);
    if (fitting !== undefined) return { operation: fitting, taken: taken + 1 };
  }
  const known = [...(place === system ? [] : wordsBelow(place)), ...(place === root ? [] : all.map(({ verb }) => verb))];
  const where = place === root ? 'virgate' : `virgate ${place.kind}`;
  if (word === undefined || word.startsWith('-'))
    throw new CliError('syntax', 'incomplete_command', `${where}: what is to be done?`, {
      hint: `There are: ${all.map(({ verb }) => verb).join(', ')}. See: ${where} --help`,
    });
  throw new CliError('syntax', 'unknown_command', `${where} has no "${word}".`, {
    field: word,
    hint: didYouMean(word, known) ?? `See: ${where} --help`,
  });
}

/** How far the words lead down. A word that is a verb here and leads nowhere ends the way. */
export function descend(words: readonly string[]): { place: Place; taken: number } {
  if (words[0] === system.kind) return { place: system, taken: 1 };
  let place = root;
  let taken = 0;
  for (const word of words) {
    const next = down(place, word);
    if (next === undefined) break;
    place = next;
    taken += 1;
  }
  return { place, taken };
}

/** Every place of the tree once, for tests and completion. Services that contain themselves end at `maxDepth`. */
export function* allPlaces(from: Place = root, maxDepth = 8): Generator<Place> {
  yield from === root ? system : from;
  if (maxDepth === 0) return;
  for (const word of wordsBelow(from)) {
    const next = down(from, word);
    if (next !== undefined) yield* allPlaces(next, maxDepth - 1);
  }
}
