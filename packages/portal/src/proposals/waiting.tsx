import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { InboxIcon } from '@patternfly/react-icons/dist/esm/icons/inbox-icon.js';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ComponentProps, ReactNode } from 'react';
import { client } from '../app/client.ts';
import { useText } from '../text/text.ts';

/** How many proposals of assistants wait for a word; nothing while none does. It follows the change feed. */
export function WaitingProposals(): ReactNode {
  const text = useText();
  const waiting = useQuery({
    queryKey: ['parts', 'proposals', '', 'proposal', 'waiting'],
    queryFn: async ({ signal }) => (await client.virgate.proposals.get({ state: 'pending', max: 1 }, { signal })).total,
  });
  const count = waiting.data ?? 0;
  if (count === 0) return null;
  return (
    <Button variant="plain" component={ProposalsLink} icon={<InboxIcon aria-hidden />} aria-label={text('proposals.waiting', { count })}>
      <span className="vg-count" aria-hidden>
        {count}
      </span>
    </Button>
  );
}

function ProposalsLink(props: ComponentProps<'a'>): ReactNode {
  return <Link {...props} to="/proposals" />;
}
