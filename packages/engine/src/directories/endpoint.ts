import { X509Certificate } from 'node:crypto';
import { isUniqueViolation } from '@virgate/database';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate } from '../access/authenticate.ts';
import { refuse } from '../access/browser-sessions.ts';
import { internalDomain, internalProfile } from '../access/internal-directory.ts';
import type { Engine } from '../engine.ts';
import { jsonObject } from '../http/json-body.ts';
import { isSuperUser } from '../permissions/super-user.ts';
import { seal } from '../pki/seal.ts';
import { isUuid } from '../rest/listing.ts';
import { directorySchemas } from './schemas.ts';

const path = '/virgate/api/directories';
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const serverPattern = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,253})(:\d{1,5})?$/;
const maxServers = 8;
const maxTextLength = 1024;
const maxCaLength = 64 * 1024;

interface Columns {
  profile?: string;
  domain?: string;
  kind?: string;
  servers?: string[];
  tls?: string;
  ca_pem?: string | null;
  base_dn?: string;
  bind_dn?: string | null;
  bind_password?: Buffer | null;
}

class BadValue extends Error {
  readonly field: string;
  constructor(field: string, problem: string) {
    super(problem);
    this.field = field;
  }
}

const isText = (value: unknown, max = maxTextLength): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= max;

function nameOf(field: string, value: unknown): string {
  if (typeof value !== 'string' || !namePattern.test(value))
    throw new BadValue(field, 'must have 1 to 64 letters, digits and the signs . _ -');
  if ([internalProfile, internalDomain].includes(value.toLowerCase())) throw new BadValue(field, 'is the internal directory');
  return value;
}

function serversOf(value: unknown): string[] {
  if (
    !Array.isArray(value) ||
    value.length === 0 ||
    value.length > maxServers ||
    !value.every((one) => typeof one === 'string' && serverPattern.test(one))
  )
    throw new BadValue('servers', `must be 1 to ${maxServers} of host or host:port`);
  return value as string[];
}

function oneOf(field: string, value: unknown, choices: readonly string[]): string {
  if (typeof value !== 'string' || !choices.includes(value)) throw new BadValue(field, `must be one of ${choices.join(', ')}`);
  return value;
}

function caOf(value: unknown): string | null {
  if (value === null) return null;
  if (!isText(value, maxCaLength)) throw new BadValue('caPem', 'must be a certificate in PEM');
  try {
    const { raw } = new X509Certificate(value);
    return raw.length > 0 ? value : null;
  } catch {
    throw new BadValue('caPem', 'must be a certificate in PEM');
  }
}

function optionalText(field: string, value: unknown): string | null {
  if (value !== null && !isText(value)) throw new BadValue(field, `must be a text of at most ${maxTextLength} characters, or null`);
  return value;
}

/** What a body says of a directory. @throws {BadValue} */
function columnsOf(engine: Engine, body: Record<string, unknown>): Columns {
  const { profile, domain, kind, servers, tls, caPem, baseDn, bindDn, bindPassword } = body;
  if (baseDn !== undefined && (!isText(baseDn) || !baseDn.includes('=')))
    throw new BadValue('baseDn', 'must be a name such as dc=example,dc=com');
  const password = bindPassword === undefined ? undefined : optionalText('bindPassword', bindPassword);
  return {
    ...(profile === undefined ? {} : { profile: nameOf('profile', profile) }),
    ...(domain === undefined ? {} : { domain: nameOf('domain', domain) }),
    ...(kind === undefined ? {} : { kind: oneOf('kind', kind, Object.keys(directorySchemas)) }),
    ...(servers === undefined ? {} : { servers: serversOf(servers) }),
    ...(tls === undefined ? {} : { tls: oneOf('tls', tls, ['none', 'start_tls', 'ldaps']) }),
    ...(caPem === undefined ? {} : { ca_pem: caOf(caPem) }),
    ...(baseDn === undefined ? {} : { base_dn: baseDn }),
    ...(bindDn === undefined ? {} : { bind_dn: optionalText('bindDn', bindDn) }),
    ...(password === undefined ? {} : { bind_password: password === null ? null : seal(engine.authority.secretKey, password) }),
  };
}

/** Runs something for a SuperUser of the system; answers everybody else, and wrong values, with what is wrong. */
const forSuperUser =
  (engine: Engine, run: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const user = await authenticate(engine, request, reply);
    if (!(await isSuperUser(engine.db, user)))
      return refuse(reply, 403, 'not_authorized', 'Only a SuperUser of the system sets up directories.');
    try {
      return await run(request, reply);
    } catch (error) {
      if (error instanceof BadValue) return refuse(reply, 400, 'invalid_value', `${error.field}: ${error.message}`, error.field);
      for (const column of ['profile', 'domain'])
        if (isUniqueViolation(error, `directory_${column}`))
          return refuse(reply, 409, 'directory_exists', `There is a directory with that ${column}.`, column);
      throw error;
    }
  };

async function shown(engine: Engine, id?: string) {
  let query = engine.db.selectFrom('directory').selectAll().orderBy('profile');
  if (id !== undefined) query = query.where('id', '=', isUuid(id) ? id : '00000000-0000-0000-0000-000000000000');
  return (await query.execute()).map((row) => ({
    id: row.id,
    profile: row.profile,
    domain: row.domain,
    kind: row.kind,
    servers: row.servers,
    tls: row.tls,
    caPem: row.ca_pem,
    baseDn: row.base_dn,
    bindDn: row.bind_dn,
  }));
}

const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id;
const unknown = (reply: FastifyReply): FastifyReply => refuse(reply, 404, 'unknown_directory', 'There is no such directory.');

async function add(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = jsonObject(request);
  if (!body) return refuse(reply, 400, 'invalid_request', 'A JSON object is expected.');
  const { profile, kind, servers, base_dn, domain = profile, tls = 'start_tls', ...others } = columnsOf(engine, body);
  if (profile === undefined || domain === undefined || kind === undefined || servers === undefined || base_dn === undefined)
    throw new BadValue('profile', 'profile, kind, servers and baseDn are needed');
  const id = engine.uuid();
  await engine.db
    .insertInto('directory')
    .values({ id, profile, domain, kind, servers, tls, base_dn, ca_pem: null, bind_dn: null, bind_password: null, ...others })
    .execute();
  return reply
    .code(201)
    .header('Location', `${path}/${id}`)
    .send((await shown(engine, id))[0]);
}

async function update(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const body = jsonObject(request);
  if (!body) return refuse(reply, 400, 'invalid_request', 'A JSON object is expected.');
  const [known] = await shown(engine, idOf(request));
  if (!known) return unknown(reply);
  const columns = columnsOf(engine, body);
  if (columns.domain !== undefined && columns.domain !== known.domain)
    throw new BadValue('domain', 'cannot be changed: users are known by it');
  await engine.db
    .updateTable('directory')
    .set({ ...columns, updated_at: new Date(engine.now()) })
    .where('id', '=', known.id)
    .execute();
  return reply.send((await shown(engine, known.id))[0]);
}

/** Its users stay known with their roles, but none of them can sign in any more. */
async function remove(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const [known] = await shown(engine, idOf(request));
  if (!known) return unknown(reply);
  await engine.db.transaction().execute(async (trx) => {
    await trx.deleteFrom('directory').where('id', '=', known.id).execute();
    await trx
      .deleteFrom('access_token')
      .where('user_id', 'in', (users) => users.selectFrom('app_user').select('id').where('domain', '=', known.domain))
      .execute();
  });
  return reply.code(204).send();
}

async function test(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const [known] = await shown(engine, idOf(request));
  const directory = known ? await engine.directories.byDomain(known.domain) : null;
  if (!directory) return unknown(reply);
  try {
    return await reply.send({ works: true, usersSeen: await directory.test() });
  } catch (error) {
    return reply.send({ works: false, reason: error instanceof Error ? error.message : 'unknown' });
  }
}

/**
 * Registers `/virgate/api/directories`: LDAP directories `{profile, domain?, kind, servers, tls?, caPem?, baseDn, bindDn?, bindPassword?}`.
 * Listed without passwords; `POST …/{id}/test` says whether a search works.
 */
export function registerDirectories(app: FastifyInstance, engine: Engine): void {
  app.get(
    path,
    forSuperUser(engine, async (_request, reply) => reply.send({ directories: await shown(engine) })),
  );
  app.post(
    path,
    forSuperUser(engine, (request, reply) => add(engine, request, reply)),
  );
  app.get(
    `${path}/:id`,
    forSuperUser(engine, async (request, reply) => {
      const [known] = await shown(engine, idOf(request));
      return known ? reply.send(known) : unknown(reply);
    }),
  );
  app.put(
    `${path}/:id`,
    forSuperUser(engine, (request, reply) => update(engine, request, reply)),
  );
  app.delete(
    `${path}/:id`,
    forSuperUser(engine, (request, reply) => remove(engine, request, reply)),
  );
  app.post(
    `${path}/:id/test`,
    forSuperUser(engine, (request, reply) => test(engine, request, reply)),
  );
}
