import type { SagaStatus, StepStatus } from '@virgate/saga';
import type { Job, Step, StepEnum } from '@virgate/contract/generated/types';
import { sql, type RawBuilder } from 'kysely';
import { notFound } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { placeOf } from '../rest/represent.ts';
import { requestedSearch } from '../search/context.ts';

interface JobRow {
  id: string;
  title: string | null;
  description: string | null;
  name: string;
  status: SagaStatus;
  owner: string | null;
  external: boolean;
  auto_cleared: boolean;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  stepped_at: number | null;
}

interface StepRow {
  id: string;
  saga_id: string;
  ordinal: number;
  parent_id: string | null;
  name: string;
  title: string | null;
  status: StepStatus;
  progress: number | null;
  external: boolean;
  external_system: string | null;
  intent_at: number | null;
  done_at: number | null;
  undone_at: number | null;
}

/** Jobs that one list holds at most. */
const maxJobs = 10_000;
const noOwner = '00000000-0000-0000-0000-000000000000';

/** States of jobs as the API tells them. */
const jobStatus: Record<SagaStatus, NonNullable<Job['status']>> = {
  pending: 'started',
  running: 'started',
  undoing: 'started',
  succeeded: 'finished',
  failed: 'failed',
  aborted: 'aborted',
};
/** A step that has not begun is in none of the API's states. What was undone counts as aborted. */
const stepStatus: Record<StepStatus, NonNullable<Step['status']>> = {
  pending: 'unknown',
  running: 'started',
  succeeded: 'finished',
  failed: 'failed',
  undoing: 'started',
  undone: 'aborted',
  undo_failed: 'failed',
};
const stepTypes: readonly StepEnum[] = ['validating', 'executing', 'finalizing', 'rebalancing_volume', 'removing_bricks', 'unknown'];

const jobOf = (row: JobRow): Job => ({
  id: row.id,
  description: row.description ?? row.title ?? row.name,
  status: jobStatus[row.status],
  external: row.external,
  auto_cleared: row.auto_cleared,
  start_time: row.started_at ?? row.created_at,
  last_updated: row.ended_at ?? row.stepped_at ?? row.started_at ?? row.created_at,
  ...(row.ended_at === null ? {} : { end_time: row.ended_at }),
  owner: { id: row.owner ?? noOwner },
});

function stepOf(row: StepRow): Step {
  const ended = row.undone_at ?? row.done_at;
  return {
    id: row.id,
    description: row.title ?? row.name,
    number: row.ordinal,
    status: stepStatus[row.status],
    type: stepTypes.find((type) => type === row.name) ?? 'executing',
    external: row.external,
    ...(row.external_system === 'vdsm' || row.external_system === 'gluster' ? { external_type: row.external_system } : {}),
    ...(row.progress === null ? {} : { progress: row.progress }),
    ...(row.intent_at === null ? {} : { start_time: row.intent_at }),
    ...(ended === null ? {} : { end_time: ended }),
    job: { id: row.saga_id },
    ...(row.parent_id === null ? {} : { parent_step: { id: row.parent_id } }),
  };
}

/** Users see the jobs that they have asked for; administrators see all. */
const shown = (context: Context): RawBuilder<boolean> =>
  context.filtered ? sql<boolean>`t.owner = ${context.user.id}` : sql<boolean>`true`;

async function read(
  context: Context,
  condition: RawBuilder<boolean>,
  order: RawBuilder<unknown>,
  limit: number,
  offset = 0,
): Promise<Entity[]> {
  const found = await sql<JobRow>`
    select t.id, t.title, t.description, t.name, t.status, t.owner, t.external, t.auto_cleared, t.created_at, t.started_at, t.ended_at,
      (select max(greatest(s.intent_at, s.done_at, s.undone_at)) from saga_step s where s.saga_id = t.id) as stepped_at
    from saga t where ${shown(context)} and ${condition} order by ${order} limit ${limit} offset ${offset}`.execute(context.db);
  return found.rows.map((row) => jobOf(row) as Entity);
}

/** Jobs, newest first. */
export async function listJobs(context: Context): Promise<Entity[]> {
  const { condition, order, limit, offset } = requestedSearch(context, 'job');
  return read(context, condition, order ?? sql`t.created_at desc, t.id`, Math.min(limit ?? maxJobs, maxJobs), offset);
}

export async function jobsByIds(context: Context, ids: readonly string[]): Promise<Entity[]> {
  const known = ids.filter(isUuid).slice(0, maxJobs);
  return read(context, sql<boolean>`t.id = any(${known}::uuid[])`, sql`t.id`, maxJobs);
}

/** One job. @throws {Fault} 404 */
export async function oneJob(context: Context, id: string | undefined): Promise<Entity> {
  const [found] = await jobsByIds(context, id === undefined ? [] : [id]);
  if (!found) throw notFound();
  return found;
}

const stepColumns = sql`s.id, s.saga_id, s.ordinal, s.parent_id, s.name, s.title, s.status, s.progress, t.external, s.external_system,
  s.intent_at, s.done_at, s.undone_at`;

/** Steps of jobs that the caller sees, with their places. */
export async function stepsByIds(context: Context, ids: readonly string[]): Promise<Entity[]> {
  const found = await sql<StepRow>`select ${stepColumns} from saga_step s join saga t on t.id = s.saga_id
    where s.id = any(${ids.filter(isUuid)}::uuid[]) and ${shown(context)}`.execute(context.db);
  return found.rows.map((row) => ({ ...stepOf(row), href: placeOf('jobs', row.saga_id, 'steps', row.id) }));
}

/** Steps of many jobs at once, each job's in their order. */
export async function stepsOf(context: Context, jobIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await sql<StepRow>`
    select ${stepColumns} from saga_step s join saga t on t.id = s.saga_id where s.saga_id = any(${jobIds.filter(isUuid)}::uuid[]) and ${shown(context)} order by s.saga_id, s.ordinal`.execute(
    context.db,
  );
  return Map.groupBy(
    found.rows.map((row) => stepOf(row) as Entity),
    (step) => (step['job'] as Entity).id ?? '',
  );
}

/** A step of the path's job. @throws {Fault} 404 */
export async function oneStep(context: Context): Promise<Entity> {
  const { id = '' } = await oneJob(context, context.path['job']);
  const found = (await stepsOf(context, [id])).get(id)?.find((step) => step.id === context.path['step']);
  if (!found) throw notFound();
  return found;
}
