import { transaction } from '@virgate/database';
import type { VirgateCalls } from '@virgate/contract/generated/virgate';
import { checkOrigin } from '../access/authenticate.ts';
import { signInRefusal } from '../access/browser-sessions.ts';
import { PasswordRefused, changePassword, internalDomain, internalProfile, setPassword } from '../access/internal-directory.ts';
import { loadPasswordPolicy, savePasswordPolicy } from '../access/password-policy.ts';
import { profileOf } from '../access/profiles.ts';
import { SignInError, identityOf } from '../access/sign-in.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { attribution } from '../rest/write.ts';
import { removeSecondFactor } from '../second-factor/second-factor.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';

/** The refusals of passwords, whoever sets them. */
function asRefusal(error: unknown): unknown {
  if (error instanceof SignInError) return signInRefusal(error);
  return error instanceof PasswordRefused ? refusal(400, 'password_refused', [error.sentence], 'password') : error;
}

async function changeOwn({ engine, request, body }: VirgateContext<VirgateCalls['PasswordService']['change']>): Promise<undefined> {
  checkOrigin(request);
  const { username, current, password } = body;
  const { principal, internal } = identityOf(username.includes('@') ? username : `${username}@${internalProfile}`);
  if (!internal) throw refusal(400, 'not_internal', 'Passwords of other directories are changed there.');
  try {
    await changePassword(engine, principal, current, password, request.ip);
  } catch (error) {
    throw asRefusal(error);
  }
}

/** A user of the internal directory as a SuperUser changes him. */
async function manage({
  engine,
  rest,
  path: { user: id },
  body,
}: VirgateContext<VirgateCalls['UserService']['update']>): Promise<undefined> {
  const { password, enabled, unlock, validUntil, removeSecondFactor: withoutSecondFactor } = body;
  const user = await engine.db.selectFrom('app_user').select(['id', 'principal', 'domain']).where('id', '=', id).executeTakeFirst();
  if (!user) throw refusal(404, 'unknown_user', 'There is no such user.');
  if (withoutSecondFactor === true) await removeSecondFactor(engine.db, user.id);
  if (user.domain !== internalDomain) {
    if ([password, enabled, validUntil].some((value) => value !== undefined))
      throw refusal(409, 'not_internal', 'Users of other directories are changed there; they can only be unlocked here.');
    if (unlock === true) await engine.attempts.forgive(`${user.principal}@${await profileOf(engine, user.domain)}`);
    return;
  }
  if (enabled === false && user.id === rest.user.id) throw refusal(409, 'own_account', 'Nobody switches himself off.', 'enabled');
  const policy = await loadPasswordPolicy(engine.db);
  try {
    await transaction(engine.db, async (trx) => {
      const changed = {
        ...(enabled === undefined ? {} : { enabled }),
        ...(validUntil === undefined ? {} : { valid_until: validUntil === null ? null : new Date(validUntil) }),
        ...(unlock === true ? { failed_logins: 0, locked_until: null } : {}),
      };
      if (Object.keys(changed).length > 0) await trx.updateTable('app_user').set(changed).where('id', '=', user.id).execute();
      // A password that an administrator sets takes an account back: what was made with it before ends too.
      if (enabled === false || password !== undefined) await trx.deleteFrom('access_token').where('user_id', '=', user.id).execute();
      if (password !== undefined) {
        await setPassword(trx, user.id, password, policy, engine.now(), { checkHistory: false });
        await recordEvent(trx, {
          name: 'USER_PASSWORD_CHANGED',
          ...attribution(rest),
          values: { changedUser: `${user.principal}@${internalDomain}` },
        });
      }
      await noteChange(trx, 'user', user.id, 'update');
    });
  } catch (error) {
    throw asRefusal(error);
  }
}

/** Passwords of the internal directory: one's own, also when it has expired; those of others and the policy for SuperUsers. */
export const passwordOperations: VirgateOperations = {
  PasswordService: { change: { run: changeOwn } },
  UserService: { update: { run: manage } },
  PasswordPolicyService: {
    get: { run: ({ db }) => loadPasswordPolicy(db) },
    update: {
      async run({ db, body }) {
        const policy = { ...(await loadPasswordPolicy(db)), ...body };
        await savePasswordPolicy(db, policy);
        return policy;
      },
    },
  },
};
