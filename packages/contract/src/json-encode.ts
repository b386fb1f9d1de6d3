import type { Link, TypeName, Types } from './generated/types.ts';
import { frameAround, FrameTexts, noFrame, type LinkFrame, type OwnText, type ownFrame } from './link-frame.ts';
import { EncodeError, maxEncodeDepth } from './scalars.ts';
import { type Attribute, type OldForm, type Shape, shapeV4, valueAt } from './type-info.ts';
import type { CollectionHead } from './xml-encode.ts';

export interface JsonOptions {
  /** Default `shapeV4`. What version 3 (`shapeV3`) has no place for is left out. */
  readonly shape?: Shape;
  /** Spaces of indentation; 0 (the default) writes one line. */
  readonly indent?: number;
  /** Links and actions of each object beside those that it has itself. */
  readonly frame?: LinkFrame;
}

export type JsonObject = { [key: string]: unknown };
type Fields = Readonly<Record<string, unknown>> & { readonly [ownFrame]?: LinkFrame };
type Write = (value: unknown, depth: number) => string;

/** How one attribute is written, its key made once. */
interface Member {
  readonly name: string;
  readonly key: string;
  readonly write: Write;
  /** Of the shapes that version 3 alone has: the text, made of the object that has the attribute; empty when there is nothing to write. */
  readonly writeOld: ((owner: Fields, depth: number) => string) | undefined;
}

interface Plan {
  readonly name: string;
  readonly tag: string;
  readonly resource: boolean;
  readonly members: readonly Member[];
}

const plans = { 3: new Map<string, Plan>(), 4: new Map<string, Plan>() } as const;

function rootPlan(name: TypeName, shape: Shape): Plan {
  if (!shape.has(name)) throw new EncodeError(name, `version ${shape.version} of the API has no such type`);
  return planOf(name, shape);
}

function planOf(name: string, shape: Shape): Plan {
  const known = plans[shape.version].get(name);
  if (known !== undefined) return known;
  const info = shape.info(name);
  const members: Member[] = [];
  const plan: Plan = { name, tag: info.tag, resource: info.resource, members };
  // Types contain one another: the plan is known before its members are made.
  plans[shape.version].set(name, plan);
  for (const attribute of info.attributes) if (!attribute.form?.dropped) members.push(memberOf(attribute, shape));
  return plan;
}

function memberOf(attribute: Attribute, shape: Shape): Member {
  const { name, element, item, form } = attribute;
  const one = valueWriter(attribute, shape);
  const write = item === undefined ? one : listWriter(name, item, one);
  return {
    name,
    key: `${JSON.stringify(element)}:`,
    write,
    writeOld: form === undefined ? undefined : oldWriter(attribute, form, write, shape),
  };
}

/** The shapes of version 3 that version 4 has not. */
function oldWriter(attribute: Attribute, form: OldForm, write: Write, shape: Shape): (owner: Fields, depth: number) => string {
  const { path = [attribute.name], state, repeated, valueIn } = form;
  if (path.length === 0) {
    const plan = planOf(attribute.type, shape);
    return (owner, depth) => {
      const text = objectJson(plan, owner, depth, undefined);
      return text === '{}' ? '' : text;
    };
  }
  const shaped = repeated ? repeatedWriter(attribute.name, valueIn, write) : write;
  return (owner, depth) => {
    const value = valueAt(owner, path);
    if (value === undefined || value === null) return '';
    if (state === undefined) return shaped(value, depth);
    const detail = state.detail === undefined ? undefined : owner[state.detail];
    return `{"state":${write(value, depth)}${typeof detail === 'string' ? `,"detail":${stringJson(detail)}` : ''}}`;
  };
}

/** A list without a wrapper; one that is empty is not written. */
function repeatedWriter(name: string, valueIn: string | undefined, write: Write): Write {
  const one: Write = valueIn === undefined ? write : (value, depth) => `{${JSON.stringify(valueIn)}:${write(value, depth)}}`;
  return (value, depth) => {
    if (!Array.isArray(value)) throw new EncodeError(name, 'a list is expected');
    return value.length === 0 ? '' : `[${value.map((member) => one(member, depth)).join(',')}]`;
  };
}

function wrong(attribute: Attribute, value: unknown): EncodeError {
  return new EncodeError(attribute.name, `a ${attribute.kind} is expected, not ${typeof value === 'number' ? value : typeof value}`);
}

/** JSON.stringify is slow on short texts; nearly none of ours has anything to escape. */
// eslint-disable-next-line no-control-regex
const special = /["\\\u0000-\u001f\ud800-\udfff]/;
const stringJson = (text: string): string => (special.test(text) ? JSON.stringify(text) : `"${text}"`);

function valueWriter(attribute: Attribute, shape: Shape): Write {
  const { kind } = attribute;
  switch (kind) {
    case 'struct': {
      const plan = planOf(attribute.type, shape);
      return (value, depth) => {
        if (typeof value !== 'object' || value === null) throw wrong(attribute, value);
        return objectJson(plan, value as Fields, depth, undefined);
      };
    }
    case 'string':
    case 'enum':
      return (value) => {
        if (typeof value !== 'string') throw wrong(attribute, value);
        return stringJson(value);
      };
    case 'boolean':
      return (value) => {
        if (typeof value !== 'boolean') throw wrong(attribute, value);
        return value ? '"true"' : '"false"';
      };
    case 'decimal':
    case 'double':
      return (value) => {
        if (!Number.isFinite(value)) throw wrong(attribute, value);
        return String(value === 0 ? 0 : value);
      };
    case 'date':
      return (value) => {
        if (!Number.isInteger(value)) throw wrong(attribute, value);
        return String(value);
      };
    default: {
      // Version 3 wrote integers of 64 bits as numbers, and those of 32 as texts. Source: examples of its guide, JAXB bindings of its schema
      const quote = kind === 'long' && shape.version === 3 ? '' : '"';
      return (value) => {
        if (!Number.isInteger(value)) throw wrong(attribute, value);
        return `${quote}${value as number}${quote}`;
      };
    }
  }
}

/** A list keeps both levels: `{"device":[…]}`, and `{}` when it is empty. */
function listWriter(name: string, item: string, write: Write): Write {
  const open = `{${JSON.stringify(item)}:[`;
  return (value, depth) => {
    if (!Array.isArray(value)) throw new EncodeError(name, 'a list is expected');
    if (value.length === 0) return '{}';
    let text = open;
    for (let at = 0; at < value.length; at += 1) text += at === 0 ? write(value[at], depth) : `,${write(value[at], depth)}`;
    return `${text}]}`;
  };
}

const frames = new FrameTexts((rels) =>
  rels.length === 0
    ? []
    : rels
        .map((rel, at) => `${at === 0 ? '' : `/${rels[at - 1]}","rel":"${rels[at - 1]}"},`}{"href":"`)
        .concat(`/${rels[rels.length - 1]}","rel":"${rels[rels.length - 1]}"}`),
);

function linksJson(own: readonly Link[] | undefined, rels: readonly string[] | undefined, place: string): string {
  const framed = rels === undefined ? '' : frames.around(rels, place);
  if (own === undefined || own.length === 0) return `[${framed}]`;
  const text = JSON.stringify(own);
  return framed === '' ? text : `${text.slice(0, -1)},${framed}]`;
}

/** What an object's own links and actions, and those of a frame, are as members. */
function linkMembersJson({ actions, links }: Fields, frame: LinkFrame | undefined, place: string): string {
  let text = '';
  if (actions !== undefined || (frame !== undefined && frame.actions.length > 0))
    text += `"actions":{"link":${linksJson(actions as readonly Link[] | undefined, frame?.actions, place)}}`;
  if (links !== undefined || (frame !== undefined && frame.links.length > 0))
    text += `${text === '' ? '' : ','}"link":${linksJson(links as readonly Link[] | undefined, frame?.links, place)}`;
  return text;
}

/** What an object's attributes are as members. */
function membersJson(plan: Plan, value: Fields, depth: number): string {
  let text = '';
  const { members } = plan;
  for (let at = 0; at < members.length; at += 1) {
    const member = members[at] as Member;
    const { writeOld } = member;
    let written: string;
    if (writeOld === undefined) {
      const content = value[member.name];
      if (content === undefined || content === null) continue;
      written = member.write(content, depth + 1);
    } else {
      written = writeOld(value, depth + 1);
      if (written === '') continue;
    }
    text += `${text === '' ? '' : ','}${member.key}${written}`;
  }
  return text;
}

/** An object as text; its place without the quotation marks. */
const placeJson = (href: unknown): string => (typeof href === 'string' ? JSON.stringify(href).slice(1, -1) : '');
const objectOf = (linkMembers: string, members: string): string =>
  `{${linkMembers}${linkMembers === '' || members === '' ? '' : ','}${members}}`;

function objectJson(plan: Plan, value: Fields, depth: number, around: LinkFrame | undefined): string {
  const frame = frameAround(value, around);
  if (depth > maxEncodeDepth) throw new EncodeError(plan.name, `objects are nested deeper than ${maxEncodeDepth}; is one within itself?`);
  const linkMembers = plan.resource ? linkMembersJson(value, frame, frame === undefined ? '' : placeJson(value.href)) : '';
  return objectOf(linkMembers, membersJson(plan, value, depth));
}

/** The text of an object without links and actions, to be framed by {@link framedJson}. @throws EncodeError as {@link encodeJson} */
export const ownJson = <N extends TypeName>(typeName: N, value: Types[N]): OwnText => [
  membersJson(planOf(typeName, shapeV4), value as Fields, 0),
];

/** What {@link encodeJson} writes of an object, from its own text. */
export const framedJson = ([members = '']: OwnText, href: string, frame: LinkFrame): string =>
  objectOf(linkMembersJson({}, frame, placeJson(href)), members);

const indented = (text: string, { indent }: JsonOptions): string => (indent ? JSON.stringify(JSON.parse(text), undefined, indent) : text);

/**
 * One object as JSON text: booleans and integers as strings (in version 3 those of 64 bits as numbers), decimals and dates as numbers,
 * both levels of lists.
 * @throws EncodeError when a value cannot be written
 */
export function encodeJson<N extends TypeName>(typeName: N, value: Types[N], options: JsonOptions = {}): string {
  return indented(objectJson(rootPlan(typeName, options.shape ?? shapeV4), value as Fields, 0, options.frame), options);
}

/** A collection: `{"vm": […]}`, and `{}` when it is empty. */
export function encodeJsonCollection<N extends TypeName>(
  typeName: N,
  values: Iterable<Types[N]>,
  head: CollectionHead = {},
  options: JsonOptions = {},
): string {
  const writer = new JsonCollectionWriter(typeName, head, options);
  let text = '';
  for (const value of values) text += writer.member(value);
  return indented(text + writer.end(), options);
}

/** Writes a collection member by member, for who comes by them in parts, or sends them in pieces. */
export class JsonCollectionWriter<N extends TypeName> {
  readonly #plan: Plan;
  readonly #frame: LinkFrame | undefined;
  #leading: string;
  #separator: string;
  #open = false;

  constructor(typeName: N, head: CollectionHead = {}, { shape = shapeV4, frame }: Pick<JsonOptions, 'shape' | 'frame'> = {}) {
    this.#plan = rootPlan(typeName, shape);
    this.#frame = frame;
    this.#leading = JSON.stringify(headToJson(head)).slice(0, -1);
    this.#separator = `${this.#leading.length > 1 ? ',' : ''}"${this.#plan.tag}":[`;
  }

  /** What one more member adds. */
  member(value: Types[N]): string {
    return this.#add(objectJson(this.#plan, value as Fields, 0, this.#frame));
  }

  /** The text of a member without links and actions, to be written by {@link framed}, once or again. */
  own(value: Types[N]): OwnText {
    return [membersJson(this.#plan, value as Fields, 0)];
  }

  /** What one more member adds, from its own text. */
  framed(own: OwnText, href: string): string {
    return this.#add(framedJson(own, href, this.#frame ?? noFrame));
  }

  #add(member: string): string {
    const text = this.#leading + this.#separator + member;
    this.#leading = '';
    this.#separator = ',';
    this.#open = true;
    return text;
  }

  /** What ends the collection. */
  end(): string {
    return `${this.#leading}${this.#open ? ']' : ''}}`;
  }
}

function headToJson(head: CollectionHead): JsonObject {
  const result: JsonObject = {};
  if (head.actions !== undefined) result.actions = { link: head.actions };
  for (const name of ['size', 'total', 'active'] as const) if (head[name] !== undefined) result[name] = String(head[name]);
  return result;
}

/** The tree that `encodeJson` writes, for callers that put it into a larger one. */
export function toJson<N extends TypeName>(typeName: N, value: Types[N]): JsonObject {
  return JSON.parse(encodeJson(typeName, value)) as JsonObject;
}
