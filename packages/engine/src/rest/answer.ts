import type { Method, ServiceName } from '@virgate/contract/generated/services';
import type { TypeName } from '@virgate/contract/generated/types';
import type { Outcome } from './dispatch.ts';
import { noFrame } from '@virgate/contract/link-frame';
import { collectionWriter, encodeEntity, relocate, type CollectionWriter } from './encode.ts';
import { leaveOutCostly } from './costly.ts';
import { versionOf } from './etag.ts';
import { cut, cutFrame, fieldsOf, type Fields } from './fields.ts';
import { follow } from './follow.ts';
import { contentTypeOf, type Wire } from './negotiation.ts';
import type { Context, Entity, Reply } from './operation.ts';
import { withoutSecrets } from './secrets.ts';
import { apiRoot, frameOf, hrefOf, represent } from './represent.ts';
import { stampedCollection, stampedEntity, type Showing } from './stamped.ts';
import { showAsV3 } from './version-3/links.ts';
import { linksOf } from './work-status.ts';

/** What is sent. */
export interface Answer {
  status: number;
  contentType: string;
  headers: Record<string, string>;
  /** The body: whole, or in pieces that are made while it is sent. */
  body: string | AsyncIterable<string>;
  /** The version of the object that the body shows, when it shows one. */
  version?: string;
}

type ReplyOf<K extends Reply['kind']> = Extract<Reply, { kind: K }>;
type Item = ServiceName | undefined;

/** Pieces of a long body are at least this long; the text of one is made without a pause. */
const pieceUnits = 256 * 1024;
/** Parts of a long list that are read and completed before they can be written. */
const partsAhead = 2;

/** Completes the members of parts; some are on their way while one is written, so that the database works meanwhile. */
async function* completed(parts: AsyncIterable<Entity[]>, complete: (members: Entity[]) => Promise<void>): AsyncGenerator<Entity[]> {
  const source = parts[Symbol.asyncIterator]();
  const read = (): Promise<IteratorResult<Entity[], unknown>> => {
    const reading = source.next().then(async (part) => {
      if (part.done !== true) await complete(part.value);
      return part;
    });
    // Told when it is asked for: whoever reads may have gone before.
    reading.catch(() => undefined);
    return reading;
  };
  const onTheWay = Array.from({ length: partsAhead }, read);
  try {
    for (;;) {
      const part = await (onTheWay.shift() ?? read());
      if (part.done === true) return;
      onTheWay.push(read());
      yield part.value;
    }
  } finally {
    await source.return?.();
  }
}

/** Completes members of a collection and writes them. */
async function* membersText(
  parts: AsyncIterable<Entity[]>,
  complete: (members: Entity[]) => Promise<void>,
  writer: CollectionWriter,
  first: string,
): AsyncGenerator<string> {
  let text = first;
  for await (const members of completed(parts, complete)) {
    for (const member of members) {
      text += writer.member(member);
      if (text.length < pieceUnits) continue;
      yield text;
      text = '';
    }
  }
  yield text + writer.end();
}

/** The same, of what is wanted of each member. */
const cutting = (writer: CollectionWriter, fields: Fields | undefined): CollectionWriter =>
  fields === undefined ? writer : { ...writer, member: (value) => writer.member(cut(value, fields)) };

async function collectionAnswer(
  reply: ReplyOf<'collection'>,
  context: Context,
  item: Item,
  method: Method | undefined,
  wire: Wire,
): Promise<Answer> {
  const type = reply.type as TypeName;
  const here = `${apiRoot}${context.location}`;
  // Version 3 has fewer links and other names for some: they are made one by one.
  const fields = fieldsOf(context, type);
  const frame = item === undefined ? undefined : cutFrame(frameOf(item), fields);
  const old = wire.version === 3;
  const head = reply.size === undefined ? {} : { size: reply.size };
  const writer = cutting(collectionWriter(wire, type, old ? undefined : frame, head), fields);
  const complete = async (members: Entity[]): Promise<void> => {
    leaveOutCostly(context, method, members);
    await follow(context, type, members);
    // What has no id has no place of its own either.
    for (const value of members.filter((one) => one.id !== undefined || one.href !== undefined))
      represent(type, value, value.href ?? (item ? undefined : hrefOf(type, value.id ?? '')) ?? `${here}/${value.id}`);
    if (old) for (const value of members) showAsV3(type, value);
  };
  // Lists that may be long are cut where they are read.
  const shown = reply.entities.slice(0, context.parameters.max() ?? reply.entities.length);
  await complete(shown);
  let text = '';
  for (const value of shown) text += writer.member(value);
  const body = reply.more === undefined ? text + writer.end() : membersText(reply.more, complete, writer, text);
  return { status: 200, contentType: contentTypeOf(wire.format), headers: {}, body };
}

async function entityAnswer(reply: ReplyOf<'entity'>, { context, service, method }: Outcome, item: Item, wire: Wire): Promise<Answer> {
  const type = reply.type as TypeName;
  const here = `${apiRoot}${context.location}`;
  const contentType = contentTypeOf(wire.format);
  if (service === undefined && wire.version === 3) showAsV3(type, reply.entity);
  if (service === undefined) return { status: 200, contentType, headers: {}, body: encodeEntity(wire, type, reply.entity) };
  const version = versionOf(type, reply.entity, context);
  leaveOutCostly(context, method, [reply.entity]);
  await follow(context, type, [reply.entity]);
  const isNew = reply.status !== 200;
  const href = reply.entity.href ?? (isNew && item ? `${here}/${reply.entity.id}` : here);
  represent(type, reply.entity, href);
  if (reply.job !== undefined) {
    reply.entity['creation_status'] = 'in_progress';
    reply.entity['links'] = [
      ...((reply.entity['links'] as Entity[] | undefined) ?? []),
      { rel: 'creation_status', href: `${href}/creation_status/${reply.job}` },
    ];
  }
  const shown = isNew ? item : service;
  const fields = fieldsOf(context, type);
  const frame = shown === undefined ? undefined : cutFrame(frameOf(shown), fields);
  if (wire.version === 3) showAsV3(type, reply.entity);
  const body = encodeEntity(wire, type, cut(reply.entity, fields), wire.version === 3 ? undefined : frame);
  return { status: reply.status, contentType, headers: isNew ? { Location: relocate(href, wire) } : {}, body, version };
}

function actionAnswer(reply: ReplyOf<'action'>, context: Context, wire: Wire): Answer {
  const action: Entity = {
    ...withoutSecrets('Action', context.body),
    ...reply.result,
    status: reply.status === 200 ? 'complete' : 'pending',
  };
  const here = `${apiRoot}${context.location}`;
  if (reply.job) action['job'] = { id: reply.job, href: `${apiRoot}/jobs/${reply.job}` };
  // A removal that goes on is no action: it has no place of its own where one could ask how far it is.
  const goesOn = reply.status === 202 && reply.job !== undefined && context.action !== undefined;
  const place = goesOn ? `${here}/${reply.job}` : here;
  if (goesOn)
    Object.assign(action, { id: reply.job, async: true, links: linksOf(here.slice(0, here.lastIndexOf('/')), context.action ?? '') });
  represent('Action', action, place);
  if (wire.version === 3) showAsV3('Action', action);
  const body = encodeEntity(wire, 'Action', action);
  return { status: reply.status, contentType: contentTypeOf(wire.format), headers: {}, body };
}

/** How objects of a service are shown at the place of the request. */
const showingOf = ({ context, method }: Outcome, service: Item, wire: Wire): Showing => ({
  context,
  wire,
  method,
  place: `${apiRoot}${context.location}`,
  frame: service === undefined ? noFrame : frameOf(service),
});

/** Completes what an operation replied (followed links, places, actions) and writes it as the client reads it. */
export async function answer(outcome: Outcome, wire: Wire): Promise<Answer> {
  const { reply, context, service, method } = outcome;
  const item = service === undefined ? undefined : context.engine.itemServices.get(service);
  switch (reply.kind) {
    case 'collection':
      return collectionAnswer(reply, context, item, method, wire);
    case 'stamped':
      return stampedCollection(reply, showingOf(outcome, item, wire));
    case 'stamped_one':
      return stampedEntity(reply, showingOf(outcome, service, wire));
    case 'entity':
      return entityAnswer(reply, outcome, item, wire);
    case 'file':
      return { status: 200, contentType: reply.mediaType, headers: {}, body: reply.body };
    case 'action':
      return actionAnswer(reply, context, wire);
    case 'document':
      return { status: 200, contentType: reply.contentType, headers: reply.headers ?? {}, body: reply.text };
  }
}
