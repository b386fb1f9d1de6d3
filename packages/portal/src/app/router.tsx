import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { PageFailure } from './page-failure.tsx';
import { PageMissing } from './page-missing.tsx';
import { Shell } from './shell.tsx';

/** What the address of a list page holds: search, order (`-time`), and the tab of the details. */
export interface ListSearch {
  search?: string;
  sort?: string;
  tab?: string;
}

/** Anything else in the address is dropped: it reaches the engine and the page. */
export function listSearch(input: Record<string, unknown>): ListSearch {
  const text = (key: string, most: number): Record<string, string> => {
    const value = input[key];
    // An all-digit text arrives as a number.
    const words = typeof value === 'number' ? String(value) : value;
    return typeof words === 'string' && words !== '' && words.length <= most ? { [key]: words } : {};
  };
  return { ...text('search', 1000), ...text('sort', 40), ...text('tab', 40) };
}

const root = createRootRoute({ component: Shell, notFoundComponent: PageMissing, errorComponent: PageFailure });
const home = createRoute({ getParentRoute: () => root, path: '/', beforeLoad: () => redirect({ to: '/vms', throw: true }) });

const vms = createRoute({ getParentRoute: () => root, path: 'vms', validateSearch: listSearch, component: lazyRouteComponent(() => import('../vms/list-page.tsx'), 'VmListPage') });
const vm = createRoute({ getParentRoute: () => vms, path: '$vmId' });
const vmConsole = createRoute({ getParentRoute: () => root, path: 'vms/$vmId/console', component: lazyRouteComponent(() => import('../console/console-page.tsx'), 'ConsolePage') });
const templates = createRoute({ getParentRoute: () => root, path: 'templates', validateSearch: listSearch, component: lazyRouteComponent(() => import('../templates/list-page.tsx'), 'TemplateListPage') });
const template = createRoute({ getParentRoute: () => templates, path: '$templateId' });
const hosts = createRoute({ getParentRoute: () => root, path: 'hosts', validateSearch: listSearch, component: lazyRouteComponent(() => import('../hosts/list-page.tsx'), 'HostListPage') });
const host = createRoute({ getParentRoute: () => hosts, path: '$hostId' });
const domains = createRoute({ getParentRoute: () => root, path: 'storage', validateSearch: listSearch, component: lazyRouteComponent(() => import('../storage-domains/list-page.tsx'), 'StorageDomainListPage') });
const domain = createRoute({ getParentRoute: () => domains, path: '$domainId' });
const events = createRoute({ getParentRoute: () => root, path: 'events', validateSearch: listSearch, component: lazyRouteComponent(() => import('../events/list-page.tsx'), 'EventListPage') });

const routeTree = root.addChildren([
  home, vms.addChildren([vm]), vmConsole, templates.addChildren([template]), hosts.addChildren([host]), domains.addChildren([domain]), events,
]);

/** The portal has two addresses, of which only the first path differs. */
export function basePath(pathname: string): string {
  return /^\/ovirt-engine\/(?:webadmin|web-ui)(?=\/|$)/.exec(pathname)?.[0] ?? '/';
}

export const router = createRouter({ routeTree, basepath: basePath(location.pathname), defaultPreload: 'intent', scrollRestoration: false });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
