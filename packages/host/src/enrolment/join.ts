import type { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { presentedVersion } from '../host/capabilities.ts';
import { isUuid } from '../uuid.ts';
import { EngineConnection, findAuthority, fingerprintOf } from './engine-connection.ts';
import type { EngineAnswer } from './engine-connection.ts';
import { EnrolmentError } from './enrolment-error.ts';
import { checkCertificate, makeHostKey } from './key.ts';

/** What a host says of itself when it asks to join. */
export interface JoinRequest {
  engine: URL;
  token: string;
  /** SHA-256 of the engine's authority: 64 lower-case hexadecimal digits. */
  fingerprint: string;
  name: string;
  /** Name or address by which the engine reaches this host. */
  address: string;
  port: number;
  uuid: string;
  /** Folder that takes key, certificate and authority. */
  pkiDirectory: string;
}

export interface JoinOptions {
  /** How long an administrator may take to approve. */
  approvalTimeoutMs: number;
  pollMs: number;
  /** Told once, when the host waits for approval. */
  onWaiting?: () => void;
  signal?: AbortSignal;
}

/** Files of a host that has joined. */
export interface JoinedFiles {
  keyFile: string;
  certFile: string;
  caFile: string;
}

/** A request that waits for approval, over restarts of this command. */
interface Pending {
  engine: string;
  enrolmentId: string;
  authority: string;
}

const path = '/virgate/api/host-enrolments';
const pendingName = 'enrolment.json';

export function joinedFiles(pkiDirectory: string): JoinedFiles {
  return { keyFile: join(pkiDirectory, 'host.key'), certFile: join(pkiDirectory, 'host.cer'), caFile: join(pkiDirectory, 'ca.pem') };
}

async function exists(file: string): Promise<boolean> {
  return await readFile(file).then(
    () => true,
    () => false,
  );
}

async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode, flag: 'w' });
  await rename(`${file}.new`, file);
}

function readJson(answer: EngineAnswer): Record<string, unknown> {
  try {
    const value = JSON.parse(answer.body) as unknown;
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new EnrolmentError(
    'ANSWER',
    `The engine answered ${answer.status} with something that is no JSON object; is the address that of an engine?`,
  );
}

/** What the engine says against it, for people; never the body as it came. */
function reasonOf(answer: EngineAnswer): string {
  try {
    const body = JSON.parse(answer.body) as Record<string, unknown>;
    const text = [body['detail'], body['reason'], body['message'], body['error']].find((value) => typeof value === 'string');
    // oxlint-disable-next-line no-control-regex
    return typeof text === 'string' ? `: ${text.slice(0, 300).replace(/[\u0000-\u001F\u007F]/g, ' ')}` : '';
  } catch {
    return '';
  }
}

function refuseUnless(answer: EngineAnswer, expected: number[]): void {
  if (expected.includes(answer.status)) return;
  if (answer.status === 401 || answer.status === 403)
    throw new EnrolmentError('TOKEN', `The engine does not accept the token${reasonOf(answer) || '. Ask an administrator for a new one'}`);
  if (answer.status === 404) throw new EnrolmentError('ANSWER', 'The engine knows no host enrolment at this address');
  throw new EnrolmentError('REFUSED', `The engine refuses this host with status ${answer.status}${reasonOf(answer)}`);
}

async function ask(connection: EngineConnection, request: JoinRequest, authority: X509Certificate): Promise<Pending> {
  const { keyPem, requestPem } = await makeHostKey(request.address);
  const { token, name, address, port, uuid, pkiDirectory } = request;
  const answer = await connection.send('POST', path, {
    body: { token, name, address, port, uuid, csr: requestPem, agentVersion: presentedVersion.version },
  });
  refuseUnless(answer, [200, 201, 202]);
  const id = readJson(answer)['id'];
  if (!isUuid(id)) throw new EnrolmentError('ANSWER', 'The engine gave no identifier of the enrolment');
  const pending = { engine: request.engine.origin, enrolmentId: id, authority: authority.toString() };
  try {
    await mkdir(pkiDirectory, { recursive: true, mode: 0o700 });
    await writeWhole(joinedFiles(pkiDirectory).keyFile, keyPem, 0o600);
    await writeWhole(join(pkiDirectory, pendingName), JSON.stringify(pending), 0o600);
  } catch (error) {
    throw new EnrolmentError('FILES', `Key and request can't be kept in ${pkiDirectory}: ${String(error)}`, { cause: error });
  }
  return pending;
}

/** The request that an earlier run of this command left waiting. */
async function readPending(request: JoinRequest): Promise<Pending | undefined> {
  const text = await readFile(join(request.pkiDirectory, pendingName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const pending = JSON.parse(text) as Pending;
  return pending.engine === request.engine.origin && isUuid(pending.enrolmentId) ? pending : undefined;
}

async function collect(connection: EngineConnection, request: JoinRequest, enrolmentId: string): Promise<string | undefined> {
  const answer = await connection.send('GET', `${path}/${enrolmentId}`, { headers: { authorization: `Bearer ${request.token}` } });
  refuseUnless(answer, [200]);
  const { state, certificate } = readJson(answer);
  if (state === 'approved' && typeof certificate === 'string') return certificate;
  if (state === 'rejected' || state === 'refused' || state === 'removed')
    throw new EnrolmentError('REFUSED', 'An administrator has refused this host');
  return undefined;
}

async function waitForCertificate(
  connection: EngineConnection,
  request: JoinRequest,
  enrolmentId: string,
  options: JoinOptions,
): Promise<string> {
  const endMs = Date.now() + options.approvalTimeoutMs;
  let told = false;
  while (Date.now() < endMs) {
    options.signal?.throwIfAborted();
    try {
      const certificate = await collect(connection, request, enrolmentId);
      if (certificate !== undefined) return certificate;
    } catch (error) {
      // An engine that restarts is no reason to give up.
      if (!(error instanceof EnrolmentError) || error.code !== 'UNREACHABLE') throw error;
    }
    if (!told) options.onWaiting?.();
    told = true;
    await new Promise((resolve) => setTimeout(resolve, options.pollMs));
  }
  throw new EnrolmentError('TIMEOUT', 'Nobody approved this host in time. Run the same command again to go on waiting');
}

async function removeTraces(pkiDirectory: string): Promise<void> {
  const { keyFile, certFile, caFile } = joinedFiles(pkiDirectory);
  for (const file of [keyFile, certFile, caFile, join(pkiDirectory, pendingName)]) {
    await rm(file, { force: true });
    await rm(`${file}.new`, { force: true });
  }
}

/**
 * Makes this host one of an engine's: checks the engine's authority by its fingerprint, sends a
 * certificate request, waits for approval, stores the certificate. The key stays here. A run that is
 * cut off while it waits goes on when it is started again; one that is refused leaves nothing behind.
 *
 * @throws EnrolmentError
 */
export async function joinEngine(request: JoinRequest, options: JoinOptions): Promise<JoinedFiles> {
  const files = joinedFiles(request.pkiDirectory);
  if (await exists(files.certFile))
    throw new EnrolmentError(
      'ALREADY_JOINED',
      `This host has joined an engine already; its certificate is ${files.certFile}. Remove the folder to join another one`,
    );
  const authority = await findAuthority(request.engine, request.fingerprint);
  const connection = new EngineConnection(request.engine, authority);
  try {
    const pending = (await readPending(request)) ?? (await ask(connection, request, authority));
    if (pending.authority !== authority.toString())
      throw new EnrolmentError(
        'FINGERPRINT',
        `The authority of the engine has changed since this host asked to join (now ${fingerprintOf(authority)})`,
      );
    const certificate = await waitForCertificate(connection, request, pending.enrolmentId, options);
    checkCertificate(certificate, await readFile(files.keyFile, 'utf8'), authority, Date.now());
    await writeWhole(files.caFile, authority.toString(), 0o644);
    await writeWhole(files.certFile, certificate, 0o644);
    await rm(join(request.pkiDirectory, pendingName), { force: true });
    return files;
  } catch (error) {
    const goesOn = error instanceof EnrolmentError ? error.code === 'TIMEOUT' : options.signal?.aborted === true;
    if (!goesOn) await removeTraces(request.pkiDirectory);
    throw error;
  }
}
