/** Characters that a tag of LVM may have; VDSM writes every other as its code point between ampersands. */
const invalidCharacter = /[^a-zA-Z0-9_+.\-/=!:#]/gu;
const escaped = /&(\d{1,7})&/g;

/** Text of a tag for any text. */
export function encodeTag(text: string): string {
  return text.replace(invalidCharacter, (character) => `&${character.codePointAt(0) ?? 0}&`);
}

/** The text that a tag stands for. */
export function decodeTag(tag: string): string {
  return tag.replace(escaped, (whole, point: string) => (Number(point) <= 0x10ffff ? String.fromCodePoint(Number(point)) : whole));
}

/** Tags as reports of LVM list them. */
export function splitTags(text: string): string[] {
  return text.split(',').filter((tag) => tag !== '');
}

/** Mark of a volume group that is a storage domain, and of one that is to become one. */
export const domainTag = 'RHAT_storage_domain';
export const unreadyTag = 'RHAT_storage_domain_UNREADY';

/** Begin of tags that hold a domain's metadata. */
const metadataPrefix = 'MDT_';

/** The lines of a domain's metadata as tags of its volume group. */
export function metadataTags(lines: readonly string[]): string[] {
  return lines.map((line) => `${metadataPrefix}${encodeTag(line)}`);
}

/** Text of a domain's metadata out of the tags of its volume group. */
export function metadataText(tags: readonly string[]): string {
  return tags
    .filter((tag) => tag.startsWith(metadataPrefix))
    .map((tag) => `${decodeTag(tag.slice(metadataPrefix.length))}\n`)
    .join('');
}

/** Mark of a logical volume whose volume does not exist yet. */
export const initializingTag = 'OVIRT_VOL_INITIALIZING';

const imagePrefix = 'IU_';
const parentPrefix = 'PU_';
const slotPrefix = 'MD_';
const removedPrefix = '_remove_me_';
const zeroedPrefix = '_remove_me_ZERO_';

/** What the tags of a logical volume say of the volume in it. */
export interface VolumeTags {
  imageId: string | undefined;
  parentId: string | undefined;
  /** Number of its metadata slot and of its lease. */
  slot: number | undefined;
  initializing: boolean;
  /** Whether its image is being deleted, and whether its data is to be overwritten before. */
  removed: false | 'plain' | 'zero';
}

/** Reads the tags of a volume's logical volume. */
export function parseVolumeTags(tags: readonly string[]): VolumeTags {
  const value = (prefix: string): string | undefined => tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);
  const image = value(imagePrefix);
  const slot = Number(value(slotPrefix) ?? Number.NaN);
  const removed = image?.startsWith(zeroedPrefix) === true ? 'zero' : image?.startsWith(removedPrefix) === true ? 'plain' : false;
  return {
    imageId: removed === 'zero' ? image?.slice(zeroedPrefix.length) : removed === 'plain' ? image?.slice(removedPrefix.length) : image,
    parentId: value(parentPrefix),
    slot: Number.isSafeInteger(slot) && slot >= 0 ? slot : undefined,
    initializing: tags.includes(initializingTag),
    removed,
  };
}

export const imageTag = (imageId: string, removed: VolumeTags['removed'] = false): string =>
  `${imagePrefix}${removed === 'zero' ? zeroedPrefix : removed === 'plain' ? removedPrefix : ''}${imageId}`;
export const parentTag = (parentId: string): string => `${parentPrefix}${parentId}`;
export const slotTag = (slot: number): string => `${slotPrefix}${slot}`;
