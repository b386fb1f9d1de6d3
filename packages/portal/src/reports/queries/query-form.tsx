import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { ExpandableSection } from '@patternfly/react-core/dist/esm/components/ExpandableSection/index.js';
import { FormGroup } from '@patternfly/react-core/dist/esm/components/Form/index.js';
import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect/index.js';
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput/index.js';
import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../../app/client.ts';
import { Loading } from '../../app/details.tsx';
import { Wide } from '../../app/wide.tsx';
import { ProblemAlert } from '../../faults/problem.tsx';
import { useText } from '../../text/text.ts';
import { draftOf, emptyDraft, isComplete, operatorsOf, queryOf, type Draft } from './draft.ts';
import type { WarehouseColumn, WarehouseQuery } from './query.ts';
import { ColumnRows, FilterRows } from './rows.tsx';

const spans = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
const charts = ['none', 'bar', 'line'] as const;
const mostColumns = 30;

/** Puts a query together; it is asked when it is handed over. */
export function QueryForm({ query, onAsk }: { query: WarehouseQuery | undefined; onAsk: (query: WarehouseQuery) => void }): ReactNode {
  const text = useText();
  const [draft, setDraft] = useState<Draft>(() => (query === undefined ? emptyDraft : draftOf(query)));
  const views = useQuery({
    queryKey: ['warehouse-views'],
    queryFn: ({ signal }) => client.virgate.warehouse.views.list({ signal }),
    staleTime: Infinity,
  });
  const view = useQuery({
    queryKey: ['warehouse-views', draft.view],
    queryFn: ({ signal }) => client.virgate.warehouse.views.view(draft.view).get({ signal }),
    enabled: draft.view !== '',
    staleTime: Infinity,
  });
  const columns = view.data?.columns ?? [];
  const error = views.error ?? view.error;
  return (
    <form
      className="vg-query"
      aria-label={text('query.title')}
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(queryOf(draft, columns));
      }}
    >
      {error !== null && <ProblemAlert error={error} object={text('query.title')} />}
      <FormGroup fieldId="query-view" label={text('query.view')} isRequired>
        <FormSelect id="query-view" value={draft.view} onChange={(_, name) => setDraft({ ...emptyDraft, view: name })}>
          <FormSelectOption value="" label={text('reports.choose')} />
          {(views.data ?? []).map(({ name }) => (
            <FormSelectOption key={name} value={name} label={name} />
          ))}
        </FormSelect>
        <p className="vg-quiet">{views.data?.find(({ name }) => name === draft.view)?.description}</p>
      </FormGroup>
      {draft.view !== '' && view.data === undefined && view.error === null && <Loading />}
      {view.data !== undefined && <Parts draft={draft} columns={columns} timed={view.data.timed} onChange={setDraft} />}
      <div>
        <Button type="submit" variant="primary" isDisabled={!isComplete(draft) || view.data === undefined}>
          {text('query.ask')}
        </Button>
      </div>
    </form>
  );
}

interface PartsProps {
  draft: Draft;
  columns: readonly WarehouseColumn[];
  onChange: (draft: Draft) => void;
}

function Parts({ draft, columns, timed, onChange }: PartsProps & { timed: boolean }): ReactNode {
  const text = useText();
  const [first] = columns;
  const add = (name: string): void => onChange({ ...draft, columns: [...draft.columns, { name }] });
  const addFilter = (): void => {
    if (first !== undefined)
      onChange({ ...draft, filters: [...draft.filters, { column: first.name, operator: operatorsOf(first.kind)[0] ?? 'is', values: [] }] });
  };
  return (
    <>
      <Described columns={columns} full={draft.columns.length >= mostColumns} onAdd={add} />
      <section aria-label={text('query.columns')}>
        <Title headingLevel="h2" size="md">
          {text('query.columns')}
        </Title>
        <ColumnRows draft={draft} columns={columns} onChange={onChange} />
        <Button
          variant="link"
          isInline
          isDisabled={first === undefined || draft.columns.length >= mostColumns}
          onClick={() => add(columns.find(({ name }) => !draft.columns.some((one) => one.name === name))?.name ?? first?.name ?? '')}
        >
          {text('query.column.add')}
        </Button>
      </section>
      <section aria-label={text('query.filters')}>
        <Title headingLevel="h2" size="md">
          {text('query.filters')}
        </Title>
        <FilterRows draft={draft} columns={columns} onChange={onChange} />
        <Button variant="link" isInline isDisabled={draft.filters.length >= mostColumns} onClick={addFilter}>
          {text('query.filter.add')}
        </Button>
      </section>
      <div className="vg-criteria vg-query__bounds">
        {timed && <Period draft={draft} onChange={onChange} />}
        <FormGroup fieldId="query-limit" label={text('query.limit')}>
          <TextInput
            id="query-limit"
            type="number"
            min={1}
            max={100_000}
            value={draft.limit}
            onChange={(_, limit) => onChange({ ...draft, limit })}
          />
        </FormGroup>
        <FormGroup fieldId="query-chart" label={text('query.chart')}>
          <FormSelect
            id="query-chart"
            value={draft.chart}
            onChange={(_, chart) => onChange({ ...draft, chart: charts.find((one) => one === chart) ?? 'none' })}
          >
            {charts.map((one) => (
              <FormSelectOption key={one} value={one} label={text(`query.chart.${one}`)} />
            ))}
          </FormSelect>
        </FormGroup>
      </div>
    </>
  );
}

function Period({ draft, onChange }: { draft: Draft; onChange: (draft: Draft) => void }): ReactNode {
  const text = useText();
  const { last = '', from = '', to = '' } = draft.period;
  const days = (next: { from?: string; to?: string }): void => onChange({ ...draft, period: { from, to, ...next } });
  return (
    <>
      <FormGroup fieldId="query-last" label={text('query.last')}>
        <FormSelect
          id="query-last"
          value={last}
          onChange={(_, value) => {
            const span = spans.find((one) => one === value);
            onChange({ ...draft, period: span === undefined ? {} : { last: span } });
          }}
        >
          <FormSelectOption value="" label={text('query.last.none')} />
          {spans.map((one) => (
            <FormSelectOption key={one} value={one} label={text(`query.taken.${one}`)} />
          ))}
        </FormSelect>
      </FormGroup>
      {last === '' && (
        <>
          <FormGroup fieldId="query-from" label={text('query.from')}>
            <TextInput id="query-from" type="date" value={from} onChange={(_, day) => days({ from: day })} />
          </FormGroup>
          <FormGroup fieldId="query-to" label={text('query.to')}>
            <TextInput id="query-to" type="date" value={to} onChange={(_, day) => days({ to: day })} />
          </FormGroup>
        </>
      )}
    </>
  );
}

/** What the columns of a view hold; each can be added from here. */
function Described({
  columns,
  full,
  onAdd,
}: {
  columns: readonly WarehouseColumn[];
  full: boolean;
  onAdd: (name: string) => void;
}): ReactNode {
  const text = useText();
  const [open, setOpen] = useState(false);
  const title = text('query.described', { count: columns.length });
  return (
    <ExpandableSection toggleText={title} isExpanded={open} onToggle={(_, expanded) => setOpen(expanded)}>
      {open && (
        <Wide label={title}>
          <table aria-label={title}>
            <tbody>
              {columns.map(({ name, description, kind }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{text(`query.kind.${kind}`)}</td>
                  <td>{description}</td>
                  <td>
                    <Button
                      variant="link"
                      isInline
                      isDisabled={full}
                      onClick={() => onAdd(name)}
                      aria-label={text('query.column.add.of', { name })}
                    >
                      {text('query.column.add')}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </ExpandableSection>
  );
}
