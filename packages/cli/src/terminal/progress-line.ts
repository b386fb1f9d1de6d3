import { safeText, widthOf } from '../output/safe-text.ts';

/** How far something is. */
export interface Progress {
  /** What is under way: `start web01`, `Copying image`. */
  readonly text: string;
  /** What of it is done, and how much there is; without both nobody knows. */
  readonly done?: number;
  readonly total?: number;
  /** `bytes` are told with their rate and the time that is left; of anything else the share. */
  readonly unit?: 'bytes';
}

/** What a line is drawn for. */
export interface Drawing {
  /** Width of the terminal. */
  readonly columns: number;
  readonly elapsedMs: number;
  /** Counts the drawings, for what turns. */
  readonly frame: number;
  /** Units that are done in a second; undefined while it is not known. */
  readonly perSecond?: number | undefined;
  readonly colours: boolean;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const longestBar = 30;
const shortestBar = 8;
const sizes = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `1.5 GiB`. */
export function bytesText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), sizes.length - 1);
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(1)} ${sizes[power]}`;
}

/** `0:07`, `1:02:33`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (part: number): string => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** The beginning of a text that fits. */
function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let shown = '';
  for (const one of text) {
    if (widthOf(shown + one) >= width) break;
    shown += one;
  }
  return width > 0 ? `${shown}…` : '';
}

/** What is told behind the bar, the most wanted first. */
function figuresOf({ done = 0, total = 0, unit }: Progress, { perSecond }: Drawing): string[] {
  const percent = `${Math.floor((100 * done) / total)} %`.padStart(5);
  if (unit === undefined) return [percent];
  const isKnown = perSecond !== undefined && perSecond > 0;
  return [
    percent,
    ...(isKnown ? [`${durationText((total - done) / perSecond)} left`, `${bytesText(perSecond)}/s`] : []),
    `${bytesText(done)} of ${bytesText(total)}`,
  ];
}

function barOf(share: number, length: number, colours: boolean): string {
  const full = Math.round(share * length);
  const filled = '#'.repeat(full);
  return `[${colours && full > 0 ? `\u001b[32m${filled}\u001b[39m` : filled}${'-'.repeat(length - full)}]`;
}

/** One line that says how far something is, and fits on the terminal. */
export function progressLine(progress: Progress, drawing: Drawing): string {
  const width = drawing.columns - 1;
  const { done, total } = progress;
  const text = safeText(progress.text);
  if (done === undefined || total === undefined || !(total > 0)) {
    const [turning, time] = [frames[drawing.frame % frames.length] ?? '', ` … ${Math.floor(drawing.elapsedMs / 1000)} s`];
    return cutTo(`${turning} ${cutTo(text, width - widthOf(time) - 2)}${time}`, width);
  }
  const figures = figuresOf(progress, drawing);
  while (figures.length > 1 && figures.join('  ').length > width * 0.6) figures.pop();
  const behind = `  ${figures.join('  ')}`;
  const shownText = cutTo(text, Math.max(width - behind.length - shortestBar - 4, Math.floor(width / 3)));
  const length = Math.min(longestBar, width - widthOf(shownText) - behind.length - 4);
  if (length < shortestBar) return cutTo(`${shownText}${behind}`, width);
  return `${shownText}  ${barOf(Math.min(done / total, 1), length, drawing.colours)}${behind}`;
}

/** How quickly something goes: what was done in the last seconds, since rates of long ago say little. */
export class Rate {
  readonly #samples: { at: number; done: number }[] = [];

  /** @param atMs of any clock that only goes forward @returns units in a second; undefined while there is too little to tell */
  of(done: number, atMs: number): number | undefined {
    this.#samples.push({ at: atMs, done });
    while ((this.#samples[1]?.at ?? Infinity) < atMs - windowMs) this.#samples.shift();
    const [first] = this.#samples;
    if (first === undefined || atMs - first.at < shortestMs || done < first.done) return undefined;
    return (1000 * (done - first.done)) / (atMs - first.at);
  }
}

const windowMs = 10_000;
const shortestMs = 500;
