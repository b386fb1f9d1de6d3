import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { joinEngine, joinedFiles } from '@virgate/host';
import type { JoinedFiles } from '@virgate/host';
import { textField } from './engine-client.ts';
import type { EngineClient } from './engine-client.ts';
import { approveHost, findHost, makeEnrolmentToken } from './host.ts';

const APPROVAL_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** Who asks to join. */
export interface JoiningHost {
  readonly name: string;
  readonly uuid: string;
  readonly address: string;
  readonly port: number;
}

interface Invitation {
  readonly token: string;
  readonly fingerprint: string;
}

/**
 * The invitation with which this machine joins; kept until it has joined, so that a join that was cut off is gone on with. A host that
 * asked with another invitation whose key is lost is forgotten by the engine first.
 */
async function invitation(client: EngineClient, file: string, hostName: string): Promise<Invitation> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Invitation;
  const forgotten = await findHost(client, hostName);
  if (forgotten?.['status'] === 'pending_approval') await client.remove(`/ovirt-engine/api/hosts/${textField(forgotten, 'id')}`);
  else if (forgotten !== undefined)
    throw new Error(
      `the engine has a host ${hostName} already, whose key is not in this data folder; put it into maintenance and remove it in the portal`,
    );
  return makeEnrolmentToken(client);
}

async function approve(client: EngineClient, hostName: string): Promise<void> {
  const host = await findHost(client, hostName);
  if (host?.['status'] === 'pending_approval') await approveHost(client, textField(host, 'id'));
}

/**
 * Gives this machine's agent a certificate of the engine, once: it joins as every host does, and is let in at once.
 * @param folder takes key, certificate and authority
 */
export async function ensureEnrolled(client: EngineClient, engineUrl: string, folder: string, host: JoiningHost): Promise<JoinedFiles> {
  const files = joinedFiles(folder);
  if (existsSync(files.certFile)) return files;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const invitationFile = join(folder, 'invitation.json');
  const invited = await invitation(client, invitationFile, host.name);
  writeFileSync(invitationFile, JSON.stringify(invited), { mode: 0o600 });
  const failed = new AbortController();
  try {
    const joined = await joinEngine(
      { engine: new URL(engineUrl), ...invited, ...host, pkiDirectory: folder },
      {
        approvalTimeoutMs: APPROVAL_TIMEOUT_MS,
        pollMs: POLL_MS,
        signal: failed.signal,
        onWaiting: () => {
          approve(client, host.name).catch((error: unknown) => failed.abort(error));
        },
      },
    );
    rmSync(invitationFile, { force: true });
    return joined;
  } catch (error) {
    // an invitation that was refused is of no use any more
    if (!failed.signal.aborted) rmSync(invitationFile, { force: true });
    throw error;
  }
}
