/** Why a host could not join. */
export type EnrolmentErrorCode =
  'USAGE' | 'FINGERPRINT' | 'CERTIFICATE' | 'TOKEN' | 'REFUSED' | 'UNREACHABLE' | 'ANSWER' | 'ALREADY_JOINED' | 'TIMEOUT' | 'FILES';

/** A failed enrolment; the message says what to do. */
export class EnrolmentError extends Error {
  override name = 'EnrolmentError';
  readonly code: EnrolmentErrorCode;

  constructor(code: EnrolmentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
