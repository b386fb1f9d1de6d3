/** Why the embedded server could not be started or stopped. */
export type EmbeddedPostgresErrorCode =
  | 'binaries_missing'
  | 'no_service_user'
  | 'initdb_failed'
  | 'major_version_differs'
  | 'socket_directory_unsafe'
  | 'start_failed'
  | 'start_timed_out'
  | 'start_locked'
  | 'stop_timed_out';

/** A coded failure of the embedded server; the message says what to do next. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}
