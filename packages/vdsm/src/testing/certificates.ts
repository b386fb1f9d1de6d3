import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { webcrypto } from 'node:crypto';
import type { VdsmTls } from '../tls.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const VALIDITY_MS = 24 * 60 * 60 * 1000;

export interface TestAuthority {
  /** PEM. */
  certificate: string;
  /** Key and certificate of a peer, with this authority as the only one it trusts. */
  issue(commonName: string): Promise<VdsmTls & { key: string; cert: string; ca: string }>;
}

/** A certificate authority that lives as long as a test. */
export async function makeAuthority(name: string): Promise<TestAuthority> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const keys = await generateKeys();
  const dates = () => ({ notBefore: new Date(Date.now() - VALIDITY_MS), notAfter: new Date(Date.now() + VALIDITY_MS) });
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `O=test, CN=${name}`,
    ...dates(),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const certificate = authority.toString('pem');
  let serial = 1;
  return {
    certificate,
    async issue(commonName) {
      const own = await generateKeys();
      const issued = await x509.X509CertificateGenerator.create({
        serialNumber: (++serial).toString(16).padStart(2, '0'),
        subject: `O=test, CN=${commonName}`,
        issuer: authority.subject,
        ...dates(),
        signingKey: keys.privateKey,
        publicKey: own.publicKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        ],
      });
      const privateKey = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey)).toString('base64');
      const key = `-----BEGIN PRIVATE KEY-----\n${privateKey.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
      return { key, cert: issued.toString('pem'), ca: certificate };
    },
  };
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair;
}
