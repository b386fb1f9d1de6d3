import type { SecureContext, SecureContextOptions } from 'node:tls';
import { createSecureContext } from 'node:tls';

/** PEM texts of one end: its key and certificate, and the authority whose certificates it accepts from the other end. Never changed in place: a renewal is a new object. */
export interface VdsmTls {
  key: string | Buffer;
  cert: string | Buffer;
  ca: string | Buffer | Array<string | Buffer>;
}

const contexts: WeakMap<VdsmTls, SecureContext> = new WeakMap();

/** Both ends speak TLS 1.2 or 1.3. */
export function secureContextOptions(tls: VdsmTls): SecureContextOptions {
  return { key: tls.key, cert: tls.cert, ca: tls.ca, minVersion: 'TLSv1.2' };
}

/** One context for all connections that use the same PEM texts, since an engine has a client per host. @throws Error of OpenSSL when a PEM is unusable. */
export function sharedSecureContext(tls: VdsmTls): SecureContext {
  let context = contexts.get(tls);
  if (!context) {
    context = createSecureContext(secureContextOptions(tls));
    contexts.set(tls, context);
  }
  return context;
}
