import { isUniqueViolation, transaction } from '@virgate/database';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate } from '../access/authenticate.ts';
import { refuse } from '../access/browser-sessions.ts';
import { internalDomain } from '../access/internal-directory.ts';
import { loadPasswordPolicy, passwordProblem } from '../access/password-policy.ts';
import { hashPassword } from '../access/passwords.ts';
import { principalName } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import type { Engine } from '../engine.ts';
import { isSuperUser } from '../permissions/super-user.ts';

const path = '/virgate/api/users';
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const maxTextLength = 255;
const texts = ['first_name', 'last_name', 'email', 'department'] as const;

function bodyOf(request: FastifyRequest): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(typeof request.body === 'string' ? request.body : '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

async function add(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const user = await authenticate(engine, request, reply);
  if (!(await isSuperUser(engine.db, user)))
    return refuse(reply, 403, 'not_authorized', 'Only a SuperUser of the system adds users to the internal directory.');
  const body = bodyOf(request);
  if (!body) return refuse(reply, 400, 'invalid_request', 'A JSON object with name and password is expected.');
  const { name, password } = body;
  if (typeof name !== 'string' || !namePattern.test(name))
    return refuse(reply, 400, 'invalid_value', 'The name must have 1 to 64 letters, digits and the signs . _ -', 'name');
  const problem =
    typeof password === 'string' ? passwordProblem(password, name, await loadPasswordPolicy(engine.db)) : 'A password is needed.';
  if (typeof password !== 'string' || problem !== null) return refuse(reply, 400, 'invalid_value', problem ?? '', 'password');
  const columns: Partial<Record<(typeof texts)[number], string>> = {};
  for (const text of texts) {
    const value = body[text];
    if (value === undefined) continue;
    if (typeof value !== 'string' || value.length > maxTextLength)
      return refuse(reply, 400, 'invalid_value', `${text} must be a text of at most ${maxTextLength} characters.`, text);
    columns[text] = value;
  }
  const id = engine.uuid();
  try {
    const passwordHash = await hashPassword(password);
    await transaction(engine.db, async (trx) => {
      await trx
        .insertInto('app_user')
        .values({ first_name: name, ...columns, id, principal: name, domain: internalDomain, external_id: id, password_hash: passwordHash })
        .execute();
      await recordEvent(trx, {
        name: 'USER_ADD',
        user: { id: user.id, name: principalName(user) },
        values: { addedUser: `${name}@${internalDomain}` },
      });
      await noteChange(trx, 'user', id, 'add');
    });
  } catch (error) {
    if (isUniqueViolation(error, 'app_user_principal'))
      return refuse(reply, 409, 'user_exists', `There is a user ${name} already.`, 'name');
    throw error;
  }
  return reply
    .code(201)
    .header('Location', `/ovirt-engine/api/users/${id}`)
    .send({ id, name, principal: `${name}@${internalDomain}` });
}

/** Registers `POST /virgate/api/users {name, password, …}`: a new user of the internal directory, who signs in as `name@internal`. */
export function registerInternalUsers(app: FastifyInstance, engine: Engine): void {
  app.post(path, (request, reply) => add(engine, request, reply));
}
