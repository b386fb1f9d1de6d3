import { Alert } from '@patternfly/react-core/dist/esm/components/Alert/index.js';
import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import {
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
} from '@patternfly/react-core/dist/esm/components/Masthead/index.js';
import { Page, PageSidebar, PageSidebarBody, PageToggleButton } from '@patternfly/react-core/dist/esm/components/Page/index.js';
import { Nav, NavGroup, NavItem } from '@patternfly/react-core/dist/esm/components/Nav/index.js';
import { SkipToContent } from '@patternfly/react-core/dist/esm/components/SkipToContent/index.js';
import { BarsIcon } from '@patternfly/react-icons/dist/esm/icons/bars-icon.js';
import { BellIcon } from '@patternfly/react-icons/dist/esm/icons/bell-icon.js';
import { ListIcon } from '@patternfly/react-icons/dist/esm/icons/list-icon.js';
import { SearchIcon } from '@patternfly/react-icons/dist/esm/icons/search-icon.js';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { ComponentProps, ReactNode, Ref } from 'react';
import { useUnread } from '../events/unread.ts';
import { Notices } from '../faults/notices.tsx';
import { JobsDrawer } from '../jobs/jobs-drawer.tsx';
import { useRunningJobs } from '../jobs/running.ts';
import { useFeedInterrupted } from '../live/feed.ts';
import { useAdministrator } from '../session/session.ts';
import { useText } from '../text/text.ts';
import { WaitingProposals } from '../proposals/waiting.tsx';
import { TransfersPanel } from '../uploads/transfers-panel.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Loading } from './details.tsx';
import { navigationFor } from './navigation.ts';
import mark from './mark.svg';

const EventsDrawer = lazy(() => import('../events/events-drawer.tsx'));
const Palette = lazy(() => import('./palette.tsx'));

/** Whether a key opens the palette: not while a dialog asks something. */
const opensPalette = (event: KeyboardEvent): boolean =>
  event.key === 'k' && (event.ctrlKey || event.metaKey) && document.querySelector('[aria-modal="true"]') === null;

/** Masthead, navigation, the page, jobs, alerts and events, the palette, and what has to be said over all of it. */
export function Shell(): ReactNode {
  const text = useText();
  const [drawer, setDrawer] = useState<'jobs' | 'events' | undefined>();
  const [palette, setPalette] = useState(false);
  const jobsButton = useRef<HTMLButtonElement>(null);
  const eventsButton = useRef<HTMLButtonElement>(null);
  const toggle = (which: 'jobs' | 'events'): void => setDrawer(drawer === which ? undefined : which);
  const closeDrawer = (): void => {
    setDrawer(undefined);
    (drawer === 'events' ? eventsButton : jobsButton).current?.focus();
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!opensPalette(event)) return;
      event.preventDefault();
      setPalette(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const interrupted = useFeedInterrupted();
  const running = useRunningJobs();
  const unread = useUnread('alert').length;
  const masthead = (
    <Masthead>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton aria-label={text('nav.toggle')} variant="plain">
            <BarsIcon aria-hidden />
          </PageToggleButton>
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo component={HomeLink}>
            <img src={mark} alt="" width={28} height={28} />
            <span className="vg-brand">{text('product.name')}</span>
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <div className="vg-masthead__end">
          <Button
            variant="plain"
            icon={<SearchIcon aria-hidden />}
            aria-label={text('palette.open')}
            aria-keyshortcuts="Control+K"
            onClick={() => setPalette(true)}
          />
          <WaitingProposals />
          <DrawerButton
            button={eventsButton}
            label={text('alerts.open', { count: unread })}
            count={unread}
            icon={<BellIcon aria-hidden />}
            isOpen={drawer === 'events'}
            onClick={() => toggle('events')}
          />
          <DrawerButton
            button={jobsButton}
            label={text('jobs.open', { count: running })}
            count={running}
            icon={<ListIcon aria-hidden />}
            isOpen={drawer === 'jobs'}
            onClick={() => toggle('jobs')}
          />
          <AccountMenu />
        </div>
      </MastheadContent>
    </Masthead>
  );
  return (
    <Page
      masthead={masthead}
      sidebar={<Navigation />}
      isManagedSidebar
      isContentFilled
      mainContainerId="content"
      className="vg-shell"
      skipToContent={<SkipToContent href="#content">{text('product.skip')}</SkipToContent>}
      notificationDrawer={
        drawer === 'events' ? (
          <Suspense fallback={<Loading />}>
            <EventsDrawer onClose={closeDrawer} />
          </Suspense>
        ) : (
          <JobsDrawer onClose={closeDrawer} />
        )
      }
      isNotificationDrawerExpanded={drawer !== undefined}
    >
      {interrupted && <Alert variant="warning" isInline title={text('feed.waiting')} className="vg-interrupted" />}
      <Suspense fallback={<Loading />}>
        <Outlet />
      </Suspense>
      <TransfersPanel />
      {palette && (
        <Suspense fallback={null}>
          <Palette onClose={() => setPalette(false)} />
        </Suspense>
      )}
      <Notices />
    </Page>
  );
}

/** Opens and closes a drawer, and counts what is in it. */
function DrawerButton({
  button,
  label,
  count,
  icon,
  isOpen,
  onClick,
}: {
  button: Ref<HTMLButtonElement>;
  label: string;
  count: number;
  icon: ReactNode;
  isOpen: boolean;
  onClick: () => void;
}): ReactNode {
  return (
    <Button ref={button} variant={isOpen ? 'secondary' : 'plain'} icon={icon} aria-expanded={isOpen} aria-label={label} onClick={onClick}>
      {count > 0 && (
        <span className="vg-count" aria-hidden>
          {count}
        </span>
      )}
    </Button>
  );
}

function HomeLink(props: ComponentProps<'a'>): ReactNode {
  return <Link {...props} to="/" />;
}

function Navigation(): ReactNode {
  const text = useText();
  const administrator = useAdministrator();
  const { pathname } = useLocation();
  return (
    <PageSidebar>
      <PageSidebarBody>
        <Nav aria-label={text('nav.label')}>
          {navigationFor(administrator).map(({ title, places }) => (
            <NavGroup key={title} title={text(title)}>
              {places.map(({ path, title: label }) => {
                const active = pathname === path || pathname.startsWith(`${path}/`);
                return (
                  <NavItem key={path} itemId={path} isActive={active}>
                    <Link to={path} aria-current={active ? 'page' : undefined}>
                      {text(label)}
                    </Link>
                  </NavItem>
                );
              })}
            </NavGroup>
          ))}
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
}
