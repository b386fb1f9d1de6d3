import { isIP } from 'node:net';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import type { PasswordPolicy } from './password-policy.ts';
import { SignInError } from './sign-in-error.ts';
import { say } from '../rest/sentence.ts';

/** Passwords that are looked at at once, and that wait for it: for the internal directory, and for each other one. */
export const attemptLimits = { internal: { running: 4, waiting: 500 }, directory: { running: 16, waiting: 200 } } as const;
const minuteMs = 60_000;
const ipv6NetworkParts = 4;

/** Lets so many in at once; the others wait, and too many are sent away. */
class Gate {
  readonly #limits: { running: number; waiting: number };
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limits: { running: number; waiting: number }) {
    this.#limits = limits;
  }

  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limits.running) {
      if (this.#waiting.length >= this.#limits.waiting)
        throw new SignInError('server_error', 'Too many sign-ins at once. Try again in a few seconds.');
      await new Promise<void>((go) => this.#waiting.push(go));
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

/** The part of an address that one sender has: a whole IPv4 address, the network part of an IPv6 one. */
export function senderOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const parts = address.includes('::')
    ? [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
    : before;
  return `${parts.slice(0, ipv6NetworkParts).join(':')}::/64`;
}

/** Who tries to sign in: the sender, and the directory and name where failures by name are counted here. */
export interface Attempt {
  address: string;
  /** Null for users of the internal directory, whose failures are counted with them. */
  directoryName: string | null;
}

/** Slows down who guesses passwords: failures are counted by sender and by name, in the database, for all engines. */
export class SignInAttempts {
  readonly #db: Kysely<Tables>;
  readonly #internal = new Gate(attemptLimits.internal);
  readonly #directories = new Map<string, Gate>();

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  #gate(profile: string | null): Gate {
    if (profile === null) return this.#internal;
    const known = this.#directories.get(profile) ?? new Gate(attemptLimits.directory);
    this.#directories.set(profile, known);
    return known;
  }

  async #secondsLeft(bucket: string, most: number, minutes: number): Promise<number> {
    const found = await sql<{ left: number }>`select extract(epoch from since + ${minutes} * interval '1 minute' - now())::float8 as left
      from sign_in_failure where bucket = ${bucket} and failures >= ${most}`.execute(this.#db);
    return Math.ceil(found.rows[0]?.left ?? 0);
  }

  async #count(bucket: string, minutes: number): Promise<void> {
    await sql`insert into sign_in_failure as f (bucket, failures, since) values (${bucket}, 1, now())
      on conflict (bucket) do update set
        failures = case when f.since < now() - ${minutes} * interval '1 minute' then 1 else f.failures + 1 end,
        since = case when f.since < now() - ${minutes} * interval '1 minute' then now() else f.since end`.execute(this.#db);
  }

  /**
   * Runs a check of a password, unless too many have failed. What it refuses counts; a right one forgives the name, not the sender.
   * @param profile of the directory that is asked; null for the internal one
   * @throws {SignInError} `too_many_attempts`; `access_denied` for a name that failed too often; what `verify` throws
   */
  guard<T>(attempt: Attempt, profile: string | null, policy: PasswordPolicy, verify: () => Promise<T>): Promise<T> {
    const sender = `address ${senderOf(attempt.address)}`;
    const name = attempt.directoryName === null ? null : `name ${attempt.directoryName.toLowerCase()}`;
    return this.#gate(profile?.toLowerCase() ?? null).through(async () => {
      const seconds = await this.#secondsLeft(sender, policy.maxFailuresOfAddress, policy.addressMinutes);
      if (seconds > 0)
        throw new SignInError(
          'too_many_attempts',
          say`Too many failed sign-ins from this address. Try again in ${Math.ceil((seconds * 1000) / minuteMs)} minutes.`,
          seconds,
        );
      try {
        // Known and unknown names alike: the directory is not asked, so that it locks nobody on a stranger's wish.
        if (name !== null && (await this.#secondsLeft(name, policy.maxFailures, policy.lockMinutes)) > 0)
          throw new SignInError(
            'access_denied',
            say`Cannot authenticate user '${attempt.directoryName ?? ''}': The user name or password is incorrect.`,
          );
        const result = await verify();
        if (name !== null) await this.#db.deleteFrom('sign_in_failure').where('bucket', '=', name).execute();
        return result;
      } catch (error) {
        if (error instanceof SignInError && error.code === 'access_denied') {
          await this.#count(sender, policy.addressMinutes);
          if (name !== null) await this.#count(name, policy.lockMinutes);
        }
        throw error;
      }
    });
  }

  /** Whether so many connections from a sender have failed to show a known SSH key that he has to wait. */
  async mayShowKeys(address: string, policy: PasswordPolicy): Promise<boolean> {
    return (await this.#secondsLeft(`ssh ${senderOf(address)}`, policy.maxFailuresOfAddress, policy.addressMinutes)) <= 0;
  }

  /** Counts a connection that has shown no known SSH key. */
  countUnknownKeys(address: string, policy: PasswordPolicy): Promise<void> {
    return this.#count(`ssh ${senderOf(address)}`, policy.addressMinutes);
  }

  /** Forgets the failures of a name, as an administrator does when he unlocks somebody. */
  async forgive(directoryName: string): Promise<void> {
    await this.#db.deleteFrom('sign_in_failure').where('bucket', '=', `name ${directoryName.toLowerCase()}`).execute();
  }
}
