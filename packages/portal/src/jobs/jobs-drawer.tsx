import type { Job } from '@virgate/contract/generated/types';
import { EmptyState, EmptyStateBody } from '@patternfly/react-core/dist/esm/components/EmptyState/index.js';
import {
  NotificationDrawer,
  NotificationDrawerBody,
  NotificationDrawerHeader,
} from '@patternfly/react-core/dist/esm/components/NotificationDrawer/index.js';
import { ListIcon } from '@patternfly/react-icons/dist/esm/icons/list-icon.js';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useNow } from '../app/clock.ts';
import { client } from '../app/client.ts';
import { Loading } from '../app/details.tsx';
import { Status } from '../app/status.tsx';
import { ProblemAlert } from '../faults/problem.tsx';
import { dateTime, duration } from '../format/format.ts';
import { jobs, useCollection, useParts } from '../live/collections.ts';
import { useText, words } from '../text/text.ts';
import { CallOff } from './call-off.tsx';
import './jobs.css';

/** Work that takes time: what runs, what is done, and the steps of each. */
export function JobsDrawer({ onClose }: { onClose: () => void }): ReactNode {
  const text = useText();
  const query = useCollection(jobs);
  const list = [...(query.data ?? [])].sort((a, b) => (b.start_time ?? 0) - (a.start_time ?? 0));
  return (
    <NotificationDrawer aria-label={text('jobs.title')}>
      <NotificationDrawerHeader
        title={text('jobs.title')}
        customText={text('jobs.running', { count: list.filter((job) => job.status === 'started').length })}
        onClose={onClose}
        closeButtonAriaLabel={text('close')}
      />
      <NotificationDrawerBody>
        {query.error !== null && query.data === undefined && <ProblemAlert error={query.error} object={text('jobs.title')} />}
        {query.isPending && <Loading />}
        {query.data?.length === 0 && (
          <EmptyState icon={ListIcon} titleText={text('jobs.empty')} headingLevel="h2" variant="sm">
            <EmptyStateBody>{text('jobs.empty.body')}</EmptyStateBody>
          </EmptyState>
        )}
        <ul className="vg-jobs" aria-label={text('jobs.title')}>
          {list.map((job) => (
            <JobItem key={job.id} job={job} />
          ))}
        </ul>
      </NotificationDrawerBody>
    </NotificationDrawer>
  );
}

function JobItem({ job }: { job: Job }): ReactNode {
  const now = useNow();
  const [open, setOpen] = useState(false);
  const took = job.start_time === undefined ? '' : duration((job.end_time ?? now) - job.start_time);
  return (
    <li className="vg-job">
      <button type="button" className="vg-job__head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="vg-job__text">{job.description}</span>
        <span className="vg-job__line">
          <Status value={job.status} />
          <span>{dateTime(job.start_time)}</span>
          <span>{took}</span>
        </span>
      </button>
      {open && <Steps job={job} />}
      {open && job.status === 'started' && !job.external && <CallOff job={job} />}
    </li>
  );
}

function Steps({ job }: { job: Job }): ReactNode {
  const id = job.id ?? '';
  const query = useParts({ type: 'job', id }, [], 'steps', (signal) => client.jobs.job(id).steps.list({}, { signal }));
  if (query.error !== null && query.data === undefined) return <ProblemAlert error={query.error} object={job.description} />;
  if (query.data === undefined) return <Loading />;
  const steps = [...query.data].sort((a, b) => (a.number ?? 0) - (b.number ?? 0));
  return (
    <ol className="vg-steps">
      {steps.map((step) => (
        <li key={step.id}>
          <Status value={step.status} />{' '}
          <span>
            {step.description ?? words(step.type)}
            {step.progress === undefined ? '' : ` (${step.progress} %)`}
          </span>
        </li>
      ))}
    </ol>
  );
}
