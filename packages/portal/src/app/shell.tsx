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
import { ListIcon } from '@patternfly/react-icons/dist/esm/icons/list-icon.js';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { Suspense, useRef, useState } from 'react';
import type { ComponentProps, ReactNode } from 'react';
import { Notices } from '../faults/notices.tsx';
import { JobsDrawer } from '../jobs/jobs-drawer.tsx';
import { useRunningJobs } from '../jobs/running.ts';
import { kindPlaces } from '../kinds/registry.ts';
import { useFeedInterrupted } from '../live/feed.ts';
import { useAdministrator } from '../session/session.ts';
import { useText } from '../text/text.ts';
import type { TextKey } from '../text/en.ts';
import { WaitingProposals } from '../proposals/waiting.tsx';
import { TransfersPanel } from '../uploads/transfers-panel.tsx';
import { AccountMenu } from './account-menu.tsx';
import { Loading } from './details.tsx';
import mark from './mark.svg';

/** Masthead, navigation, the page, the jobs and what has to be said over all of it. */
export function Shell(): ReactNode {
  const text = useText();
  const [jobsOpen, setJobsOpen] = useState(false);
  const jobsButton = useRef<HTMLButtonElement>(null);
  const closeJobs = (): void => {
    setJobsOpen(false);
    jobsButton.current?.focus();
  };
  const interrupted = useFeedInterrupted();
  const running = useRunningJobs();
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
          <WaitingProposals />
          <Button
            ref={jobsButton}
            variant={jobsOpen ? 'secondary' : 'plain'}
            icon={<ListIcon aria-hidden />}
            aria-expanded={jobsOpen}
            aria-label={text('jobs.open', { count: running })}
            onClick={() => setJobsOpen(!jobsOpen)}
          >
            {running > 0 && (
              <span className="vg-count" aria-hidden>
                {running}
              </span>
            )}
          </Button>
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
      notificationDrawer={<JobsDrawer onClose={closeJobs} />}
      isNotificationDrawerExpanded={jobsOpen}
    >
      {interrupted && <Alert variant="warning" isInline title={text('feed.waiting')} className="vg-interrupted" />}
      <Suspense fallback={<Loading />}>
        <Outlet />
      </Suspense>
      <TransfersPanel />
      <Notices />
    </Page>
  );
}

function HomeLink(props: ComponentProps<'a'>): ReactNode {
  return <Link {...props} to="/" />;
}

/** Pages of a group in the navigation: address, name, and whether they are for administrators only. */
const described = (group: TextKey): (readonly [string, TextKey, boolean])[] =>
  kindPlaces.filter((place) => place.group === group).map(({ path, title, forAll }) => [path, title, forAll !== true]);
const groups: readonly { title: TextKey; places: readonly (readonly [string, TextKey, boolean])[] }[] = [
  { title: 'nav.overview', places: [['/dashboard', 'dashboard.title', true]] },
  { title: 'nav.compute', places: [['/vms', 'nav.vms', false], ...described('nav.compute')] },
  { title: 'nav.network', places: described('nav.network') },
  { title: 'nav.storage', places: described('nav.storage') },
  { title: 'nav.administration', places: described('nav.administration') },
  { title: 'nav.activity', places: [['/events', 'nav.events', false], ['/reports', 'reports.title', false], ...described('nav.activity')] },
];

function Navigation(): ReactNode {
  const text = useText();
  const administrator = useAdministrator();
  const { pathname } = useLocation();
  return (
    <PageSidebar>
      <PageSidebarBody>
        <Nav aria-label={text('nav.label')}>
          {groups.map(({ title, places }) => {
            const shown = places.filter(([, , forAdministrators]) => administrator || !forAdministrators);
            return (
              shown.length > 0 && (
                <NavGroup key={title} title={text(title)}>
                  {shown.map(([to, label]) => {
                    const active = pathname === to || pathname.startsWith(`${to}/`);
                    return (
                      <NavItem key={to} itemId={to} isActive={active}>
                        <Link to={to} aria-current={active ? 'page' : undefined}>
                          {text(label)}
                        </Link>
                      </NavItem>
                    );
                  })}
                </NavGroup>
              )
            );
          })}
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
}
