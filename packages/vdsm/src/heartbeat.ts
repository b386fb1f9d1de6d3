/**
 * Keeps one direction's clock: calls `due` when nothing happened for `periodMs` since `lastAt()`. `due` answers whether
 * to go on. After a pause of the whole process (a stopped laptop, SIGSTOP) timers fire before the bytes that wait in
 * the socket are read; `settleMs` gives them that moment.
 */
export function watchIdle(options: {
  periodMs: number;
  settleMs: number;
  now: () => number;
  lastAt: () => number;
  due: () => boolean;
}): () => void {
  const { periodMs, settleMs, now, lastAt, due } = options;
  let settled = settleMs === 0;
  let timer: NodeJS.Timeout | undefined;
  const arm = (delayMs: number) => {
    timer = setTimeout(check, Math.max(1, delayMs));
    timer.unref();
  };
  const check = () => {
    const leftMs = lastAt() + periodMs - now();
    if (leftMs > 0) {
      settled = settleMs === 0;
      arm(leftMs);
    } else if (!settled) {
      settled = true;
      arm(settleMs);
    } else if (due()) arm(periodMs);
  };
  arm(periodMs);
  return () => clearTimeout(timer);
}

/** STOMP's `heart-beat` header, `[can send every, wants every]` in milliseconds; 0 = not at all. `undefined` = malformed. */
export function parseHeartbeat(value: string | undefined): readonly [number, number] | undefined {
  if (value === undefined) return [0, 0];
  const match = /^(\d{1,9}),(\d{1,9})$/.exec(value.replaceAll(' ', ''));
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}
