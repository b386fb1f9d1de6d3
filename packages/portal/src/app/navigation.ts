import { kindPlaces } from '../kinds/registry.ts';
import type { TextKey } from '../text/en.ts';

/** A page that the navigation leads to. */
export interface NavigationPlace {
  readonly path: string;
  readonly title: TextKey;
  /** Shown to administrators only. */
  readonly restricted: boolean;
}

const described = (group: TextKey): readonly NavigationPlace[] =>
  kindPlaces.filter((place) => place.group === group).map(({ path, title, forAll }) => ({ path, title, restricted: forAll !== true }));

const groups: readonly { title: TextKey; places: readonly NavigationPlace[] }[] = [
  { title: 'nav.overview', places: [{ path: '/dashboard', title: 'dashboard.title', restricted: true }] },
  { title: 'nav.compute', places: [{ path: '/vms', title: 'nav.vms', restricted: false }, ...described('nav.compute')] },
  { title: 'nav.network', places: described('nav.network') },
  { title: 'nav.storage', places: described('nav.storage') },
  { title: 'nav.administration', places: described('nav.administration') },
  {
    title: 'nav.activity',
    places: [
      { path: '/events', title: 'nav.events', restricted: false },
      { path: '/reports', title: 'reports.title', restricted: false },
      ...described('nav.activity'),
    ],
  },
];

/** The navigation's groups with what a user may open; empty groups are left out. */
export const navigationFor = (administrator: boolean): typeof groups =>
  groups
    .map(({ title, places }) => ({ title, places: places.filter(({ restricted }) => administrator || !restricted) }))
    .filter(({ places }) => places.length > 0);
