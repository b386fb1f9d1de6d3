import { json } from '@virgate/database';
import type { EventName } from '@virgate/contract/generated/events';
import type { SchedulingPolicy } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { notFound, refused } from '../rest/fault.ts';
import { created, done, entity, type Context, type Entity, type Operation, type Service } from '../rest/operation.ts';
import { collection } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import { predefinedPolicies, type SchedulingPolicyRules } from '../scheduling/policies.ts';
import { policyUnits } from '../scheduling/units.ts';
import type { Tables } from '../tables/schema.ts';
import { checkName } from '../vms/definition.ts';
import { checkPolicyProperties } from './properties.ts';
import { partsOf, policyOf, policyOfPath, type PartKind } from './read.ts';

type Trx = Transaction<Tables>;

const permit = 'edit_storage_pool_configuration';
const nameTaken = () => refused('ACTION_TYPE_FAILED_CLUSTER_POLICY_NAME_INUSE');

function checkPolicyName(name: string | undefined): string {
  const checked = checkName(name);
  if (predefinedPolicies.some((policy) => policy.name.toLowerCase() === checked.toLowerCase())) throw nameTaken();
  return checked;
}

async function note(
  context: Context,
  trx: Trx,
  event: EventName,
  policy: { id: string; name: string },
  operation: 'add' | 'update' | 'remove',
) {
  await recordEvent(trx, { name: event, values: { policy: policy.name }, ...attribution(context) });
  await noteChange(trx, 'scheduling_policy', policy.id, operation);
}

/** A policy of the path that may be changed: one that people made. @throws {Fault} 404, 400 */
async function changeable(context: Context): Promise<SchedulingPolicyRules> {
  const policy = await policyOfPath(context);
  if (policy.locked) throw refused('ACTION_TYPE_FAILED_CLUSTER_POLICY_LOCKED');
  return policy;
}

const shown = async (context: Context, id: string): Promise<Entity> =>
  policyOf(await policyOfPath({ ...context, path: { ...context.path, policy: id } })) as Entity;

/** Adds a policy without filters and weights: beside the mandatory filters it refuses and ranks nothing. */
export const addPolicy: Operation = {
  permit,
  async run(context) {
    const body = context.body as SchedulingPolicy;
    const policy = { id: context.engine.uuid(), name: checkPolicyName(body.name) };
    await write(
      context,
      async (trx) => {
        await trx
          .insertInto('scheduling_policy')
          .values({ ...policy, description: body.description ?? '', properties: json(checkPolicyProperties(body.properties ?? [])) })
          .execute();
        await note(context, trx, 'USER_ADD_CLUSTER_POLICY', policy, 'add');
      },
      { scheduling_policy_name: nameTaken },
    );
    return created('SchedulingPolicy', await shown(context, policy.id));
  },
};

export const updatePolicy: Operation = {
  permit,
  async run(context) {
    const current = await changeable(context);
    const body = context.body as SchedulingPolicy;
    checkImmutable(policyOf(current) as Entity, context.body);
    const name = body.name === undefined ? current.name : checkPolicyName(body.name);
    await write(
      context,
      async (trx) => {
        await trx
          .updateTable('scheduling_policy')
          .set({
            name,
            ...(body.description === undefined ? {} : { description: body.description }),
            ...(body.properties === undefined ? {} : { properties: json(checkPolicyProperties(body.properties)) }),
          })
          .where('id', '=', current.id)
          .execute();
        await note(context, trx, 'USER_UPDATE_CLUSTER_POLICY', { id: current.id, name }, 'update');
      },
      { scheduling_policy_name: nameTaken },
    );
    return entity('SchedulingPolicy', await shown(context, current.id));
  },
};

/** Removes a policy that no cluster has. */
export const removePolicy: Operation = {
  permit,
  async run(context) {
    const policy = await changeable(context);
    const job = await write(context, async (trx) => {
      await trx.selectFrom('scheduling_policy').select('id').where('id', '=', policy.id).forUpdate().execute();
      const used = await trx.selectFrom('cluster').select('id').where('scheduling_policy_id', '=', policy.id).limit(1).execute();
      if (used.length > 0) throw refused('ACTION_TYPE_FAILED_CLUSTER_POLICY_INUSE');
      await trx.deleteFrom('scheduling_policy').where('id', '=', policy.id).execute();
      await note(context, trx, 'USER_REMOVE_CLUSTER_POLICY', policy, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveClusterPolicy',
        description: `Removing Scheduling Policy ${policy.name}`,
        subjects: [{ type: 'scheduling_policy', id: policy.id }],
      });
    });
    return done(job);
  },
};

const notThatKind = {
  filter: 'ACTION_TYPE_FAILED_CLUSTER_POLICY_FILTER_NOT_IMPLEMENTED',
  weight: 'ACTION_TYPE_FAILED_CLUSTER_POLICY_FUNCTION_NOT_IMPLEMENTED',
  balance: 'ACTION_TYPE_FAILED_CLUSTER_POLICY_BALANCE_NOT_IMPLEMENTED',
} as const;
const types = { filter: 'Filter', weight: 'Weight', balance: 'Balance' } as const;

interface Part {
  id?: string;
  position?: number;
  factor?: number;
  scheduling_policy_unit?: { id?: string };
}

/** What a part adds to a policy. @throws {Fault} 400 */
function partOf(kind: PartKind, body: Part, policy: SchedulingPolicyRules) {
  const unit = policyUnits.find((one) => one.id === body.scheduling_policy_unit?.id);
  if (!unit) throw refused('ACTION_TYPE_FAILED_CLUSTER_POLICY_UNKNOWN_POLICY_UNIT');
  if (unit.kind !== kind || unit.mandatory) throw refused(notThatKind[kind]);
  if (partsOf(kind, policy).some((part) => part.id === unit.id)) throw refused('ACTION_TYPE_FAILED_CLUSTER_POLICY_DUPLICATE_POLICY_UNIT');
  const factor = body.factor ?? 1;
  if (kind === 'weight' && factor < 1) throw refused('ACTION_TYPE_FAILED_CLUSTER_POLICY_FUNCTION_FACTOR_NEGATIVE');
  const position = Math.sign(body.position ?? 0);
  if (kind === 'filter' && position !== 0 && policy.filters.some((filter) => filter.position === position))
    throw refused(
      position < 0
        ? 'ACTION_TYPE_FAILED_CLUSTER_POLICY_ONLY_ONE_FILTER_CAN_BE_FIRST'
        : 'ACTION_TYPE_FAILED_CLUSTER_POLICY_ONLY_ONE_FILTER_CAN_BE_LAST',
    );
  return { unit_id: unit.id, kind, position: kind === 'filter' ? position : null, factor: kind === 'weight' ? factor : null };
}

/** `schedulingpolicies/{policy}/filters`, `/weights` and `/balances`. A policy has one balance: another takes its place. */
export function policyParts(kind: PartKind): { list: Service; item: Service } {
  const type = types[kind];
  const all = async (context: Context): Promise<Entity[]> => partsOf(kind, await policyOfPath(context));
  const onePart = async (context: Context, id: string | undefined): Promise<Entity> => {
    const found = (await all(context)).find((part) => part.id === id);
    if (!found) throw notFound();
    return found;
  };
  return {
    list: {
      list: {
        permit: null,
        async run(context) {
          const parts = await all(context);
          return collection(type, parts.slice(0, context.parameters.max() ?? parts.length));
        },
      },
      add: {
        permit,
        async run(context) {
          const policy = await changeable(context);
          const part = partOf(kind, context.body, policy);
          await write(context, async (trx) => {
            await trx.selectFrom('scheduling_policy').select('id').where('id', '=', policy.id).forUpdate().execute();
            if (kind === 'balance')
              await trx.deleteFrom('scheduling_policy_unit').where('policy_id', '=', policy.id).where('kind', '=', kind).execute();
            const added = await trx
              .insertInto('scheduling_policy_unit')
              .values({ policy_id: policy.id, ...part })
              .onConflict((conflict) => conflict.doNothing())
              .returning('unit_id')
              .execute();
            if (added.length === 0) throw refused('ACTION_TYPE_FAILED_CLUSTER_POLICY_DUPLICATE_POLICY_UNIT');
            await note(context, trx, 'USER_UPDATE_CLUSTER_POLICY', policy, 'update');
          });
          return created(type, await onePart(context, part.unit_id));
        },
      },
    },
    item: {
      get: { permit: null, run: async (context) => entity(type, await onePart(context, context.path[kind])) },
      remove: {
        permit,
        async run(context) {
          const part = await onePart(context, context.path[kind]);
          const policy = await changeable(context);
          const job = await write(context, async (trx) => {
            await sql`delete from scheduling_policy_unit where policy_id = ${policy.id} and unit_id = ${part.id}`.execute(trx);
            await note(context, trx, 'USER_UPDATE_CLUSTER_POLICY', policy, 'update');
            return context.engine.jobs.record(trx, context, {
              action: 'EditClusterPolicy',
              description: `Updating Scheduling Policy ${policy.name}`,
              subjects: [{ type: 'scheduling_policy', id: policy.id }],
            });
          });
          return done(job);
        },
      },
    },
  };
}
