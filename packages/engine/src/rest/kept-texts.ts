import type { OwnText } from '@virgate/contract/link-frame';

/** What is kept of an object's text. */
export interface KeptText {
  /** The state of the object that the text shows. */
  readonly stamp: string;
  /** The text without links and actions. */
  readonly own: OwnText;
  /** The version by which its entity tag knows it; only of objects that were asked for by their own place. */
  readonly version?: string;
}

/** Characters that are kept at most: the lists of some ten thousand objects. */
const defaultUnits = 96 * 1024 ** 2;

/** A text made of many is kept as one piece, or all of them would be kept beside it. */
const inOnePiece = (text: string): string => Buffer.from(text).toString();
const unitsOf = (key: string, { own, stamp }: KeptText): number =>
  own.reduce((units, text) => units + text.length, key.length + stamp.length);

/**
 * Texts of objects, to be sent again while the objects have not changed: whoever asks for one says its state, so that nothing old is
 * ever sent. What was used longest ago goes first.
 */
export class KeptTexts {
  readonly #texts = new Map<string, KeptText>();
  readonly #maxUnits: number;
  #units = 0;

  /** @param maxUnits characters that are kept at most */
  constructor(maxUnits = defaultUnits) {
    this.#maxUnits = maxUnits;
  }

  /** The text of an object in a state; undefined when it is not kept. */
  find(key: string, stamp: string): KeptText | undefined {
    const kept = this.#texts.get(key);
    if (kept === undefined || kept.stamp !== stamp) return undefined;
    this.#texts.delete(key);
    this.#texts.set(key, kept);
    return kept;
  }

  /** Whether a text of an object is kept, in whatever state. */
  has(key: string): boolean {
    return this.#texts.has(key);
  }

  /** Keeps a text instead of what was kept of the object. */
  keep(key: string, text: KeptText): KeptText {
    const kept = { ...text, own: text.own.map(inOnePiece) };
    this.#drop(key);
    this.#texts.set(key, kept);
    this.#units += unitsOf(key, kept);
    while (this.#units > this.#maxUnits) this.#drop(this.#texts.keys().next().value as string);
    return kept;
  }

  #drop(key: string): void {
    const kept = this.#texts.get(key);
    if (kept === undefined) return;
    this.#texts.delete(key);
    this.#units -= unitsOf(key, kept);
  }
}
