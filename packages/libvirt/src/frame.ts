import { LibvirtClientError } from './errors.ts';
import { frameFacts, MessageStatus, MessageType } from './generated/constants.ts';
import { XdrWriter } from './xdr.ts';

/** The six words in front of every payload. */
export interface FrameHeader {
  program: number;
  version: number;
  procedure: number;
  type: number;
  serial: number;
  status: number;
}

export interface Frame extends FrameHeader {
  /** The payload alone; a view into the received bytes. */
  payload: Buffer;
}

const lengthBytes = 4;
const { headerBytes } = frameFacts;

/** One frame, its length in front; `writePayload` appends the payload. */
export function encodeFrame(header: FrameHeader, writePayload?: (writer: XdrWriter) => void): Buffer {
  const writer = new XdrWriter(frameFacts.maxBytes);
  writer.uint(0);
  writer.uint(header.program);
  writer.uint(header.version);
  writer.int(header.procedure);
  writer.int(header.type);
  writer.uint(header.serial);
  writer.int(header.status);
  writePayload?.(writer);
  const frame = writer.finish();
  frame.writeUInt32BE(frame.length, 0);
  return frame;
}

function decodeFrame(frame: Buffer): Frame {
  const header = {
    program: frame.readUInt32BE(4),
    version: frame.readUInt32BE(8),
    procedure: frame.readInt32BE(12),
    type: frame.readInt32BE(16),
    serial: frame.readUInt32BE(20),
    status: frame.readInt32BE(24),
  };
  if (header.type < MessageType.CALL || header.type > MessageType.STREAM_HOLE) {
    throw new LibvirtClientError('PROTOCOL', `message of unknown type ${header.type}`);
  }
  if (header.status < MessageStatus.OK || header.status > MessageStatus.CONTINUE) {
    throw new LibvirtClientError('PROTOCOL', `message of unknown status ${header.status}`);
  }
  return { ...header, payload: frame.subarray(headerBytes) };
}

/**
 * Cuts a byte stream into frames. The length word is judged before a byte of the frame is kept, and room for a frame grows with what
 * really came in, so neither a hostile length nor a trickle of single bytes costs more than the bytes received.
 */
export class FrameReader {
  /** The beginning of a frame that is not whole yet; its first `#length` bytes count. */
  #partial: Buffer = Buffer.alloc(0);
  #length = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number = frameFacts.maxBytes) {
    this.#maxBytes = maxBytes;
  }

  /** Takes bytes in and gives each frame that they complete; payloads are views. Throws `PROTOCOL`; the reader is of no use afterwards. */
  *push(chunk: Buffer): Generator<Frame> {
    let bytes = this.#length === 0 ? chunk : this.#append(chunk);
    for (;;) {
      const wanted = this.#frameLength(bytes);
      if (wanted === undefined || bytes.length < wanted) break;
      // Views of the partial buffer go out with the frame, so it must not be written again.
      this.#partial = Buffer.alloc(0);
      this.#length = 0;
      const frame = bytes.subarray(0, wanted);
      bytes = bytes.subarray(wanted);
      yield decodeFrame(frame);
    }
    if (this.#length === 0 && bytes.length > 0) this.#append(bytes);
  }

  #frameLength(bytes: Buffer): number | undefined {
    if (bytes.length < lengthBytes) return undefined;
    const length = bytes.readUInt32BE(0);
    if (length < headerBytes || length > this.#maxBytes) {
      throw new LibvirtClientError('PROTOCOL', `frame of ${length} bytes; ${headerBytes} to ${this.#maxBytes} are allowed`);
    }
    return length;
  }

  #append(chunk: Buffer): Buffer {
    const length = this.#length + chunk.length;
    if (length > this.#partial.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, this.#partial.length * 2));
      this.#partial.copy(grown, 0, 0, this.#length);
      this.#partial = grown;
    }
    chunk.copy(this.#partial, this.#length);
    this.#length = length;
    return this.#partial.subarray(0, length);
  }
}
