import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Engine } from '../engine.ts';
import { opensshKey } from '../pki/authority.ts';

function pkiResource(engine: Engine, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const query = new URL(request.url, 'https://engine').searchParams;
  const resource = query.get('resource') ?? '';
  const { caPem, engine: own } = engine.authority;
  const certificates: Record<string, string> = {
    'ca-certificate': caPem,
    'qemu-ca-certificate': caPem,
    'engine-certificate': own.certificatePem,
  };
  const certificate = certificates[resource];
  if (!certificate)
    return reply
      .code(400)
      .type('text/plain')
      .send(`Unknown resource. Known: ${Object.keys(certificates).join(', ')}.`);
  switch (query.get('format') ?? (resource === 'engine-certificate' ? 'X509-PEM' : 'X509-PEM-CA')) {
    case 'X509-PEM':
      return reply.type('application/x-x509-user-cert').send(certificate);
    case 'X509-PEM-CA':
      return reply.type('application/x-x509-ca-cert').send(certificate);
    case 'OPENSSH-PUBKEY':
      return reply.type('text/plain').send(opensshKey(certificate, query.get('alias') ?? 'ovirt-engine'));
    default:
      return reply.code(400).type('text/plain').send('Unknown format. Known: X509-PEM, X509-PEM-CA, OPENSSH-PUBKEY.');
  }
}

/** Registers the public services beside the API: certificates and the health page. */
export function registerServices(app: FastifyInstance, engine: Engine): void {
  app.get('/ovirt-engine/services/pki-resource', (request, reply) => pkiResource(engine, request, reply));
  app.get('/ovirt-engine/services/health', async (_request, reply) => {
    try {
      await engine.ping();
      return await reply.type('text/html').send('DB Up!Welcome to Health Status!');
    } catch {
      return reply.code(500).type('text/html').send('The database cannot be reached.');
    }
  });
}
