import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultClusterId, defaultDataCenterId, eventually, expectStatus, type Installation } from './installation.ts';
import type { JoiningHost } from './joining-host.ts';
import { whole, type Json } from './rest-client.ts';

const hostUpTimeoutMs = 60_000;
const guestProgramTimeoutMs = 60_000;

/** A storage domain on a folder that all virtual hosts see. */
export interface SharedDomain {
  readonly id: string;
  /** Where the domain lies. */
  readonly folder: string;
}

/** Joins a host as an administrator does, with a token and by approval, and waits until it is up and its load is known. @returns its id */
export async function enrol(installation: Installation, machine: JoiningHost): Promise<string> {
  const { rest } = installation;
  const { token, fingerprint } = expectStatus(await rest.post('/virgate/api/host-enrolment-tokens', {}), 201);
  await machine.join(installation.url, token, fingerprint);
  const id = await eventually('the host asks to join', async () => {
    const hosts = (expectStatus(await rest.get('/hosts'), 200).host ?? []) as Json[];
    return hosts.find(({ name, status }) => name === machine.name && status === 'pending_approval')?.id as string | undefined;
  });
  expectStatus(await rest.post(`/hosts/${id}/approve`, {}), 200);
  await hostIsUp(installation, id);
  return id;
}

/** Waits until a host is up and the engine knows its load: a crash of PostgreSQL empties the statistics until the next look. */
export const hostIsUp = (installation: Installation, hostId: string): Promise<unknown> =>
  eventually(
    'the host is up',
    async () =>
      (await installation.rest.get(`/hosts/${hostId}`)).body.status === 'up' &&
      (await installation.rows('select 1 from host_statistics where host_id = $1', [hostId])).length === 1,
    hostUpTimeoutMs,
  );

/** A data domain on a folder of the installation, attached and active. */
export async function addSharedDomain(installation: Installation, hostId: string, name = 'data'): Promise<SharedDomain> {
  const { rest } = installation;
  const path = join(installation.folder, `shared-${name}`);
  await mkdir(path, { mode: 0o755 });
  const storage = { type: 'posixfs', path, vfs_type: 'none' };
  const { id } = expectStatus(await rest.post('/storagedomains', { name, type: 'data', storage, host: { id: hostId } }), 201);
  expectStatus(await rest.post(`/datacenters/${defaultDataCenterId}/storagedomains`, { id }), 201);
  return { id: id as string, folder: join(path, id as string) };
}

/** A VM whose disk is the small guest: its volume is made by the engine and filled behind its back. */
export async function addGuest(
  installation: Installation,
  image: { readonly path: string; readonly virtualSizeBytes: number },
  domain: SharedDomain,
  vm: Json = {},
): Promise<{ vmId: string; diskId: string }> {
  const { rest } = installation;
  const definition = { name: 'guest', cluster: { id: defaultClusterId }, template: { name: 'Blank' }, memory: 128 * 1024 ** 2, ...vm };
  const { id: vmId } = expectStatus(await rest.post('/vms', definition), 201);
  const disk = {
    name: `${definition.name}-disk`,
    provisioned_size: image.virtualSizeBytes,
    format: 'cow',
    sparse: true,
    storage_domains: { storage_domain: [{ id: domain.id }] },
  };
  const attachment = { interface: 'virtio', bootable: true, active: true, disk };
  const { id: diskId } = expectStatus(await rest.post(`/vms/${vmId}/diskattachments`, attachment, whole), 201);
  const images = join(domain.folder, 'images', diskId as string);
  const volume = (await readdir(images)).find((name) => /^[0-9a-f-]+$/.test(name)) ?? '';
  await copyFile(image.path, join(images, volume));
  return { vmId: vmId as string, diskId: diskId as string };
}

/**
 * Runs a program in a guest on a host, by the guest's agent.
 * @returns its exit code and what it wrote to its standard output
 */
export async function runInGuest(
  machine: JoiningHost,
  vmId: string,
  path: string,
  ...args: string[]
): Promise<{ exitCode: number; output: string }> {
  const ask = async (execute: string, parameters: object): Promise<Json> => {
    const uri = `qemu:///system?socket=${machine.host.libvirtSocket}`;
    const command = JSON.stringify({ execute, arguments: parameters });
    const { stdout } = await machine.host.run(['virsh', '-c', uri, 'qemu-agent-command', vmId, command]);
    return (JSON.parse(stdout) as { return: Json }).return;
  };
  const { pid } = await ask('guest-exec', { path, arg: args, 'capture-output': true });
  const ended = await eventually(
    `the end of ${path} in the guest`,
    async () => {
      const status = await ask('guest-exec-status', { pid }).catch((error: unknown) => {
        // A guest whose file systems are frozen for a snapshot tells nothing of what runs in it.
        if (/frozen state/.test(String(error))) return undefined;
        throw error;
      });
      return status?.exited === true ? status : undefined;
    },
    guestProgramTimeoutMs,
  );
  return {
    exitCode: ended.exitcode as number,
    output: Buffer.from(ended['out-data'] ?? '', 'base64')
      .toString()
      .trim(),
  };
}

/** Runs a shell command in a guest. @returns its output */
export async function shellInGuest(machine: JoiningHost, vmId: string, command: string): Promise<string> {
  const { exitCode, output } = await runInGuest(machine, vmId, '/bin/sh', '-c', command);
  assert.equal(exitCode, 0, command);
  return output;
}
