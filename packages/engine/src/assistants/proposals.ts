import { randomUUID } from 'node:crypto';
import { DecodeError } from '@virgate/contract/xml';
import { decodeJson } from '@virgate/contract/json';
import { bodyTypeOf } from '@virgate/contract/routes';
import { checkMandatory } from '@virgate/contract/validate';
import type { Proposal, ProposalState } from '@virgate/contract/generated/virgate';
import { json, transaction } from '@virgate/database';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { principalName, type SignedIn } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import type { Engine } from '../engine.ts';
import { lackingPermit } from '../rest/authorize.ts';
import { Fault, forbidden, say } from '../rest/fault.ts';
import type { Context, Entity, Services } from '../rest/operation.ts';
import { withoutSecrets } from '../rest/secrets.ts';
import { refusal } from '../virgate/operation.ts';
import { makeRequest } from './requests.ts';
import type { OperationTool } from './tools.ts';

/** How long a proposal waits for somebody's word. */
const lifeMs = 7 * 86_400_000;
/** Proposals of one user that wait at once. */
const maxPending = 200;
const maxReasonUnits = 2000;

/** A change that an assistant wants. */
export interface Wanted {
  readonly tool: OperationTool;
  /** Ids of the path by their names. */
  readonly ids: Readonly<Record<string, string>>;
  /** From the origin on, query included. */
  readonly path: string;
  readonly body: unknown;
  readonly reason: string;
}

/**
 * Keeps a change for somebody's word: when it is well-formed, tells no secrets, and its user may do it (whatever his token is good for).
 * @returns id of the proposal
 * @throws {Fault} 400, 403, 404, 429
 */
export async function propose(
  app: FastifyInstance,
  context: Context,
  wanted: Wanted,
  parts: { services: Services; headers: Readonly<Record<string, string>> },
): Promise<string> {
  const { tool, body, reason } = wanted;
  if (reason.trim() === '' || reason.length > maxReasonUnits)
    throw refusal(400, 'invalid_value', `reason must be a text of 1 to ${maxReasonUnits} characters.`, 'reason');
  const entity = bodyOf(tool, body);
  await checkMay(context, parts.services, tool, { ids: wanted.ids, entity });
  const { db, user } = context;
  const waiting = await sql<{ count: number }>`select count(*)::int as count from proposal
    where user_id = ${user.id} and state = 'pending' and expires_at > now()`.execute(db);
  if ((waiting.rows[0]?.count ?? 0) >= maxPending)
    throw refusal(429, 'too_many_proposals', `${maxPending} proposals wait already; somebody has to decide on them first.`);
  const id = randomUUID();
  const etag = tool.route.http === 'PUT' ? await etagOf(app, wanted.path, parts.headers) : null;
  await transaction(db, async (trx) => {
    await trx
      .insertInto('proposal')
      .values({
        id,
        user_id: user.id,
        operation: tool.operation,
        http: tool.route.http,
        path: wanted.path,
        body: tool.takesBody ? json(body ?? {}) : null,
        etag,
        reason,
        expires_at: new Date(context.engine.now() + lifeMs),
      })
      .execute();
    await noteChange(trx, 'proposal', id, 'add');
  });
  return id;
}

/** The state of what is to be changed: whoever approves, approves of a change of that. */
async function etagOf(app: FastifyInstance, path: string, headers: Readonly<Record<string, string>>): Promise<string | null> {
  const answer = await makeRequest(app, { http: 'GET', path: path.split('?')[0] ?? path, headers });
  return answer.etag ?? null;
}

function bodyOf({ methods, takesBody }: OperationTool, body: unknown): Entity {
  const [method] = methods;
  const type = method === undefined ? undefined : bodyTypeOf(method);
  if (!takesBody || type === undefined) {
    if (body !== undefined) throw refusal(400, 'invalid_value', 'This takes no body.', 'body');
    return {};
  }
  try {
    const entity = decodeJson(JSON.stringify(body ?? {}), type) as Entity;
    if (withoutSecrets(type, entity) !== entity)
      throw refusal(
        400,
        'secret_in_proposal',
        'A proposal is kept and shown, so it has no passwords. Whoever approves can set them.',
        'body',
      );
    return entity;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw refusal(400, 'invalid_value', `${error.path === '' ? 'body' : error.path}: ${error.detail}`, 'body');
  }
}

async function checkMay(
  context: Context,
  services: Services,
  { route, methods, operation: name }: OperationTool,
  { ids, entity }: { ids: Readonly<Record<string, string>>; entity: Entity },
): Promise<void> {
  const [service = '', method = ''] = name.split('.');
  const operation = services[service]?.[method];
  if (operation === undefined) throw new Fault(501, 'Not Implemented', [say`${name} is not built.`], { key: 'not_built' });
  const asked = { ...context, user: unlimited(context.user), path: { ...ids }, body: entity };
  const lacking = await lackingPermit(operation, asked);
  if (lacking !== null) throw forbidden(`${lacking} (${name})`);
  const incomplete = checkMandatory(route.service, methods, entity);
  if (incomplete !== null) throw refusal(400, 'incomplete', incomplete.detail, 'body');
}

/** A token that may only read proposes what its user may do; one for certain permits proposes what needs these. */
function unlimited(user: SignedIn): SignedIn {
  const { limits, ...rest } = user;
  return limits?.permits ? { ...rest, limits: { readOnly: false, permits: limits.permits } } : rest;
}

export interface ProposalRow {
  id: string;
  user_id: string;
  principal: string;
  domain: string;
  operation: string;
  http: string;
  path: string;
  body: unknown;
  etag: string | null;
  reason: string;
  state: Exclude<ProposalState, 'expired'>;
  created_at: number;
  expires_at: number;
  decided_by: string | null;
  decided_at: number | null;
  decision_reason: string | null;
  status: number | null;
  answer: unknown;
}

export const shownProposal = (row: ProposalRow, now: number): Proposal => ({
  id: row.id,
  user: { id: row.user_id, name: `${row.principal}@${row.domain}` },
  operation: row.operation,
  http: row.http,
  path: row.path,
  body: row.body,
  reason: row.reason,
  state: row.state === 'pending' && row.expires_at <= now ? 'expired' : row.state,
  created: row.created_at,
  expires: row.expires_at,
  decidedBy: row.decided_by,
  decided: row.decided_at,
  decisionReason: row.decision_reason,
  status: row.status,
  answer: row.answer,
});

/** One proposal. @throws {Fault} 404, also for those of others when `userId` is given */
export async function readProposal(engine: Engine, id: string, userId: string | null): Promise<ProposalRow> {
  const found = await sql<ProposalRow>`select p.*, u.principal, u.domain from proposal p join app_user u on u.id = p.user_id
    where p.id = ${id} and (${userId}::uuid is null or p.user_id = ${userId}::uuid)`.execute(engine.db);
  const [row] = found.rows;
  if (row === undefined) throw refusal(404, 'unknown_proposal', 'There is no such proposal.');
  return row;
}

/** Whose word on a proposal it is, and why. */
export interface Decision {
  /** His name, or that of the policy. */
  readonly decidedBy: string;
  readonly reason?: string | undefined;
}

/**
 * Carries a proposal out with the credentials of whoever says so: with his permits, and only if what it changes is as it was.
 * @throws {Fault} 409 when it was decided already, or waited too long
 */
export async function carryOut(
  app: FastifyInstance,
  engine: Engine,
  proposal: Pick<ProposalRow, 'id'>,
  decision: Decision & { readonly headers: Readonly<Record<string, string>> },
): Promise<void> {
  const row = await decide(engine, proposal.id, 'running', decision);
  const answer = await makeRequest(app, {
    http: row.http,
    path: row.path,
    ...(row.body === null ? {} : { body: row.body }),
    headers: {
      ...decision.headers,
      'correlation-id': `proposal-${row.id.slice(0, 8)}`,
      ...(row.etag === null ? {} : { 'if-match': row.etag }),
    },
  });
  await transaction(engine.db, async (trx) => {
    await trx
      .updateTable('proposal')
      .set({ state: answer.status < 300 ? 'done' : 'failed', status: answer.status, answer: json(answer.body) })
      .where('id', '=', row.id)
      .execute();
    await noteChange(trx, 'proposal', row.id, 'update');
  });
}

/** Takes a proposal that waits, for one decision. @throws {Fault} 409 */
export async function decide(
  engine: Engine,
  id: string,
  state: 'running' | 'rejected',
  { decidedBy, reason }: Decision,
): Promise<Pick<ProposalRow, 'id' | 'http' | 'path' | 'body' | 'etag'>> {
  const why = reason?.trim() ?? '';
  const taken = await transaction(engine.db, async (trx) => {
    const found = await trx
      .updateTable('proposal')
      .set({ state, decided_by: decidedBy, decided_at: new Date(engine.now()), decision_reason: why === '' ? null : why })
      .where('id', '=', id)
      .where('state', '=', 'pending')
      .where('expires_at', '>', sql<number>`now()`)
      .returning(['id', 'http', 'path', 'body', 'etag'])
      .executeTakeFirst();
    if (found !== undefined) await noteChange(trx, 'proposal', id, 'update');
    return found;
  });
  if (taken === undefined) throw refusal(409, 'proposal_decided', 'Somebody has decided on this proposal already, or it waited too long.');
  return taken;
}

/** The policy that lets a user's assistants do an operation at once; undefined when none does. */
export async function policyFor(engine: Engine, user: SignedIn, operation: string): Promise<string | undefined> {
  const found = await sql<{ name: string }>`select name from proposal_policy
    where ${operation} = any(operations) and (users = '{}' or ${user.id}::uuid = any(users)) order by name limit 1`.execute(engine.db);
  return found.rows[0]?.name;
}

export const decider = (user: SignedIn): string => principalName(user);
