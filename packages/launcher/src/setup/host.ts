import { waitFor } from './wait.ts';
import { members, optionalText, textField } from './engine-client.ts';
import type { ApiObject, EngineClient } from './engine-client.ts';

const API = '/ovirt-engine/api';
const UP_TIMEOUT_MS = 180_000;

/** The host with this name; undefined when the engine knows none. */
export async function findHost(client: EngineClient, name: string): Promise<ApiObject | undefined> {
  return members(await client.get(`${API}/hosts`), 'host').find((host) => host['name'] === name);
}

/** A one-time token with which a host may ask to join, and the authority that it has to expect. */
export async function makeEnrolmentToken(client: EngineClient): Promise<{ token: string; fingerprint: string }> {
  const answer = await client.post('/virgate/api/host-enrolment-tokens', {});
  return { token: textField(answer, 'token'), fingerprint: textField(answer, 'fingerprint') };
}

/** Lets a host in that asked to join. */
export async function approveHost(client: EngineClient, hostId: string): Promise<void> {
  await client.post(`${API}/hosts/${hostId}/approve`, {});
}

/** Waits until the engine finds the host fit for use. @throws Error with the last status */
export async function waitForHostUp(client: EngineClient, name: string): Promise<ApiObject> {
  let status = '';
  return waitFor(
    `status up of host ${name}`,
    UP_TIMEOUT_MS,
    async () => {
      const host = await findHost(client, name);
      status = `${optionalText(host, 'status') ?? 'unknown'} ${optionalText(host, 'status_detail') ?? ''}`.trim();
      return host?.['status'] === 'up' ? host : undefined;
    },
    () => `its status is ${status}`,
  );
}
