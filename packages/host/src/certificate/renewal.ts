import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { checkCertificate, makeHostKey } from '../enrolment/key.ts';

/** Key, certificate and authority of an agent. */
export interface CertificateFiles {
  keyFile: string;
  certFile: string;
  caFile: string;
}

/** What an agent speaks TLS with: PEM texts. */
export interface AgentTls {
  key: string;
  cert: string;
  ca: string;
}

const next = (file: string): string => `${file}.next`;
const readIfThere = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);

async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode });
  await rename(`${file}.new`, file);
}

/**
 * Puts the new key and certificate into the place of the old ones. The new certificate's file is the mark that both are there:
 * what was cut off between the two moves is gone on with at the next start.
 */
async function finishRenewal({ keyFile, certFile }: CertificateFiles): Promise<void> {
  if ((await readIfThere(next(certFile))) === undefined) return;
  if ((await readIfThere(next(keyFile))) !== undefined) await rename(next(keyFile), keyFile);
  await rename(next(certFile), certFile);
}

/** Reads what the agent speaks TLS with. @throws Error of the system when a file can't be read */
export async function readAgentTls(files: CertificateFiles): Promise<AgentTls> {
  await finishRenewal(files);
  const [key = '', cert = '', ca = ''] = await Promise.all(
    [files.keyFile, files.certFile, files.caFile].map((file) => readFile(file, 'utf8')),
  );
  return { key, cert, ca };
}

/** Makes a new key, which stays on this host beside the old one. @returns a request for a certificate of it, as PEM */
export async function requestRenewal(files: CertificateFiles, commonName: string): Promise<string> {
  const { keyPem, requestPem } = await makeHostKey(commonName);
  await finishRenewal(files);
  await writeWhole(next(files.keyFile), keyPem, 0o600);
  return requestPem;
}

/** Whether a key is the one of a certificate, however often the certificate is installed. */
const isInstalled = (tls: AgentTls, certificatePem: string): boolean =>
  new X509Certificate(tls.cert).raw.equals(new X509Certificate(certificatePem).raw) &&
  new X509Certificate(tls.cert).checkPrivateKey(createPrivateKey(tls.key));

/**
 * Installs the certificate for the key of the last {@link requestRenewal}. Repeatable.
 *
 * @returns what the agent has to speak TLS with from now on
 * @throws EnrolmentError ANSWER, CERTIFICATE when the certificate is none, not for that key, not from the authority or not valid now;
 * the old one then stays
 */
export async function installRenewal(files: CertificateFiles, certificatePem: string, nowMs: number): Promise<AgentTls> {
  const current = await readAgentTls(files);
  const key = await readIfThere(next(files.keyFile));
  checkCertificate(certificatePem, key ?? current.key, new X509Certificate(current.ca), nowMs);
  if (key === undefined && isInstalled(current, certificatePem)) return current;
  await writeWhole(next(files.certFile), certificatePem, 0o644);
  await finishRenewal(files);
  return readAgentTls(files);
}
