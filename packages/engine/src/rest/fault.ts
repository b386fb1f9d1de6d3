import type { MessageOfStatus } from '@virgate/contract/generated/messages';
import type { Catalogue } from './languages/catalogue.ts';
import { statusOfMessage, type Message, type OwnMessageOfStatus } from './messages.ts';
import { detailOf, say, sentenceOf, tell, type Detail, type Sentence } from './sentence.ts';

export { say } from './sentence.ts';

/** What went wrong, as the API tells it: a status, a short reason, and the sentences of the detail. */
export interface FaultOptions {
  /** Key of the contract's message table, for logs and for clients of our own API. */
  key?: string;
  /** What of the request is wrong, by its dotted path. */
  field?: string;
  /** The characters of that field that are wrong. */
  characters?: { from: number; to: number };
  /** Response headers, such as `Retry-After`. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/**
 * An error that the API answers with a `<fault>`. `detail` null means an empty body (an unknown id answers so).
 * Source of the shapes: REST contract, faults: detail of rule violations stands in brackets.
 */
export class Fault extends Error {
  readonly status: number;
  readonly reason: string;
  /** What it says in English. */
  readonly detail: string | null;
  /** What it says, so that it can be told in other languages; jobs keep it. */
  readonly details: Detail | null;
  readonly key: string | undefined;
  readonly field: string | undefined;
  readonly characters: { from: number; to: number } | undefined;
  readonly headers: Record<string, string>;
  constructor(status: number, reason: string, detail: string | Detail | null, options: FaultOptions = {}) {
    const details = typeof detail === 'string' ? [sentenceOf(detail)] : detail;
    const english = details === null ? null : tell(details);
    super(english ?? reason, { cause: options.cause });
    this.name = 'Fault';
    this.status = status;
    this.reason = reason;
    this.detail = english;
    this.details = details;
    this.key = options.key;
    this.field = options.field;
    this.characters = options.characters;
    this.headers = options.headers ?? {};
  }

  /** What it says in a language; null is English. */
  detailIn(catalogue: Catalogue | null): string | null {
    return this.details === null ? null : tell(this.details, catalogue);
  }

  /** As a failed job keeps it, so that whoever waits for the job gets the same fault. */
  get code(): string {
    return `fault_${this.status}`;
  }

  get messages(): string[] {
    return this.key === undefined ? [] : [this.key];
  }
}

/** The fault that a failed job has kept; failures that were no faults become 409 with what they said. */
export function faultOfJob(error: { code: string; message: string; messages?: string[]; details?: unknown } | null): Fault {
  const status = Number(/^fault_(\d{3})$/.exec(error?.code ?? '')?.[1] ?? 409);
  const key = error?.messages?.[0];
  const text = error?.message ?? 'The job failed without saying why.';
  const told = detailOf(error?.details) ?? [text];
  return new Fault(status, 'Operation Failed', text.startsWith('[') ? told : ['[', ...told, ']'], key === undefined ? {} : { key });
}

/** The object of a path does not exist, or the caller may not see it: 404 with an empty body. */
export const notFound = (): Fault => new Fault(404, 'Not Found', null);

/** Something that the body refers to does not exist: 404 with a fault that names it. */
export const entityNotFound = (type: string, by: string): Fault =>
  new Fault(404, 'Operation Failed', [say`Entity not found: ${type}: ${by}`], { key: 'ENTITY_NOT_FOUND' });

/** A rule refuses it: the fault of a message, with the status that the contract gives that message. */
export const refused = (key: Message, values: Record<string, string> = {}): Fault =>
  new Fault(statusOfMessage(key), 'Operation Failed', ['[', { message: key, values }, ']'], { key });

/** Parameters that cannot be: 400 with the text of a message. */
export const badRequest = (key: (Message & MessageOfStatus<400>) | OwnMessageOfStatus<400>, values: Record<string, string> = {}): Fault =>
  refused(key, values);

/** Something that the request must say and does not: 400. `what` names it by its dotted path: `vnic_profile.id|name`. */
export const incomplete = (what: string): Fault =>
  new Fault(400, 'Incomplete parameters', [say`${what} required`], { key: 'INCOMPLETE_PARAMETERS', field: what });

/** A value that is wrong on its own: 400; `field` names the attribute by its dotted path. */
export const invalidValue = (field: string, problem: string | Sentence): Fault =>
  new Fault(400, 'Invalid value', [`${field}: `, sentenceOf(problem)], { key: 'INVALID_VALUE', field });

/** The state of things forbids it: 409 with the text of a message. */
export const conflict = (key: (Message & MessageOfStatus<409>) | OwnMessageOfStatus<409>, values: Record<string, string> = {}): Fault =>
  refused(key, values);

/** The caller lacks the permit: 403. */
export const forbidden = (action: string): Fault =>
  new Fault(403, 'Operation Failed', ['[', { message: 'USER_NOT_AUTHORIZED_TO_PERFORM_ACTION', values: { permit: action } }, ']'], {
    key: 'USER_NOT_AUTHORIZED_TO_PERFORM_ACTION',
  });

/** An operation of the contract that this engine does not handle yet: 501. */
export const notBuilt = (what: string): Fault =>
  new Fault(501, 'Not Implemented', [say`${what} is part of the contract but not built yet.`], { key: 'NOT_IMPLEMENTED' });

/** A host could not do what it was asked; `text` is its own word. */
export const hostFailed = (action: string | Sentence, text: string | Sentence, cause?: unknown): Fault =>
  new Fault(409, 'Operation Failed', ['[', sentenceOf(action), ': ', say`the host answered`, ': ', sentenceOf(text), ']'], {
    key: 'HOST_FAILED',
    cause,
  });

/** The system cannot answer now: 503 with `Retry-After` in seconds. */
export const unavailable = (text: string, retryAfterSeconds = 2): Fault =>
  new Fault(503, 'Service Unavailable', text, { headers: { 'Retry-After': String(retryAfterSeconds) } });
