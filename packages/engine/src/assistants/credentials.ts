import type { FastifyRequest } from 'fastify';

/** Headers by which a request says who makes it, and from where. */
const kept = ['authorization', 'cookie', 'origin', 'host', 'prefer', 'jsessionid', 'sec-fetch-site', 'user-agent'] as const;

/** The credentials of a request, for further requests in its name. */
export function credentialsOf(request: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = request.headers[name];
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
}
