import { randomUUID } from 'node:crypto';
import type { AssistantCall, AssistantCalls, Proposal, ProposalPolicy, Proposals, VirgateCalls } from '@virgate/contract/generated/virgate';
import { transaction } from '@virgate/database';
import type { FastifyInstance } from 'fastify';
import { sql, type RawBuilder } from 'kysely';
import { SYSTEM_ID } from '../access/objects.ts';
import { holdsPermit, type SignedIn } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import type { Engine } from '../engine.ts';
import type { Services } from '../rest/operation.ts';
import { say } from '../rest/fault.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';
import { credentialsOf } from './credentials.ts';
import { carryOut, decide, decider, readProposal, shownProposal, type ProposalRow } from './proposals.ts';

const listed = 100;

/** Who sees the sessions of all sees what their assistants do. */
const seesAll = (engine: Engine, user: SignedIn): Promise<boolean> =>
  holdsPermit(engine.db, user, 'manipulate_users', { type: 'system', id: SYSTEM_ID });

/** Id of the user whose things are asked for; null for all. @throws {Fault} 403 */
async function ownerAsked(engine: Engine, user: SignedIn, wanted: string | undefined): Promise<string | null> {
  if (await seesAll(engine, user)) return wanted ?? null;
  if (wanted !== undefined && wanted !== user.id)
    throw refusal(403, 'not_authorized', 'The permit "manipulate_users" on the system is needed to see what assistants of others do.');
  return user.id;
}

interface Paged {
  max?: number;
  page?: number;
}

/** A page of rows, and how many there are in all. */
async function paged<Row>(
  engine: Engine,
  parts: { columns: RawBuilder<unknown>; from: RawBuilder<unknown>; order: RawBuilder<unknown> },
  { max = listed, page = 1 }: Paged,
): Promise<{ rows: Row[]; total: number }> {
  const { columns, from, order } = parts;
  const { rows } = await sql<Row>`select ${columns} ${from} order by ${order} limit ${max} offset ${(page - 1) * max}`.execute(engine.db);
  const total = await sql<{ count: number }>`select count(*)::int as count ${from}`.execute(engine.db);
  return { rows, total: total.rows[0]?.count ?? 0 };
}

async function list({ engine, user, params }: VirgateContext<VirgateCalls['ProposalsService']['get']>): Promise<Proposals> {
  const owner = await ownerAsked(engine, user, params.user);
  const { state } = params;
  const stored = state === 'expired' ? 'pending' : state;
  const from = sql`from proposal p join app_user u on u.id = p.user_id
    where (${owner}::uuid is null or p.user_id = ${owner}::uuid) and (${stored ?? null}::text is null or p.state = ${stored ?? null})
      and (${state ?? ''} not in ('pending', 'expired') or (p.expires_at > now()) = (${state ?? ''} = 'pending'))`;
  const found = await paged<ProposalRow>(
    engine,
    { columns: sql`p.*, u.principal, u.domain`, from, order: sql`p.created_at desc, p.id` },
    params,
  );
  return { proposals: found.rows.map((row) => shownProposal(row, engine.now())), total: found.total };
}

async function one(engine: Engine, user: SignedIn, id: string): Promise<ProposalRow> {
  return readProposal(engine, id, (await seesAll(engine, user)) ? null : user.id);
}

/** A program that holds a token is no person: it says neither yes nor no. @throws {Fault} 403 */
function checkPerson(user: SignedIn): void {
  if (user.session.kind === 'api')
    throw refusal(403, 'token_decides_nothing', 'Tokens for programs do not decide on proposals: sign in with a password.');
}

async function approve(
  app: FastifyInstance,
  { engine, user, path, body, request }: VirgateContext<VirgateCalls['ProposalService']['approve']>,
): Promise<Proposal> {
  const row = await one(engine, user, path.proposal);
  checkPerson(user);
  await carryOut(app, engine, row, { decidedBy: decider(user), reason: body.reason, headers: credentialsOf(request) });
  return shownProposal(await one(engine, user, path.proposal), engine.now());
}

async function reject({ engine, user, path, body }: VirgateContext<VirgateCalls['ProposalService']['reject']>): Promise<Proposal> {
  const row = await one(engine, user, path.proposal);
  checkPerson(user);
  await decide(engine, row.id, 'rejected', { decidedBy: decider(user), reason: body.reason });
  return shownProposal(await one(engine, user, path.proposal), engine.now());
}

async function policies(engine: Engine): Promise<ProposalPolicy[]> {
  return engine.db.selectFrom('proposal_policy').selectAll().orderBy('name').execute();
}

async function addPolicy(
  services: Services,
  { engine, body }: VirgateContext<VirgateCalls['ProposalPoliciesService']['add']>,
): Promise<ProposalPolicy> {
  const { name, operations, users = [] } = body;
  const unknown = operations.find((operation) => {
    const [service = '', method = ''] = operation.split('.');
    return services[service]?.[method] === undefined;
  });
  if (unknown !== undefined)
    throw refusal(
      400,
      'invalid_value',
      [say`${unknown.slice(0, 100)} is no operation; they are named as in VmService.start.`],
      'operations',
    );
  const policy = { id: randomUUID(), name: name.trim(), operations: [...new Set(operations)].toSorted(), users };
  const made = await engine.db
    .insertInto('proposal_policy')
    .values(policy)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (made.numInsertedOrUpdatedRows !== 1n) throw refusal(409, 'name_taken', [say`There is a policy ${policy.name} already.`], 'name');
  return policy;
}

async function removePolicy({ engine, path }: VirgateContext<VirgateCalls['ProposalPolicyService']['remove']>): Promise<undefined> {
  const { numDeletedRows } = await engine.db.deleteFrom('proposal_policy').where('id', '=', path.policy).executeTakeFirst();
  if (numDeletedRows === 0n) throw refusal(404, 'unknown_policy', 'There is no such policy.');
}

interface CallRow {
  at: number;
  user_id: string;
  principal: string;
  domain: string;
  session_id: string;
  tool: string;
  arguments: unknown;
  status: number;
  duration_ms: number;
  proposal_id: string | null;
}

async function calls({ engine, user, params }: VirgateContext<VirgateCalls['AssistantCallsService']['get']>): Promise<AssistantCalls> {
  const owner = await ownerAsked(engine, user, params.user);
  const from = sql`from assistant_call c join app_user u on u.id = c.user_id where (${owner}::uuid is null or c.user_id = ${owner}::uuid)`;
  const found = await paged<CallRow>(engine, { columns: sql`c.*, u.principal, u.domain`, from, order: sql`c.id desc` }, params);
  const shown = (row: CallRow): AssistantCall => ({
    at: row.at,
    user: { id: row.user_id, name: `${row.principal}@${row.domain}` },
    session: row.session_id,
    tool: row.tool,
    arguments: row.arguments,
    status: row.status,
    durationMs: row.duration_ms,
    proposal: row.proposal_id,
  });
  return { calls: found.rows.map(shown), total: found.total };
}

/** Proposals of assistants, who says yes to them, and what assistants called. */
export function assistantOperations(app: FastifyInstance, services: Services): VirgateOperations {
  return {
    ProposalsService: { get: { run: list } },
    ProposalService: {
      get: { run: async ({ engine, user, path }) => shownProposal(await one(engine, user, path.proposal), engine.now()) },
      approve: { run: (context) => approve(app, context) },
      reject: { run: reject },
    },
    ProposalPoliciesService: {
      get: { run: async ({ engine }) => ({ policies: await policies(engine) }) },
      add: { run: (context) => addPolicy(services, context) },
    },
    ProposalPolicyService: { remove: { run: removePolicy } },
    AssistantCallsService: { get: { run: calls } },
  };
}

/** How long calls and decided proposals are kept, and how long a proposal may be carried out. */
const keptDays = 90;
const longestRunMinutes = 15;

/** Removes what has served its time. A proposal that was carried out while its engine ended has failed, as far as anybody knows. */
export async function keepProposals(db: Engine['db']): Promise<void> {
  await transaction(db, async (trx) => {
    const ended = await sql<{
      id: string;
    }>`update proposal set state = 'failed', answer = '{"code":"engine_ended","message":"The engine ended meanwhile: whether it was carried out, the events tell."}'
      where state = 'running' and decided_at < now() - ${longestRunMinutes} * interval '1 minute' returning id`.execute(trx);
    await noteChange(
      trx,
      'proposal',
      ended.rows.map(({ id }) => id),
      'update',
    );
  });
  await sql`delete from assistant_call where at < now() - ${keptDays} * interval '1 day'`.execute(db);
  await sql`delete from proposal where created_at < now() - ${keptDays} * interval '1 day'`.execute(db);
}
