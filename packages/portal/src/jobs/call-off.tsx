import type { Job } from '@virgate/contract/generated/types';
import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { tellDone, tellFailure } from '../faults/notices.tsx';
import { useParts } from '../live/collections.ts';
import { useText } from '../text/text.ts';

/** Calls a job off, asked for twice; where that is not possible, why. */
export function CallOff({ job }: { job: Job }): ReactNode {
  const text = useText();
  const id = job.id ?? '';
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const place = client.virgate.jobs.job(id).cancellation;
  const query = useParts({ type: 'job', id }, [], 'cancellation', (signal) => place.get({ signal }));
  const callOff = useMutation({
    mutationFn: () => place.request(),
    onSuccess: () => {
      tellDone(text('jobs.callOff.done', { name: job.description ?? '' }));
      void queries.invalidateQueries({ queryKey: ['parts', 'job', id] });
    },
    onError: (error) => tellFailure(error, job.description ?? ''),
  });
  if (query.data === undefined) return null;
  const { state } = query.data;
  if (state === 'ended') return null;
  if (state !== 'possible') return <p className="vg-job__cancel vg-quiet">{text(`jobs.callOff.${state}`)}</p>;
  return (
    <div className="vg-job__cancel">
      {asked ? (
        <>
          <p>{text('jobs.callOff.ask')}</p>
          <Button variant="danger" size="sm" isDisabled={callOff.isPending} onClick={() => callOff.mutate()}>
            {text('jobs.callOff')}
          </Button>{' '}
          <Button variant="link" size="sm" onClick={() => setAsked(false)}>
            {text('jobs.callOff.not')}
          </Button>
        </>
      ) : (
        <Button variant="secondary" size="sm" onClick={() => setAsked(true)}>
          {text('jobs.callOff')}
        </Button>
      )}
    </div>
  );
}
