import { figureText, pointText } from '@virgate/charts';
import type { ReactNode } from 'react';
import { Wide } from '../app/wide.tsx';
import { useText } from '../text/text.ts';
import { ReportChart } from './chart.tsx';
import type { Report } from './report.ts';

type Table = Report['tables'][number];

/** Rows of a table on the page; its files have more. */
const mostRows = 500;

/** The charts and tables of a report, and what they are about. */
export function Figures({ report }: { report: Report }): ReactNode {
  const text = useText();
  const { from, to, timeZone, hasData } = report;
  const span =
    from === null || to === null
      ? []
      : [
          {
            name: 'span',
            label: text('reports.span'),
            value: `${pointText(from, timeZone, true)} – ${pointText(to, timeZone, true)} (${timeZone})`,
          },
        ];
  return (
    <article aria-label={report.heading} className="vg-report">
      <h2 className="vg-report__heading">{report.heading}</h2>
      <dl className="vg-report__criteria">
        {[...span, ...report.criteria.filter(({ name }) => !['startDate', 'endDate', 'startHour'].includes(name))].map(
          ({ name, label, value }) => (
            <div key={name}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {!hasData && (
        <p role="status" className="vg-report__nothing">
          {text('reports.nothing')}
        </p>
      )}
      {hasData && report.charts.map((chart) => <ReportChart key={chart.title} chart={chart} report={report} />)}
      {hasData &&
        report.tables.map((table, index) => <FigureTable key={`${table.title} ${String(index)}`} table={table} timeZone={timeZone} />)}
    </article>
  );
}

function cellText(value: unknown, unit: Table['columns'][number]['unit'], timeZone: string): string {
  if (value === null || value === undefined) return '—';
  if (typeof value === 'number') return unit === 'time' ? pointText(value, timeZone, true) : figureText(value, unit);
  return String(value);
}

function FigureTable({ table, timeZone }: { table: Table; timeZone: string }): ReactNode {
  const text = useText();
  const rows = table.rows as unknown[][];
  return (
    <section className="vg-report__table" aria-label={table.title}>
      <Wide label={table.title}>
        <table aria-label={table.title}>
          <thead>
            <tr>
              {table.columns.map(({ title }) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, mostRows).map((row, index) => (
              // Rows of figures have no names of their own.
              // oxlint-disable-next-line react/no-array-index-key
              <tr key={index}>
                {table.columns.map(({ title, unit }, column) => (
                  <td key={title}>{cellText(row[column], unit, timeZone)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {(table.cut || rows.length > mostRows) && <p className="vg-quiet">{text('reports.more', { count: mostRows })}</p>}
    </section>
  );
}
