/** What a chart is drawn with. Coordinates and sizes are pixels from the upper left corner; `ink` is the colour of text around. */
export type Shape =
  | { kind: 'rectangle'; x: number; y: number; width: number; height: number; fill: string; opacity?: number; title?: string }
  | { kind: 'line'; x1: number; y1: number; x2: number; y2: number; stroke: string; opacity?: number }
  | { kind: 'path'; d: string; x: number; y: number; stroke?: string; fill?: string; dashed?: boolean; opacity?: number; title?: string }
  | { kind: 'circle'; x: number; y: number; radius: number; fill: string; title?: string }
  | { kind: 'text'; x: number; y: number; text: string; size: number; anchor: 'start' | 'middle' | 'end' };

/** A chart as shapes, with what it says in words. */
export interface Drawing {
  width: number;
  height: number;
  /** Names the chart to who cannot see it. */
  label: string;
  shapes: Shape[];
}

/** Colours of series, told apart by most people who see colours otherwise, on light and dark ground. */
export const palette: readonly string[] = [
  '#0066cc',
  '#c9190b',
  '#3e8635',
  '#f0ab00',
  '#5752d1',
  '#009596',
  '#ec7a08',
  '#8a8d90',
  '#a30000',
  '#7cc674',
];

export const colorOf = (index: number): string => palette[index % palette.length] ?? '#0066cc';
