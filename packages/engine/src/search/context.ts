import type { SearchEntityName } from '@virgate/contract/generated/search';
import { sql } from 'kysely';
import type { ObjectType } from '../access/objects.ts';
import { visibleTo, type SignedIn } from '../access/permissions.ts';
import { eventVisibleTo } from '../events/visible.ts';
import type { Context } from '../rest/operation.ts';
import { compileSearch, type SearchContext, type SearchPlan } from './compile.ts';

/** Kinds that have permissions of their own. */
const objectTypes: Partial<Record<SearchEntityName, Exclude<ObjectType, 'system'>>> = {
  vm: 'vm',
  template: 'template',
  instancetype: 'template',
  host: 'host',
  cluster: 'cluster',
  datacenter: 'data_center',
  storage: 'storage_domain',
  disk: 'disk',
  network: 'network',
  vnicprofile: 'vnic_profile',
  quota: 'quota',
  user: 'user',
};
const always = sql<boolean>`true`;

/** Rows of `page N` where the request has no `max`. */
export const pageSize = 100;

/** Whether a kind's objects are shown by what a user may see; those of the others are for administrators. */
export const hasPermissions = (entity: SearchEntityName): boolean => entity === 'event' || objectTypes[entity] !== undefined;

/** SQL of what a user may see of every kind; all of it when nothing is filtered. */
export const visibleIn =
  (user: SignedIn, filtered: boolean): SearchContext['visible'] =>
  (entity, alias) => {
    if (!filtered) return always;
    if (entity === 'event') return eventVisibleTo(user, alias);
    const type = objectTypes[entity];
    return type === undefined ? always : visibleTo(user, type, alias);
  };

/** How a request searches: its time, whether it tells letters by their case, and what its user may see. */
export const searchContext = ({
  engine,
  filtered,
  user,
  parameters,
}: Pick<Context, 'engine' | 'filtered' | 'user' | 'parameters'>): SearchContext => ({
  now: new Date(engine.now()),
  caseSensitive: parameters.flag('case_sensitive'),
  visible: visibleIn(user, filtered),
});

/** What a request's `search` and `max` ask for of a kind of objects, whose rows go by the alias `t`. */
export function requestedSearch(context: Context, entity: SearchEntityName): SearchPlan & { limit: number | null; offset: number } {
  const plan = compileSearch(entity, context.parameters.text('search') ?? '', searchContext(context));
  const max = context.parameters.max() ?? null;
  const size = max ?? pageSize;
  return { ...plan, limit: plan.page === null ? max : size, offset: plan.page === null ? 0 : (plan.page - 1) * size };
}
