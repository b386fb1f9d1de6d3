import type { Job } from '@virgate/contract/generated/types';

/** The engine refused a call. `reason` is the class of the refusal, `detail` says what was wrong with which object. */
export class ApiFault extends Error {
  override readonly name: string = 'ApiFault';
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

/** 400: the request itself is wrong; `detail` says in what. */
export class BadRequest extends ApiFault {
  override readonly name = 'BadRequest';
}
/** 401: session or token are missing, wrong or over. */
export class SignedOut extends ApiFault {
  override readonly name = 'SignedOut';
}
/** 403: the user lacks the permit. */
export class NotPermitted extends ApiFault {
  override readonly name = 'NotPermitted';
}
/** 404: there is no such object, or it may not be seen. */
export class NotFound extends ApiFault {
  override readonly name = 'NotFound';
}
/** 409: the state of things forbids it. */
export class Conflict extends ApiFault {
  override readonly name = 'Conflict';
}
/** 410: what was asked for is not kept any more. */
export class Gone extends ApiFault {
  override readonly name = 'Gone';
}
/** 412: somebody else has changed the object since (`ifMatch`). */
export class ChangedMeanwhile extends ApiFault {
  override readonly name = 'ChangedMeanwhile';
}
/** 501: the engine does not do this. */
export class NotBuilt extends ApiFault {
  override readonly name = 'NotBuilt';
}
/** 503: the engine cannot answer now; try again. */
export class Unavailable extends ApiFault {
  override readonly name = 'Unavailable';
}

const classes: Readonly<Record<number, typeof ApiFault>> = {
  400: BadRequest,
  401: SignedOut,
  403: NotPermitted,
  404: NotFound,
  409: Conflict,
  410: Gone,
  412: ChangedMeanwhile,
  501: NotBuilt,
  503: Unavailable,
};

/** What was waited for did not come in time. It may still come. */
export class WaitTimeout extends Error {
  override readonly name = 'WaitTimeout';
  /** The resource as it was seen last; undefined when it could not be read, or does not exist. */
  readonly last: unknown;

  constructor(what: string, timeoutMs: number, last: unknown) {
    const { status } = (typeof last === 'object' && last !== null ? last : {}) as { status?: unknown };
    super(`${what} did not become what was waited for within ${timeoutMs} ms${typeof status === 'string' ? `; it is ${status}` : ''}`);
    this.last = last;
  }
}

/** The job of a call that went on in the background failed or was aborted. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
  readonly job: Job;

  constructor(job: Job) {
    super(`${job.description ?? `Job ${job.id}`}: ${job.status}`);
    this.job = job;
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
  return new (classes[status] ?? ApiFault)({
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
