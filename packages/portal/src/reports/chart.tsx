import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { draw, svgOf, usualHeight } from '@virgate/charts';
import type { Drawing, Shape } from '@virgate/charts';
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { tellFailure } from '../faults/notices.tsx';
import { useText } from '../text/text.ts';
import { offerFile, pngOf } from './files.ts';
import type { Report } from './report.ts';

type Chart = Report['charts'][number];

const width = 960;

/** A chart with its title, and as a picture to keep. */
export function ReportChart({ chart, report }: { chart: Chart; report: Report }): ReactNode {
  const text = useText();
  const drawing = useMemo(
    () => draw(chart, { width, height: usualHeight(chart), points: report.points, timeZone: report.timeZone }),
    [chart, report],
  );
  const name = `${report.code} ${chart.title}`;
  const asSvg = (): void => offerFile(`${name}.svg`, new Blob([svgOf(drawing)], { type: 'image/svg+xml' }));
  const asPng = (): void => {
    pngOf(svgOf(drawing), drawing).then(
      (picture) => offerFile(`${name}.png`, picture),
      (error: unknown) => tellFailure(error, name),
    );
  };
  return (
    <section className="vg-chart" aria-label={chart.title}>
      <header className="vg-chart__head">
        <Title headingLevel="h3" size="md">
          {chart.title}
        </Title>
        {chart.subtitle !== '' && <span className="vg-quiet">{chart.subtitle}</span>}
        {chart.series.length > 0 && (
          <span className="vg-chart__files">
            <Button variant="link" size="sm" onClick={asSvg} aria-label={text('reports.chart.svg', { name: chart.title })}>
              SVG
            </Button>
            <Button variant="link" size="sm" onClick={asPng} aria-label={text('reports.chart.png', { name: chart.title })}>
              PNG
            </Button>
          </span>
        )}
      </header>
      <Picture drawing={drawing} />
    </section>
  );
}

function Picture({ drawing }: { drawing: Drawing }): ReactNode {
  return (
    <svg className="vg-chart__picture" viewBox={`0 0 ${drawing.width} ${drawing.height}`} role="img" aria-label={drawing.label}>
      {drawing.shapes.map((shape, index) => (
        // A drawing is made anew as a whole: its shapes have no names of their own.
        // oxlint-disable-next-line react/no-array-index-key
        <Piece key={index} shape={shape} />
      ))}
    </svg>
  );
}

const titleOf = (title: string | undefined): ReactNode => title !== undefined && <title>{title}</title>;

function Piece({ shape }: { shape: Shape }): ReactNode {
  switch (shape.kind) {
    case 'rectangle':
      return (
        <rect x={shape.x} y={shape.y} width={shape.width} height={shape.height} fill={shape.fill} fillOpacity={shape.opacity}>
          {titleOf(shape.title)}
        </rect>
      );
    case 'line':
      return <line x1={shape.x1} y1={shape.y1} x2={shape.x2} y2={shape.y2} stroke={shape.stroke} strokeOpacity={shape.opacity} />;
    case 'path':
      return (
        <path
          d={shape.d}
          transform={`translate(${shape.x},${shape.y})`}
          fill={shape.fill ?? 'none'}
          fillOpacity={shape.opacity}
          stroke={shape.stroke}
          strokeWidth={2}
          strokeDasharray={shape.dashed === true ? '6 4' : undefined}
        >
          {titleOf(shape.title)}
        </path>
      );
    case 'circle':
      return (
        <circle cx={shape.x} cy={shape.y} r={shape.radius} fill={shape.fill}>
          {titleOf(shape.title)}
        </circle>
      );
    case 'text':
      return (
        <text x={shape.x} y={shape.y} fontSize={shape.size} textAnchor={shape.anchor} fill="currentColor">
          {shape.text}
        </text>
      );
  }
}
