import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { createPrivateKey, createPublicKey, webcrypto, X509Certificate } from 'node:crypto';
import { EnrolmentError } from './enrolment-error.ts';

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 };

/** A key of this host and the request for a certificate of it, as PEM. */
export interface HostKey {
  keyPem: string;
  requestPem: string;
}

/** Makes a key. It never leaves this host; the request carries its public half. */
export async function makeHostKey(commonName: string): Promise<HostKey> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const name = new x509.Name([{ O: ['Virgate'] }, { CN: [commonName] }]);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name: name.toString(), keys, signingAlgorithm: algorithm });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { keyPem: `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`, requestPem: `${request.toString('pem')}\n` };
}

function readCertificate(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new EnrolmentError('ANSWER', `The engine sent ${what} that is no certificate`, { cause: error });
  }
}

/** Checks that a certificate is for our key, from our authority and valid now. @throws EnrolmentError ANSWER, CERTIFICATE */
export function checkCertificate(certificatePem: string, keyPem: string, authority: X509Certificate, nowMs: number): void {
  const certificate = readCertificate(certificatePem, 'something');
  const ownKey = createPublicKey(createPrivateKey(keyPem)).export({ type: 'spki', format: 'der' });
  if (!ownKey.equals(certificate.publicKey.export({ type: 'spki', format: 'der' })))
    throw new EnrolmentError('CERTIFICATE', 'The engine sent a certificate for another key');
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey))
    throw new EnrolmentError('CERTIFICATE', 'The engine sent a certificate that its authority did not sign');
  if (nowMs < certificate.validFromDate.getTime() || nowMs > certificate.validToDate.getTime())
    throw new EnrolmentError(
      'CERTIFICATE',
      `The engine sent a certificate that is valid from ${certificate.validFrom} to ${certificate.validTo}; is the clock of this host right?`,
    );
}
