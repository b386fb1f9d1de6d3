import type { FastifyRequest } from 'fastify';

/** The JSON object of a request to our own API; null when its body is none. */
export function jsonObject(request: FastifyRequest): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(typeof request.body === 'string' ? request.body : '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
