import { X509Certificate, createHash, createPrivateKey, createPublicKey, hkdfSync, webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 };
const dayMs = 86_400_000;
const authorityDays = 3650;
/** Life of the certificates of engine and hosts: the longest that common TLS clients accept. */
const leafDays = 398;
/** An engine that starts in this last part of its certificate's life makes another one: when that ends somebody is warned. */
const engineRenewalDays = Math.floor(leafDays / 3);
/** Certificates start a day early, for clocks that are behind. */
const headStartMs = dayMs;

/** A key and its certificate, as PEM text. */
export interface KeyPair {
  keyPem: string;
  certificatePem: string;
}

/** The engine's own certificate authority: it signs the engine's certificate and those of the hosts. */
export interface Authority {
  caPem: string;
  /** SHA-256 of the CA certificate as lower-case hex: what a joining host is told to expect. */
  fingerprint: string;
  engine: KeyPair;
  /** Seals secrets that the database keeps; comes from the authority's key, so that it is the same for all engines and restarts. */
  secretKey: Buffer;
  /** Signs a host's request: subject and names come from the caller, only the key from the request. */
  signHost(requestPem: string, names: { commonName: string; address: string }): Promise<string>;
}

const pem = (label: string, der: ArrayBuffer): string => x509.PemConverter.encode(der, label);

async function writeSecret(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}

async function writePublic(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text, { mode: 0o644 });
  await rename(`${path}.new`, path);
}

const serial = (): string => {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return Buffer.from(bytes).toString('hex');
};

const isAddress = (name: string): boolean => /^[\d.]+$/.test(name) || name.includes(':');

async function makeAuthority(keyPath: string, caPath: string): Promise<void> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=virgate-ca-${serial().slice(0, 8)}, O=Virgate`,
    notBefore: new Date(Date.now() - headStartMs),
    notAfter: new Date(Date.now() + authorityDays * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await writeSecret(keyPath, pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)));
  await writePublic(caPath, `${certificate.toString('pem')}\n`);
}

interface Issuer {
  certificate: x509.X509Certificate;
  key: CryptoKey;
}

/**
 * Organizational unit in the subject of the engine's certificate, and in no other: agents take commands from nobody else
 * (docs/host-agent.md, tls.peers).
 */
const engineUnit = 'engine';

interface Subject {
  commonName: string;
  unit?: string;
}

async function issue(issuer: Issuer, publicKey: x509.PublicKeyType, subject: Subject, names: string[]): Promise<string> {
  const alternatives = [...new Set(names)].map((value) => ({ type: isAddress(value) ? ('ip' as const) : ('dns' as const), value }));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    issuer: issuer.certificate.subject,
    subject: new x509.Name([
      { O: ['Virgate'] },
      ...(subject.unit === undefined ? [] : [{ OU: [subject.unit] }]),
      { CN: [subject.commonName] },
    ]).toString(),
    notBefore: new Date(Date.now() - headStartMs),
    notAfter: new Date(Date.now() + leafDays * dayMs),
    signingAlgorithm: algorithm,
    publicKey,
    signingKey: issuer.key,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(alternatives),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** Whether a stored certificate of the engine still serves: signed by this authority, marked as the engine's, not about to end, good for all the names. */
function serves(certificatePem: string, caPem: string, names: string[]): boolean {
  const certificate = new X509Certificate(certificatePem);
  const covers = (name: string) => (isAddress(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
  return (
    certificate.verify(new X509Certificate(caPem).publicKey) &&
    Date.parse(certificate.validTo) > Date.now() + engineRenewalDays * dayMs &&
    certificate.subject.split('\n').includes(`OU=${engineUnit}`) &&
    names.every(covers)
  );
}

/** SHA-256 of a certificate in lower-case hex without colons. */
export const fingerprintOf = (certificatePem: string): string =>
  createHash('sha256').update(new X509Certificate(certificatePem).raw).digest('hex');

/**
 * Opens the authority of a folder (`ca.pem`, `certs/engine.cer`, `keys/`), and makes what is missing: at first start the
 * authority itself, later a new certificate for the engine when the old one nears its end or does not cover a name.
 * @param names host names and addresses that clients call the engine by; the first becomes the subject's CN
 */
export async function openAuthority(folder: string, names: string[]): Promise<Authority> {
  const caPath = join(folder, 'ca.pem');
  const caKeyPath = join(folder, 'keys', 'ca.key');
  const enginePath = join(folder, 'certs', 'engine.cer');
  const engineKeyPath = join(folder, 'keys', 'engine.key');
  if (!existsSync(caPath)) await makeAuthority(caKeyPath, caPath);
  const caPem = await readFile(caPath, 'utf8');
  const caKey = createPrivateKey(await readFile(caKeyPath));
  const issuer: Issuer = {
    certificate: new x509.X509Certificate(caPem),
    key: (await webcrypto.subtle.importKey('pkcs8', caKey.export({ format: 'der', type: 'pkcs8' }), algorithm, false, [
      'sign',
    ])) as CryptoKey,
  };
  const current = existsSync(enginePath) && existsSync(engineKeyPath) ? await readFile(enginePath, 'utf8') : null;
  if (!current || !serves(current, caPem, names)) {
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
    await writeSecret(engineKeyPath, pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)));
    await writePublic(enginePath, await issue(issuer, keys.publicKey, { commonName: names[0] ?? 'localhost', unit: engineUnit }, names));
  }
  return {
    caPem,
    fingerprint: fingerprintOf(caPem),
    secretKey: Buffer.from(hkdfSync('sha256', caKey.export({ format: 'der', type: 'pkcs8' }), '', 'virgate secrets in the database', 32)),
    engine: { keyPem: await readFile(engineKeyPath, 'utf8'), certificatePem: await readFile(enginePath, 'utf8') },
    async signHost(requestPem, host) {
      const request = new x509.Pkcs10CertificateRequest(requestPem);
      if (!(await request.verify())) throw new Error('The certificate request is not signed by its own key.');
      return issue(issuer, request.publicKey, { commonName: host.commonName }, [host.address, host.commonName]);
    },
  };
}

/** The public key of a certificate in OpenSSH's form, as `pki-resource` hands it out. */
export function opensshKey(certificatePem: string, comment: string): string {
  const jwk = createPublicKey(certificatePem).export({ format: 'jwk' });
  const field = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from(new Uint32Array([bytes.length]).buffer).swap32(), bytes]);
  const integer = (text: string): Buffer => {
    const bytes = Buffer.from(text, 'base64url');
    return field((bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
  };
  const blob = Buffer.concat([field(Buffer.from('ssh-rsa')), integer(jwk.e ?? ''), integer(jwk.n ?? '')]);
  return `ssh-rsa ${blob.toString('base64')} ${comment}\n`;
}
