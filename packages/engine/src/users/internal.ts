import { isUniqueViolation, transaction } from '@virgate/database';
import type { AddedUser, VirgateCalls } from '@virgate/contract/generated/virgate';
import { internalDomain } from '../access/internal-directory.ts';
import { loadPasswordPolicy, passwordProblem } from '../access/password-policy.ts';
import { hashPassword } from '../access/passwords.ts';
import { principalName } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { say } from '../rest/fault.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';

const texts = ['first_name', 'last_name', 'email', 'department'] as const;

async function add({ engine, user, body, reply }: VirgateContext<VirgateCalls['UsersService']['add']>): Promise<AddedUser> {
  const { name, password } = body;
  const problem = passwordProblem(password, name, await loadPasswordPolicy(engine.db));
  if (problem !== null) throw refusal(400, 'invalid_value', [problem], 'password');
  const columns = Object.fromEntries(texts.flatMap((text) => (body[text] === undefined ? [] : [[text, body[text]]])));
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
    if (isUniqueViolation(error, 'app_user_principal')) throw refusal(409, 'user_exists', [say`There is a user ${name} already.`], 'name');
    throw error;
  }
  reply.header('Location', `/ovirt-engine/api/users/${id}`);
  return { id, name, principal: `${name}@${internalDomain}` };
}

/** `POST /virgate/api/users`: a new user of the internal directory, who signs in as `name@internal`. */
export const internalUserOperations: VirgateOperations = { UsersService: { add: { run: add } } };
