import { webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { EngineFault, textField } from './engine-client.ts';
import type { EngineClient } from './engine-client.ts';
import { approveHost, findHost, makeEnrolmentToken } from './host.ts';
import { waitFor } from './wait.ts';

const KEY_ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 };
const APPROVAL_TIMEOUT_MS = 60_000;

/** Who asks to join. */
export interface JoiningHost {
  readonly name: string;
  readonly uuid: string;
  readonly address: string;
  readonly port: number;
}

/** Key, certificate and authority of a host agent. */
export interface AgentIdentity {
  readonly keyFile: string;
  readonly certFile: string;
  readonly caFile: string;
}

interface PendingEnrolment {
  readonly id: string;
  readonly token: string;
  readonly hostId: string;
}

function writeWhole(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode });
  renameSync(`${path}.new`, path);
}

/** The agent's key, made when there is none, and a request for a certificate. */
async function certificateRequest(keyFile: string, host: JoiningHost): Promise<string> {
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  const keys = (await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair;
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  writeWhole(keyFile, `${key}\n`, 0o600);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name: `O=Virgate, CN=${host.address}`, keys, signingAlgorithm: KEY_ALGORITHM });
  return `${request.toString('pem')}\n`;
}

async function ask(client: EngineClient, host: JoiningHost, keyFile: string): Promise<PendingEnrolment> {
  const { token } = await makeEnrolmentToken(client);
  const csr = await certificateRequest(keyFile, host);
  try {
    const answer = await client.post('/virgate/api/host-enrolments', { token, csr, ...host });
    return { id: textField(answer, 'id'), token, hostId: textField(answer, 'host') };
  } catch (error) {
    if (error instanceof EngineFault && error.status === 409) {
      throw new Error(`the engine has a host ${host.name} or one with the address ${host.address} already, whose key is not in this data folder; remove it in the portal`, { cause: error });
    }
    throw error;
  }
}

/**
 * Gives this machine's agent a certificate of the engine, once: it joins as every host does, and is let in at once. What a crash cut
 * off is gone on with.
 */
export async function ensureEnrolled(client: EngineClient, folder: string, host: JoiningHost): Promise<AgentIdentity> {
  const identity = { keyFile: join(folder, 'agent.key'), certFile: join(folder, 'agent.cer'), caFile: join(folder, 'ca.pem') };
  if (existsSync(identity.certFile)) return identity;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pendingFile = join(folder, 'enrolment.json');
  let pending = existsSync(pendingFile) ? (JSON.parse(readFileSync(pendingFile, 'utf8')) as PendingEnrolment) : undefined;
  if (pending === undefined) {
    pending = await ask(client, host, identity.keyFile);
    writeWhole(pendingFile, JSON.stringify(pending), 0o600);
  }
  const known = await findHost(client, host.name);
  if (known?.['status'] === 'pending_approval') await approveHost(client, pending.hostId);
  const { id, token } = pending;
  const signed = await waitFor("the agent's certificate", APPROVAL_TIMEOUT_MS, async () => {
    const answer = await client.getAs(`/virgate/api/host-enrolments/${id}`, token);
    return typeof answer['certificate'] === 'string' ? answer : undefined;
  });
  writeWhole(identity.caFile, textField(signed, 'ca'), 0o644);
  writeWhole(identity.certFile, textField(signed, 'certificate'), 0o644);
  rmSync(pendingFile, { force: true });
  return identity;
}
