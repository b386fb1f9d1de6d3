import { createHash, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { EnrolmentError } from './enrolment-error.ts';

/** Most bytes of an answer that are read. */
const maximumAnswerBytes = 256 * 1024;
const requestTimeoutMs = 20_000;
/** Certificates in a chain that are looked at. */
const maximumChainLength = 10;

const authorityPath = '/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA';

export interface EngineAnswer {
  status: number;
  body: string;
}

/** SHA-256 of a certificate as lower-case hexadecimal digits. */
export function fingerprintOf(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex');
}

/** A fingerprint as people copy it: any case, with or without colons. @throws EnrolmentError USAGE */
export function readFingerprint(text: string): string {
  const digits = text
    .replace(/[:\s]/g, '')
    .toLowerCase()
    .replace(/^sha-?256=?/, '');
  if (!/^[0-9a-f]{64}$/.test(digits))
    throw new EnrolmentError('USAGE', 'The fingerprint must be the SHA-256 of the authority: 64 hexadecimal digits');
  return digits;
}

interface SentRequest {
  url: URL;
  method: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  tls: Pick<RequestOptions, 'ca' | 'rejectUnauthorized'>;
  onSocket?: (socket: TLSSocket) => void;
}

function send({ url, method, headers = {}, body, tls, onSocket }: SentRequest): Promise<EngineAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
        agent: false,
        timeout: requestTimeoutMs,
        ...tls,
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > maximumAnswerBytes) call.destroy(new EnrolmentError('ANSWER', 'The engine sent an answer that is too long'));
          else chunks.push(chunk);
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
        response.on('error', reject);
      },
    );
    call.on('timeout', () => call.destroy(new Error(`no answer within ${requestTimeoutMs} ms`)));
    call.on('error', reject);
    if (onSocket) call.on('socket', (socket) => socket.once('secureConnect', () => onSocket(socket as TLSSocket)));
    call.end(body);
  });
}

function asEnrolmentError(error: unknown, url: URL): EnrolmentError {
  if (error instanceof EnrolmentError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new EnrolmentError(
      'CERTIFICATE',
      `The engine's certificate is not for ${url.hostname}: use the name or address that it was set up with`,
      { cause: error },
    );
  if (/CERT|SELF_SIGNED|ISSUER|VERIFY/.test(code))
    return new EnrolmentError(
      'CERTIFICATE',
      `The engine's certificate is not accepted (${code}): the authority with the given fingerprint did not sign it`,
      { cause: error },
    );
  return new EnrolmentError('UNREACHABLE', `The engine at ${url.origin} can't be reached: ${message}`, { cause: error });
}

/** The certificates that a server showed, its own first. */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw && chain.length < maximumChainLength) {
    chain.push(new X509Certificate(next.raw));
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}

/**
 * The authority of an engine that nobody here knows yet: found in the chain that its server shows, else
 * asked for. It counts only when its fingerprint is the expected one, so it does not matter who sent it.
 *
 * @throws EnrolmentError FINGERPRINT, UNREACHABLE
 */
export async function findAuthority(engine: URL, fingerprint: string): Promise<X509Certificate> {
  const shown: X509Certificate[] = [];
  const url = new URL(authorityPath, engine);
  let answer: EngineAnswer;
  try {
    // Nothing secret goes over this connection, and nothing that comes over it is believed.
    answer = await send({ url, method: 'GET', tls: { rejectUnauthorized: false }, onSocket: (socket) => shown.push(...chainOf(socket)) });
  } catch (error) {
    throw asEnrolmentError(error, engine);
  }
  if (answer.status === 200) {
    try {
      shown.push(new X509Certificate(answer.body));
    } catch {
      // The server has another page there; the chain is what counts then.
    }
  }
  const authority = shown.find((certificate) => certificate.ca && fingerprintOf(certificate) === fingerprint);
  if (!authority)
    throw new EnrolmentError(
      'FINGERPRINT',
      `The engine at ${engine.origin} has another authority than the one with the given fingerprint. Check the address; if it is right, somebody may sit in between`,
    );
  return authority;
}

/** Requests to an engine whose authority is known. */
export class EngineConnection {
  readonly #engine: URL;
  readonly #authority: string;

  constructor(engine: URL, authority: X509Certificate) {
    this.#engine = engine;
    this.#authority = authority.toString();
  }

  /** @throws EnrolmentError CERTIFICATE, UNREACHABLE, ANSWER */
  async send(
    method: 'GET' | 'POST',
    path: string,
    options: { headers?: Record<string, string>; body?: object } = {},
  ): Promise<EngineAnswer> {
    const url = new URL(path, this.#engine);
    const headers = { accept: 'application/json', ...(options.body ? { 'content-type': 'application/json' } : {}), ...options.headers };
    try {
      return await send({
        url,
        method,
        headers,
        tls: { ca: [this.#authority], rejectUnauthorized: true },
        ...(options.body ? { body: JSON.stringify(options.body) } : {}),
      });
    } catch (error) {
      throw asEnrolmentError(error, this.#engine);
    }
  }
}
