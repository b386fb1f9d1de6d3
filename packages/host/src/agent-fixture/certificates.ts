import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { webcrypto } from 'node:crypto';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;

export interface KeyAndCertificate {
  key: string;
  cert: string;
}

/** For tests only: a certificate authority that lives as long as the test. */
export interface TestAuthority {
  /** PEM. */
  certificate: string;
  /** `unit`: the subject's OU; `engine` makes the certificate an engine's. `address`: where its owner is reached besides this machine. */
  issue(commonName: string, unit?: string, address?: string): Promise<KeyAndCertificate>;
  /** Signs a certificate request (PEM). */
  sign(request: string): Promise<string>;
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
}

async function privateKeyPem(key: CryptoKey): Promise<string> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}

export async function makeAuthority(name = 'Test Authority'): Promise<TestAuthority> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const keys = await generateKeys();
  const dates = { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + dayMs) };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `O=test, CN=${name}`,
    ...dates,
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  let serial = 1;
  const certify = async (subject: string, publicKey: x509.PublicKeyType, address?: string): Promise<string> => {
    const issued = await x509.X509CertificateGenerator.create({
      serialNumber: (++serial).toString(16).padStart(2, '0'),
      subject,
      issuer: authority.subject,
      ...dates,
      signingKey: keys.privateKey,
      publicKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.SubjectAlternativeNameExtension([
          { type: 'ip', value: '127.0.0.1' },
          { type: 'dns', value: 'localhost' },
          ...(address === undefined ? [] : [{ type: 'ip' as const, value: address }]),
        ]),
      ],
    });
    return issued.toString('pem');
  };
  return {
    certificate: authority.toString('pem'),
    async issue(commonName, unit, address) {
      const own = await generateKeys();
      return {
        key: await privateKeyPem(own.privateKey),
        cert: await certify(`O=test,${unit === undefined ? '' : ` OU=${unit},`} CN=${commonName}`, own.publicKey, address),
      };
    },
    async sign(request) {
      const csr = new x509.Pkcs10CertificateRequest(request);
      if (!(await csr.verify())) throw new Error('The request is not signed by its own key');
      return await certify(csr.subject, csr.publicKey);
    },
  };
}
