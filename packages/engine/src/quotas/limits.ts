import type { EventName } from '@virgate/contract/generated/events';
import type { Message } from '../rest/messages.ts';

/** How a data center holds to its quotas. */
export type QuotaMode = 'disabled' | 'audit' | 'enabled';

/** One limit as it stands after the change that is judged: -1 is without limit, 0 allows nothing. */
export interface QuotaLevel {
  limit: number;
  /** What all consumers take, the new one included. */
  used: number;
  /** What the new consumer adds. */
  added: number;
}

export interface QuotaPercentages {
  threshold: number;
  grace: number;
}

/** What becomes of a change: refused, let pass, or let pass with an event. */
export type QuotaVerdict = 'within' | 'threshold' | 'limit' | 'grace';

/** How far a level has gone. Who adds nothing is never judged. Source: engine behaviour, quota: threshold, limit and grace. */
export function judgeLevel(level: QuotaLevel, { threshold, grace }: QuotaPercentages): QuotaVerdict {
  if (level.limit < 0 || level.added <= 0) return 'within';
  if (level.used * 100 > level.limit * (100 + grace)) return 'grace';
  if (level.used > level.limit) return 'limit';
  return level.used * 100 > level.limit * threshold ? 'threshold' : 'within';
}

const order: readonly QuotaVerdict[] = ['within', 'threshold', 'limit', 'grace'];

/** The worst of several levels, such as memory and virtual CPUs. */
export const worstOf = (verdicts: readonly QuotaVerdict[]): QuotaVerdict =>
  verdicts.reduce((worst, next) => (order.indexOf(next) > order.indexOf(worst) ? next : worst), 'within');

/** What a verdict means in a mode: its event, and the message of the refusal. */
export function consequence(
  kind: 'cluster' | 'storage',
  verdict: QuotaVerdict,
  mode: QuotaMode,
): { event: EventName | null; refusal: Message | null } {
  if (mode === 'disabled' || verdict === 'within') return { event: null, refusal: null };
  const upper = kind === 'cluster' ? 'CLUSTER' : 'STORAGE';
  if (verdict === 'threshold') return { event: `USER_EXCEEDED_QUOTA_${upper}_THRESHOLD`, refusal: null };
  if (verdict === 'limit') return { event: `USER_EXCEEDED_QUOTA_${upper}_LIMIT`, refusal: null };
  if (mode === 'audit') return { event: `USER_EXCEEDED_QUOTA_${upper}_GRACE_LIMIT_PERMISSIVE_MODE`, refusal: null };
  return { event: `USER_EXCEEDED_QUOTA_${upper}_GRACE_LIMIT`, refusal: `ACTION_TYPE_FAILED_QUOTA_${upper}_LIMIT_EXCEEDED` };
}
