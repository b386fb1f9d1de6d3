/**
 * Event ids are `|component|operation|unique-id` with exactly three bars (VDSM's notifications).
 * A pattern has the same form and `*` for any part: `|virt|VM_status|*`.
 */

const EVENT_ID = /^\|[^|]+\|[^|]+\|[^|]+$/;

/** Base of VDSM's time stamps: they are larger than any 31-bit number that older agents sent. */
const EVENT_TIME_BASE = 2 ** 31 - 1;

export function isEventId(text: string): boolean {
  return EVENT_ID.test(text);
}

/** @throws RangeError when the pattern has not three parts. */
export function eventMatcher(pattern: string): (eventId: string) => boolean {
  if (!isEventId(pattern))
    throw new RangeError(`Event pattern ${JSON.stringify(pattern)} must look like |component|operation|unique-id, with * for any part`);
  const wanted = pattern.split('|').slice(1);
  return (eventId) => {
    if (!isEventId(eventId)) return false;
    const parts = eventId.split('|').slice(1);
    return wanted.every((part, index) => part === '*' || part === parts[index]);
  };
}

/**
 * Stamp for `notify_time` of events and `statusTime` of statistics: milliseconds since boot plus 2^31 − 1. The engine
 * drops what is older than the last stamp it saw, so both must come from here: the clock goes on over restarts of the agent.
 */
export function eventTime(): number {
  return EVENT_TIME_BASE + Number(process.hrtime.bigint() / 1_000_000n);
}
