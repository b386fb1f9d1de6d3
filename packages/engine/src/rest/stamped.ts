import type { Method } from '@virgate/contract/generated/services';
import type { TypeName } from '@virgate/contract/generated/types';
import type { LinkFrame } from '@virgate/contract/link-frame';
import type { Answer } from './answer.ts';
import { leaveOutCostly } from './costly.ts';
import { collectionWriter, framedEntity, ownEntity, type CollectionWriter } from './encode.ts';
import { versionOf } from './etag.ts';
import { cut, cutFrame, fieldsOf, type Fields } from './fields.ts';
import { notFound } from './fault.ts';
import type { KeptText } from './kept-texts.ts';
import { contentTypeOf, type Wire } from './negotiation.ts';
import { ownStamp, type Context, type Entity, type Reply, type Stamp } from './operation.ts';
import { represent } from './represent.ts';

/** Answers with objects that are known by their states: only those are read of which no text in that state is kept. */

type StampedReply = Extract<Reply, { kind: 'stamped' }>;
type StampedOneReply = Extract<Reply, { kind: 'stamped_one' }>;

/** For whom, where and how objects are shown. */
export interface Showing {
  context: Context;
  wire: Wire;
  method: Method | undefined;
  /** Place of the list, or of the one object. */
  place: string;
  /** Links and actions of each object. */
  frame: LinkFrame;
}

/** Parameters by which the text of an object has other values than usual. */
const changing = ['all_content', 'next_run', 'current', 'ovf_as_ova'] as const;

/** Whether a request shows its objects as most do, so that their texts are worth to be kept. */
export const showsPlainly = ({ textual, parameters }: Pick<Context, 'textual' | 'parameters'>): boolean =>
  textual === true &&
  (parameters.text('follow') ?? '') === '' &&
  parameters.details().size === 0 &&
  changing.every((name) => parameters.text(name) === undefined);

/** Objects of a long list that are read, followed and written at once. */
export const partSize = 128;
/** Of a list whose objects are followed: each brings others with it. */
export const followedPartSize = 64;
/** Pieces of a long body are at least this long. */
const pieceUnits = 256 * 1024;

/** Finds the texts of a reply's objects, and makes what is missing. */
class Texts {
  readonly #showing: Showing;
  readonly #reply: StampedReply | StampedOneReply;
  readonly #variant: string;
  readonly #own: (value: Entity) => Omit<KeptText, 'stamp'>;

  /**
   * @param fields what of the objects is shown
   * @param own how the text of an object is made that was read for it
   */
  constructor(
    showing: Showing,
    reply: StampedReply | StampedOneReply,
    fields: Fields | undefined,
    own: (value: Entity) => Omit<KeptText, 'stamp'>,
  ) {
    this.#showing = showing;
    this.#reply = reply;
    this.#own = own;
    const { context, wire, place } = showing;
    // The text of an object holds its place, and what the user may see of it.
    this.#variant = [
      reply.type,
      wire.format,
      context.filtered ? 'filtered' : 'all',
      reply.kind === 'stamped_one' ? 'alone' : place,
      fields?.key ?? '',
    ].join(' ');
  }

  #keyOf(id: string): string {
    return `${this.#variant} ${id}`;
  }

  /** Whether a text of an object is kept, in whatever state. */
  has(id: string): boolean {
    return this.#showing.context.engine.keptTexts.has(this.#keyOf(id));
  }

  /** The texts of objects by their ids; what is gone by now is missing. */
  async of(stamps: readonly Stamp[]): Promise<Map<string, KeptText>> {
    const { keptTexts } = this.#showing.context.engine;
    const texts = new Map<string, KeptText>();
    const missing: string[] = [];
    for (const { id, stamp } of stamps) {
      const kept = keptTexts.find(this.#keyOf(id), stamp);
      if (kept === undefined) missing.push(id);
      else texts.set(id, kept);
    }
    if (missing.length > 0) for (const [id, text] of await this.read(missing)) texts.set(id, text);
    return texts;
  }

  /** Reads objects, and keeps their texts. */
  async read(ids: string[]): Promise<Map<string, KeptText>> {
    const { keptTexts } = this.#showing.context.engine;
    const texts = new Map<string, KeptText>();
    for (const value of await this.#reply.read(ids)) {
      const { id = '', [ownStamp]: stamp = '' } = value;
      texts.set(id, keptTexts.keep(this.#keyOf(id), { ...this.#own(value), stamp }));
    }
    return texts;
  }
}

/** Writes members, in the order of their stamps, in pieces. */
async function* membersText(
  texts: Texts,
  stamps: readonly Stamp[],
  framed: (id: string, text: KeptText) => string,
): AsyncGenerator<string> {
  let text = '';
  for (let at = 0; at < stamps.length; at += partSize) {
    const part = stamps.slice(at, at + partSize);
    const found = await texts.of(part);
    for (const { id } of part) {
      const kept = found.get(id);
      if (kept !== undefined) text += framed(id, kept);
      if (text.length < pieceUnits) continue;
      yield text;
      text = '';
    }
  }
  yield text;
}

/** The members after the first part, and the end of the list. */
async function* rest(
  reply: StampedReply,
  first: string,
  members: (stamps: readonly Stamp[]) => AsyncGenerator<string>,
  writer: CollectionWriter,
): AsyncGenerator<string> {
  yield first;
  const told = new Set(reply.stamps.map(({ id }) => id));
  const all = (await reply.more?.()) ?? [];
  yield* members(all.filter(({ id }) => !told.has(id)));
  yield writer.end();
}

/** A list of objects; a long one is written while it is sent. */
export async function stampedCollection(reply: StampedReply, showing: Showing): Promise<Answer> {
  const { context, wire, method, place } = showing;
  const type = reply.type as TypeName;
  const fields = fieldsOf(context, type);
  const writer = collectionWriter(wire, type, cutFrame(showing.frame, fields));
  const texts = new Texts(showing, reply, fields, (value) => {
    leaveOutCostly(context, method, [value]);
    return { own: writer.own(cut(represent(type, value, `${place}/${value.id}`), fields)) };
  });
  const members = (stamps: readonly Stamp[]): AsyncGenerator<string> =>
    membersText(texts, stamps, (id, { own }) => writer.framed(own, `${place}/${id}`));
  let first = '';
  for await (const piece of members(reply.stamps)) first += piece;
  const body = reply.more === undefined ? first + writer.end() : rest(reply, first, members, writer);
  return { status: 200, contentType: contentTypeOf(wire.format), headers: {}, body };
}

/** One object at its own place. @throws {Fault} 404 when it is gone by now */
export async function stampedEntity(reply: StampedOneReply, showing: Showing): Promise<Answer> {
  const { context, wire, method, place } = showing;
  const type = reply.type as TypeName;
  const fields = fieldsOf(context, type);
  const frame = cutFrame(showing.frame, fields);
  const texts = new Texts(showing, reply, fields, (value) => {
    const version = versionOf(type, value, context);
    leaveOutCostly(context, method, [value]);
    return { own: ownEntity(wire, type, cut(represent(type, value, place), fields)), version };
  });
  // Where nothing is kept the object is read with its stamp at once.
  const found = texts.has(reply.id) ? await texts.of(await reply.stamps()) : await texts.read([reply.id]);
  const [kept] = found.values();
  if (kept === undefined) throw notFound();
  const { own, version } = kept;
  const answer = { status: 200, contentType: contentTypeOf(wire.format), headers: {}, body: framedEntity(wire, type, own, place, frame) };
  return version === undefined ? answer : { ...answer, version };
}
