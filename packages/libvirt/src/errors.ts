import { ErrorDomain, ErrorNumber } from './generated/constants.ts';
import type { RemoteError } from './generated/structures.ts';

function nameOf(table: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(table).find(([, number]) => number === value)?.[0] ?? String(value);
}

/** What a libvirt error says beside its message; the meaning depends on the code. */
export interface LibvirtErrorDetail {
  str1: string | null;
  str2: string | null;
  str3: string | null;
  int1: number;
  int2: number;
}

/** libvirtd carried out the call (or the stream) and answered with an error. Codes: {@link ErrorNumber}, domains: {@link ErrorDomain}. */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
  readonly code: number;
  /** The code's public name without `VIR_ERR_`, e.g. `NO_DOMAIN`. */
  readonly codeName: string;
  readonly domain: number;
  /** The public name, without `VIR_FROM_`, of the part of libvirt that raised the error, e.g. `QEMU`. */
  readonly domainName: string;
  readonly level: number;
  readonly detail: LibvirtErrorDetail;
  readonly procedure: string;

  constructor(procedure: string, error: RemoteError) {
    super(error.message ?? `libvirt error ${nameOf(ErrorNumber, error.code)} without a message`);
    this.procedure = procedure;
    this.code = error.code;
    this.codeName = nameOf(ErrorNumber, error.code);
    this.domain = error.domain;
    this.domainName = nameOf(ErrorDomain, error.domain);
    this.level = error.level;
    const { str1, str2, str3, int1, int2 } = error;
    this.detail = { str1, str2, str3, int1, int2 };
  }
}

/**
 * Why the client itself gave up. Whether a call that failed so had an effect is unknown, except for `INVALID_ARGUMENT`,
 * `LIMIT`, `UNSUPPORTED` and `CONNECT`, where nothing was sent.
 * - `TIMEOUT`: no answer within the deadline; libvirt cannot cancel, so the call may still go on
 * - `ABORTED`: the caller's signal fired
 * - `CLOSED`: the connection ended first
 * - `KEEPALIVE`: the peer answered no keepalive
 * - `PROTOCOL`: the peer broke the protocol
 * - `CONNECT`: the socket could not be opened
 * - `AUTHENTICATION`: the daemon wants a way of authentication that this client lacks
 * - `INVALID_ARGUMENT`: the arguments do not fit the procedure
 * - `LIMIT`: a limit of the client ({@link ConnectionLimits}) was reached
 * - `UNSUPPORTED`: the procedure passes file descriptors, which Node's sockets cannot
 */
export type LibvirtClientErrorCode =
  'TIMEOUT' | 'ABORTED' | 'CLOSED' | 'KEEPALIVE' | 'PROTOCOL' | 'CONNECT' | 'AUTHENTICATION' | 'INVALID_ARGUMENT' | 'LIMIT' | 'UNSUPPORTED';

export class LibvirtClientError extends Error {
  override readonly name = 'LibvirtClientError';
  readonly code: LibvirtClientErrorCode;
  readonly procedure: string | undefined;

  constructor(code: LibvirtClientErrorCode, message: string, options: { procedure?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.procedure = options.procedure;
  }
}

/** True when libvirt answered with this error number: `isLibvirtError(error, ErrorNumber.NO_DOMAIN)`. */
export function isLibvirtError(error: unknown, code?: number): error is LibvirtError {
  return error instanceof LibvirtError && (code === undefined || error.code === code);
}
