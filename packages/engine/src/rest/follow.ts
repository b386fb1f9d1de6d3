import type { TypeName } from '@virgate/contract/generated/types';
import { services, type ServiceName } from '@virgate/contract/generated/services';
import { locatorsOf, typeOfService } from '@virgate/contract/routes';
import { typeInfo, type Attribute } from '@virgate/contract/type-info';
import { Fault, notBuilt, say } from './fault.ts';
import { isFollowed, type Context, type Entity } from './operation.ts';

/** Loads objects of a type by id, in one statement for all of them; what is missing or not visible is left out. */
export type LoadByIds = (context: Context, ids: readonly string[]) => Promise<Entity[]>;
/** Loads the members of a sub-collection for many owners at once. */
export type LoadChildren = (context: Context, ownerIds: readonly string[]) => Promise<Map<string, Entity[]>>;

/**
 * Loads what owners refer to, for each owner or undefined, where the id of it says too little alone: a device of a host has its name, which
 * other hosts have as well.
 */
export type LoadReferences = (context: Context, owners: readonly Entity[]) => Promise<(Entity | undefined)[]>;

/** How objects are fetched when they are followed: by type, and by `Type.attribute` for sub-collections and what only its owner places. */
export interface Loaders {
  entities: Partial<Record<TypeName, LoadByIds>>;
  references: Record<string, LoadReferences>;
  children: Record<string, LoadChildren>;
}

/** Deepest path that `follow` takes, and how many paths at once. */
const maxDepth = 6;
const maxPaths = 40;
/** Links of one object that are followed at once: each takes a connection to the database. */
const linksAtOnce = 3;

type Tree = Map<string, Tree>;

/** Case and underscores in a name do not matter. */
const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

function treeOf(text: string): Tree {
  const tree: Tree = new Map();
  const paths = text
    .split(',')
    .map((path) => path.trim())
    .filter(Boolean);
  if (paths.length > maxPaths) throw new Fault(400, 'Operation Failed', [say`[follow: at most ${maxPaths} links can be followed at once]`]);
  for (const path of paths) {
    const names = path.split('.');
    if (names.length > maxDepth)
      throw new Fault(400, 'Operation Failed', [say`[follow: ${path.slice(0, 100)} is deeper than ${maxDepth} links]`]);
    let node = tree;
    for (const name of names) {
      const next = node.get(plain(name)) ?? new Map();
      node.set(plain(name), next);
      node = next;
    }
  }
  return tree;
}

/** Marks in a copy what was followed in the original. */
function markAs(from: unknown, to: unknown): void {
  if (typeof from !== 'object' || from === null) return;
  if ((from as Entity)[isFollowed] === true) (to as Entity)[isFollowed] = true;
  for (const [name, content] of Object.entries(from)) markAs(content, (to as Record<string, unknown>)[name]);
}

/** An object of its own for each place in which it stands. */
function copied(value: Entity, hasFollowed: boolean): Entity {
  const copy = structuredClone(value);
  if (hasFollowed) markAs(value, copy);
  copy[isFollowed] = true;
  return copy;
}

const unknownLink = (type: TypeName, name: string): Fault =>
  new Fault(400, 'Operation Failed', [say`[follow: ${type} has no link ${name}]`], { key: 'UNKNOWN_LINK' });

/** Whether the contract has a place where the objects of an attribute stand: below an object of the type, or anywhere for a reference. */
function hasPlace(type: TypeName, { link, item, rel, type: member }: Attribute): boolean {
  const isThere = (service: ServiceName): boolean =>
    item === undefined
      ? typeOfService(service) === member
      : typeOfService(service) === type && locatorsOf(service).some((locator) => locator.path === rel);
  return link && (Object.keys(services) as ServiceName[]).some(isThere);
}

/** What has no place in the contract is no link; the rest is a matter of what is not built. */
const notFollowed = (type: TypeName, attribute: Attribute): Fault =>
  hasPlace(type, attribute) ? notBuilt(`Following ${type}.${attribute.name}`) : unknownLink(type, attribute.name);

async function followOne(context: Context, type: TypeName, attribute: Attribute, entities: Entity[], rest: Tree): Promise<void> {
  const memberType = attribute.type as TypeName;
  const loaders = context.engine.loaders;
  if (attribute.item !== undefined) {
    const load = loaders.children[`${type}.${attribute.name}`];
    if (!load) throw notFollowed(type, attribute);
    const children = await load(
      context,
      entities.flatMap((entity) => entity.id ?? []),
    );
    for (const entity of entities) entity[attribute.name] = children.get(entity.id ?? '') ?? [];
    for (const members of children.values()) for (const member of members) member[isFollowed] = true;
    await followTree(context, memberType, [...children.values()].flat(), rest);
    return;
  }
  const loadReferences = loaders.references[`${type}.${attribute.name}`];
  if (loadReferences) {
    const owners = entities.filter((entity) => entity[attribute.name] !== undefined);
    const targets = await loadReferences(context, owners);
    const found = targets.flatMap((target) => (target === undefined ? [] : [copied(target, false)]));
    await followTree(context, memberType, found, rest);
    const left = found.values();
    for (const [at, owner] of owners.entries()) if (targets[at] !== undefined) owner[attribute.name] = left.next().value;
    return;
  }
  const load = loaders.entities[memberType];
  if (!load) throw notFollowed(type, attribute);
  const ids = entities.flatMap((entity) => (entity[attribute.name] as Entity | undefined)?.id ?? []);
  const found = new Map((await load(context, [...new Set(ids)])).map((one) => [one.id, one]));
  await followTree(context, memberType, [...found.values()], rest);
  const idOf = (entity: Entity): string => (entity[attribute.name] as Entity | undefined)?.id ?? '';
  for (const [id, places] of Map.groupBy(entities, idOf)) {
    const target = found.get(id);
    if (target === undefined) continue;
    // One of the places takes the object itself: most have but one.
    const [first, ...others] = places;
    for (const entity of others) entity[attribute.name] = copied(target, rest.size > 0);
    target[isFollowed] = true;
    if (first !== undefined) first[attribute.name] = target;
  }
}

async function followTree(context: Context, type: TypeName, entities: Entity[], tree: Tree): Promise<void> {
  const links = [...tree].map(([name, rest]) => {
    const attribute = typeInfo(type).attributes.find((one) => one.kind === 'struct' && (plain(one.name) === name || one.rel === name));
    if (!attribute) throw unknownLink(type, name);
    return { attribute, rest };
  });
  if (entities.length === 0) return;
  const left = links.values();
  const lane = async (): Promise<void> => {
    for (const { attribute, rest } of left) await followOne(context, type, attribute, entities, rest);
  };
  await Promise.all(Array.from({ length: Math.min(links.length, linksAtOnce) }, lane));
}

/** Whether a request wants consoles of VMs as they run: `detail=current_graphics_consoles`. */
export const asksForCurrentConsoles = (context: Context): boolean => context.parameters.details().has('current_graphics_consoles');

/** Puts what the parameter `follow` names inline: one statement for each level, whatever the number of objects. */
export async function follow(context: Context, type: TypeName, entities: Entity[]): Promise<void> {
  const tree = treeOf(context.parameters.text('follow') ?? '');
  // `detail=statistics` is older than `follow` and means the same, where there are statistics.
  if (context.parameters.details().has('statistics') && context.engine.loaders.children[`${type}.statistics`])
    tree.set('statistics', new Map());
  // The consoles of VMs as they run. Source: REST contract, detail.
  if (type === 'Vm' && asksForCurrentConsoles(context)) tree.set(plain('graphics_consoles'), new Map());
  if (tree.size > 0) await followTree(context, type, entities, tree);
}
