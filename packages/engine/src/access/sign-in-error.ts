import { sentenceOf, tell, type Sentence } from '../rest/sentence.ts';

export type SignInErrorCode =
  | 'access_denied'
  | 'invalid_request'
  | 'password_expired'
  | 'server_error'
  | 'too_many_attempts'
  | 'second_factor_required'
  | 'second_factor_enrolment';

/** Why a sign-in was refused. The text never says which of user and password was wrong. */
export class SignInError extends Error {
  readonly code: SignInErrorCode;
  /** What it says, so that it can be told in other languages. */
  readonly sentence: Sentence;
  /** After how many seconds another try makes sense, where that is known. */
  readonly retryAfterSeconds: number | undefined;
  constructor(code: SignInErrorCode, text: string | Sentence, retryAfterSeconds?: number) {
    const sentence = sentenceOf(text);
    super(tell([sentence]));
    this.name = 'SignInError';
    this.code = code;
    this.sentence = sentence;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const steps = {
  second_factor: {
    code: 'second_factor_required',
    text: 'A code of the second factor is needed: sign in with a browser, or send it with the password as otp. Programs use a token of their own.',
  },
  enrolment: { code: 'second_factor_enrolment', text: 'A second factor has to be set up first: sign in with a browser.' },
} as const;

/** The password was right; a second factor is asked for, or has to be set up. */
export class SecondFactorNeeded extends SignInError {
  readonly step: 'second_factor' | 'enrolment';
  readonly userId: string;
  constructor(step: 'second_factor' | 'enrolment', userId: string) {
    super(steps[step].code, steps[step].text);
    this.step = step;
    this.userId = userId;
  }
}
