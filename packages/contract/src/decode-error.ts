/** Why a body was refused. */
export type DecodeErrorCode =
  /** Not well-formed XML or JSON. */
  | 'syntax'
  /** Not UTF-8, or another encoding is declared. */
  | 'encoding'
  /** A document type or an entity declaration: never read. */
  | 'dtd'
  /** An element or JSON key that the type doesn't have (a namespace counts as one). */
  | 'unknown_element'
  /** An object where a list is expected, text where an object is expected, and the like. */
  | 'invalid_shape'
  /** A value that its kind doesn't allow. */
  | 'invalid_value'
  | 'too_large'
  | 'too_deep'
  | 'too_many'
  /** Asked for a version of the API that this codec doesn't speak. */
  | 'unsupported_version';

/** A refused request body. `path` is dotted (`vm.cluster.id`); `detail` is one sentence for the sender. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code: DecodeErrorCode;
  readonly path: string;
  readonly detail: string;

  constructor(code: DecodeErrorCode, path: string, detail: string) {
    super(detail);
    this.code = code;
    this.path = path;
    this.detail = detail;
  }

  /** Text for a fault's `reason` with status 400 (the real engine's words for these two classes). */
  get reason(): string {
    return this.code === 'invalid_value' ? 'Invalid value' : 'Request syntactically incorrect.';
  }
}

/** Bounds of what a decoder takes in. */
export interface DecodeLimits {
  /** Bytes of UTF-8, or UTF-16 units when a string is given. */
  readonly maxSize: number;
  /** Elements (objects) within one another. */
  readonly maxDepth: number;
  /** Elements and attributes (XML) or keys and list members (JSON) in all. */
  readonly maxElements: number;
  /** UTF-16 units of one text value. OVF documents travel as one value, hence the room. */
  readonly maxText: number;
}

export const defaultDecodeLimits: DecodeLimits = {
  maxSize: 16 * 1024 * 1024,
  maxDepth: 64,
  maxElements: 200_000,
  maxText: 8 * 1024 * 1024,
};
