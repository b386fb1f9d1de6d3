import type { ReportChart } from '@virgate/contract/generated/virgate';
import { scaleBand, scaleLinear } from 'd3-scale';
import { arc, area, line, pie } from 'd3-shape';
import { figureText, pointText } from './figures.ts';
import { bandOpacity, clipped, colored, labelsBelow, legendOf, textSize, widthOf, type Frame } from './frame.ts';
import { colorOf, type Drawing, type Shape } from './shapes.ts';

/** What a chart is drawn on. */
export interface DrawOptions {
  width: number;
  height: number;
  /** Times of the report's points, and the time zone in which they are told. */
  points: readonly number[];
  timeZone: string;
}

/** How much of a chart is drawn; the rest stands in the table. */
export const drawnLimits = { series: 40, categories: 60, rows: 80 } as const;

type Series = ReportChart['series'][number];
const known = (series: readonly Series[]): number[] =>
  series.flatMap(({ values, upTo = [] }) => [...values, ...upTo].filter((value) => value !== null));
const hourly = (points: readonly number[]): boolean => points.length > 1 && (points[1] ?? 0) - (points[0] ?? 0) < 20 * 3_600_000;
const timeLabels = ({ points, timeZone }: DrawOptions): string[] => points.map((at) => pointText(at, timeZone, hourly(points)));
const shortLabels = (labels: readonly string[], points: readonly number[]): string[] =>
  hourly(points) ? labels.map((label, index) => (index === 0 ? label : label.slice(11))) : [...labels];

/** The scale of values: percentages always from 0 to 100, everything else from 0. */
function valueScale(chart: ReportChart, highest: number, range: [number, number]): ReturnType<typeof scaleLinear<number>> {
  const top = chart.unit === 'percent' && highest <= 100 ? 100 : highest === 0 ? 1 : highest;
  const scale = scaleLinear([0, top], range);
  return chart.unit === 'percent' && top === 100 ? scale : scale.nice(5);
}

function gridLines(chart: ReportChart, scale: ReturnType<typeof scaleLinear<number>>, frame: Frame): Shape[] {
  return scale.ticks(5).flatMap((tick): Shape[] => [
    { kind: 'line', x1: frame.left, x2: frame.right, y1: scale(tick), y2: scale(tick), stroke: '#8a8d90', opacity: 0.35 },
    { kind: 'text', x: frame.left - 6, y: scale(tick) + 4, text: figureText(tick, chart.unit), size: textSize, anchor: 'end' },
  ]);
}

function frameOf({ width, height }: DrawOptions, legendHeight: number, left = 70): Frame {
  return { left, top: 12, right: width - 24, bottom: height - legendHeight - 24 };
}

function lines(chart: ReportChart, options: DrawOptions): Shape[] {
  const series = colored(chart.series.slice(0, drawnLimits.series));
  const legend = legendOf(series, options.width, options.height);
  const frame = frameOf(options, legend.height);
  const scale = valueScale(chart, Math.max(...known(series), 0), [frame.bottom, frame.top]);
  const labels = timeLabels(options);
  const x = scaleLinear([0, Math.max(labels.length - 1, 1)], [frame.left + 4, frame.right]);
  const path = line<number | null>()
    .defined((value) => value !== null)
    .x((_, index) => x(index))
    .y((value) => scale(value ?? 0));
  const bands = series.filter(({ upTo }) => upTo !== undefined);
  const strokes = series.filter(({ upTo }) => upTo === undefined);
  return [
    ...gridLines(chart, scale, frame),
    ...labelsBelow(shortLabels(labels, options.points), x, frame.bottom + 16, frame.right - frame.left),
    ...bands.map(({ name, color, values, upTo = [] }): Shape => {
      const edges = values.map((low, index) => ({ low, high: upTo[index] ?? null }));
      const between = area<(typeof edges)[number]>()
        .defined(({ low, high }) => low !== null && high !== null)
        .x((_, index) => x(index))
        .y0(({ low }) => scale(low ?? 0))
        .y1(({ high }) => scale(high ?? 0));
      return { kind: 'path', d: between(edges) ?? '', x: 0, y: 0, fill: color, opacity: bandOpacity, title: name };
    }),
    ...strokes.map((one): Shape => ({
      kind: 'path',
      d: path(one.values) ?? '',
      x: 0,
      y: 0,
      stroke: one.color,
      title: one.name,
      ...(one.dashed === true ? { dashed: true } : {}),
    })),
    // A point between two gaps would be no line at all.
    ...strokes.flatMap((one) =>
      one.values.flatMap((value, index): Shape[] =>
        value !== null && (one.values[index - 1] ?? null) === null && (one.values[index + 1] ?? null) === null
          ? [
              {
                kind: 'circle',
                x: x(index),
                y: scale(value),
                radius: 3,
                fill: one.color,
                title: `${one.name}, ${labels[index]}: ${figureText(value, chart.unit)}`,
              },
            ]
          : [],
      ),
    ),
    ...legend.shapes,
  ];
}

/** Bars side by side, or on top of each other. */
function bars(chart: ReportChart, options: DrawOptions): Shape[] {
  const stacked = chart.type === 'stacked_bar';
  const categories = (chart.categories ?? []).slice(0, drawnLimits.categories);
  const series = colored(
    chart.series.slice(0, drawnLimits.series).map(({ name, values }) => ({ name, values: values.slice(0, categories.length) })),
  );
  const legend = legendOf(series, options.width, options.height);
  const frame = frameOf(options, legend.height);
  const highest = stacked
    ? Math.max(...categories.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0)), 0)
    : Math.max(...known(series), 0);
  const scale = valueScale(chart, highest, [frame.bottom, frame.top]);
  const places = categories.map((_, index) => index);
  const band = scaleBand(places, [frame.left, frame.right]).padding(0.25);
  const inner = stacked
    ? undefined
    : scaleBand(
        series.map((_, index) => index),
        [0, band.bandwidth()],
      );
  const shapes = places.flatMap((place) => {
    let below = 0;
    return series.flatMap((one, index): Shape[] => {
      const value = one.values[place] ?? null;
      if (value === null) return [];
      const [from, to] = stacked ? [below, below + value] : [0, value];
      below = to;
      const x = (band(place) ?? 0) + (inner?.(index) ?? 0);
      const title = `${categories[place]}, ${one.name}: ${figureText(value, chart.unit)}`;
      return [
        {
          kind: 'rectangle',
          x,
          y: scale(to),
          width: Math.max((inner ?? band).bandwidth() - (stacked ? 0 : 1), 1),
          height: scale(from) - scale(to),
          fill: one.color,
          title,
        },
      ];
    });
  });
  return [
    ...gridLines(chart, scale, frame),
    ...labelsBelow(categories, (index) => (band(index) ?? 0) + band.bandwidth() / 2, frame.bottom + 16, frame.right - frame.left),
    ...shapes,
    ...legend.shapes,
  ];
}

/** Bars that lie, stacked: a row for each category, with its name before it. */
function lyingBars(chart: ReportChart, options: DrawOptions): Shape[] {
  const categories = (chart.categories ?? []).slice(0, drawnLimits.categories);
  const series = colored(chart.series.slice(0, drawnLimits.series));
  const legend = legendOf(series, options.width, options.height);
  const left = Math.min(Math.max(...categories.map((name) => widthOf(clipped(name, 28))), 40) + 14, options.width / 3);
  const frame = frameOf(options, legend.height, left);
  const highest = Math.max(...categories.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0)), 0);
  const scale = valueScale(chart, highest, [frame.left, frame.right]);
  const band = scaleBand(
    categories.map((_, index) => index),
    [frame.top, frame.bottom],
  ).padding(0.25);
  return [
    ...scale.ticks(5).flatMap((tick): Shape[] => [
      { kind: 'line', x1: scale(tick), x2: scale(tick), y1: frame.top, y2: frame.bottom, stroke: '#8a8d90', opacity: 0.35 },
      { kind: 'text', x: scale(tick), y: frame.bottom + 16, text: figureText(tick, chart.unit), size: textSize, anchor: 'middle' },
    ]),
    ...categories.flatMap((category, place): Shape[] => {
      let before = 0;
      const y = band(place) ?? 0;
      return [
        { kind: 'text', x: frame.left - 6, y: y + band.bandwidth() / 2 + 4, text: clipped(category, 28), size: textSize, anchor: 'end' },
        ...series.flatMap((one): Shape[] => {
          const value = one.values[place] ?? null;
          if (value === null) return [];
          const x = scale(before);
          before += value;
          return [
            {
              kind: 'rectangle',
              x,
              y,
              width: scale(before) - x,
              height: band.bandwidth(),
              fill: one.color,
              title: `${category}, ${one.name}: ${figureText(value, chart.unit)}`,
            },
          ];
        }),
      ];
    }),
    ...legend.shapes,
  ];
}

function slices(chart: ReportChart, options: DrawOptions): Shape[] {
  const series = colored(chart.series);
  const total = series.reduce((sum, { values }) => sum + (values[0] ?? 0), 0);
  const named = series.map((one) => ({
    ...one,
    name: `${one.name}: ${figureText(one.values[0] ?? 0, chart.unit)}${total === 0 ? '' : ` (${Math.round((1000 * (one.values[0] ?? 0)) / total) / 10} %)`}`,
  }));
  const legend = legendOf(named, options.width, options.height);
  const radius = Math.max(Math.min(options.width / 2, (options.height - legend.height) / 2) - 12, 10);
  const outline = arc<{ startAngle: number; endAngle: number }>().innerRadius(0).outerRadius(radius);
  const places = pie<number>().sort(null)(series.map(({ values }) => values[0] ?? 0));
  return [
    ...places.flatMap((place, index): Shape[] => {
      const one = named[index];
      if (one === undefined || place.endAngle === place.startAngle) return [];
      return [
        {
          kind: 'path',
          d: outline(place) ?? '',
          x: options.width / 2,
          y: (options.height - legend.height) / 2,
          fill: one.color,
          title: one.name,
        },
      ];
    }),
    ...legend.shapes,
  ];
}

/** How much of a whole is reached. */
function meter(chart: ReportChart, options: DrawOptions): Shape[] {
  const [reached, whole] = chart.series;
  const value = reached?.values[0] ?? null;
  const of = whole === undefined ? 100 : (whole.values[0] ?? null);
  const share = value === null || of === null || of === 0 ? null : value / of;
  const [x, y, width] = [24, options.height / 2 - 12, options.width - 48];
  const text = share === null ? '–' : `${Math.round(share * 10_000) / 100} %`;
  return [
    { kind: 'rectangle', x, y, width, height: 24, fill: '#d2d2d2' },
    ...(share === null
      ? []
      : [
          {
            kind: 'rectangle' as const,
            x,
            y,
            width: width * Math.min(Math.max(share, 0), 1),
            height: 24,
            fill: colorOf(0),
            title: `${reached?.name ?? ''}: ${text}`,
          },
        ]),
    { kind: 'text', x: options.width / 2, y: y - 10, text: `${reached?.name ?? ''}: ${text}`, size: 14, anchor: 'middle' },
  ];
}

function scatter(chart: ReportChart, options: DrawOptions): Shape[] {
  const frame = frameOf(options, 18);
  const x = valueScale(chart, Math.max(...chart.series.map(({ values }) => values[0] ?? 0), 0), [frame.left, frame.right]);
  const y = valueScale(chart, Math.max(...chart.series.map(({ values }) => values[1] ?? 0), 0), [frame.bottom, frame.top]);
  const [across = '', up = ''] = chart.categories ?? [];
  return [
    ...gridLines(chart, y, frame),
    ...x
      .ticks(5)
      .map((tick): Shape => ({
        kind: 'text',
        x: x(tick),
        y: frame.bottom + 16,
        text: figureText(tick, chart.unit),
        size: textSize,
        anchor: 'middle',
      })),
    { kind: 'text', x: frame.right, y: frame.bottom + 34, text: across, size: textSize, anchor: 'end' },
    { kind: 'text', x: frame.left + 6, y: frame.top + 4, text: up, size: textSize, anchor: 'start' },
    ...chart.series.slice(0, 1000).flatMap(({ name, values }, index): Shape[] => {
      const [left, top] = values;
      if (left === undefined || left === null || top === undefined || top === null) return [];
      const title = `${name}: ${across} ${figureText(left, chart.unit)}, ${up} ${figureText(top, chart.unit)}`;
      const point: Shape = { kind: 'circle', x: x(left), y: y(top), radius: 5, fill: colorOf(index), title };
      return chart.series.length > 30
        ? [point]
        : [point, { kind: 'text', x: x(left) + 8, y: y(top) + 4, text: clipped(name, 24), size: textSize, anchor: 'start' }];
    }),
  ];
}

function heatmap(chart: ReportChart, options: DrawOptions): Shape[] {
  const series = chart.series.slice(0, drawnLimits.rows);
  const left = Math.min(Math.max(...series.map(({ name }) => widthOf(clipped(name, 28))), 40) + 14, options.width / 3);
  const frame = frameOf(options, 22, left);
  const labels = timeLabels(options);
  const color = scaleLinear<string>([0, 50, 80, 100], ['#bee1f4', '#7cc674', '#f0ab00', '#c9190b']).clamp(true);
  const [width, height] = [
    (frame.right - frame.left) / Math.max(labels.length, 1),
    (frame.bottom - frame.top) / Math.max(series.length, 1),
  ];
  const missing = '#8a8d90';
  return [
    ...series.flatMap(({ name, values }, row): Shape[] => [
      { kind: 'text', x: frame.left - 6, y: frame.top + (row + 0.5) * height + 4, text: clipped(name, 28), size: textSize, anchor: 'end' },
      ...labels.map((label, index): Shape => {
        const value = values[index] ?? null;
        return {
          kind: 'rectangle',
          x: frame.left + index * width,
          y: frame.top + row * height,
          width: Math.max(width - (width > 3 ? 1 : 0), 0.2),
          height: Math.max(height - 1, 1),
          fill: value === null ? missing : color(value),
          title: `${name}, ${label}: ${value === null ? 'Missing Data' : figureText(value, chart.unit)}`,
        };
      }),
    ]),
    ...labelsBelow(
      shortLabels(labels, options.points),
      (index) => frame.left + (index + 0.5) * width,
      frame.bottom + 16,
      frame.right - frame.left,
    ),
    ...legendOf(
      [
        ...[0, 50, 80, 100].map((value) => ({ name: figureText(value, chart.unit), color: color(value) })),
        { name: 'Missing Data', color: missing },
      ],
      options.width,
      options.height,
    ).shapes,
  ];
}

/** How high a chart should be at a width: rows of objects need room. */
export function usualHeight(chart: ReportChart): number {
  if (chart.type === 'meter') return 90;
  if (chart.type === 'heatmap') return Math.min(chart.series.length, drawnLimits.rows) * 18 + 90;
  if (chart.across === true) return Math.min(chart.categories?.length ?? 0, drawnLimits.categories) * 26 + 90;
  return 300;
}

/** A chart of a report as shapes; of what it says without data there is only that. Pure. */
export function draw(chart: ReportChart, options: DrawOptions): Drawing {
  const label = [chart.title, chart.subtitle].filter((text) => text !== '').join(', ');
  const empty = chart.series.length === 0 || known(chart.series).length === 0;
  const shapes = (): Shape[] => {
    if (empty) return [{ kind: 'text', x: options.width / 2, y: options.height / 2, text: 'No data', size: 14, anchor: 'middle' }];
    switch (chart.type) {
      case 'line':
        return lines(chart, options);
      case 'bar':
        return bars(chart, options);
      case 'stacked_bar':
        return chart.across === true ? lyingBars(chart, options) : bars(chart, options);
      case 'pie':
        return slices(chart, options);
      case 'meter':
        return meter(chart, options);
      case 'scatter':
        return scatter(chart, options);
      case 'heatmap':
        return heatmap(chart, options);
    }
  };
  return { width: options.width, height: options.height, label, shapes: shapes() };
}
