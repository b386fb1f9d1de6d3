import type { AffinityGroup, AffinityRule } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { clusterOfPath } from '../clusters/of-path.ts';
import { recordEvent } from '../events/record.ts';
import { refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { listMembers, oneMember } from '../rest/members.ts';
import { collection, created, done, entity, type Context, type Operation, type Service } from '../rest/operation.ts';
import { resolve, type Reference } from '../rest/reference.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { affinityConflicts } from './conflicts.ts';
import { loadAffinityGroups } from './load.ts';
import { groupMembers, groupOfPath, inPlace, readableAffinityGroups, type MemberKind } from './read.ts';

type Trx = Transaction<Tables>;
interface Rule {
  rule: string;
  enforcing: boolean;
}
/** What events and faults say of a group. */
interface Named {
  id: string;
  name: string;
  cluster: { id: string; name: string };
}

const maxNameLength = 255;
const nameTaken = { affinity_group_name: () => refused('ACTION_TYPE_FAILED_AFFINITY_GROUP_NAME_EXISTS') };
const inCluster = (context: Context) => [{ type: 'cluster' as const, id: context.path['cluster'] ?? '' }];

function checkGroupName(name: string | undefined): string {
  if (name === undefined || !/^[\p{L}\p{N}._+-][\p{L}\p{N}._+ -]*$/u.test(name)) throw refused('AFFINITY_GROUP_NAME_INVALID');
  if (name.length > maxNameLength) throw refused('AFFINITY_GROUP_NAME_TOO_LONG');
  return name;
}

/** A rule that counts when it is given, unless it says that it doesn't. Source: REST contract, AffinityRule. */
function ruleOf(current: Rule, wanted: AffinityRule | undefined): Rule {
  if (wanted === undefined) return current;
  const enabled = wanted.enabled ?? (wanted.positive === undefined ? current.rule !== 'disabled' : true);
  const positive = wanted.positive ?? current.rule !== 'negative';
  return { rule: enabled ? (positive ? 'positive' : 'negative') : 'disabled', enforcing: wanted.enforcing ?? current.enforcing };
}

/** `positive` and `enforcing` of the group itself are an older way to say the rule among VMs. */
function rulesOf(current: { vms: Rule; hosts: Rule }, body: AffinityGroup) {
  const plain: AffinityRule = {
    ...(body.positive === undefined ? {} : { positive: body.positive }),
    ...(body.enforcing === undefined ? {} : { enforcing: body.enforcing }),
  };
  const vms = ruleOf(current.vms, { ...plain, ...body.vms_rule });
  const hosts = ruleOf(current.hosts, body.hosts_rule);
  return { vms_rule: vms.rule, vms_enforcing: vms.enforcing, hosts_rule: hosts.rule, hosts_enforcing: hosts.enforcing };
}

/** Finds a member by id or name: VMs and hosts of the group's cluster, labels of anywhere. @throws {Fault} 404, 400 */
async function memberOf(context: Context, kind: MemberKind, clusterId: string, reference: Reference): Promise<string> {
  const { type } = groupMembers[kind];
  if (kind === 'vm_label' || kind === 'host_label') return (await resolve(context.db, type, 'affinity_label', reference)).id;
  const only = kind === 'vm' ? sql<boolean>`t.entity_type = 'vm'` : sql<boolean>`true`;
  const named = reference.id === undefined ? sql<boolean>`${only} and t.cluster_id = ${clusterId}` : only;
  const { id } = await resolve(context.db, type, kind, reference, named);
  const here = await sql`select 1 from ${sql.table(kind)} t where t.id = ${id} and t.cluster_id = ${clusterId}`.execute(context.db);
  if (here.rows.length === 0) throw refused('ACTION_TYPE_FAILED_ENTITY_NOT_IN_AFFINITY_GROUP_CLUSTER');
  return id;
}

async function insertMember(trx: Trx, kind: MemberKind, groupId: string, memberId: string): Promise<void> {
  const { table, member } = groupMembers[kind];
  const added = await sql`insert into ${sql.table(table)} (group_id, ${sql.ref(member)}) values (${groupId}, ${memberId})
    on conflict do nothing returning 1`.execute(trx);
  if (added.rows.length === 0)
    throw refused(
      member === 'label_id'
        ? 'ACTION_TYPE_FAILED_DUPLICATE_LABEL_IN_AFFINITY_GROUP'
        : 'ACTION_TYPE_FAILED_DUPLICATE_ENTITY_IN_AFFINITY_GROUP',
    );
}

/** Members that a body lists replace those of their kind. */
async function replaceMembers(context: Context, trx: Trx, group: Named, body: AffinityGroup): Promise<void> {
  const lists: [MemberKind, readonly Reference[] | undefined][] = [
    ['vm', body.vms],
    ['host', body.hosts],
    ['vm_label', body.vm_labels],
    ['host_label', body.host_labels],
  ];
  for (const [kind, references] of lists) {
    if (references === undefined) continue;
    await sql`delete from ${sql.table(groupMembers[kind].table)} where group_id = ${group.id}`.execute(trx);
    for (const reference of references) await insertMember(trx, kind, group.id, await memberOf(context, kind, group.cluster.id, reference));
  }
}

/** Refuses groups whose hard rules contradict each other, and warns of soft ones that do. */
async function checkConflicts(context: Context, trx: Trx, group: Named): Promise<void> {
  const { refusal, warnings } = affinityConflicts(await loadAffinityGroups(trx, group.cluster.id));
  if (refusal !== null) throw refused(refusal, { VAR_ACTION: 'edit', VAR_TYPE: 'Affinity Group' });
  for (const name of warnings)
    await recordEvent(trx, { name, cluster: group.cluster, values: { affinityGroup: group.name }, ...attribution(context) });
}

async function noteUpdate(context: Context, trx: Trx, group: Named): Promise<void> {
  await checkConflicts(context, trx, group);
  await recordEvent(trx, {
    name: 'USER_UPDATED_AFFINITY_GROUP',
    cluster: group.cluster,
    values: { affinityGroup: group.name },
    ...attribution(context),
  });
  await noteChange(trx, 'affinity_group', group.id, 'update');
}

/** Changes of groups of one cluster wait for each other, since they are judged together. */
const lockCluster = (trx: Trx, id: string) => trx.selectFrom('cluster').select('id').where('id', '=', id).forUpdate().execute();

/** Adds an affinity group. A rule of which nothing is said is not in force; one that is, is hard unless it says otherwise. */
export const addAffinityGroup: Operation = {
  permit: 'manipulate_affinity_groups',
  subjects: inCluster,
  async run(context) {
    const cluster = await clusterOfPath(context);
    const body = context.body as AffinityGroup;
    const name = checkGroupName(body.name);
    const id = context.engine.uuid();
    const group = { id, name, cluster };
    const fresh = { rule: 'disabled', enforcing: true };
    await write(
      context,
      async (trx) => {
        await lockCluster(trx, cluster.id);
        await trx
          .insertInto('affinity_group')
          .values({
            id,
            name,
            cluster_id: cluster.id,
            description: body.description ?? '',
            comment: body.comment ?? '',
            ...(body.priority === undefined ? {} : { priority: body.priority }),
            ...rulesOf({ vms: fresh, hosts: fresh }, enabledByMention(body)),
          })
          .execute();
        await replaceMembers(context, trx, group, body);
        await checkConflicts(context, trx, group);
        await recordEvent(trx, { name: 'USER_ADDED_AFFINITY_GROUP', cluster, values: { affinityGroup: name }, ...attribution(context) });
        await noteChange(trx, 'affinity_group', id, 'add');
      },
      nameTaken,
    );
    return created('AffinityGroup', inPlace(context, await one(context, readableAffinityGroups, id)));
  },
};

/** A new group's rule is in force when it is named at all. */
const enabledByMention = (body: AffinityGroup): AffinityGroup => ({
  ...body,
  ...(body.vms_rule ? { vms_rule: { enabled: true, ...body.vms_rule } } : {}),
  ...(body.hosts_rule ? { hosts_rule: { enabled: true, ...body.hosts_rule } } : {}),
});

export const updateAffinityGroup: Operation = {
  permit: 'manipulate_affinity_groups',
  subjects: inCluster,
  async run(context) {
    const current = await groupOfPath(context);
    const cluster = await clusterOfPath(context);
    const body = context.body as AffinityGroup;
    checkImmutable(current, context.body, ['id', 'cluster']);
    const id = current.id ?? '';
    const name = body.name === undefined ? String(current['name']) : checkGroupName(body.name);
    await write(
      context,
      async (trx) => {
        await lockCluster(trx, cluster.id);
        const row = await trx.selectFrom('affinity_group').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        await trx
          .updateTable('affinity_group')
          .set({
            name,
            ...(body.description === undefined ? {} : { description: body.description }),
            ...(body.comment === undefined ? {} : { comment: body.comment }),
            ...(body.priority === undefined ? {} : { priority: body.priority }),
            ...rulesOf(
              {
                vms: { rule: row.vms_rule, enforcing: row.vms_enforcing },
                hosts: { rule: row.hosts_rule, enforcing: row.hosts_enforcing },
              },
              body,
            ),
          })
          .where('id', '=', id)
          .execute();
        await replaceMembers(context, trx, { id, name, cluster }, body);
        await noteUpdate(context, trx, { id, name, cluster });
      },
      nameTaken,
    );
    return entity('AffinityGroup', inPlace(context, await one(context, readableAffinityGroups, id)));
  },
};

export const removeAffinityGroup: Operation = {
  permit: 'manipulate_affinity_groups',
  subjects: inCluster,
  async run(context) {
    const current = await groupOfPath(context);
    const cluster = await clusterOfPath(context);
    const id = current.id ?? '';
    const name = String(current['name']);
    const job = await write(context, async (trx) => {
      await trx.deleteFrom('affinity_group').where('id', '=', id).execute();
      await recordEvent(trx, { name: 'USER_REMOVED_AFFINITY_GROUP', cluster, values: { affinityGroup: name }, ...attribution(context) });
      await noteChange(trx, 'affinity_group', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveAffinityGroup',
        description: `Removing Affinity Group ${name}`,
        subjects: [{ type: 'affinity_group', id }],
      });
    });
    return done(job);
  },
};

/** `affinitygroups/{group}/vms`, `/hosts`, `/vmlabels` and `/hostlabels`. */
export function groupMembership(kind: MemberKind, parameter: string): { list: Service; item: Service } {
  const membership = groupMembers[kind];
  const named = async (context: Context): Promise<Named> => {
    const group = await groupOfPath(context);
    return { id: group.id ?? '', name: String(group['name']), cluster: await clusterOfPath(context) };
  };
  return {
    list: {
      list: {
        permit: null,
        run: async (context) => collection(membership.type, await listMembers(context, membership, (await groupOfPath(context)).id ?? '')),
      },
      add: {
        permit: 'manipulate_affinity_groups',
        subjects: inCluster,
        async run(context) {
          const group = await named(context);
          const member = await memberOf(context, kind, group.cluster.id, context.body);
          await write(context, async (trx) => {
            await lockCluster(trx, group.cluster.id);
            await insertMember(trx, kind, group.id, member);
            await noteUpdate(context, trx, group);
          });
          return created(membership.type, await oneMember({ ...context, filtered: false }, membership, group.id, member));
        },
      },
    },
    item: {
      remove: {
        permit: 'manipulate_affinity_groups',
        subjects: inCluster,
        async run(context) {
          const group = await named(context);
          const member = await oneMember({ ...context, filtered: false }, membership, group.id, context.path[parameter]);
          const job = await write(context, async (trx) => {
            await lockCluster(trx, group.cluster.id);
            await sql`delete from ${sql.table(membership.table)} where group_id = ${group.id} and ${sql.ref(membership.member)} = ${member.id}`.execute(
              trx,
            );
            await noteUpdate(context, trx, group);
            return context.engine.jobs.record(trx, context, {
              action: 'EditAffinityGroup',
              description: `Updating Affinity Group ${group.name}`,
              subjects: [{ type: 'affinity_group', id: group.id }],
            });
          });
          return done(job);
        },
      },
    },
  };
}
