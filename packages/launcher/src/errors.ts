/** Why a stage of the start failed. The message says what happened, `advice` what to do about it. */
export class LauncherError extends Error {
  readonly code: LauncherErrorCode;
  readonly advice: string;

  constructor(code: LauncherErrorCode, message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LauncherError';
    this.code = code;
    this.advice = advice;
  }
}

export type LauncherErrorCode =
  | 'bad_option'
  | 'data_folder_unusable'
  | 'already_running'
  | 'port_taken'
  | 'not_root'
  | 'programs_missing'
  | 'portal_not_built'
  | 'database_failed'
  | 'engine_failed'
  | 'agent_failed'
  | 'hypervisor_failed'
  | 'network_failed'
  | 'ovn_failed'
  | 'setup_failed'
  | 'stop_failed';

/** The text of anything thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
