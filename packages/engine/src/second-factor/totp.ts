import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const periodSeconds = 30;
const digits = 6;
/** Codes of so many periods before and after the present one are taken, for clocks that differ. */
const window = 1;
const secretBytes = 20;
const recoveryCodes = 10;
const recoveryLetters = 12;
const alphabet = 'abcdefghjkmnpqrstvwxyz0123456789';

/** A new secret, in the spelling that people type: base 32. Source: RFC 4226, section 4. */
export const newSecret = (): string => new Secret({ size: secretBytes }).base32;

const generatorOf = (secret: string, label = ''): TOTP =>
  new TOTP({ issuer: 'Virgate', label, secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits, period: periodSeconds });

/** The address that authenticator programs read from a picture. */
export const enrolmentUri = (secret: string, userName: string): string => generatorOf(secret, userName).toString();

/**
 * The period to which a code belongs; null for a wrong one and for one of a period that was used, or lies before one that was.
 * Source: RFC 6238, section 5.2: a code is good once.
 */
export function periodOfCode(secret: string, code: string, now: number, lastPeriod: number): number | null {
  const given = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(given)) return null;
  const delta = generatorOf(secret).validate({ token: given, timestamp: now, window });
  if (delta === null) return null;
  const period = Math.floor(now / 1000 / periodSeconds) + delta;
  return period > lastPeriod ? period : null;
}

/** The code of a moment; for tests, which have no telephone. */
export const codeAt = (secret: string, now: number): string => generatorOf(secret).generate({ timestamp: now });

const normal = (code: string): string => code.toLowerCase().replace(/[^a-z0-9]/g, '');

/** What the database knows a recovery code by. They are random enough to need no salt. */
export const recoveryHashOf = (code: string): Buffer =>
  createHash('sha256')
    .update(`recovery ${normal(code)}`)
    .digest();

/** New recovery codes: each is good once, in place of a code. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: recoveryCodes }, () => {
    const letters = [...randomBytes(recoveryLetters)].map((byte) => alphabet[byte % alphabet.length]).join('');
    return `${letters.slice(0, 4)}-${letters.slice(4, 8)}-${letters.slice(8, 12)}`;
  });
}
