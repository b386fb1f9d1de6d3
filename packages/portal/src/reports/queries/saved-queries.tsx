import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { FormGroup } from '@patternfly/react-core/dist/esm/components/Form/index.js';
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput/index.js';
import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../../app/client.ts';
import { tellDone, tellFailure } from '../../faults/notices.tsx';
import { ProblemAlert } from '../../faults/problem.tsx';
import { useText } from '../../text/text.ts';
import type { WarehouseQuery } from './query.ts';

const key = ['saved-queries'];

/** Keeps a query under a name. */
export function KeepQuery({ query }: { query: WarehouseQuery }): ReactNode {
  const text = useText();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const keep = useMutation({
    mutationFn: () => client.virgate.warehouse.savedQueries.add({ name, query }),
    onSuccess: () => {
      setName('');
      tellDone(text('reports.keep.done', { name }));
      void queries.invalidateQueries({ queryKey: key });
    },
  });
  return (
    <>
      <form
        className="vg-criteria"
        aria-label={text('query.keep')}
        onSubmit={(event) => {
          event.preventDefault();
          keep.mutate();
        }}
      >
        <FormGroup fieldId="keep-query-name" label={text('reports.keep.name')}>
          <TextInput id="keep-query-name" value={name} maxLength={100} onChange={(_, next) => setName(next)} />
        </FormGroup>
        <Button type="submit" variant="secondary" isDisabled={name.trim() === '' || keep.isPending}>
          {text('query.keep')}
        </Button>
      </form>
      {keep.error !== null && <ProblemAlert error={keep.error} object={name} />}
    </>
  );
}

/** The queries that the user keeps; nothing when there are none. */
export function SavedQueries(): ReactNode {
  const text = useText();
  const queries = useQueryClient();
  const list = useQuery({ queryKey: key, queryFn: ({ signal }) => client.virgate.warehouse.savedQueries.list({ signal }) });
  const remove = (id: string, name: string): void => {
    client.virgate.warehouse.savedQueries
      .savedQuery(id)
      .remove()
      .then(
        () => queries.invalidateQueries({ queryKey: key }),
        (error: unknown) => tellFailure(error, name),
      );
  };
  // Who may ask nothing is told so where he would ask.
  if (list.data === undefined || list.data.length === 0) return null;
  return (
    <section aria-label={text('query.kept')} className="vg-folders">
      <div>
        <Title headingLevel="h2" size="lg">
          {text('query.kept')}
        </Title>
        <ul>
          {list.data.map(({ id, name, query }) => (
            <li key={id}>
              <Link to="/reports/query" search={{ query }}>
                {name}
              </Link>{' '}
              <Button variant="link" isInline isDanger onClick={() => remove(id, name)} aria-label={text('reports.keep.remove', { name })}>
                {text('action.remove')}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
