import { request } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { CustomFetch } from 'openid-client';

const timeoutMs = 15_000;
const maxBodyBytes = 1024 ** 2;

/**
 * Asks a provider: over TLS only, with the certificates that its set-up names beside those that are known anyhow, within limits of time
 * and size, and never where a redirect leads.
 */
export const fetchFrom =
  (caPem: string | null): CustomFetch =>
  (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      if (!url.startsWith('https:')) return reject(new Error('The provider names an address without TLS.'));
      const text =
        body === null || body === undefined ? undefined : Buffer.from(body instanceof URLSearchParams ? body.toString() : String(body));
      const sent = request(
        new URL(url),
        {
          method,
          headers: { ...headers, ...(text === undefined ? {} : { 'content-length': String(text.length) }) },
          timeout: timeoutMs,
          signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
          agent: false,
          ...(caPem === null ? {} : { ca: [...rootCertificates, caPem] }),
        },
        (response) => {
          const parts: Buffer[] = [];
          let size = 0;
          response.on('data', (part: Buffer) => {
            size += part.length;
            if (size > maxBodyBytes) sent.destroy(new Error('The provider answers too much.'));
            else parts.push(part);
          });
          response.on('error', reject);
          response.on('end', () => {
            const status = response.statusCode ?? 502;
            const given = Object.entries(response.headers).flatMap(([name, value]) =>
              [value ?? []].flat().map((one) => [name, one] as [string, string]),
            );
            resolve(new Response([204, 304].includes(status) ? null : Buffer.concat(parts), { status, headers: given }));
          });
        },
      );
      sent.on('timeout', () => sent.destroy(new Error('The provider does not answer in time.')));
      sent.on('error', reject);
      sent.end(text);
    });
