import { X509Certificate } from 'node:crypto';
import type { HostStatus } from '@virgate/contract/generated/types';
import { defineSaga } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Kysely, Transaction } from 'kysely';
import { ofJob, recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { Authority } from '../pki/authority.ts';
import { conflict, hostFailed } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { actor, attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { readableHosts } from '../hosts/read.ts';
import { saveHostCertificate } from './save.ts';
import type { HostCertificate } from './validity.ts';

/** Name of the job. */
export const enrollJob = 'HostEnrollCertificate';
const callTimeoutMs = 60_000;
const noSuchMethod = -32_601;
/** In every other status the host cannot be asked. */
const reachable: readonly HostStatus[] = ['up', 'maintenance', 'non_operational', 'preparing_for_maintenance', 'install_failed', 'error'];

export interface EnrollParams {
  hostId: string;
  hostName: string;
  address: string;
  /** Who asked for it; null when the engine does it by itself. */
  user: { id: string; name: string } | null;
  correlationId: string | null;
}

interface EnrollState {
  certificate: HostCertificate | null;
}

/** The name in a host's certificate stays what it was: that is how the engine knows the host again. */
async function commonNameOf(db: Kysely<Tables>, hostId: string): Promise<string | undefined> {
  const row = await db.selectFrom('host_state').select('certificate_subject').where('host_id', '=', hostId).executeTakeFirst();
  return /(?:^|, )CN=([^,+]+)$/.exec(row?.certificate_subject ?? '')?.[1];
}

/**
 * Gives a host a new key and certificate over the connection that it has: the host makes the key and keeps it, the engine signs. A
 * repeat makes another one.
 */
export const enrollCertificateSaga = ({ hosts }: SagaServices, authority: Authority): EngineSaga =>
  defineSaga<EnrollParams, EnrollState, Transaction<Tables>>({
    name: enrollJob,
    version: 1,
    title: (params) => `Enrolling a certificate for host ${params.hostName}`,
    locks: (params) => [{ group: 'VDS', objectId: params.hostId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ certificate: null }),
    steps: [
      {
        name: 'enroll',
        title: 'Enrolling the certificate',
        async run(ctx) {
          const { hostId, address } = ctx.params;
          const { client, fence } = await hosts.access(hostId);
          const options = { timeoutMs: callTimeoutMs, fence, signal: ctx.signal };
          try {
            const answer = (await client.call('Virgate.makeCertificateRequest', {}, options)) as { request?: unknown };
            const commonName = (await ctx.tx((trx) => commonNameOf(trx, hostId))) ?? address;
            const certificate = await authority.signHost(String(answer.request), { commonName, address });
            await client.call('Virgate.installCertificate', { certificate }, options);
            const { serialNumber, subject, validFromDate, validToDate } = new X509Certificate(certificate);
            ctx.state.certificate = {
              subject: subject.split('\n').join(', '),
              serial: serialNumber,
              fromMs: validFromDate.getTime(),
              untilMs: validToDate.getTime(),
            };
          } catch (error) {
            if (!(error instanceof VdsmError)) throw error;
            const text =
              error.code === noSuchMethod ? 'its agent cannot renew its certificate this way; enrol it on the host' : error.message;
            throw hostFailed('Cannot enroll certificate', text, error);
          }
        },
        async record(ctx, trx) {
          const { hostId, hostName } = ctx.params;
          if (ctx.state.certificate) await saveHostCertificate(trx, hostId, ctx.state.certificate);
          await recordEvent(trx, { name: 'HOST_CERTIFICATION_ENROLLMENT_FINISHED', host: { id: hostId, name: hostName }, ...ofJob(ctx) });
          await noteChange(trx, 'host', hostId, 'update');
        },
      },
    ],
    async ended(end, trx) {
      if (end.status === 'succeeded') return;
      const { hostId, hostName } = end.params;
      await recordEvent(trx, {
        name: 'HOST_CERTIFICATION_ENROLLMENT_FAILED',
        host: { id: hostId, name: hostName },
        ...ofJob(end),
        values: { reason: end.error?.message ?? '' },
      });
    },
  }) as unknown as EngineSaga;

/** `POST hosts/{host}/enrollcertificate`: a new key and certificate for a host that can be reached. Its guests and its connections go on. */
export const enrollCertificate: Operation = {
  permit: 'edit_host_configuration',
  subjects: (context) => [{ type: 'host', id: context.path['host'] ?? '' }],
  async run(context) {
    const { engine } = context;
    const host = await one(context, readableHosts, context.path['host']);
    const id = host.id ?? '';
    const name = String(host['name']);
    if (!reachable.includes(host['status'] as HostStatus)) throw conflict('CANNOT_ENROLL_CERTIFICATE_HOST_STATUS_ILLEGAL');
    const job = await write(context, async (trx) => {
      await recordEvent(trx, { name: 'HOST_CERTIFICATION_ENROLLMENT_STARTED', host: { id, name }, ...attribution(context) });
      return engine.jobs.beginIn<EnrollParams>(trx, context, enrollJob, {
        params: {
          hostId: id,
          hostName: name,
          address: String(host['address']),
          user: actor(context),
          correlationId: context.correlationId,
        },
        description: `Enrolling Certificate for Host ${name}`,
        subjects: [{ type: 'host', id }],
      });
    });
    if ((context.body as { async?: boolean }).async === true) return started(job);
    await engine.jobs.settle(job);
    return done(job);
  },
};
