import { colorOf, type Shape } from './shapes.ts';

/** Where the chart proper lies within its drawing. */
export interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const textSize = 11;
/** What lies under a band is seen through it. */
export const bandOpacity = 0.2;
const letter = 6.2;
const legendRow = 18;
/** Names in a legend and categories on an axis, in letters. */
const longest = 42;

export const clipped = (text: string, most = longest): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
export const widthOf = (text: string): number => text.length * letter;

/** A legend in rows under the chart. @returns its shapes and how high it is */
export function legendOf(
  names: readonly { name: string; color: string; dashed?: boolean; upTo?: unknown }[],
  width: number,
  bottom: number,
): { shapes: Shape[]; height: number } {
  const rows: { name: string; color: string; x: number; row: number; dashed?: boolean; upTo?: unknown }[] = [];
  let [x, row] = [8, 0];
  for (const one of names) {
    const name = clipped(one.name);
    const needed = widthOf(name) + 36;
    if (x > 8 && x + needed > width) [x, row] = [8, row + 1];
    rows.push({ ...one, name, x, row });
    x += needed;
  }
  const height = names.length === 0 ? 0 : (row + 1) * legendRow + 6;
  const top = bottom - height + 6;
  const shapes = rows.flatMap((one): Shape[] => {
    const y = top + one.row * legendRow + 8;
    return [
      one.dashed === true
        ? { kind: 'path', d: 'M0,0L16,0', x: one.x, y, stroke: one.color, dashed: true }
        : {
            kind: 'rectangle',
            x: one.x + 2,
            y: y - 5,
            width: 12,
            height: 10,
            fill: one.color,
            ...(one.upTo === undefined ? {} : { opacity: bandOpacity }),
          },
      { kind: 'text', x: one.x + 20, y: y + 4, text: one.name, size: textSize, anchor: 'start' },
    ];
  });
  return { shapes, height };
}

/** Each series with its colour; a dashed one and a band have that of the one before it. */
export function colored<S extends { name: string; dashed?: boolean; upTo?: unknown }>(series: readonly S[]): (S & { color: string })[] {
  let index = -1;
  return series.map((one) => {
    if (one.dashed !== true && one.upTo === undefined) index += 1;
    return { ...one, color: colorOf(Math.max(index, 0)) };
  });
}

/** Labels under a horizontal axis: as many as fit, evenly. */
export function labelsBelow(labels: readonly string[], xOf: (index: number) => number, y: number, width: number): Shape[] {
  const widest = Math.max(...labels.map((label) => widthOf(clipped(label, 18))), 20) + 10;
  const step = Math.max(1, Math.ceil((labels.length * widest) / width));
  return labels.flatMap((label, index): Shape[] =>
    index % step === 0 ? [{ kind: 'text', x: xOf(index), y, text: clipped(label, 18), size: textSize, anchor: 'middle' }] : [],
  );
}
