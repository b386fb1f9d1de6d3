import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { Loading } from '../app/details.tsx';
import { ProblemPage } from '../faults/problem.tsx';
import { useAdministrator } from '../session/session.ts';
import { useText } from '../text/text.ts';
import type { CriteriaSearch } from './place.ts';
import type { ReportEntry } from './report.ts';
import { PriceLists } from './price-lists.tsx';
import { SavedReports } from './saved.tsx';
import { useReports } from './use-reports.ts';
import './report.css';

/** Reports by folder; of an object, those that are about its kind, with it chosen already. */
export function ReportListPage(): ReactNode {
  const text = useText();
  const reports = useReports();
  const administrator = useAdministrator();
  const { kind, object } = useSearch({ strict: false, select: (search: { kind?: string; object?: string }) => search });
  const title = text('reports.title');
  useEffect(() => {
    document.title = `${title} · Virgate`;
  }, [title]);
  const all = reports.data ?? [];
  const shown = all.filter(({ menus }) => kind === undefined || menus.some((menu) => menu.kind === kind));
  const folders = [...Map.groupBy(shown, ({ group }) => group)].toSorted(([left], [right]) => left.localeCompare(right));
  return (
    <div className="vg-page vg-page--scrolls">
      <header className="vg-page__head">
        <Title headingLevel="h1" size="2xl">
          {title}
        </Title>
        {administrator && kind === undefined && <Link to="/reports/query">{text('query.title')}</Link>}
      </header>
      {reports.error !== null && reports.data === undefined && (
        <ProblemPage error={reports.error} object={title} onRetry={() => void reports.refetch()} />
      )}
      {reports.isPending && <Loading />}
      {reports.data !== undefined && shown.length === 0 && <p className="vg-quiet vg-reports__none">{text('reports.none')}</p>}
      {kind === undefined && reports.data !== undefined && <SavedReports reports={all} />}
      <div className="vg-folders">
        {folders.map(([group, entries]) => (
          <section key={group} aria-label={group}>
            <Title headingLevel="h2" size="lg">
              {group}
            </Title>
            <ul>
              {entries.map((entry) => (
                <li key={entry.code}>
                  <Link to="/reports/$code" params={{ code: entry.code }} search={chosen(entry, kind, object)}>
                    {entry.name}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      {kind === undefined && <PriceLists />}
    </div>
  );
}

function chosen({ menus }: ReportEntry, kind: string | undefined, object: string | undefined): CriteriaSearch {
  const criterion = menus.find((menu) => menu.kind === kind)?.criterion;
  return criterion === undefined || object === undefined ? {} : { [criterion]: object };
}
