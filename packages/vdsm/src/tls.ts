import type { SecureContextOptions } from 'node:tls';

/** PEM texts of one end: its key and certificate, and the authority whose certificates it accepts from the other end. */
export interface VdsmTls {
  key: string | Buffer;
  cert: string | Buffer;
  ca: string | Buffer | Array<string | Buffer>;
}

/** Both ends speak TLS 1.2 or 1.3. */
export function secureContextOptions(tls: VdsmTls): SecureContextOptions {
  return { key: tls.key, cert: tls.cert, ca: tls.ca, minVersion: 'TLSv1.2' };
}
