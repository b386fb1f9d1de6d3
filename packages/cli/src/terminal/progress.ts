import type { Terminal } from './terminal.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const firstMs = 300;
const frameMs = 100;
const clearLine = '\r\u001b[K';

/** Shows on a terminal that something is under way, and for how long, while it is. Without a terminal, or without a text, nothing. */
export async function withProgress<T>({ stderr, environment }: Terminal, text: string | undefined, work: () => Promise<T>): Promise<T> {
  if (text === undefined || stderr.isTTY !== true || environment['TERM'] === 'dumb') return await work();
  const begun = performance.now();
  let frame = 0;
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - begun;
    if (elapsedMs < firstMs) return;
    frame = (frame + 1) % frames.length;
    stderr.write(`${clearLine}${frames[frame]} ${text} … ${Math.floor(elapsedMs / 1000)} s`);
  }, frameMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (frame > 0) stderr.write(clearLine);
  }
}
