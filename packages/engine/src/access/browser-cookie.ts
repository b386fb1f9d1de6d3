/** Cookie of the portal. The `__Host-` prefix binds it to this origin, over TLS only. */
export const browserCookie = '__Host-virgate';
export const browserCookieAttributes = 'Path=/; HttpOnly; Secure; SameSite=Strict';
