import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Loading } from '../app/details.tsx';
import { PageMissing } from '../app/page-missing.tsx';
import { ProblemAlert, ProblemPage } from '../faults/problem.tsx';
import { useText } from '../text/text.ts';
import { CriteriaForm } from './criteria-form.tsx';
import { Figures } from './figures.tsx';
import { criteriaOf, criteriaSearch, downloadAddress, isComplete, usualCriteria, type CriteriaSearch } from './place.ts';
import type { ReportEntry } from './report.ts';
import { KeepReport } from './saved.tsx';
import { useReports } from './use-reports.ts';
import './report.css';

const formats = ['pdf', 'xlsx', 'csv'] as const;

/** A report: what it is about, and its figures. Everything of it is in the address, so it can be linked to and kept. */
export function ReportPage(): ReactNode {
  const { code = '' }: { code?: string } = useParams({ strict: false });
  const reports = useReports();
  if (reports.error !== null && reports.data === undefined)
    return <ProblemPage error={reports.error} onRetry={() => void reports.refetch()} />;
  if (reports.data === undefined) return <Loading />;
  const entry = reports.data.find((one) => one.code === code);
  return entry === undefined ? <PageMissing /> : <OneReport key={code} entry={entry} />;
}

function OneReport({ entry }: { entry: ReportEntry }): ReactNode {
  const text = useText();
  const navigate = useNavigate();
  const search: CriteriaSearch = useSearch({ strict: false, select: criteriaSearch });
  useEffect(() => {
    document.title = `${entry.name} · Virgate`;
  }, [entry]);
  const asked = isComplete(entry, search);
  const query = useQuery({
    queryKey: ['report', entry.code, search],
    queryFn: ({ signal }) => client.virgate.reports.report(entry.code).get(criteriaOf(entry, search), { signal }),
    enabled: asked,
  });
  const [usual] = useState(() => usualCriteria(entry, new Date()));
  const start = { ...usual, ...search };
  return (
    <div className="vg-page vg-page--scrolls">
      <header className="vg-page__head">
        <Link to="/reports">{text('reports.title')}</Link>
        <Title headingLevel="h1" size="2xl">
          {entry.name}
        </Title>
        {asked && (
          <span className="vg-report__files">
            {formats.map((format) => (
              <a key={format} href={downloadAddress(entry, search, format)} download>
                {format.toUpperCase()}
              </a>
            ))}
          </span>
        )}
      </header>
      {entry.criteria.length > 0 && (
        <CriteriaForm
          key={JSON.stringify(search)}
          entry={entry}
          search={start}
          onShow={(next) => void navigate({ to: '/reports/$code', params: { code: entry.code }, search: next })}
        />
      )}
      {query.error !== null && <ProblemAlert error={query.error} object={entry.name} />}
      {asked && query.isFetching && <Loading />}
      {!asked && <p className="vg-quiet">{text('reports.ask')}</p>}
      {query.data !== undefined && <KeepReport entry={entry} search={search} />}
      {query.data !== undefined && <Figures report={query.data} />}
    </div>
  );
}
