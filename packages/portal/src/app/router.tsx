import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { isAdministrator } from '../session/session.ts';
import { kindPlaces } from '../kinds/registry.ts';
import { criteriaSearch, listSearchOf } from '../reports/place.ts';
import { querySearch } from '../reports/queries/draft.ts';
import { PageFailure } from './page-failure.tsx';
import { PageMissing } from './page-missing.tsx';
import { forAdministrators } from './page-refused.tsx';
import { basePath, homePath, listSearch } from './place.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: PageMissing, errorComponent: PageFailure });
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => redirect({ to: homePath(basePath(location.pathname), isAdministrator()), throw: true }),
});

const dashboard = createRoute({
  getParentRoute: () => root,
  path: 'dashboard',
  component: lazyRouteComponent(async () => ({
    default: forAdministrators((await import('../dashboard/dashboard-page.tsx')).DashboardPage),
  })),
});
const vms = createRoute({
  getParentRoute: () => root,
  path: 'vms',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../vms/list-page.tsx'), 'VmListPage'),
});
const vm = createRoute({ getParentRoute: () => vms, path: '$objectId' });
const vmConsole = createRoute({
  getParentRoute: () => root,
  path: 'vms/$vmId/console',
  component: lazyRouteComponent(() => import('../console/console-page.tsx'), 'ConsolePage'),
});
const vmSerialConsole = createRoute({
  getParentRoute: () => root,
  path: 'vms/$vmId/serial-console',
  component: lazyRouteComponent(() => import('../console/serial-page.tsx'), 'SerialConsolePage'),
});
const events = createRoute({
  getParentRoute: () => root,
  path: 'events',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../events/list-page.tsx'), 'EventListPage'),
});

const account = createRoute({
  getParentRoute: () => root,
  path: 'account',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../account/account-page.tsx'), 'AccountPage'),
});
const reports = createRoute({
  getParentRoute: () => root,
  path: 'reports',
  validateSearch: listSearchOf,
  component: lazyRouteComponent(() => import('../reports/list-page.tsx'), 'ReportListPage'),
});
const reportQuery = createRoute({
  getParentRoute: () => root,
  path: 'reports/query',
  validateSearch: querySearch,
  component: lazyRouteComponent(() => import('../reports/queries/query-page.tsx'), 'QueryPage'),
});
const report = createRoute({
  getParentRoute: () => root,
  path: 'reports/$code',
  validateSearch: criteriaSearch,
  component: lazyRouteComponent(() => import('../reports/report-page.tsx'), 'ReportPage'),
});

/** A page for each kind that is described; page and description are loaded together. */
const kinds = kindPlaces.map(({ path, load, forAll }) => {
  const list = createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: listSearch,
    component: lazyRouteComponent(async () => {
      const [{ kindPage }, kind] = await Promise.all([import('../kinds/page.tsx'), load()]);
      return { default: forAll === true ? kindPage(kind) : forAdministrators(kindPage(kind)) };
    }),
  });
  return list.addChildren([createRoute({ getParentRoute: () => list, path: '$objectId' })]);
});

const event = createRoute({ getParentRoute: () => events, path: '$objectId' });
const routeTree = root.addChildren([
  home,
  dashboard,
  vms.addChildren([vm]),
  vmConsole,
  vmSerialConsole,
  events.addChildren([event]),
  account,
  reports,
  reportQuery,
  report,
  ...kinds,
]);

export const router = createRouter({
  routeTree,
  basepath: basePath(location.pathname),
  defaultPreload: 'intent',
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
