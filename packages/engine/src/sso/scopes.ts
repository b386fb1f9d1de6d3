/** Scope of the API, and those of trusted clients. Source: REST contract, single sign-on. */
export const scopes = {
  validate: 'ovirt-ext=token-info:validate',
  revokeAll: 'ovirt-ext=revoke:revoke-all',
  onBehalf: 'ovirt-ext=token:login-on-behalf',
  openid: 'openid',
  offline: 'offline_access',
  authzSearch: 'ovirt-ext=token-info:authz-search',
  publicAuthzSearch: 'ovirt-ext=token-info:public-authz-search',
} as const;

const ofApi = [scopes.authzSearch, scopes.publicAuthzSearch, scopes.validate, 'ovirt-ext=token:password-access'];

/** Scopes that a scope brings along. Source: REST contract, single sign-on. */
const widened: Record<string, readonly string[]> = {
  'ovirt-app-api': ofApi,
  'ovirt-app-admin': ['ovirt-app-api', scopes.revokeAll, ...ofApi],
  'ovirt-app-portal': ['ovirt-app-api', scopes.revokeAll, ...ofApi],
};

export const maxScopeLength = 2048;

/** The single scopes of a request. */
export const scopesOf = (text: string | undefined): string[] => (text ?? '').split(' ').filter(Boolean);

/** Everything that a token gets for the scopes that were asked for, each once. */
export const widen = (text: string | undefined): string =>
  [...new Set(scopesOf(text).flatMap((name) => [name, ...(widened[name] ?? [])]))].join(' ');
