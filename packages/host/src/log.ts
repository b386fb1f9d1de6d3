import { pino } from 'pino';

/** Where the agent writes what happens; a pino logger fits as it is. */
export interface AgentLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const secretName = /^(?:password|passwd|token|credentials_value|_X_.*)$/i;
const mask = '*****';
/** Depth to which fields are searched for secrets; deeper ones are not written at all. */
const maximumDepth = 8;

/** A copy of a value with everything masked that must not be written: by the names that the contract uses. */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= maximumDepth) return '…';
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1));
  if (value instanceof Error) return { name: value.name, message: value.message };
  const entries = Object.entries(value).map(([name, item]) => [name, secretName.test(name) ? mask : withoutSecrets(item, depth + 1)]);
  return Object.fromEntries(entries) as unknown;
}

/** The log of the agent's process: JSON lines on standard output. */
export function createLog(level: string): AgentLog {
  return pino({ level, base: {}, formatters: { log: (fields) => withoutSecrets(fields) as Record<string, unknown> } });
}
