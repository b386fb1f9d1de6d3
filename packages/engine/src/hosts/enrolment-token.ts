import { createHash, randomBytes } from 'node:crypto';

const tokenBytes = 24;

/**
 * A secret with which a host may join: letters and digits only, because administrators type and paste it as an argument of a
 * command, where a leading dash would be read as an option.
 */
export const newEnrolmentToken = (): string => randomBytes(tokenBytes).toString('hex');

/** What the database keeps of a token. */
export const hashOfEnrolmentToken = (token: string): Buffer => createHash('sha256').update(token).digest();
