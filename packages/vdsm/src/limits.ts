/** Every bound of the two ends in one place. Sizes in bytes, times in milliseconds. */
export interface FrameLimits {
  /** Longest accepted header block (command line and blank line included). */
  headerBytes: number;
  /** Most header lines in one frame. */
  headerCount: number;
  /** Longest accepted body. */
  bodyBytes: number;
}

export interface WriteLimits {
  /** Frames that may wait for a peer that does not read. */
  queuedFrames: number;
  /** Bytes that may wait for a peer that does not read. */
  queuedBytes: number;
  /** How long one write may take until the system accepts it. */
  writeTimeoutMs: number;
}

export interface ServerLimits extends FrameLimits, WriteLimits {
  connections: number;
  httpConnections: number;
  subscriptionsPerConnection: number;
  /** TLS handshake, and then the first bytes (VDSM: 10 s each). */
  handshakeTimeoutMs: number;
  firstBytesTimeoutMs: number;
  /** CONNECT must come within this time. */
  connectTimeoutMs: number;
  /** A frame that has begun must end within this time. */
  frameTimeoutMs: number;
  /** Least time between two frames to a peer that does not say {@link MERGED_FRAMES_HEADER}. */
  frameGapMs: number;
  /** Heart-beat periods below this are raised to it (VDSM: 1 s). */
  minimumHeartbeatMs: number;
  /** VDSM: 8 workers, 80 waiting calls, a call is reported as slow after 60 s. */
  concurrentCalls: number;
  queuedCalls: number;
  slowCallMs: number;
  callsPerBatch: number;
  httpTimeoutMs: number;
}

export interface ClientLimits extends FrameLimits, WriteLimits {
  /** Calls without an answer, those that wait for the connection included. */
  pendingCalls: number;
  /** A frame that has begun must end within this time. */
  frameTimeoutMs: number;
}

const MIB = 1024 * 1024;

export const defaultServerLimits: Readonly<ServerLimits> = {
  headerBytes: 8192,
  headerCount: 64,
  bodyBytes: 16 * MIB,
  queuedFrames: 1024,
  queuedBytes: 64 * MIB,
  writeTimeoutMs: 60_000,
  connections: 128,
  httpConnections: 10,
  subscriptionsPerConnection: 32,
  handshakeTimeoutMs: 10_000,
  firstBytesTimeoutMs: 10_000,
  connectTimeoutMs: 30_000,
  frameTimeoutMs: 60_000,
  frameGapMs: 5,
  minimumHeartbeatMs: 1000,
  concurrentCalls: 8,
  queuedCalls: 80,
  slowCallMs: 60_000,
  callsPerBatch: 80,
  httpTimeoutMs: 60_000,
};

export const defaultClientLimits: Readonly<ClientLimits> = {
  headerBytes: 8192,
  headerCount: 64,
  bodyBytes: 64 * MIB,
  queuedFrames: 1024,
  queuedBytes: 64 * MIB,
  writeTimeoutMs: 60_000,
  pendingCalls: 1000,
  frameTimeoutMs: 60_000,
};

/** Longest header block that is written: oVirt's Java client breaks above 1024 bytes. */
export const WRITTEN_HEADER_BYTES = 1024;

/** Longest header value taken over from a peer into frames written later (subscription ids, destinations, receipts), escaped. */
export const ECHOED_VALUE_BYTES = 255;

/** CONNECT header by which a client says that it reads frames however they are merged; ours does, oVirt's Java client does not. */
export const MERGED_FRAMES_HEADER = 'virgate-merged-frames';

/** Deepest nesting of a JSON body. */
export const JSON_DEPTH = 64;
