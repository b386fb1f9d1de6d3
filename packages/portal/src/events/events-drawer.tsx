import type { Event } from '@virgate/contract/generated/types';
import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { EmptyState, EmptyStateBody } from '@patternfly/react-core/dist/esm/components/EmptyState/index.js';
import {
  NotificationDrawer,
  NotificationDrawerBody,
  NotificationDrawerHeader,
} from '@patternfly/react-core/dist/esm/components/NotificationDrawer/index.js';
import { Tab, Tabs, TabTitleText } from '@patternfly/react-core/dist/esm/components/Tabs/index.js';
import { BellIcon } from '@patternfly/react-icons/dist/esm/icons/bell-icon.js';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Loading } from '../app/details.tsx';
import { Status } from '../app/status.tsx';
import { tellFailure } from '../faults/notices.tsx';
import { ProblemAlert } from '../faults/problem.tsx';
import { dateTime } from '../format/format.ts';
import { useAdministrator } from '../session/session.ts';
import { useText } from '../text/text.ts';
import { markSeen, newestSeen, numberOf, useNewest, useUnread, type Newest } from './unread.ts';
import '../jobs/jobs.css';

const lists: readonly Newest[] = ['alert', 'event'];
const titles = { alert: 'alerts.title', event: 'events.title' } as const;

/** What needs attention, and what happened: the newest of both, with how many of them are new. */
export default function EventsDrawer({ onClose }: { onClose: () => void }): ReactNode {
  const text = useText();
  const [shown, setShown] = useState<Newest>('alert');
  const unread = { alert: useUnread('alert').length, event: useUnread('event').length };
  return (
    <NotificationDrawer aria-label={text('alerts.drawer')}>
      <NotificationDrawerHeader title={text('alerts.drawer')} onClose={onClose} closeButtonAriaLabel={text('close')}>
        <Link to="/events">{text('alerts.all')}</Link>
      </NotificationDrawerHeader>
      <NotificationDrawerBody>
        <Tabs
          activeKey={shown}
          onSelect={(_, key) => setShown(key as Newest)}
          aria-label={text('alerts.drawer')}
          isFilled
          mountOnEnter
          unmountOnExit
        >
          {lists.map((which) => (
            <Tab
              key={which}
              eventKey={which}
              title={
                <TabTitleText>
                  {text(titles[which])}
                  {unread[which] > 0 && ` (${unread[which]})`}
                </TabTitleText>
              }
            >
              <NewestList which={which} />
            </Tab>
          ))}
        </Tabs>
      </NotificationDrawerBody>
    </NotificationDrawer>
  );
}

function NewestList({ which }: { which: Newest }): ReactNode {
  const text = useText();
  const query = useNewest(which);
  const list = query.data;
  // What was new when the list was opened stays marked while it is looked at.
  const [known] = useState(() => newestSeen(which));
  useEffect(() => {
    if (list !== undefined) markSeen(which, list);
  }, [which, list]);
  if (query.error !== null && list === undefined) return <ProblemAlert error={query.error} object={text(titles[which])} />;
  if (list === undefined) return <Loading />;
  if (list.length === 0)
    return (
      <EmptyState icon={BellIcon} titleText={text(which === 'alert' ? 'alerts.empty' : 'events.empty')} headingLevel="h2" variant="sm">
        <EmptyStateBody>{text(which === 'alert' ? 'alerts.empty.body' : 'events.empty.body')}</EmptyStateBody>
      </EmptyState>
    );
  return (
    <ul className="vg-jobs" aria-label={text(titles[which])}>
      {list.map((event) => (
        <EventItem key={event.id} event={event} isFresh={numberOf(event) > known} />
      ))}
    </ul>
  );
}

function EventItem({ event, isFresh }: { event: Event; isFresh: boolean }): ReactNode {
  const text = useText();
  const administrator = useAdministrator();
  const { id = '', description = '', severity } = event;
  const dismiss = (): void =>
    void client.events
      .event(id)
      .remove()
      .catch((error: unknown) => tellFailure(error, description));
  return (
    <li className="vg-job vg-event">
      <Link to="/events/$objectId" params={{ objectId: id }} className={isFresh ? 'vg-job__text' : 'vg-event__read'}>
        {description}
      </Link>
      <span className="vg-job__line">
        {isFresh && <span>{text('alerts.new')}</span>}
        <Status value={severity} />
        <span>{dateTime(event.time)}</span>
        {administrator && (
          <Button variant="link" isInline aria-label={text('alerts.dismiss.of', { name: description })} onClick={dismiss}>
            {text('alerts.dismiss')}
          </Button>
        )}
      </span>
    </li>
  );
}
