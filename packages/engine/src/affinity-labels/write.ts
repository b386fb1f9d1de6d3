import type { AffinityLabel, Host, Vm } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { readableHosts } from '../hosts/read.ts';
import { entityNotFound, notFound, refused } from '../rest/fault.ts';
import { byIds, one } from '../rest/listing.ts';
import { listMembers, oneMember } from '../rest/members.ts';
import { collection, created, done, entity, type Context, type Entity, type Operation, type Service } from '../rest/operation.ts';
import { resolve, type Reference } from '../rest/reference.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { readableVms } from '../vms/read.ts';
import { labelHosts, labelVms, labelsAssignedTo, readableAffinityLabels } from './read.ts';
import { checkImplicitGroup, checkLabelName } from './rules.ts';

type Trx = Transaction<Tables>;
type Kind = 'vm' | 'host';

const memberships = { vm: labelVms, host: labelHosts } as const;
const nameTaken = { affinity_label_name: () => refused('AFFINITY_LABEL_NAME_ALREADY_EXISTS') };
const isVm = sql<boolean>`t.entity_type = 'vm'`;

/** A VM or host that a request gives a label to. @throws {Fault} 404 */
const memberOf = (context: Context, kind: Kind, reference: Reference | undefined): Promise<{ id: string; name: string }> =>
  kind === 'vm' ? resolve(context.db, 'Vm', 'vm', reference, isVm) : resolve(context.db, 'Host', 'host', reference);

async function insertMember(trx: Trx, kind: Kind, labelId: string, memberId: string): Promise<void> {
  await sql`insert into ${sql.table(`affinity_label_${kind}`)} (label_id, ${sql.ref(`${kind}_id`)})
    values (${labelId}, ${memberId}) on conflict do nothing`.execute(trx);
}

async function replaceMembers(context: Context, trx: Trx, labelId: string, body: AffinityLabel): Promise<void> {
  const wanted: [Kind, readonly (Vm | Host)[] | undefined][] = [
    ['vm', body.vms],
    ['host', body.hosts],
  ];
  for (const [kind, references] of wanted) {
    if (references === undefined) continue;
    await sql`delete from ${sql.table(`affinity_label_${kind}`)} where label_id = ${labelId}`.execute(trx);
    for (const reference of references) await insertMember(trx, kind, labelId, (await memberOf(context, kind, reference)).id);
  }
  await checkImplicitGroup(trx, labelId);
}

async function noteUpdate(context: Context, trx: Trx, label: { id: string; name: string }): Promise<void> {
  await recordEvent(trx, { name: 'USER_UPDATED_AFFINITY_LABEL', values: { label: label.name }, ...attribution(context) });
  await noteChange(trx, 'affinity_label', label.id, 'update');
}

/** Adds a label, with the VMs and hosts that the request names. */
export const addAffinityLabel: Operation = {
  permit: 'tag_management',
  async run(context) {
    const body = context.body as AffinityLabel;
    const name = checkLabelName(body.name);
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await trx
          .insertInto('affinity_label')
          .values({
            id,
            name,
            description: body.description ?? '',
            comment: body.comment ?? '',
            implicit_affinity_group: body.has_implicit_affinity_group ?? false,
          })
          .execute();
        await replaceMembers(context, trx, id, body);
        await recordEvent(trx, { name: 'USER_ADDED_AFFINITY_LABEL', values: { label: name }, ...attribution(context) });
        await noteChange(trx, 'affinity_label', id, 'add');
      },
      nameTaken,
    );
    return created('AffinityLabel', await one(context, readableAffinityLabels, id));
  },
};

/** Changes a label. Lists of VMs and hosts replace those that it had. */
export const updateAffinityLabel: Operation = {
  permit: 'tag_management',
  async run(context) {
    const current = await one(context, readableAffinityLabels, context.path['label']);
    const body = context.body as AffinityLabel;
    checkImmutable(current, context.body, ['id', 'read_only']);
    if (current['read_only']) throw refused('AFFINITY_LABEL_READ_ONLY');
    const id = current.id ?? '';
    const name = body.name === undefined ? String(current['name']) : checkLabelName(body.name);
    await write(
      context,
      async (trx) => {
        await trx
          .updateTable('affinity_label')
          .set({
            name,
            ...(body.description === undefined ? {} : { description: body.description }),
            ...(body.comment === undefined ? {} : { comment: body.comment }),
            ...(body.has_implicit_affinity_group === undefined ? {} : { implicit_affinity_group: body.has_implicit_affinity_group }),
          })
          .where('id', '=', id)
          .execute();
        await replaceMembers(context, trx, id, body);
        await noteUpdate(context, trx, { id, name });
      },
      nameTaken,
    );
    return entity('AffinityLabel', await one(context, readableAffinityLabels, id));
  },
};

/** Removes a label that nothing has any more. */
export const removeAffinityLabel: Operation = {
  permit: 'tag_management',
  async run(context) {
    const current = await one(context, readableAffinityLabels, context.path['label']);
    if (current['read_only']) throw refused('AFFINITY_LABEL_READ_ONLY');
    const id = current.id ?? '';
    const name = String(current['name']);
    const job = await write(context, async (trx) => {
      await trx.selectFrom('affinity_label').select('id').where('id', '=', id).forUpdate().execute();
      const used = await sql`select 1 from affinity_label_vm where label_id = ${id}
        union all select 1 from affinity_label_host where label_id = ${id} limit 1`.execute(trx);
      if (used.rows.length > 0) throw refused('AFFINITY_LABEL_NOT_EMPTY');
      await trx.deleteFrom('affinity_label').where('id', '=', id).execute();
      await recordEvent(trx, { name: 'USER_REMOVED_AFFINITY_LABEL', values: { label: name }, ...attribution(context) });
      await noteChange(trx, 'affinity_label', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveLabel',
        description: `Removing Affinity Label ${name}`,
        subjects: [{ type: 'affinity_label', id }],
      });
    });
    return done(job);
  },
};

/** Gives a label to a VM or host; one that has it already keeps it. */
async function assign(context: Context, kind: Kind, label: Entity, memberId: string): Promise<void> {
  const id = label.id ?? '';
  if (label['read_only']) throw refused('AFFINITY_LABEL_READ_ONLY');
  await write(context, async (trx) => {
    await trx.selectFrom('affinity_label').select('id').where('id', '=', id).forUpdate().execute();
    await insertMember(trx, kind, id, memberId);
    await checkImplicitGroup(trx, id);
    await noteUpdate(context, trx, { id, name: String(label['name']) });
    await noteChange(trx, kind, memberId, 'update');
  });
}

async function unassign(context: Context, kind: Kind, label: Entity, memberId: string) {
  const id = label.id ?? '';
  if (label['read_only']) throw refused('AFFINITY_LABEL_READ_ONLY');
  const job = await write(context, async (trx) => {
    await sql`delete from ${sql.table(`affinity_label_${kind}`)} where label_id = ${id} and ${sql.ref(`${kind}_id`)} = ${memberId}`.execute(
      trx,
    );
    await noteUpdate(context, trx, { id, name: String(label['name']) });
    await noteChange(trx, kind, memberId, 'update');
    return context.engine.jobs.record(trx, context, {
      action: 'UpdateLabel',
      description: `Updating Affinity Label ${String(label['name'])}`,
      subjects: [{ type: 'affinity_label', id }],
    });
  });
  return done(job);
}

/** `affinitylabels/{label}/vms` or `/hosts`. */
export function labelMembers(kind: Kind): { list: Service; item: Service } {
  const type = kind === 'vm' ? 'Vm' : 'Host';
  const label = (context: Context) => one(context, readableAffinityLabels, context.path['label']);
  return {
    list: {
      list: {
        permit: null,
        run: async (context) => collection(type, await listMembers(context, memberships[kind], (await label(context)).id ?? '')),
      },
      add: {
        permit: 'tag_management',
        async run(context) {
          const found = await label(context);
          const member = await memberOf(context, kind, context.body);
          await assign(context, kind, found, member.id);
          return created(type, await oneMember(context, memberships[kind], found.id ?? '', member.id));
        },
      },
    },
    item: {
      get: {
        permit: null,
        run: async (context) =>
          entity(type, await oneMember(context, memberships[kind], (await label(context)).id ?? '', context.path[kind])),
      },
      remove: {
        permit: 'tag_management',
        async run(context) {
          const found = await label(context);
          const member = await oneMember(context, memberships[kind], found.id ?? '', context.path[kind]);
          return unassign(context, kind, found, member.id ?? '');
        },
      },
    },
  };
}

/** The VM or host whose labels the path is about. @throws {Fault} 404 */
async function ownerOfPath(context: Context): Promise<{ kind: Kind; id: string }> {
  const kind: Kind = context.path['vm'] === undefined ? 'host' : 'vm';
  const owner = await one(context, kind === 'vm' ? readableVms : readableHosts, context.path[kind]);
  return { kind, id: owner.id ?? '' };
}

async function assigned(context: Context): Promise<{ kind: Kind; id: string; labels: Entity[] }> {
  const owner = await ownerOfPath(context);
  return { ...owner, labels: (await labelsAssignedTo(context, owner.kind, [owner.id])).get(owner.id) ?? [] };
}

async function oneAssigned(context: Context, labelId: string | undefined): Promise<{ kind: Kind; id: string; label: Entity }> {
  const { kind, id, labels } = await assigned(context);
  const label = labels.find((candidate) => candidate.id === labelId);
  if (!label) throw notFound();
  return { kind, id, label };
}

/** `vms/{vm}/affinitylabels` and `hosts/{host}/affinitylabels`. */
export const assignedAffinityLabels: { list: Service; item: Service } = {
  list: {
    list: { permit: null, run: async (context) => collection('AffinityLabel', (await assigned(context)).labels) },
    add: {
      permit: 'tag_management',
      async run(context) {
        const { kind, id } = await ownerOfPath(context);
        const named = await resolve(context.db, 'AffinityLabel', 'affinity_label', context.body);
        const [label] = await byIds({ ...context, filtered: false }, readableAffinityLabels, [named.id]);
        if (!label) throw entityNotFound('AffinityLabel', `id=${named.id}`);
        await assign(context, kind, label, id);
        return created('AffinityLabel', (await oneAssigned(context, label.id)).label);
      },
    },
  },
  item: {
    get: { permit: null, run: async (context) => entity('AffinityLabel', (await oneAssigned(context, context.path['label'])).label) },
    remove: {
      permit: 'tag_management',
      async run(context) {
        const { kind, id, label } = await oneAssigned(context, context.path['label']);
        return unassign(context, kind, label, id);
      },
    },
  },
};
