import { frameFacts } from './generated/constants.ts';

/** Bounds of one connection; each has a default in {@link defaultLimits}. */
export interface ConnectionLimits {
  /**
   * Calls that wait for an answer at once; further ones wait here. libvirtd stops reading from a client that has `max_client_requests`
   * (5 unless configured) calls open, and then leaves keepalives unanswered too: stay one below it.
   */
  callsInFlight: number;
  /** Calls that may wait for their turn; one more is refused with `LIMIT`. */
  callsQueued: number;
  /** Longest frame that is taken from the daemon. */
  frameBytes: number;
  /** Bytes of one stream that may wait for their reader; above it the socket is not read. */
  streamBufferBytes: number;
  /** Streams open at once. */
  streams: number;
}

export const defaultLimits: ConnectionLimits = {
  callsInFlight: 4,
  callsQueued: 4096,
  frameBytes: frameFacts.maxBytes,
  streamBufferBytes: 4 * 1024 * 1024,
  streams: 16,
};

/** Deadline of a call that names none. */
export const defaultCallTimeoutMs = 60_000;
/** Deadline for opening the socket and for each step of the opening handshake. */
export const defaultConnectTimeoutMs = 10_000;
/** How long a polite close may take before the socket is dropped. */
export const closeTimeoutMs = 1000;
/** How long the end of an aborted stream is waited for. */
export const abortTimeoutMs = 5000;
/** Longest time a timer can hold; a longer deadline means none. */
export const longestTimerMs = 0x7fffffff;
