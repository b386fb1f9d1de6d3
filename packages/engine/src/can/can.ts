import { services as contract, type ServiceName } from '@virgate/contract/generated/services';
import type { AllowedAction, AllowedActions, VirgateCalls } from '@virgate/contract/generated/virgate';
import { sql } from 'kysely';
import { objectKinds, type ObjectType } from '../access/objects.ts';
import { holdsPermit, visibleTo } from '../access/permissions.ts';
import { asFault } from '../rest/errors.ts';
import { lackingPermit, type Holds } from '../rest/authorize.ts';
import { conflict, forbidden, notBuilt, refused, type Fault } from '../rest/fault.ts';
import type { Catalogue } from '../rest/languages/catalogue.ts';
import { catalogueFor } from '../rest/languages/language.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context, Operation, Services } from '../rest/operation.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';
import { kinds, type Kind, type State } from './kinds.ts';

/** Objects times actions that one request may ask about. */
const maxAnswers = 5000;

type KindName = keyof typeof kinds;

/** An action of a kind: what handles it, and how the ids of its path are called. */
interface Action {
  name: string;
  /** Undefined for actions that are no operations. */
  operation?: { name: string; handled: Operation | undefined; pathOf: (state: State) => Record<string, string> };
}

/** The names of a service's ids: `data_center`, `storage_domain`. The object's own comes last. */
const idNames = (service: ServiceName): string[] =>
  (contract[service].paths.toSorted((a, b) => a.length - b.length)[0] ?? '')
    .split('/')
    .flatMap((part) => /^\{(\w+)\}$/.exec(part)?.[1] ?? []);

/** Every action of a kind, sorted: methods of its service that change something, methods of others, and its own. */
function actionsOf(kind: Kind, services: Services): Action[] {
  const of = (name: string, service: ServiceName, method: string): Action => {
    const names = idNames(service);
    return {
      name,
      operation: {
        name: `${service}.${method}`,
        handled: services[service]?.[method],
        pathOf: (state) => Object.fromEntries(names.map((id, index) => [id, index === names.length - 1 ? state.id : (state.owner ?? '')])),
      },
    };
  };
  const methods = contract[kind.service].methods.filter((method) => method.http !== 'GET' && method.signatureOf === undefined);
  return [
    ...methods.map((method) => of(method.name, kind.service, method.name)),
    ...Object.entries(kind.others ?? {}).map(([name, [service, method]]) => of(name, service, method)),
    ...Object.keys(kind.own ?? {}).map((name) => ({ name })),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The states of those of some objects that the caller may see. */
async function statesOf(context: Context, type: KindName, kind: Kind, ids: readonly string[]): Promise<Map<string, State>> {
  const visible = context.filtered ? visibleTo(context.user, type, 't') : sql<boolean>`true`;
  const { table } = objectKinds[type];
  const name = table === 'app_user' ? sql`t.principal` : sql`t.name`;
  const found = await sql<State>`
    select t.id::text as id, ${name} as name, ${kind.status} as status, ${kind.protected ?? sql`false`} as protected,
      ${kind.owner ?? sql`null`} as owner,
      (select g.description from object_lock l join saga g on g.id = l.saga_id where l.object_id = t.id::text and l.exclusive limit 1) as job
    from ${sql.table(table)} t where t.id = any(${ids}::uuid[]) and ${kind.only ?? sql`true`} and ${visible}`.execute(context.db);
  return new Map(found.rows.map((row) => [row.id, row]));
}

/** Why an action cannot be done now: not built, the permit, what goes on with the object, or its state; null when it can. */
async function obstacle(
  context: Context,
  { type, kind, action, state, holds }: { type: KindName; kind: Kind; action: Action; state: State; holds: Holds },
): Promise<Fault | null> {
  const { operation } = action;
  const own = kind.own?.[action.name];
  if (own !== undefined && !(await holds(own, { type, id: state.id }))) return forbidden(own);
  if (operation?.handled) {
    try {
      const lacking = await lackingPermit(operation.handled, { ...context, path: operation.pathOf(state) }, holds);
      if (lacking !== null) return forbidden(`${lacking} (${operation.name})`);
    } catch (error) {
      return asFault(error, context.engine.log);
    }
  } else if (operation) return notBuilt(operation.name);
  if (state.job !== null && !kind.besideJobs?.has(action.name))
    return refused('ACTION_TYPE_FAILED_OBJECT_LOCKED', { action: state.job, job: '-' });
  const byState = kind.rules?.[action.name]?.(state) ?? null;
  if (byState !== null) return byState;
  return action.name === 'remove' && state.protected ? conflict('ACTION_TYPE_FAILED_DELETE_PROTECTION_ENABLED') : null;
}

const answerOf = (action: string, fault: Fault | null, catalogue: Catalogue | null): AllowedAction =>
  fault === null
    ? { action, allowed: true }
    : {
        action,
        allowed: false,
        code: fault.key ?? 'not_found',
        reason: (fault.detailIn(catalogue) ?? fault.reason).replace(/^\[(.*)\]$/s, '$1'),
      };

interface Asked {
  type: KindName;
  id: string;
}

function askedFor(objects: readonly string[]): Asked[] {
  return objects.map((text) => {
    const [type = '', id = ''] = text.split(':', 2);
    if (!Object.hasOwn(kinds, type))
      throw refusal(
        400,
        'invalid_value',
        `objects must be of the form type:id, with a type of ${Object.keys(kinds).join(', ')}.`,
        'objects',
      );
    if (!isUuid(id)) throw refusal(400, 'invalid_value', `objects: ${text.slice(0, 80)} has no id.`, 'objects');
    return { type: type as KindName, id: id.toLowerCase() };
  });
}

async function can(
  services: Services,
  { rest, params, request }: VirgateContext<VirgateCalls['CanService']['get']>,
): Promise<AllowedActions[]> {
  const asked = askedFor(params.objects);
  const catalogue = await catalogueFor(request.headers['accept-language']);
  const known = new Map<string, Promise<boolean>>();
  const holds: Holds = (permit, subject) => {
    const key = `${permit} ${subject.type} ${subject.id}`;
    const answer = known.get(key) ?? holdsPermit(rest.db, rest.user, permit, subject);
    known.set(key, answer);
    return answer;
  };
  const answers = new Map<string, AllowedActions>();
  let count = 0;
  for (const [type, objects] of Map.groupBy(asked, (one) => one.type)) {
    const kind = kinds[type] as Kind;
    const all = actionsOf(kind, services);
    const unknown = params.actions?.find((name) => !all.some((action) => action.name === name));
    if (unknown !== undefined)
      throw refusal(400, 'invalid_value', `A ${type} has the actions ${all.map((one) => one.name).join(', ')}.`, 'actions');
    const actions = params.actions === undefined ? all : all.filter((action) => params.actions?.includes(action.name));
    count += objects.length * actions.length;
    if (count > maxAnswers)
      throw refusal(400, 'too_many', `At most ${maxAnswers} objects times actions can be asked for at once.`, 'objects');
    const states = await statesOf(
      rest,
      type,
      kind,
      objects.map((one) => one.id),
    );
    for (const { id } of objects) {
      const state = states.get(id);
      const answer: AllowedActions = { type, id, found: state !== undefined, actions: [] };
      if (state)
        for (const action of actions)
          answer.actions.push(answerOf(action.name, await obstacle(rest, { type, kind, action, state, holds }), catalogue));
      answers.set(`${type} ${id}`, answer);
    }
  }
  return asked.flatMap(({ type, id }) => answers.get(`${type} ${id}`) ?? []);
}

/**
 * `GET /virgate/api/can?objects=vm:ID,host:ID&actions=`: for every object and action whether it is possible now, and if not, why not:
 * by the operation's own permit and subjects, by what goes on with the object, and by the contract's tables of statuses. What else an
 * operation looks at (such as room on a storage domain) shows when it is asked for.
 */
export const canOperations = (services: Services): VirgateOperations => ({
  CanService: { get: { run: (context) => can(services, context) } },
});

/** Kinds and their actions, for tests and documents. */
export const actionNames = (services: Services): Record<string, string[]> =>
  Object.fromEntries(
    (Object.entries(kinds) as [ObjectType, Kind][]).map(([type, kind]) => [type, actionsOf(kind, services).map((one) => one.name)]),
  );
