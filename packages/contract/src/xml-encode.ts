import type { Link, TypeName, Types } from './generated/types.ts';
import { frameAround, FrameTexts, noFrame, type LinkFrame, type OwnText, type ownFrame } from './link-frame.ts';
import { dateText, EncodeError, maxEncodeDepth, numberText, unwritableAll } from './scalars.ts';
import { type Attribute, type OldForm, type TypeInfo, typeInfo, valueAt } from './type-info.ts';
import { isTypeOfV3, typeInfoV3 } from './type-info-v3.ts';

/** Must be the first bytes of every document: older clients look for exactly this. */
export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

export interface XmlOptions {
  /** Version of the API whose shape is written. Default 4. What version 3 has no place for is left out. */
  readonly version?: 3 | 4;
  /** Time zone of dates, minutes east of UTC. Default 0. */
  readonly utcOffsetMinutes?: number;
  /** Links and actions of each object beside those that it has itself. */
  readonly frame?: LinkFrame;
}

/** What may stand before the members of a collection. */
export interface CollectionHead {
  readonly actions?: readonly Link[];
  readonly size?: number;
  readonly total?: number;
  readonly active?: number;
}

type Fields = Readonly<Record<string, unknown>> & { readonly [ownFrame]?: LinkFrame };

/** An attribute with its tags made once, indented for each depth on first use. */
interface Plan {
  readonly attribute: Attribute;
  readonly name: string;
  readonly tag: string;
  readonly close: string;
  readonly open: string[];
  readonly struct: TypePlan | undefined;
}

interface TypePlan {
  readonly info: TypeInfo;
  readonly xmlAttributes: readonly Attribute[];
  /** Elements before and after the place of `<link>`; only resources have links. */
  readonly before: readonly Plan[];
  readonly after: readonly Plan[];
}

const plans = { 3: new Map<string, TypePlan>(), 4: new Map<string, TypePlan>() } as const;
const breaks: string[] = [];

/** Line break and indentation of a depth. */
function lineBreak(depth: number): string {
  if (depth > maxEncodeDepth) throw new EncodeError('', `objects are nested deeper than ${maxEncodeDepth}; is one within itself?`);
  return (breaks[depth] ??= `\n${'    '.repeat(depth)}`);
}

function rootPlan(name: TypeName, version: 3 | 4): TypePlan {
  if (version === 3 && !isTypeOfV3(name)) throw new EncodeError(name, 'version 3 of the API has no such type');
  return planOf(name, version);
}

function planOf(name: string, version: 3 | 4): TypePlan {
  const known = plans[version].get(name);
  if (known !== undefined) return known;
  const info = version === 3 ? typeInfoV3(name) : typeInfo(name);
  const before: Plan[] = [];
  const after: Plan[] = [];
  const plan: TypePlan = { info, xmlAttributes: info.attributes.filter((a) => a.xmlAttribute), before, after };
  // Types contain one another: the plan is known before its members are made.
  plans[version].set(name, plan);
  const elements = info.attributes.filter((a) => !a.xmlAttribute);
  const links = info.resource ? elements.findIndex((a) => a.name === 'creation_status') + 1 : elements.length;
  for (const [index, attribute] of elements.entries()) {
    if (!attribute.form?.dropped) (index < links ? before : after).push(attributePlan(attribute, version));
  }
  return plan;
}

function attributePlan(attribute: Attribute, version: 3 | 4): Plan {
  return {
    attribute,
    name: attribute.name,
    tag: attribute.element,
    close: `</${attribute.element}>`,
    open: [],
    struct: attribute.kind === 'struct' ? planOf(attribute.type, version) : undefined,
  };
}

/**
 * One object as an XML document.
 * @throws EncodeError when a value cannot be written (NaN, an object within itself)
 */
export function encodeXml<N extends TypeName>(typeName: N, value: Types[N], options: XmlOptions = {}): string {
  const plan = rootPlan(typeName, options.version ?? 4);
  return `${xmlDeclaration}${objectXml(plan, plan.info.tag, value as Fields, 0, options.utcOffsetMinutes ?? 0, options.frame)}\n`;
}

/** A collection: root = the type's plural tag, `<vms/>` when it is empty. */
export function encodeXmlCollection<N extends TypeName>(
  typeName: N,
  values: Iterable<Types[N]>,
  head: CollectionHead = {},
  options: XmlOptions = {},
): string {
  const writer = new XmlCollectionWriter(typeName, head, options);
  let text = '';
  for (const value of values) text += writer.member(value);
  return text + writer.end();
}

/** Writes a collection member by member, for who comes by them in parts, or sends them in pieces. */
export class XmlCollectionWriter<N extends TypeName> {
  readonly #plan: TypePlan;
  readonly #options: XmlOptions;
  #leading: string;
  #open: boolean;

  constructor(typeName: N, head: CollectionHead = {}, options: XmlOptions = {}) {
    this.#plan = rootPlan(typeName, options.version ?? 4);
    this.#options = options;
    const { listTag } = this.#plan.info;
    if (listTag === '') throw new EncodeError(typeName, 'this type has no collection');
    const leading = headXml(head);
    this.#open = leading !== '';
    this.#leading = `${xmlDeclaration}\n<${listTag}${this.#open ? `>${leading}` : ''}`;
  }

  /** What one more member adds. */
  member(value: Types[N]): string {
    const { utcOffsetMinutes = 0, frame } = this.#options;
    return this.#add(objectXml(this.#plan, this.#plan.info.tag, value as Fields, 1, utcOffsetMinutes, frame));
  }

  /** The text of a member without links and actions, to be written by {@link framed}, once or again. */
  own(value: Types[N]): OwnText {
    return ownObjectXml(this.#plan, value as Fields, 1, this.#options.utcOffsetMinutes ?? 0);
  }

  /** What one more member adds, from its own text. */
  framed(own: OwnText, href: string): string {
    return this.#add(framedObjectXml(this.#plan.info.tag, own, href, 1, this.#options.frame ?? noFrame));
  }

  #add(text: string): string {
    const before = this.#leading + (this.#open ? '' : '>');
    this.#leading = '';
    this.#open = true;
    return before + text;
  }

  /** What ends the collection. */
  end(): string {
    return `${this.#leading}${this.#open ? `\n</${this.#plan.info.listTag}>` : '/>'}\n`;
  }
}

function headXml(head: CollectionHead): string {
  let text = head.actions === undefined ? '' : actionsXml(head.actions, 1);
  for (const name of ['size', 'total', 'active'] as const) {
    const value = head[name];
    if (value !== undefined) text += `${lineBreak(1)}<${name}>${numberText('long', value, name)}</${name}>`;
  }
  return text;
}

function objectXml(plan: TypePlan, tag: string, value: Fields, depth: number, offset: number, frame?: LinkFrame): string {
  const start = startXml(plan, tag, value, depth, offset);
  const content = contentXml(plan, value, depth + 1, offset, frame);
  return content === '' ? `${start}/>` : `${start}>${content}${lineBreak(depth)}</${tag}>`;
}

/** The start tag of an object, up to where it ends. */
function startXml(plan: TypePlan, tag: string, value: Fields, depth: number, offset: number): string {
  let start = `${lineBreak(depth)}<${tag}`;
  for (const attribute of plan.xmlAttributes) {
    const content = value[attribute.name];
    if (content !== undefined && content !== null)
      start += ` ${attribute.element}="${escapeAttribute(scalarText(attribute, content, offset))}"`;
  }
  return start;
}

function membersXml(members: readonly Plan[], value: Fields, depth: number, offset: number): string {
  let text = '';
  for (const member of members) text += memberOf(member, value, depth, offset);
  return text;
}

/** The actions of a frame at a place, for the element that holds them. */
const framedActions = ({ actions }: LinkFrame, place: string, depth: number): string =>
  actions.length > 0 ? framesOf(depth + 1).around(actions, place) : '';

function contentXml(plan: TypePlan, value: Fields, depth: number, offset: number, around?: LinkFrame): string {
  const frame = frameAround(value, around);
  let text = '';
  const place = frame === undefined || typeof value.href !== 'string' ? '' : escapeAttribute(value.href);
  const framed = frame === undefined ? '' : framedActions(frame, place, depth);
  if (plan.info.resource && (value.actions !== undefined || framed !== ''))
    text += actionsXml((value.actions as readonly Link[] | undefined) ?? [], depth, framed);
  text += membersXml(plan.before, value, depth, offset);
  if (plan.info.resource && value.links !== undefined) text += linksXml(value.links as readonly Link[], depth);
  if (frame !== undefined) text += framesOf(depth).around(frame.links, place);
  return text + membersXml(plan.after, value, depth, offset);
}

/** The start tag of an object without links and actions, and what stands before and after its links. */
const ownObjectXml = (plan: TypePlan, value: Fields, depth: number, offset: number): OwnText => [
  startXml(plan, plan.info.tag, value, depth, offset),
  membersXml(plan.before, value, depth + 1, offset),
  membersXml(plan.after, value, depth + 1, offset),
];

function framedObjectXml(
  tag: string,
  [start = '', before = '', after = '']: OwnText,
  href: string,
  depth: number,
  frame: LinkFrame,
): string {
  const place = escapeAttribute(href);
  const actions = framedActions(frame, place, depth + 1);
  const content =
    (actions === '' ? '' : actionsXml([], depth + 1, actions)) + before + framesOf(depth + 1).around(frame.links, place) + after;
  return content === '' ? `${start}/>` : `${start}>${content}${lineBreak(depth)}</${tag}>`;
}

/** The text of an object without links and actions, to be framed by {@link framedXml}. @throws EncodeError as {@link encodeXml} */
export const ownXml = <N extends TypeName>(typeName: N, value: Types[N]): OwnText =>
  ownObjectXml(rootPlan(typeName, 4), value as Fields, 0, 0);

/** What {@link encodeXml} writes of an object, from its own text. */
export const framedXml = (typeName: TypeName, own: OwnText, href: string, frame: LinkFrame): string =>
  `${xmlDeclaration}${framedObjectXml(rootPlan(typeName, 4).info.tag, own, href, 0, frame)}\n`;

function memberOf(member: Plan, value: Fields, depth: number, offset: number): string {
  return member.attribute.form === undefined
    ? memberXml(member, value[member.name], depth, offset)
    : oldMemberXml(member, member.attribute.form, value, depth, offset);
}

/** The shapes of version 3 that version 4 has not. */
function oldMemberXml(member: Plan, form: OldForm, owner: Fields, depth: number, offset: number): string {
  if (form.path?.length === 0 && member.struct !== undefined) {
    return contentXml(member.struct, owner, depth + 1, offset) === '' ? '' : objectXml(member.struct, member.tag, owner, depth, offset);
  }
  const value = valueAt(owner, form.path ?? [member.name]);
  if (value === undefined || value === null) return '';
  if (form.repeated) return repeatedXml(member, form.valueIn, value, depth, offset);
  if (form.state === undefined) return memberXml(member, value, depth, offset);
  const inner = lineBreak(depth + 1);
  const detail = form.state.detail === undefined ? undefined : owner[form.state.detail];
  const detailXml = typeof detail === 'string' ? `${inner}<detail>${escapeText(detail)}</detail>` : '';
  return `${lineBreak(depth)}<${member.tag}>${inner}<state>${elementText(member.attribute, value, offset)}</state>${detailXml}${lineBreak(depth)}${member.close}`;
}

function repeatedXml(member: Plan, valueIn: string | undefined, value: unknown, depth: number, offset: number): string {
  if (!Array.isArray(value)) throw new EncodeError(member.name, 'a list is expected');
  return (value as unknown[])
    .map((one) =>
      valueIn === undefined
        ? memberXml(member, one, depth, offset)
        : `${lineBreak(depth)}<${member.tag} ${valueIn}="${escapeAttribute(scalarText(member.attribute, one, offset))}"/>`,
    )
    .join('');
}

function memberXml(member: Plan, value: unknown, depth: number, offset: number): string {
  if (value === undefined || value === null) return '';
  if (member.attribute.item !== undefined) return listXml(member, member.attribute.item, value, depth, offset);
  if (member.struct !== undefined) return objectXml(member.struct, member.tag, structOf(member, value), depth, offset);
  const open = (member.open[depth] ??= `${lineBreak(depth)}<${member.tag}>`);
  return open + elementText(member.attribute, value, offset) + member.close;
}

function listXml(member: Plan, item: string, value: unknown, depth: number, offset: number): string {
  if (!Array.isArray(value)) throw new EncodeError(member.name, 'a list is expected');
  const open = `${lineBreak(depth)}<${member.tag}`;
  if (value.length === 0) return `${open}/>`;
  let text = `${open}>`;
  for (const one of value as unknown[]) {
    text +=
      member.struct === undefined
        ? `${lineBreak(depth + 1)}<${item}>${elementText(member.attribute, one, offset)}</${item}>`
        : objectXml(member.struct, item, structOf(member, one), depth + 1, offset);
  }
  return `${text}${lineBreak(depth)}${member.close}`;
}

function structOf(member: Plan, value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new EncodeError(member.name, 'an object is expected');
  return value as Fields;
}

const frames: FrameTexts[] = [];

/** Links of frames, each indented for a depth. */
function framesOf(depth: number): FrameTexts {
  const open = `${lineBreak(depth)}<link href="`;
  return (frames[depth] ??= new FrameTexts((rels) =>
    rels.length === 0 ? [] : [open, ...rels.map((rel, at) => `/${rel}" rel="${rel}"/>${at === rels.length - 1 ? '' : open}`)],
  ));
}

function actionsXml(links: readonly Link[], depth: number, framed = ''): string {
  const content = linksXml(links, depth + 1) + framed;
  return content === '' ? `${lineBreak(depth)}<actions/>` : `${lineBreak(depth)}<actions>${content}${lineBreak(depth)}</actions>`;
}

function linksXml(links: readonly Link[], depth: number): string {
  const open = `${lineBreak(depth)}<link`;
  let text = '';
  for (const { href, rel } of links) {
    text += open;
    if (href !== undefined) text += ` href="${escapeAttribute(href)}"`;
    if (rel !== undefined) text += ` rel="${escapeAttribute(rel)}"`;
    text += '/>';
  }
  return text;
}

/** Text of an element. Only strings can hold what needs an escape. */
function elementText(attribute: Attribute, value: unknown, offset: number): string {
  const text = scalarText(attribute, value, offset);
  return attribute.kind === 'string' || attribute.kind === 'enum' ? escapeText(text) : text;
}

function scalarText(attribute: Attribute, value: unknown, offset: number): string {
  if (typeof value === 'string' && (attribute.kind === 'string' || attribute.kind === 'enum')) return value;
  if (typeof value === 'boolean' && attribute.kind === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') {
    if (attribute.kind === 'date') return dateText(value, offset, attribute.name);
    if (attribute.kind !== 'boolean' && attribute.kind !== 'string' && attribute.kind !== 'enum')
      return numberText(attribute.kind, value, attribute.name);
  }
  throw new EncodeError(attribute.name, `a ${attribute.kind} is expected, not a ${typeof value}`);
}

// eslint-disable-next-line no-control-regex
const special = /[&<>"\u0000-\u001f\ud800-\udfff\ufffe\uffff]/;
const textEntities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };
const attributeEntities: Readonly<Record<string, string>> = { ...textEntities, '"': '&quot;', '\t': '&#9;', '\n': '&#10;' };

/** What XML has no place for becomes U+FFFD: guests report any bytes as names. */
function escapeText(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(unwritableAll, '\ufffd').replace(/[&<>\r]/g, (c) => textEntities[c] as string);
}

function escapeAttribute(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(unwritableAll, '\ufffd').replace(/[&<>"\r\t\n]/g, (c) => attributeEntities[c] as string);
}
