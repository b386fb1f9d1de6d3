import { progressLine, Rate, type Progress } from './progress-line.ts';
import type { Terminal } from './terminal.ts';

const firstMs = 300;
const frameMs = 100;
const clearLine = '\r\u001b[K';
const usualColumns = 80;

/** Tells how far the work is; undefined: no more is known than that it goes on. */
export type Report = (progress: Progress | undefined) => void;

/** Whether somebody sees how far something is: standard error is a terminal, and nobody asked for silence. */
export const seesProgress = ({ stderr, environment }: Terminal, { noProgress, quiet }: { noProgress: boolean; quiet: boolean }): boolean =>
  stderr.isTTY === true && environment['TERM'] !== 'dumb' && !noProgress && !quiet;

/**
 * Shows on a terminal how far something is, while it is under way, on one line that is gone afterwards. The cursor stays as it is, so that
 * nothing has to be put right whatever ends the program.
 * @param text what is under way; undefined: nothing is shown
 */
export async function withProgress<T>(terminal: Terminal, text: string | undefined, work: (report: Report) => Promise<T>): Promise<T> {
  if (text === undefined) return await work(() => undefined);
  const { stderr, environment } = terminal;
  const begun = performance.now();
  const rate = new Rate();
  let shown: Progress = { text };
  let frame = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - begun < firstMs) return;
    frame += 1;
    const perSecond = shown.unit === undefined ? undefined : rate.of(shown.done ?? 0, now);
    const colours = (environment['NO_COLOR'] ?? '') === '';
    const columns = stderr.columns || Number(environment['COLUMNS']) || usualColumns;
    stderr.write(clearLine + progressLine(shown, { columns, elapsedMs: now - begun, frame, perSecond, colours }));
  }, frameMs);
  try {
    return await work((progress) => (shown = progress ?? { text }));
  } finally {
    clearInterval(timer);
    if (frame > 0) stderr.write(clearLine);
  }
}
