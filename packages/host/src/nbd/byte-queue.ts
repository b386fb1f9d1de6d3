/** Bytes as they come over a socket, taken in pieces of the reader's size. */
export class ByteQueue {
  #chunks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** Copies bytes into a buffer, as many as there are, want to be and fit. @returns how many */
  takeInto(target: Buffer, at: number, maximum: number): number {
    const wanted = Math.min(maximum, this.#length, target.length - at);
    let copied = 0;
    while (copied < wanted) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      const size = Math.min(chunk.length, wanted - copied);
      chunk.copy(target, at + copied, 0, size);
      copied += size;
      if (size === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(size);
    }
    this.#length -= copied;
    return copied;
  }

  /** Takes exactly that many bytes, or `undefined` when there are fewer. */
  take(bytes: number): Buffer | undefined {
    if (this.#length < bytes) return undefined;
    const taken = Buffer.allocUnsafe(bytes);
    this.takeInto(taken, 0, bytes);
    return taken;
  }
}
