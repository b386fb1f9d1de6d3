import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Confirmation } from '../app/confirmation.tsx';
import { tellDone, tellFailure } from '../faults/notices.tsx';
import { ProblemAlert } from '../faults/problem.tsx';
import { useAdministrator } from '../session/session.ts';
import { useText } from '../text/text.ts';
import { PriceListDialog } from './price-list-dialog.tsx';
import { draftOf, emptyDraft, type PriceList } from './price-list.ts';
import { priceListsKey } from './use-reports.ts';

/** The price lists by which costs are reported; administrators keep them. */
export function PriceLists(): ReactNode {
  const text = useText();
  const queries = useQueryClient();
  const administrator = useAdministrator();
  const query = useQuery({ queryKey: priceListsKey, queryFn: ({ signal }) => client.virgate.priceLists.list({ signal }) });
  const [open, setOpen] = useState<PriceList | 'new'>();
  const [going, setGoing] = useState<PriceList>();
  const lists = query.data ?? [];
  const again = (): void => void queries.invalidateQueries({ queryKey: priceListsKey });
  if (!administrator && lists.length === 0) return null;
  const remove = ({ id, name }: PriceList): void => {
    client.virgate.priceLists
      .priceList(id)
      .remove()
      .then(again, (error: unknown) => tellFailure(error, name));
  };
  return (
    <section aria-label={text('prices.title')} className="vg-folders">
      <div>
        <Title headingLevel="h2" size="lg">
          {text('prices.title')}
        </Title>
        {query.error !== null && <ProblemAlert error={query.error} object={text('prices.title')} />}
        <ul>
          {lists.map((list) => (
            <li key={list.id}>
              {list.name} ({list.currency}){' '}
              {administrator && (
                <>
                  <Button variant="link" isInline onClick={() => setOpen(list)} aria-label={text('prices.edit', { name: list.name })}>
                    {text('action.edit')}
                  </Button>{' '}
                  <Button
                    variant="link"
                    isInline
                    isDanger
                    onClick={() => setGoing(list)}
                    aria-label={text('reports.keep.remove', { name: list.name })}
                  >
                    {text('action.remove')}
                  </Button>
                </>
              )}
            </li>
          ))}
        </ul>
        {administrator && (
          <Button variant="secondary" size="sm" onClick={() => setOpen('new')}>
            {text('prices.new')}
          </Button>
        )}
      </div>
      {open !== undefined && (
        <PriceListDialog
          id={open === 'new' ? undefined : open.id}
          start={open === 'new' ? emptyDraft : draftOf(open)}
          onDone={(name) => {
            setOpen(undefined);
            tellDone(text('prices.saved', { name }));
            again();
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
      {going !== undefined && (
        <Confirmation
          title={text('prices.remove.title', { name: going.name })}
          body={text('prices.remove.body')}
          confirm={text('action.remove')}
          onConfirm={() => remove(going)}
          onClose={() => setGoing(undefined)}
        />
      )}
    </section>
  );
}
