/**
 * The links and actions that every object of a service has: the same for all but for the object's place. Written around that place,
 * they need no objects of their own.
 */
export interface LinkFrame {
  /** `rel` of each link; it is the last segment of the link's `href` too. */
  readonly links: readonly string[];
  /** `rel` of each action, likewise. */
  readonly actions: readonly string[];
}

/** No links and no actions. */
export const noFrame: LinkFrame = { links: [], actions: [] };

/** The pieces of an object's text around what a frame writes of it: an object without links and actions of its own. */
export type OwnText = readonly string[];

/** Where an object within another has the frame of its own place, when it has one. */
export const ownFrame = Symbol('links and actions of the place');

/** The frame of an object: what its writer was given, else its own; none without a place, below which everything is. */
export const frameAround = (
  value: { readonly href?: unknown; readonly [ownFrame]?: LinkFrame },
  around: LinkFrame | undefined,
): LinkFrame | undefined => (typeof value.href === 'string' ? (around ?? value[ownFrame]) : undefined);

/** Texts that stand between the places of an object in what a frame writes of it; made once for each frame and kept. */
export class FrameTexts {
  readonly #make: (rels: readonly string[]) => string[];
  readonly #texts = new WeakMap<readonly string[], string[]>();

  /** @param make the texts of a list of rels: one more than there are rels; empty for none */
  constructor(make: (rels: readonly string[]) => string[]) {
    this.#make = make;
  }

  /** The links to `rels` below a place, which is escaped already. */
  around(rels: readonly string[], place: string): string {
    let texts = this.#texts.get(rels);
    if (texts === undefined) this.#texts.set(rels, (texts = this.#make(rels)));
    return texts.join(place);
  }
}
