/**
 * Codes that this package itself answers with. Everything else that travels as a `VdsmError` comes from the
 * contract's error table (VDSM's exception codes) and is chosen by the verb that failed.
 */
export const ErrorCode = {
  /** The verb exists but this host does not do it ("MethodNotImplemented"). */
  notImplemented: 44,
  /** The agent is still starting ("RecoveryInProgress"); an engine shows the host as Initializing. */
  recovering: 99,
  /** The call queue is full ("ResourceExhausted"). */
  overloaded: 1100,
  /** Time-out or lost connection, decided on the caller's side. Never sent by a host. */
  network: 5022,
  /** A call with an outdated fencing number. Outside oVirt's table: only Virgate's engine sends such numbers. */
  fenced: 9100,
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
} as const;

/** A failed call: `code` is an integer of the contract's error table, of JSON-RPC, or {@link ErrorCode.network}. */
export class VdsmError extends Error {
  readonly code: number;

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VdsmError';
    this.code = Number.isSafeInteger(code) ? code : ErrorCode.internal;
  }
}

/** Bytes that are no STOMP 1.2 or go past a limit. The connection cannot be read any further. */
export class StompError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StompError';
  }
}
