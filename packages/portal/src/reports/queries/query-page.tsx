import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { client } from '../../app/client.ts';
import { Loading } from '../../app/details.tsx';
import { ProblemAlert } from '../../faults/problem.tsx';
import { useText } from '../../text/text.ts';
import { Figures } from '../figures.tsx';
import { downloadAddress, querySearch } from './draft.ts';
import { QueryForm } from './query-form.tsx';
import { KeepQuery, SavedQueries } from './saved-queries.tsx';
import '../report.css';

const formats = ['pdf', 'xlsx', 'csv', 'parquet'] as const;

/** A question of one's own to the warehouse. All of it is in the address, so it can be linked to and kept. */
export function QueryPage(): ReactNode {
  const text = useText();
  const navigate = useNavigate();
  const { query } = useSearch({ strict: false, select: querySearch });
  const title = text('query.title');
  useEffect(() => {
    document.title = `${title} · Virgate`;
  }, [title]);
  const answer = useQuery({
    queryKey: ['warehouse-query', query],
    queryFn: ({ signal }) => {
      if (query === undefined) throw new Error('Nothing is asked');
      return client.virgate.warehouse.query.run(query, { signal });
    },
    enabled: query !== undefined,
  });
  return (
    <div className="vg-page vg-page--scrolls">
      <header className="vg-page__head">
        <Link to="/reports">{text('reports.title')}</Link>
        <Title headingLevel="h1" size="2xl">
          {title}
        </Title>
        {query !== undefined && answer.data !== undefined && (
          <span className="vg-report__files">
            {formats.map((format) => (
              <a key={format} href={downloadAddress(query, format)} download>
                {format === 'parquet' ? 'Parquet' : format.toUpperCase()}
              </a>
            ))}
          </span>
        )}
      </header>
      <SavedQueries />
      <QueryForm
        key={JSON.stringify(query)}
        query={query}
        onAsk={(asked) => void navigate({ to: '/reports/query', search: { query: asked } })}
      />
      {answer.error !== null && <ProblemAlert error={answer.error} object={title} />}
      {query !== undefined && answer.isFetching && <Loading />}
      {query !== undefined && answer.data !== undefined && <KeepQuery query={query} />}
      {answer.data !== undefined && <Figures report={answer.data} />}
    </div>
  );
}
