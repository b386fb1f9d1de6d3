import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Asks until the answer is there.
 * @param ask undefined = not yet
 * @throws Error naming what was waited for, with `describe`'s last words
 */
export async function waitFor<T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T | undefined>,
  describe: () => string = () => '',
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() >= deadline)
      throw new Error(`${what} did not come about within ${timeoutMs / 1000} s${describe() === '' ? '' : `: ${describe()}`}`);
    await sleep(pauseMs);
  }
}
