/** The engine refused a call. `reason` is the class of the refusal, `detail` says what was wrong with which object. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  /** HTTP status. */
  readonly status: number;
  readonly reason: string;
  /** As sent: checks of the engine put their texts in brackets, joined by commas. */
  readonly detail: string;
  /** Short name of the refusal; only Virgate's own interface (`/virgate/api`) gives one. */
  readonly code: string | undefined;
  /** `GET /ovirt-engine/api/vms/…` */
  readonly operation: string;
  /** Joins this call with its job, its events and the engine's log. */
  readonly correlationId: string | undefined;

  constructor(parts: {
    status: number;
    reason: string;
    detail: string;
    operation: string;
    code?: string | undefined;
    correlationId?: string | undefined;
  }) {
    super(`${parts.operation}: ${parts.status} ${parts.reason}${parts.detail === '' ? '' : ` ${parts.detail}`}`);
    this.status = parts.status;
    this.reason = parts.reason;
    this.detail = parts.detail;
    this.code = parts.code;
    this.operation = parts.operation;
    this.correlationId = parts.correlationId;
  }

  /** `detail` without the brackets around it. */
  get text(): string {
    const inner = /^\[(.*)\]$/s.exec(this.detail)?.[1];
    return inner ?? this.detail;
  }

  /** The session or token is missing, wrong or over: sign in again. */
  get signedOut(): boolean {
    return this.status === 401;
  }
}

/** No answer came: the engine could not be reached, or did not answer in time. Whether a write was carried out is unknown. */
export class EngineUnreachable extends Error {
  override readonly name = 'EngineUnreachable';
  readonly operation: string;

  constructor(operation: string, cause: unknown) {
    super(`${operation}: no answer from the engine`, { cause });
    this.operation = operation;
  }
}

const noReason: Readonly<Record<number, string>> = {
  401: 'Not signed in',
  403: 'Not permitted',
  404: 'Not found',
  412: 'Changed by somebody else',
  413: 'Too large',
  429: 'Too many requests',
  502: 'The engine is not running behind its proxy',
  503: 'The engine is starting or overloaded',
};

/**
 * The fault that an answer's body holds: `{reason, detail}`, the same inside `{fault: …}` (a failed action), `{code, message}` of Virgate's own
 * interface, or nothing (401 and 404 may be empty).
 */
export function faultOf(status: number, body: string, operation: string, correlationId: string | undefined): ApiFault {
  const fault = faultBody(body);
  return new ApiFault({
    status,
    reason: text(fault?.['reason']) ?? noReason[status] ?? `HTTP ${status}`,
    detail: text(fault?.['detail']) ?? text(fault?.['message']) ?? '',
    code: text(fault?.['code']),
    operation,
    correlationId,
  });
}

function faultBody(body: string): Record<string, unknown> | undefined {
  try {
    const value = record(JSON.parse(body));
    return record(value?.['fault']) ?? value;
  } catch {
    // A proxy's page or an empty body; the status alone has to say it.
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
