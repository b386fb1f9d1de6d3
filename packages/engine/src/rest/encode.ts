import { encodeJson, framedJson, JsonCollectionWriter, ownJson } from '@virgate/contract/json';
import { noFrame, type LinkFrame, type OwnText } from '@virgate/contract/link-frame';
import { encodeXml, framedXml, ownXml, XmlCollectionWriter } from '@virgate/contract/xml';
import type { CollectionHead } from '@virgate/contract/xml';
import { shapeV4, type Shape } from '@virgate/contract/type-info';
import { shapeV3 } from '@virgate/contract/type-info-v3';
import type { TypeName, Types } from '@virgate/contract/generated/types';
import type { ApiVersion, Wire } from './negotiation.ts';
import type { Entity } from './operation.ts';
import { apiRoot } from './represent.ts';

/** All places in the answer begin as the request's path did: with its root and its version. */
export const relocate = (text: string, { root }: Wire): string => (root === apiRoot ? text : text.replaceAll(`${apiRoot}/`, `${root}/`));

/** How the JSON of a version looks. */
export const shapeOf = (version: ApiVersion): Shape => (version === 3 ? shapeV3 : shapeV4);

/** What the codecs take: what is not said must not be there. */
const framing = (frame: LinkFrame | undefined): { frame?: LinkFrame } => (frame === undefined ? {} : { frame });

/** One object as the wire has it, with the links and actions of a frame beside its own. */
export function encodeEntity(wire: Wire, type: TypeName, value: Entity, frame?: LinkFrame): string {
  const typed = value as Types[TypeName];
  const { format, version } = wire;
  const text =
    format === 'json'
      ? encodeJson(type, typed, { shape: shapeOf(version), ...framing(frame) })
      : encodeXml(type, typed, { version, ...framing(frame) });
  return relocate(text, wire);
}

/** The text of one object without its links and actions, for {@link framedEntity}; version 4. */
export const ownEntity = ({ format }: Wire, type: TypeName, value: Entity): OwnText =>
  format === 'json' ? ownJson(type, value as Types[TypeName]) : ownXml(type, value as Types[TypeName]);

/** What {@link encodeEntity} writes, from the object's own text. */
export const framedEntity = (wire: Wire, type: TypeName, own: OwnText, href: string, frame: LinkFrame = noFrame): string =>
  relocate(wire.format === 'json' ? framedJson(own, href, frame) : framedXml(type, own, href, frame), wire);

/** Writes a collection member by member, as the wire has it. */
export interface CollectionWriter {
  member(value: Entity): string;
  /** The text of a member without its links and actions, to be written by `framed`. */
  own(value: Entity): OwnText;
  framed(own: OwnText, href: string): string;
  end(): string;
}

/** A writer of a collection whose members have the links and actions of a frame. */
export function collectionWriter(wire: Wire, type: TypeName, frame?: LinkFrame, head: CollectionHead = {}): CollectionWriter {
  const { format, version } = wire;
  const writer =
    format === 'json'
      ? new JsonCollectionWriter(type, head, { shape: shapeOf(version), ...framing(frame) })
      : new XmlCollectionWriter(type, head, { version, ...framing(frame) });
  return {
    member: (value) => relocate(writer.member(value), wire),
    own: (value) => writer.own(value),
    framed: (own, href) => relocate(writer.framed(own, href), wire),
    end: () => relocate(writer.end(), wire),
  };
}
