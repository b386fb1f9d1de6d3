import { fileURLToPath } from 'node:url';
import { draw, usualHeight, type Shape } from '@virgate/charts';
import type { Report, ReportTable } from '@virgate/contract/generated/virgate';
import PdfDocument from 'pdfkit';
import { cellsOf, timeText } from './csv.ts';

type Page = InstanceType<typeof PdfDocument>;

/** Names may be written in many scripts: the fonts that every reader of PDF has know western letters only. */
const fonts = {
  plain: fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')),
  bold: fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf')),
};
const margin = 40;
const ink = '#151515';
const quiet = '#6a6e73';
/** Rows of a table on paper; a file of another form has all of them. */
const mostRows = 1000;
const size = { title: 16, heading: 11, text: 8 } as const;
const rowHeight = 14;
/** Width of most letters, in sizes of the font. */
const letterWidth = 0.62;

const faces = new WeakMap<Page, string>();

/** Sets what text is written in. Fonts are changed only when they differ: the library reads a font's file each time. */
function face(page: Page, name: keyof typeof fonts, points: number, color: string): Page {
  if (faces.get(page) !== name) page.font(name);
  faces.set(page, name);
  return page.fontSize(points).fillColor(color);
}

/** Draws shapes at a place of the page, as lines and areas, not as a picture. */
function drawShapes(page: Page, shapes: readonly Shape[], x: number, y: number): void {
  page.save();
  page.translate(x, y);
  for (const shape of shapes) drawShape(page, shape);
  page.restore();
}

function drawShape(page: Page, shape: Shape): void {
  switch (shape.kind) {
    case 'rectangle':
      page
        .rect(shape.x, shape.y, Math.max(shape.width, 0), Math.max(shape.height, 0))
        .fillOpacity(shape.opacity ?? 1)
        .fill(shape.fill)
        .fillOpacity(1);
      return;
    case 'line':
      page
        .moveTo(shape.x1, shape.y1)
        .lineTo(shape.x2, shape.y2)
        .lineWidth(0.5)
        .strokeOpacity(shape.opacity ?? 1)
        .stroke(shape.stroke)
        .strokeOpacity(1);
      return;
    case 'path': {
      if (shape.d === '') return;
      page.save().translate(shape.x, shape.y).path(shape.d);
      if (shape.fill !== undefined)
        page
          .fillOpacity(shape.opacity ?? 1)
          .fill(shape.fill)
          .fillOpacity(1);
      else {
        if (shape.dashed === true) page.dash(4, { space: 3 });
        page.lineWidth(1.5).stroke(shape.stroke ?? ink);
      }
      page.restore();
      return;
    }
    case 'circle':
      page.circle(shape.x, shape.y, shape.radius).fill(shape.fill);
      return;
    case 'text': {
      face(page, 'plain', shape.size * 0.8, ink);
      const width = page.widthOfString(shape.text);
      const left = shape.anchor === 'start' ? shape.x : shape.anchor === 'middle' ? shape.x - width / 2 : shape.x - width;
      page.text(shape.text, left, shape.y - shape.size * 0.8, { lineBreak: false });
    }
  }
}

/** How much of the width each column has: by its longest texts, within bounds. */
function widthsOf(table: ReportTable, cells: readonly unknown[][], width: number): number[] {
  const lengths = table.columns.map(({ title }, column) => {
    const longest = cells.slice(0, 200).reduce((most, row) => Math.max(most, String(row[column] ?? '').length), title.length);
    return Math.min(Math.max(longest, 6), 40);
  });
  const all = lengths.reduce((sum, length) => sum + length, 0);
  return lengths.map((length) => (length / all) * width);
}

/** Room for so much more, on a new page when there is none. */
function need(page: Page, height: number): boolean {
  if (page.y + height <= page.page.height - margin) return false;
  page.addPage();
  page.y = margin;
  return true;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'number' ? String(Math.round(value * 100) / 100) : String(value);
  return text.replace(/[\r\n]+/g, ' ');
}

function drawRow(page: Page, texts: readonly string[], widths: readonly number[], bold: boolean): void {
  const y = page.y;
  let x = margin;
  face(page, bold ? 'bold' : 'plain', size.text, ink);
  for (const [column, text] of texts.entries()) {
    const width = widths[column] ?? 0;
    // Measuring every text would take longer than all the rest.
    const most = Math.max(Math.floor((width - 4) / (size.text * letterWidth)), 1);
    page.text(text.length > most ? `${text.slice(0, most - 1)}…` : text, x, y + 3, { lineBreak: false });
    x += width;
  }
  page
    .moveTo(margin, y + rowHeight)
    .lineTo(x, y + rowHeight)
    .lineWidth(0.3)
    .stroke(bold ? ink : '#d2d2d2');
  page.y = y + rowHeight;
}

function drawTable(page: Page, table: ReportTable, timeZone: string): void {
  const shown = { ...table, rows: table.rows.slice(0, mostRows) };
  const cells = cellsOf(shown, timeZone);
  const widths = widthsOf(table, cells, page.page.width - 2 * margin);
  const titles = table.columns.map(({ title }) => title);
  need(page, 4 * rowHeight);
  face(page, 'bold', size.heading, ink).text(table.title, margin, page.y + 8);
  page.y += 4;
  drawRow(page, titles, widths, true);
  for (const row of cells) {
    if (need(page, rowHeight)) drawRow(page, titles, widths, true);
    drawRow(page, row.map(cellText), widths, false);
  }
  if (table.cut || table.rows.length > mostRows)
    face(page, 'plain', size.text, quiet).text('There are more rows than can be shown.', margin, page.y + 4);
  page.y += rowHeight;
}

function drawHead(page: Page, report: Report): void {
  const { heading, group, criteria, from, to, timeZone, hasData } = report;
  face(page, 'bold', size.title, ink).text(heading, margin, margin);
  face(page, 'plain', size.text, quiet).text(group);
  page.moveDown(0.5).fillColor(ink);
  if (from !== null && to !== null) page.text(`Date Range: ${timeText(from, timeZone)} – ${timeText(to, timeZone)} (${timeZone})`);
  page.text(criteria.map(({ label, value }) => `${label}: ${value}`).join('   '));
  if (!hasData) face(page.moveDown(), 'bold', size.heading, ink).text('There is no data for these criteria.');
  page.moveDown();
}

function drawCharts(page: Page, { charts, points, timeZone }: Report): void {
  const width = page.page.width - 2 * margin;
  for (const chart of charts) {
    const height = Math.min(usualHeight(chart) * 0.8, page.page.height - 2 * margin - 40);
    need(page, height + 34);
    face(page, 'bold', size.heading, ink).text(chart.title, margin, page.y);
    if (chart.subtitle !== '') face(page, 'plain', size.text, quiet).text(chart.subtitle);
    const top = page.y + 4;
    drawShapes(page, draw(chart, { width, height, points, timeZone }).shapes, margin, top);
    page.x = margin;
    page.y = top + height + 10;
  }
}

/** A report as a PDF file: what it is about, its charts as drawings, its tables. */
export async function pdfOf(report: Report): Promise<Buffer> {
  const page = new PdfDocument({
    size: 'A4',
    layout: 'landscape',
    margin,
    font: fonts.plain,
    info: { Title: report.heading, Creator: 'Virgate' },
    lang: 'en',
  });
  page.registerFont('plain', fonts.plain);
  page.registerFont('bold', fonts.bold);
  const pieces: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    page.on('data', (piece: Buffer) => pieces.push(piece));
    page.on('end', resolve);
    page.on('error', reject);
  });
  drawHead(page, report);
  drawCharts(page, report);
  for (const table of report.tables) drawTable(page, table, report.timeZone);
  page.end();
  await done;
  return Buffer.concat(pieces);
}
