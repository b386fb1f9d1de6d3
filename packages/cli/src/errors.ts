/** How the program ends; the numbers are those of oVirt's shell, so that scripts written for it go on working. */
export const exitCodes = {
  ok: 0,
  syntax: 1,
  command: 2,
  interrupted: 3,
  unknown: 4,
  communication: 5,
  authentication: 6,
  remote: 10,
  notFound: 11,
} as const;

export type ExitName = keyof typeof exitCodes;

export interface ErrorParts {
  /** The option, attribute or place that is wrong: `--memory`, `cpu.topology.sockets`, `web.yaml:12:3`. */
  field?: string | undefined;
  /** What lies behind it. */
  cause?: string | undefined;
  /** What to do next. */
  hint?: string | undefined;
}

/** What the command line refuses, or could not do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  /** Short name that stays the same: `unknown_option`. */
  readonly code: string;
  readonly exit: ExitName;
  readonly parts: ErrorParts;

  constructor(exit: ExitName, code: string, message: string, parts: ErrorParts = {}) {
    super(message);
    this.exit = exit;
    this.code = code;
    this.parts = parts;
  }
}

/** A word that a command has no place for. */
export const tooMany = (command: string, word: string, hint: string): CliError =>
  new CliError('syntax', 'unexpected_argument', `${command}: ${JSON.stringify(word)} is one word too many.`, { field: word, hint });

/** The text of whatever was thrown. */
export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
