import { createHash, X509Certificate } from 'node:crypto';
import { CliError } from '../errors.ts';
import { engineFetch } from './engine-fetch.ts';
import type { Trust } from './engine-fetch.ts';
import { EngineUnreachable } from '@virgate/sdk';

const timeoutMs = 30_000;
const maxAnswerBytes = 1024 * 1024;

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(trust: Trust, url: URL, init: RequestInit): Promise<Answer> {
  const { send, close } = engineFetch(trust);
  try {
    const response = await send(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(part, { stream: true });
      if (text.length > maxAnswerBytes) break;
    }
    return { status: response.status, text };
  } catch (error) {
    throw new EngineUnreachable(`${init.method ?? 'GET'} ${url.pathname}`, error);
  } finally {
    close();
  }
}

/** The authority that an engine names as its own, not yet trusted, with its fingerprint `SHA256:AB:CD…`. */
export async function authorityOf(url: string): Promise<{ pem: string; fingerprint: string; subject: string }> {
  const place = new URL('/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA', url);
  const { status, text } = await ask({ insecure: true }, place, {});
  if (status !== 200 || !text.includes('-----BEGIN CERTIFICATE-----'))
    throw new CliError('remote', 'no_authority', `${place.origin} does not tell the certificate of its authority.`, {
      cause: `GET ${place.pathname} answered ${status}`,
      hint: 'Is that an engine? Or name the certificate: --ca-file FILE',
    });
  const certificate = new X509Certificate(text);
  return { pem: text, subject: certificate.subject.replaceAll('\n', ', '), fingerprint: fingerprintOf(certificate) };
}

function fingerprintOf(certificate: X509Certificate): string {
  const hex = createHash('sha256').update(certificate.raw).digest('hex').toUpperCase();
  return `SHA256:${(hex.match(/../g) ?? []).join(':')}`;
}

/** Whether two fingerprints are the same, however they are written. */
export function sameFingerprint(a: string, b: string): boolean {
  const bare = (text: string): string =>
    text
      .replace(/^sha-?256[:=]?/i, '')
      .replace(/[^0-9a-f]/gi, '')
      .toLowerCase();
  return bare(a) === bare(b);
}

/**
 * A token for a user. @param user `admin@internal`
 * @throws CliError wrong_credentials with the engine's words; EngineUnreachable
 */
export async function tokenFor(url: string, trust: Trust, user: string, password: string): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'password', username: user, password, scope: 'ovirt-app-api' });
  const { status, text } = await ask(trust, new URL('/ovirt-engine/sso/oauth/token', url), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  const body = jsonOf(text);
  const token = body['access_token'];
  if (typeof token === 'string' && token !== '') return token;
  const why = [body['error_description'], body['error']].find((one) => typeof one === 'string' && one !== '');
  throw new CliError(
    'authentication',
    'wrong_credentials',
    typeof why === 'string' ? why : `The engine answered ${status} to the sign-in.`,
    { field: 'user', hint: 'The user is written with its domain: admin@internal' },
  );
}

/** Ends a token. @returns whether the engine did so */
export async function endToken(url: string, trust: Trust, token: string): Promise<boolean> {
  const { status } = await ask(trust, new URL('/ovirt-engine/services/sso-logout', url), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${token}` },
    body: new URLSearchParams({ scope: 'ovirt-app-api', token }).toString(),
  });
  return status === 200;
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // A proxy's page: the status says what there is to say.
    return {};
  }
}
