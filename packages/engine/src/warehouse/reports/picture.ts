import { draw, svgOf, usualHeight } from '@virgate/charts';
import type { Report } from '@virgate/contract/generated/virgate';
import { say } from '../../rest/fault.ts';
import { refusal } from '../../virgate/operation.ts';
import { fileName } from './csv.ts';
import type { MadeFile } from './file.ts';

const width = 960;

/**
 * A chart of a report as a drawing (SVG) on white ground, as the portal shows it. Pure.
 * @param place of the chart in the report, the first being 0
 * @throws {Fault} 400 when the report has no such chart
 */
export function pictureOf(report: Report, place: number): MadeFile {
  const { charts, points, timeZone } = report;
  const chart = charts[place];
  if (chart === undefined)
    throw refusal(400, 'invalid_value', ['chart: ', say`there are ${charts.length} charts, the first being 0.`], 'chart');
  const drawing = draw(chart, { width, height: usualHeight(chart), points, timeZone });
  return { name: `${fileName(report)} chart ${place}.svg`, type: 'image/svg+xml', content: Buffer.from(svgOf(drawing)) };
}
