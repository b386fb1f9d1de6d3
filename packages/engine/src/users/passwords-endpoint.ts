import { transaction } from '@virgate/database';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authenticate } from '../access/authenticate.ts';
import { checkOrigin } from '../access/authenticate.ts';
import { refuse } from '../access/browser-sessions.ts';
import { PasswordRefused, changePassword, internalDomain, internalProfile, setPassword } from '../access/internal-directory.ts';
import { loadPasswordPolicy, policyBounds, savePasswordPolicy, type PasswordPolicy } from '../access/password-policy.ts';
import { principalName } from '../access/permissions.ts';
import { SignInError, splitPrincipal } from '../access/sign-in.ts';
import { noteChange } from '../changes/outbox.ts';
import type { Engine } from '../engine.ts';
import { recordEvent } from '../events/record.ts';
import { jsonObject } from '../http/json-body.ts';
import { isSuperUser } from '../permissions/super-user.ts';
import { isUuid } from '../rest/listing.ts';

async function changeOwn(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  checkOrigin(request);
  const { username, current, password } = jsonObject(request) ?? {};
  if (typeof username !== 'string' || typeof current !== 'string' || typeof password !== 'string')
    return refuse(reply, 400, 'invalid_request', 'A JSON object with username, current and password is expected.');
  const { principal, profile } = username.includes('@') ? splitPrincipal(username) : { principal: username, profile: internalProfile };
  if (profile !== internalProfile) return refuse(reply, 400, 'not_internal', 'Passwords of other directories are changed there.');
  try {
    await changePassword(engine, principal, current, password);
    return await reply.code(204).send();
  } catch (error) {
    if (error instanceof SignInError) return refuse(reply, 401, error.code, error.message);
    if (error instanceof PasswordRefused) return refuse(reply, 400, 'password_refused', error.message, 'password');
    throw error;
  }
}

/** A user of the internal directory as a SuperUser changes him. */
async function manage(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const actor = await authenticate(engine, request, reply);
  if (!(await isSuperUser(engine.db, actor)))
    return refuse(reply, 403, 'not_authorized', 'Only a SuperUser of the system changes users of the internal directory.');
  const body = jsonObject(request);
  if (!body) return refuse(reply, 400, 'invalid_request', 'A JSON object is expected.');
  const { password, enabled, unlock, validUntil } = body;
  const { id } = request.params as { id: string };
  const user = isUuid(id)
    ? await engine.db
        .selectFrom('app_user')
        .select(['id', 'principal'])
        .where('id', '=', id)
        .where('domain', '=', internalDomain)
        .executeTakeFirst()
    : undefined;
  if (!user) return refuse(reply, 404, 'unknown_user', 'There is no such user in the internal directory.');
  if (enabled !== undefined && typeof enabled !== 'boolean')
    return refuse(reply, 400, 'invalid_value', 'enabled must be true or false.', 'enabled');
  if (enabled === false && user.id === actor.id) return refuse(reply, 409, 'own_account', 'Nobody switches himself off.', 'enabled');
  const end = validUntil === null ? null : typeof validUntil === 'string' ? new Date(validUntil) : undefined;
  if (validUntil !== undefined && (end === undefined || (end !== null && Number.isNaN(end.getTime()))))
    return refuse(reply, 400, 'invalid_value', 'validUntil must be a date, or null for no end.', 'validUntil');
  if (password !== undefined && typeof password !== 'string')
    return refuse(reply, 400, 'invalid_value', 'password must be a text.', 'password');
  const policy = await loadPasswordPolicy(engine.db);
  try {
    await transaction(engine.db, async (trx) => {
      const changed = {
        ...(enabled === undefined ? {} : { enabled }),
        ...(end === undefined ? {} : { valid_until: end }),
        ...(unlock === true ? { failed_logins: 0, locked_until: null } : {}),
      };
      if (Object.keys(changed).length > 0) await trx.updateTable('app_user').set(changed).where('id', '=', user.id).execute();
      if (enabled === false) await trx.deleteFrom('access_token').where('user_id', '=', user.id).execute();
      if (password !== undefined) {
        await setPassword(trx, user.id, password, policy, engine.now(), { checkHistory: false });
        await recordEvent(trx, {
          name: 'USER_PASSWORD_CHANGED',
          user: { id: actor.id, name: principalName(actor) },
          values: { changedUser: `${user.principal}@${internalDomain}` },
        });
      }
      await noteChange(trx, 'user', user.id, 'update');
    });
  } catch (error) {
    if (error instanceof PasswordRefused) return refuse(reply, 400, 'password_refused', error.message, 'password');
    throw error;
  }
  return reply.code(204).send();
}

async function changePolicy(engine: Engine, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const user = await authenticate(engine, request, reply);
  if (!(await isSuperUser(engine.db, user)))
    return refuse(reply, 403, 'not_authorized', 'Only a SuperUser of the system changes the password policy.');
  const body = jsonObject(request);
  if (!body) return refuse(reply, 400, 'invalid_request', 'A JSON object is expected.');
  const policy = await loadPasswordPolicy(engine.db);
  for (const [part, value] of Object.entries(body)) {
    const bounds = policyBounds[part as keyof PasswordPolicy] as readonly [number, number] | undefined;
    if (bounds === undefined) return refuse(reply, 400, 'invalid_value', `There is no ${part.slice(0, 50)} in a password policy.`, part);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < bounds[0] || value > bounds[1])
      return refuse(reply, 400, 'invalid_value', `${part} must be a whole number from ${bounds[0]} to ${bounds[1]}.`, part);
    policy[part as keyof PasswordPolicy] = value;
  }
  await savePasswordPolicy(engine.db, policy);
  return reply.send(policy);
}

/**
 * Registers passwords of the internal directory: `POST /virgate/api/password {username, current, password}` for everybody, also when the
 * present one has expired; `PUT /virgate/api/users/{id} {password?, enabled?, unlock?, validUntil?}` and `PUT /virgate/api/password-policy`
 * for SuperUsers; everybody who is signed in may read the policy.
 */
export function registerPasswords(app: FastifyInstance, engine: Engine): void {
  app.post('/virgate/api/password', (request, reply) => changeOwn(engine, request, reply));
  app.put('/virgate/api/users/:id', (request, reply) => manage(engine, request, reply));
  app.get('/virgate/api/password-policy', async (request, reply) => {
    await authenticate(engine, request, reply);
    return reply.send(await loadPasswordPolicy(engine.db));
  });
  app.put('/virgate/api/password-policy', (request, reply) => changePolicy(engine, request, reply));
}
