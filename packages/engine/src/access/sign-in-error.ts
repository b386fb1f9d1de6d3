export type SignInErrorCode = 'access_denied' | 'invalid_request' | 'password_expired' | 'server_error';

/** Why a sign-in was refused. The text never says which of user and password was wrong. */
export class SignInError extends Error {
  readonly code: SignInErrorCode;
  constructor(code: SignInErrorCode, text: string) {
    super(text);
    this.name = 'SignInError';
    this.code = code;
  }
}
