import { createHash } from 'node:crypto';
import { encodeJson } from '@virgate/contract/json';
import type { TypeName, Types } from '@virgate/contract/generated/types';
import type { Context, Entity } from './operation.ts';

/**
 * Entity tags. That of an object has two parts: `"VERSION.FORM"`. The version is a digest of the object's own values, the same in every
 * format and whatever was followed; the form is a digest of the very text. `If-None-Match` asks for both, `If-Match` for the version:
 * who read an object as XML with its disks inline may change it as JSON.
 */

const digestLength = 16;
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, digestLength);

/** Parameters by which an object has other values, by the letter that a version of such values ends with. */
const variants = { a: 'all_content', c: 'current', n: 'next_run' } as const;
type Variant = keyof typeof variants;

/** The version of an object's own values, before anything is followed or placed; where it was read is none of them. */
export function versionOf(type: TypeName, value: Entity, context: Pick<Context, 'parameters'>): string {
  const letters = (Object.keys(variants) as Variant[]).filter((letter) => context.parameters.flag(variants[letter]));
  const { href: _place, ...own } = value;
  return `${digest(encodeJson(type, own as Types[TypeName]))}${letters.length === 0 ? '' : `~${letters.join('')}`}`;
}

/** The parameters with which the values of a version were read: `all_content=true`. */
export const parametersOf = (version: string): URLSearchParams =>
  new URLSearchParams(
    [...(version.split('~')[1] ?? '')].flatMap((letter) => (letter in variants ? [[variants[letter as Variant], 'true']] : [])),
  );

/** The tag of a text, and of the version of the object that it shows. */
export const tagOf = (text: string, version?: string): string => `"${version === undefined ? '' : `${version}.`}${digest(text)}"`;

/** The version that a tag tells; undefined for weak tags and those of no object. */
export const versionIn = (tag: string): string | undefined => /^"([\w-]+(?:~[a-z]+)?)\.[\w.-]+"$/.exec(tag)?.[1];

/** The tags of `If-Match` or `If-None-Match`; `*` stands for any. */
export const tagsOf = (header: string): string[] => header.match(/(?:W\/)?"[^"]*"|\*/g) ?? [];

/** Whether `If-None-Match` names a tag, compared weakly: the coding of the transfer does not matter. */
export const isNamed = (header: string, tag: string): boolean =>
  tagsOf(header).some((one) => one === '*' || one.replace(/^W\//, '').replace(/\.(?:gzip|br|deflate)"$/, '"') === tag);
