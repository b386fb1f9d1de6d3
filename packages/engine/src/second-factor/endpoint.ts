import type { VirgateCalls } from '@virgate/contract/generated/virgate';
import { renderSVG } from 'uqr';
import { signInRefusal } from '../access/browser-sessions.ts';
import { principalName, type SignedIn } from '../access/permissions.ts';
import { profileOf } from '../access/profiles.ts';
import { SignInError } from '../access/sign-in-error.ts';
import { checkPassword } from '../access/sign-in.ts';
import { say } from '../rest/fault.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';
import { loadSecondFactorPolicy, needsSecondFactor, saveSecondFactorPolicy } from './policy.ts';
import { beginEnrolment, checkCode, confirmEnrolment, removeSecondFactor } from './second-factor.ts';
import { enrolmentUri } from './totp.ts';

/** A token for programs lies somewhere; whoever finds it must not take the account over. */
function checkPerson(user: SignedIn): void {
  if (user.session.kind === 'api') throw refusal(403, 'not_by_token', 'A second factor is not set up by a token for programs.');
}

/** What a sign-in refuses is no sign of a session that has ended: 403 then. */
async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof SignInError && error.code === 'access_denied') throw refusal(403, error.code, [error.sentence]);
    throw error instanceof SignInError ? signInRefusal(error) : error;
  }
}

async function begin(context: VirgateContext<VirgateCalls['SecondFactorService']['begin']>) {
  const { engine, db, user, body, request } = context;
  checkPerson(user);
  // Users of a provider have no password that could be asked for here.
  const profile = await profileOf(engine, user.domain);
  const provider = await db.selectFrom('openid_provider').select('id').where('domain', '=', user.domain).executeTakeFirst();
  if (!provider) {
    const credentials = { username: `${user.principal}@${profile}`, password: body.password ?? '', address: request.ip };
    if ((await asked(checkPassword(engine, credentials))) !== user.id)
      throw refusal(403, 'access_denied', 'That is the password of somebody else.');
  }
  const secret = await beginEnrolment(engine, user.id);
  if (secret === null) throw refusal(409, 'second_factor_exists', 'There is a second factor already. Remove it first.');
  const uri = enrolmentUri(secret, principalName(user));
  return { secret, uri, picture: renderSVG(uri) };
}

/** One's own second factor, and who needs one. */
export const secondFactorOperations: VirgateOperations = {
  SecondFactorService: {
    get: {
      async run({ db, user }) {
        const found = await db
          .selectFrom('second_factor')
          .select(['created_at', 'recovery_hashes'])
          .where('user_id', '=', user.id)
          .where('confirmed', '=', true)
          .executeTakeFirst();
        return {
          enabled: found !== undefined,
          since: found?.created_at ?? null,
          required: await needsSecondFactor(db, user.id),
          recoveryCodes: found?.recovery_hashes.length ?? 0,
        };
      },
    },
    begin: { run: begin },
    confirm: {
      async run({ engine, user, body, request }) {
        checkPerson(user);
        return { recoveryCodes: await asked(confirmEnrolment(engine, user.id, body.code, request.ip)) };
      },
    },
    remove: {
      async run({ engine, db, user, body, request }) {
        checkPerson(user);
        await asked(checkCode(engine, user.id, body.code, request.ip));
        await removeSecondFactor(db, user.id);
        return undefined;
      },
    },
  },
  SecondFactorPolicyService: {
    get: { run: ({ db }) => loadSecondFactorPolicy(db) },
    update: {
      async run({ db, body }) {
        const known = await db.selectFrom('role').select('name').execute();
        const unknown = body.roles.find((name) => !known.some((role) => role.name === name));
        if (unknown !== undefined) throw refusal(400, 'invalid_value', [say`There is no role ${unknown}.`], 'roles');
        await saveSecondFactorPolicy(db, body);
        return body;
      },
    },
  },
};
