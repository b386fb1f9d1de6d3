import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { invalidValue, say } from './fault.ts';
import type { Entity } from './operation.ts';

/** Longest time for which an action may be put off. */
const longestMs = 5 * 60_000;

/**
 * Waits as long as an action is to be put off (`grace_period.expiry`, milliseconds). A client that goes away meanwhile has taken the
 * action back. Source: REST contract, methods and status codes.
 * @returns false when the client has gone
 * @throws {Fault} 400
 */
export async function passGracePeriod(body: Entity, reply: FastifyReply): Promise<boolean> {
  const { expiry = 0 } = (body['grace_period'] ?? {}) as { expiry?: number };
  if (expiry < 0 || expiry > longestMs) throw invalidValue('grace_period.expiry', say`must be between 0 and ${longestMs} ms`);
  if (expiry === 0) return true;
  const end = new AbortController();
  const passed = delay(expiry, true, { signal: end.signal }).catch(() => false);
  const gone = once(reply.raw, 'close', { signal: end.signal }).then(
    () => false,
    () => false,
  );
  const stayed = await Promise.race([passed, gone]);
  end.abort();
  return stayed;
}
