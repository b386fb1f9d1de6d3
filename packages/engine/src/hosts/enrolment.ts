import { createHash, randomBytes } from 'node:crypto';
import type { HostStatus } from '@virgate/contract/generated/types';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate } from '../access/authenticate.ts';
import { refuse } from '../access/browser-sessions.ts';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import type { Engine } from '../engine.ts';
import { isUniqueViolation, transaction } from '@virgate/database';
import { recordEvent } from '../events/record.ts';
import { defaultClusterId } from '../installation/fixed-ids.ts';
import { Fault, conflict, notFound } from '../rest/fault.ts';
import { done, type Operation } from '../rest/operation.ts';
import { isUuid } from '../rest/listing.ts';
import { attribution, write } from '../rest/write.ts';
import { checkName } from '../vms/definition.ts';
import { checkAddress, insertHost } from './add.ts';
import { checkHostStatus } from './status-rules.ts';

/** How long a token may be used to join. */
const tokenLifeMs = 3_600_000;
const maxRequestPem = 16_384;
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

function bodyOf(request: FastifyRequest): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(typeof request.body === 'string' && request.body !== '' ? request.body : '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    throw new Fault(400, 'Request syntactically incorrect.', 'The body is not a JSON object.', { key: 'invalid_json' });
  }
}

const optionalText = (body: Record<string, unknown>, field: string): string | undefined =>
  typeof body[field] === 'string' ? body[field] : undefined;

const textOf = (body: Record<string, unknown>, field: string, maxLength: number): string => {
  const value = body[field];
  if (typeof value !== 'string' || value === '' || value.length > maxLength)
    throw new Fault(400, 'Invalid value', `${field}: must be a text of at most ${maxLength} characters`, { key: 'invalid_value' });
  return value;
};

async function makeToken(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const user = await authenticate(engine, request, reply);
  const clusterId = optionalText(bodyOf(request), 'cluster') ?? defaultClusterId;
  const cluster = isUuid(clusterId)
    ? await engine.db.selectFrom('cluster').select('id').where('id', '=', clusterId).executeTakeFirst()
    : undefined;
  if (!cluster) return refuse(reply, 404, 'unknown_cluster', 'There is no such cluster.', 'cluster');
  if (!(await holdsPermit(engine.db, user, 'create_host', { type: 'cluster', id: cluster.id })))
    return refuse(reply, 403, 'forbidden', 'The permit "create_host" on the cluster is needed.');
  const token = randomBytes(24).toString('base64url');
  const expires = engine.now() + tokenLifeMs;
  await engine.db
    .insertInto('host_enrolment_token')
    .values({ id: engine.uuid(), token_hash: hashOf(token), cluster_id: cluster.id, created_by: user.id, expires_at: new Date(expires) })
    .execute();
  return reply.code(201).send({ token, expires, fingerprint: engine.authority.fingerprint });
}

async function ask(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = bodyOf(request);
  const token = await engine.db
    .selectFrom('host_enrolment_token')
    .selectAll()
    .where('token_hash', '=', hashOf(optionalText(body, 'token') ?? ''))
    .executeTakeFirst();
  if (!token || token.expires_at < engine.now())
    return refuse(reply, 403, 'invalid_token', 'The token is unknown or has expired. Ask the administrator for a new one.', 'token');
  if (token.used_at !== null) return refuse(reply, 403, 'used_token', 'The token has been used. Every host needs one of its own.', 'token');
  const name = checkName(textOf(body, 'name', 255));
  const address = checkAddress(textOf(body, 'address', 255));
  const port = Number(body['port']);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return refuse(reply, 400, 'invalid_value', 'The port must be between 1 and 65535.', 'port');
  const uuid = textOf(body, 'uuid', 64);
  const requestPem = textOf(body, 'csr', maxRequestPem);
  const enrolmentId = engine.uuid();
  const hostId = engine.uuid();
  try {
    await transaction(engine.db, async (trx) => {
      const claimed = await trx
        .updateTable('host_enrolment_token')
        .set({ used_at: new Date() })
        .where('id', '=', token.id)
        .where('used_at', 'is', null)
        .returning('id')
        .execute();
      if (claimed.length === 0) throw new Fault(403, 'Forbidden', 'The token has been used.', { key: 'used_token' });
      await insertHost(trx, {
        id: hostId,
        name,
        address,
        port,
        clusterId: token.cluster_id ?? defaultClusterId,
        status: 'pending_approval',
        hardwareUuid: uuid,
      });
      await trx
        .insertInto('host_enrolment')
        .values({ id: enrolmentId, token_id: token.id, host_id: hostId, request_pem: requestPem, state: 'pending' })
        .execute();
      await recordEvent(trx, { name: 'VDS_REGISTER_SUCCEEDED', host: { id: hostId, name } });
    });
  } catch (error) {
    if (isUniqueViolation(error))
      return refuse(
        reply,
        409,
        'host_exists',
        'There is a host of that name or address already.',
        isUniqueViolation(error, 'host_name') ? 'name' : 'address',
      );
    throw error;
  }
  return reply.code(201).send({ id: enrolmentId, host: hostId, state: 'pending' });
}

async function collect(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { id = '' } = request.params as { id?: string };
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const row = isUuid(id)
    ? await engine.db
        .selectFrom('host_enrolment')
        .innerJoin('host_enrolment_token', 'host_enrolment_token.id', 'host_enrolment.token_id')
        .select(['host_enrolment.state', 'host_enrolment.certificate_pem', 'host_enrolment.host_id'])
        .where('host_enrolment.id', '=', id)
        .where('host_enrolment_token.token_hash', '=', hashOf(token))
        .executeTakeFirst()
    : undefined;
  if (!row) {
    // The enrolment goes with its host; the token stays a while and shows that the host asks for its own.
    const spent = await engine.db
      .selectFrom('host_enrolment_token')
      .select('id')
      .where('token_hash', '=', hashOf(token))
      .where('used_at', 'is not', null)
      .where((one) =>
        one.not(one.exists(one.selectFrom('host_enrolment').select('id').whereRef('token_id', '=', 'host_enrolment_token.id'))),
      )
      .executeTakeFirst();
    if (spent) return reply.send({ state: 'removed' });
    return refuse(reply, 403, 'invalid_token', 'There is no such enrolment for this token.');
  }
  return reply.send({
    state: row.state,
    host: row.host_id,
    ...(row.certificate_pem ? { certificate: row.certificate_pem, ca: engine.authority.caPem } : {}),
  });
}

/** Registers how hosts join: an administrator makes a token, the host asks with it, and fetches its certificate once approved. */
export function registerEnrolment(app: FastifyInstance, engine: Engine): void {
  app.post('/virgate/api/host-enrolment-tokens', (request, reply) => makeToken(engine, request, reply));
  app.post('/virgate/api/host-enrolments', (request, reply) => ask(engine, request, reply));
  app.get('/virgate/api/host-enrolments/:id', (request, reply) => collect(engine, request, reply));
}

/** `approve`: signs the request of a host that asked to join, and begins to watch it. */
export const approveHost: Operation = {
  permit: 'create_host',
  subjects: (context) => [{ type: 'host', id: context.path['host'] ?? '' }],
  async run(context) {
    const { engine } = context;
    const id = context.path['host'] ?? '';
    const host = isUuid(id)
      ? await context.db
          .selectFrom('host')
          .innerJoin('host_state', 'host_state.host_id', 'host.id')
          .select('host_state.status')
          .where('host.id', '=', id)
          .executeTakeFirst()
      : undefined;
    if (!host) throw notFound();
    checkHostStatus('ApproveVds', host.status as HostStatus);
    const enrolment = await context.db
      .selectFrom('host_enrolment')
      .innerJoin('host', 'host.id', 'host_enrolment.host_id')
      .select(['host_enrolment.id', 'host_enrolment.request_pem', 'host.name', 'host.address'])
      .where('host.id', '=', id)
      .executeTakeFirst();
    if (!enrolment) throw notFound();
    const certificate = await engine.authority
      .signHost(enrolment.request_pem, { commonName: enrolment.address, address: enrolment.address })
      .catch((error: unknown) => {
        throw conflict('CERTIFICATE_REQUEST_REFUSED', { reason: error instanceof Error ? error.message : 'the request cannot be signed' });
      });
    const job = await write(context, async (trx) => {
      const approved = await trx
        .updateTable('host_state')
        .set({ status: 'unassigned', certificate_subject: `O=Virgate, CN=${enrolment.address}` })
        .where('host_id', '=', id)
        .where('status', '=', 'pending_approval')
        .returning('host_id')
        .execute();
      if (approved.length === 0) throw conflict('VDS_APPROVE_VDS_IN_WRONG_STATUS');
      await trx
        .updateTable('host_enrolment')
        .set({ state: 'approved', certificate_pem: certificate })
        .where('id', '=', enrolment.id)
        .execute();
      await recordEvent(trx, { name: 'VDS_APPROVE', host: { id, name: enrolment.name }, ...attribution(context) });
      await noteChange(trx, 'host', id, 'update');
      return engine.jobs.record(trx, context, {
        action: 'ApproveVds',
        description: `Approving Host ${enrolment.name}`,
        subjects: [{ type: 'host', id }],
      });
    });
    engine.hosts.kick();
    return done(job);
  },
};
