import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { PageFailure } from './page-failure.tsx';
import { PageMissing } from './page-missing.tsx';
import { basePath, listSearch } from './place.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: PageMissing, errorComponent: PageFailure });
const home = createRoute({ getParentRoute: () => root, path: '/', beforeLoad: () => redirect({ to: '/vms', throw: true }) });

const vms = createRoute({
  getParentRoute: () => root,
  path: 'vms',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../vms/list-page.tsx'), 'VmListPage'),
});
const vm = createRoute({ getParentRoute: () => vms, path: '$vmId' });
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
const templates = createRoute({
  getParentRoute: () => root,
  path: 'templates',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../templates/list-page.tsx'), 'TemplateListPage'),
});
const template = createRoute({ getParentRoute: () => templates, path: '$templateId' });
const hosts = createRoute({
  getParentRoute: () => root,
  path: 'hosts',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../hosts/list-page.tsx'), 'HostListPage'),
});
const host = createRoute({ getParentRoute: () => hosts, path: '$hostId' });
const domains = createRoute({
  getParentRoute: () => root,
  path: 'storage',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../storage-domains/list-page.tsx'), 'StorageDomainListPage'),
});
const domain = createRoute({ getParentRoute: () => domains, path: '$domainId' });
const events = createRoute({
  getParentRoute: () => root,
  path: 'events',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../events/list-page.tsx'), 'EventListPage'),
});

const routeTree = root.addChildren([
  home,
  vms.addChildren([vm]),
  vmConsole,
  vmSerialConsole,
  templates.addChildren([template]),
  hosts.addChildren([host]),
  domains.addChildren([domain]),
  events,
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
