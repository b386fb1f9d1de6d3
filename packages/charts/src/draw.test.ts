import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReportChart } from '@virgate/contract/generated/virgate';
import { draw, figureText, svgOf, usualHeight } from './index.ts';

const options = { width: 600, height: 300, points: [0, 1, 2].map((day) => Date.UTC(2030, 2, 30 + day)), timeZone: 'Europe/Berlin' };
const chart = (type: ReportChart['type'], series: ReportChart['series'], more: Partial<ReportChart> = {}): ReportChart => ({
  type,
  title: 'T',
  subtitle: '',
  unit: 'percent',
  series,
  ...more,
});
const shapes = (of: ReportChart, kind: string) =>
  draw(of, options).shapes.filter((shape) => shape.kind === kind && 'title' in shape && shape.title !== undefined);

test('bars stand side by side or on each other, as high as their values; a gap has none', () => {
  const series = [
    { name: 'a', values: [50, null] },
    { name: 'b', values: [25, 100] },
  ];
  const categories = ['x', 'y'];
  const bars = shapes(chart('bar', series, { categories }), 'rectangle') as { height: number; x: number; y: number }[];
  assert.equal(bars.length, 3);
  const [first = 0, second = 0, third = 0] = bars.map(({ height }) => height);
  assert.deepEqual([Math.round((first / second) * 100), Math.round((third / second) * 100)], [200, 400]);
  const stacked = shapes(chart('stacked_bar', series, { categories }), 'rectangle') as { x: number; y: number; height: number }[];
  assert.equal(stacked[0]?.x, stacked[1]?.x);
  assert.ok(Math.abs((stacked[1]?.y ?? 0) + (stacked[1]?.height ?? 0) - (stacked[0]?.y ?? 0)) < 1e-6);
  const lying = shapes(chart('stacked_bar', series, { categories, across: true }), 'rectangle') as { x: number; width: number }[];
  assert.ok(Math.abs((lying[0]?.x ?? 0) + (lying[0]?.width ?? 0) - (lying[1]?.x ?? 0)) < 1e-6);
});

test('a line breaks at gaps; a point alone is a dot', () => {
  const lines = shapes(chart('line', [{ name: 'a', values: [1, null, 3] }]), 'path') as { d: string }[];
  assert.equal(lines[0]?.d.match(/M/g)?.length, 2);
  assert.equal(shapes(chart('line', [{ name: 'a', values: [1, null, 3] }]), 'circle').length, 2);
  assert.equal(shapes(chart('line', [{ name: 'a', values: [1, 2, 3] }]), 'circle').length, 0);
});

test('a band is an area that is seen through, in the colour of the line before it, broken at gaps', () => {
  const series = [
    { name: 'Used', values: [1, 2, null] },
    { name: 'Trend', values: [1, 2, 3], dashed: true },
    { name: 'Range', values: [1, null, 2], upTo: [2, 3, 8] },
    { name: 'Limit', values: [5, 5, 5] },
  ];
  const paths = shapes(chart('line', series, { unit: 'gigabytes' }), 'path') as {
    d: string;
    fill?: string;
    stroke?: string;
    opacity?: number;
    title: string;
  }[];
  assert.deepEqual(
    paths.map(({ title }) => title),
    ['Range', 'Used', 'Trend', 'Limit'],
    'bands lie under lines',
  );
  const [band, used, trend, limit] = paths;
  assert.ok(band?.d.match(/Z/g)?.length === 2 && (band.opacity ?? 1) < 1 && band.stroke === undefined);
  assert.ok(band.fill === used?.stroke && trend?.stroke === used?.stroke && limit?.stroke !== used?.stroke);
  const svg = svgOf(draw(chart('line', series, { unit: 'money' }), options));
  assert.match(svg, /fill-opacity="0.2"/);
  assert.match(svg, />8.00</, 'the highest edge is on the scale');
});

test('pies, meters, scatters and heatmaps tell their figures', () => {
  const titles = (of: ReportChart): string[] =>
    draw(of, options).shapes.flatMap((shape) => ('title' in shape && shape.title !== undefined ? [shape.title] : []));
  assert.deepEqual(
    titles(
      chart(
        'pie',
        [
          { name: 'above', values: [30] },
          { name: 'below', values: [90] },
        ],
        { unit: 'minutes' },
      ),
    ),
    ['above: 30 min (25 %)', 'below: 1 h 30 min (75 %)'],
  );
  assert.deepEqual(
    titles(
      chart('meter', [
        { name: 'Uptime', values: [1] },
        { name: 'Total', values: [4] },
      ]),
    ),
    ['Uptime: 25 %'],
  );
  assert.deepEqual(
    titles(
      chart(
        'scatter',
        [
          { name: 'h', values: [10, 20] },
          { name: 'unknown', values: [null, 20] },
        ],
        { categories: ['CPU', 'Memory'] },
      ),
    ),
    ['h: CPU 10 %, Memory 20 %'],
  );
  assert.deepEqual(titles(chart('heatmap', [{ name: 'h', values: [10, null, 99] }])), [
    'h, 2030-03-30: 10 %',
    'h, 2030-03-31: Missing Data',
    'h, 2030-04-01: 99 %',
  ]);
});

test('nothing is said to be nothing, and a file escapes what names bring along', () => {
  assert.deepEqual(
    draw(chart('line', []), options).shapes.map((shape) => ('text' in shape ? shape.text : '')),
    ['No data'],
  );
  const svg = svgOf(draw(chart('bar', [{ name: '<script>"&\u0001', values: [1] }], { categories: ['c'] }), options));
  assert.ok(!svg.includes('<script>') && svg.includes('&lt;script&gt;&quot;&amp;') && !svg.includes('\u0001'));
  assert.equal(usualHeight(chart('meter', [])), 90);
  assert.deepEqual(
    [figureText(1_572_864, 'bytes_per_second'), figureText(4560, 'minutes'), figureText(0.125, 'gigabytes')],
    ['1.5 MiB/s', '3 d 4 h', '0.13 GiB'],
  );
});
