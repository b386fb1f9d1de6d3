import { randomBytes } from 'node:crypto';
import { VdsmError } from '@virgate/vdsm';
import { errorCode } from '../verb.ts';

/** What a console shows: a screen, or the guest's serial port. */
export type ConsoleType = 'vnc' | 'spice' | 'serial';

/** A console that somebody may open. */
export interface ConsoleEntry {
  vmId: string;
  type: ConsoleType;
}

/** How long an entry may be used. */
export const entryLifeMs = 30_000;
const maximumEntries = 1000;
const entryBytes = 32;

/** Entries to consoles, each for one connection. They do not outlive the agent. */
export interface ConsoleEntries {
  /** @returns the secret that opens the console, once, within {@link entryLifeMs} */
  add(entry: ConsoleEntry): string;
  /** Uses an entry up. */
  take(secret: string): ConsoleEntry | undefined;
}

/** @param monotonicMs a clock that never goes back */
export function createConsoleEntries(monotonicMs: () => number): ConsoleEntries {
  const entries = new Map<string, ConsoleEntry & { expiresMs: number }>();
  return {
    add(entry) {
      const nowMs = monotonicMs();
      for (const [secret, { expiresMs }] of entries) if (expiresMs <= nowMs) entries.delete(secret);
      if (entries.size >= maximumEntries)
        throw new VdsmError(errorCode.resourceExhausted, `${maximumEntries} consoles wait to be opened; try again in a minute`);
      const secret = randomBytes(entryBytes).toString('hex');
      entries.set(secret, { ...entry, expiresMs: nowMs + entryLifeMs });
      return secret;
    },
    take(secret) {
      const found = entries.get(secret);
      entries.delete(secret);
      return found === undefined || found.expiresMs <= monotonicMs() ? undefined : { vmId: found.vmId, type: found.type };
    },
  };
}
