import type { Action, HostStatus } from '@virgate/contract/generated/types';
import type { Enrolment, EnrolmentProgress, EnrolmentState, EnrolmentToken, VirgateCalls } from '@virgate/contract/generated/virgate';
import { noteChange } from '../changes/outbox.ts';
import { isUniqueViolation, transaction } from '@virgate/database';
import type { Engine } from '../engine.ts';
import { recordEvent } from '../events/record.ts';
import { defaultClusterId } from '../installation/fixed-ids.ts';
import { conflict, invalidValue, notFound } from '../rest/fault.ts';
import { wishedReboot } from './install.ts';
import { done, type Operation } from '../rest/operation.ts';
import { isUuid } from '../rest/listing.ts';
import { attribution, write } from '../rest/write.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';
import { checkName } from '../vms/definition.ts';
import { checkAddress, insertHost } from './add.ts';
import { changeCluster, wantedCluster } from './change-cluster.ts';
import { hashOfEnrolmentToken, newEnrolmentToken } from './enrolment-token.ts';
import { checkFirewall } from './settings.ts';
import { checkHostStatus } from './status-rules.ts';

/** How long a token may be used to join. */
const tokenLifeMs = 3_600_000;
/** The cluster that a token is for: the default one where the request names none. */
async function clusterOf({ db, body }: VirgateContext<VirgateCalls['HostEnrolmentTokensService']['add']>): Promise<string> {
  const id = body.cluster ?? defaultClusterId;
  const cluster = isUuid(id) ? await db.selectFrom('cluster').select('id').where('id', '=', id).executeTakeFirst() : undefined;
  if (!cluster) throw refusal(404, 'unknown_cluster', 'There is no such cluster.', 'cluster');
  return cluster.id;
}

async function makeToken(context: VirgateContext<VirgateCalls['HostEnrolmentTokensService']['add']>): Promise<EnrolmentToken> {
  const { engine, user } = context;
  const clusterId = await clusterOf(context);
  const token = newEnrolmentToken();
  const expires = engine.now() + tokenLifeMs;
  await engine.db
    .insertInto('host_enrolment_token')
    .values({
      id: engine.uuid(),
      token_hash: hashOfEnrolmentToken(token),
      cluster_id: clusterId,
      created_by: user.id,
      expires_at: new Date(expires),
    })
    .execute();
  return { token, expires, fingerprint: engine.authority.fingerprint };
}

/** A host that the engine itself installs needs nobody's approval: whoever had it installed has given that. */
async function joinInstalled(
  engine: Engine,
  {
    tokenId,
    hostId,
    enrolmentId,
    uuid,
    requestPem,
  }: { tokenId: string; hostId: string; enrolmentId: string; uuid: string; requestPem: string },
): Promise<Enrolment> {
  const host = await engine.db.selectFrom('host').select(['name', 'address']).where('id', '=', hostId).executeTakeFirst();
  if (!host) throw refusal(403, 'invalid_token', 'The host that is installed was removed.', 'token');
  const certificate = await engine.authority
    .signHost(requestPem, { commonName: host.address, address: host.address })
    .catch((error: unknown) => {
      throw conflict('CERTIFICATE_REQUEST_REFUSED', { reason: error instanceof Error ? error.message : 'the request cannot be signed' });
    });
  await transaction(engine.db, async (trx) => {
    const claimed = await trx
      .updateTable('host_enrolment_token')
      .set({ used_at: new Date() })
      .where('id', '=', tokenId)
      .where('used_at', 'is', null)
      .returning('id')
      .execute();
    if (claimed.length === 0) throw refusal(403, 'used_token', 'The token has been used.', 'token');
    await trx.deleteFrom('host_enrolment').where('host_id', '=', hostId).execute();
    await trx
      .insertInto('host_enrolment')
      .values({
        id: enrolmentId,
        token_id: tokenId,
        host_id: hostId,
        request_pem: requestPem,
        certificate_pem: certificate,
        state: 'approved',
      })
      .execute();
    await trx
      .updateTable('host_state')
      .set({ hardware_uuid: uuid, certificate_subject: `O=Virgate, CN=${host.address}` })
      .where('host_id', '=', hostId)
      .execute();
    await recordEvent(trx, { name: 'VDS_REGISTER_SUCCEEDED', host: { id: hostId, name: host.name } });
    await noteChange(trx, 'host', hostId, 'update');
  });
  return { id: enrolmentId, host: hostId, state: 'approved' };
}

async function ask({ engine, body }: VirgateContext<VirgateCalls['HostEnrolmentsService']['add']>): Promise<Enrolment> {
  const token = await engine.db
    .selectFrom('host_enrolment_token')
    .selectAll()
    .where('token_hash', '=', hashOfEnrolmentToken(body.token))
    .executeTakeFirst();
  if (!token || token.expires_at < engine.now())
    throw refusal(403, 'invalid_token', 'The token is unknown or has expired. Ask the administrator for a new one.', 'token');
  if (token.used_at !== null) throw refusal(403, 'used_token', 'The token has been used. Every host needs one of its own.', 'token');
  const name = checkName(body.name);
  const address = checkAddress(body.address);
  const { port, uuid, csr: requestPem } = body;
  const enrolmentId = engine.uuid();
  if (token.host_id !== null) return joinInstalled(engine, { tokenId: token.id, hostId: token.host_id, enrolmentId, uuid, requestPem });
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
      if (claimed.length === 0) throw refusal(403, 'used_token', 'The token has been used.', 'token');
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
      throw refusal(
        409,
        'host_exists',
        'There is a host of that name or address already.',
        isUniqueViolation(error, 'host_name') ? 'name' : 'address',
      );
    throw error;
  }
  return { id: enrolmentId, host: hostId, state: 'pending' };
}

async function collect({
  engine,
  path: { enrolment: id },
  request,
}: VirgateContext<VirgateCalls['HostEnrolmentService']['get']>): Promise<EnrolmentProgress> {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const row = await engine.db
    .selectFrom('host_enrolment')
    .innerJoin('host_enrolment_token', 'host_enrolment_token.id', 'host_enrolment.token_id')
    .select(['host_enrolment.state', 'host_enrolment.certificate_pem', 'host_enrolment.host_id'])
    .where('host_enrolment.id', '=', id)
    .where('host_enrolment_token.token_hash', '=', hashOfEnrolmentToken(token))
    .executeTakeFirst();
  if (!row) {
    // The enrolment goes with its host; the token stays a while and shows that the host asks for its own.
    const spent = await engine.db
      .selectFrom('host_enrolment_token')
      .select('id')
      .where('token_hash', '=', hashOfEnrolmentToken(token))
      .where('used_at', 'is not', null)
      .where((one) =>
        one.not(one.exists(one.selectFrom('host_enrolment').select('id').whereRef('token_id', '=', 'host_enrolment_token.id'))),
      )
      .executeTakeFirst();
    if (spent) return { state: 'removed' };
    throw refusal(403, 'invalid_token', 'There is no such enrolment for this token.');
  }
  return {
    state: row.state as EnrolmentState,
    ...(row.host_id === null ? {} : { host: row.host_id }),
    ...(row.certificate_pem ? { certificate: row.certificate_pem, ca: engine.authority.caPem } : {}),
  };
}

/** How hosts join: an administrator makes a token, the host asks with it, and fetches its certificate once approved. */
export const enrolmentOperations: VirgateOperations = {
  HostEnrolmentTokensService: { add: { subjects: async (context) => [{ type: 'cluster', id: await clusterOf(context) }], run: makeToken } },
  HostEnrolmentsService: { add: { run: ask } },
  HostEnrolmentService: { get: { run: collect } },
};

/** `approve`: signs the request of a host that asked to join, in the cluster of the request where it names one, and begins to watch it. */
export const approveHost: Operation = {
  permit: 'create_host',
  subjects: async (context) => {
    const clusterId = await wantedCluster(context);
    return [{ type: 'host', id: context.path['host'] ?? '' }, ...(clusterId === null ? [] : [{ type: 'cluster' as const, id: clusterId }])];
  },
  async run(context) {
    const { engine } = context;
    const { host: said, activate = context.parameters.flag('activate', true), reboot } = context.body as Action;
    if (wishedReboot(context, reboot) === true)
      throw invalidValue('reboot', 'is for hosts that are installed over SSH; this one has joined by itself');
    const clusterId = await wantedCluster(context);
    checkFirewall(said ?? {}, 'host.override_iptables');
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
      .select(['host_enrolment.id', 'host_enrolment.request_pem', 'host.name', 'host.address', 'host.cluster_id'])
      .where('host.id', '=', id)
      .executeTakeFirst();
    if (!enrolment) throw notFound();
    const certificate = await engine.authority
      .signHost(enrolment.request_pem, { commonName: enrolment.address, address: enrolment.address })
      .catch((error: unknown) => {
        throw conflict('CERTIFICATE_REQUEST_REFUSED', { reason: error instanceof Error ? error.message : 'the request cannot be signed' });
      });
    const job = await write(context, async (trx) => {
      if (clusterId !== null && clusterId !== enrolment.cluster_id)
        await changeCluster(trx, { id, status: 'pending_approval', clusterId: enrolment.cluster_id }, clusterId);
      const approved = await trx
        .updateTable('host_state')
        .set({ status: activate ? 'unassigned' : 'maintenance', certificate_subject: `O=Virgate, CN=${enrolment.address}` })
        .where('host_id', '=', id)
        .where('status', '=', 'pending_approval')
        .returning('host_id')
        .execute();
      if (approved.length === 0) {
        const state = await trx.selectFrom('host_state').select('status').where('host_id', '=', id).executeTakeFirstOrThrow();
        throw conflict('VDS_APPROVE_VDS_IN_WRONG_STATUS', { hostStatus: state.status.replaceAll('_', ' ') });
      }
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
