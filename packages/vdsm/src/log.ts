type LogLine = (fields: object, message: string) => void;

/** Where both ends write what happened; a pino logger fits as it is. Parameters and results of calls are never logged. */
export interface VdsmLog {
  debug: LogLine;
  info: LogLine;
  warn: LogLine;
  error: LogLine;
}

const nowhere: LogLine = () => undefined;

export const silentLog: VdsmLog = { debug: nowhere, info: nowhere, warn: nowhere, error: nowhere };
