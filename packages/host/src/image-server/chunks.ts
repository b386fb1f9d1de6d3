/** Bytes that are read or written at once. */
export const chunkBytes = 1024 * 1024;
/** Chunks that are kept for the next request. */
const maximumKept = 32;

/**
 * Room for pieces of images that is used again and again: new room for each would be most of the work, since its pages have to be made and its
 * rests collected. What a piece holds is always written before it is read.
 */
export class ChunkPool {
  readonly #kept: Buffer[] = [];

  take(): Buffer {
    return this.#kept.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
  }

  /** Only when nobody reads or writes it any more. */
  give(chunk: Buffer): void {
    if (this.#kept.length < maximumKept) this.#kept.push(chunk);
  }
}
