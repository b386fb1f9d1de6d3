import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase, startEmbeddedPostgres, stopEmbeddedPostgres, type Database, type EmbeddedPostgres } from '@virgate/database';
import type { Fault } from '@virgate/lab';
import { makeCertificateRequest } from './certificate-request.ts';
import { NodeProcess } from './child-process.ts';
import { RestClient, whole, type Answer, type Json } from './rest-client.ts';
import type { HostsView, SimulatedHostsConfig } from './simulated-hosts.ts';

/** What a test's installation is like; everything has a default. */
export interface InstallationOptions {
  /** How many simulated hosts join the Default cluster; 1 by default. */
  readonly hosts?: number;
  /** Address of this machine that the engine listens on and has a certificate for; 127.0.0.1 by default. */
  readonly address?: string;
  /** The engine's program, which takes `--config FILE`; the product's by default. */
  readonly engineProgram?: string;
  /** `durable` when PostgreSQL is to be killed; `fast` by default. */
  readonly durability?: 'fast' | 'durable';
  readonly domainBytes?: number;
  readonly launchDelayMs?: number;
  readonly bootDelayMs?: number;
  readonly taskDelayMs?: number;
  readonly logLevel?: string;
  /** OVN with the engine, whose databases the test starts ({@link OvnCentral}). */
  readonly ovn?: { northbound: (folder: string) => string; southbound: string };
  /** Port of serial consoles over SSH, at the engine's address; none by default. */
  readonly serialConsolePort?: number;
  /** The built portal, when the engine is to serve it. */
  readonly portalFolder?: string;
}

export const gib = 1024 ** 3;
export const adminUser = 'admin@internal';
export const defaultDataCenterId = '58cfb470-02f3-03d7-0386-0000000003bc';
export const defaultClusterId = '58cfb470-03b9-01d0-03b9-0000000001e7';
const here = import.meta.dirname;
export const engineProgram = resolve(here, '../../packages/engine/src/main.ts');
const pollMs = 50;
const readyTimeoutMs = 60_000;

/** Waits until `look` gives a value. @throws Error, saying what was waited for, when it takes too long */
export async function eventually<T>(what: string, look: () => Promise<T | undefined | null | false>, timeoutMs = 90_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not so after ${timeoutMs} ms`);
    await delay(pollMs);
  }
}

/** A port of an address that nobody listens on now. */
export const freePort = (address: string): Promise<number> =>
  new Promise((done, failed) => {
    const server = createServer();
    server.on('error', failed);
    server.listen(0, address, () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });

/** Checks that a request is refused, and what it says. */
export function refused(answer: Answer, status: number, text: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  assert.match(String((answer.body.fault ?? answer.body).detail), text);
}

/** @throws Error with the answer when its status is another one */
export function expectStatus(answer: Answer, ...statuses: number[]): Json {
  if (!statuses.includes(answer.status))
    throw new Error(`The engine answered ${answer.status} instead of ${statuses.join(' or ')}: ${answer.text}`);
  return answer.body;
}

type Host = SimulatedHostsConfig['hosts'][number] & { readonly id: string };

/**
 * A whole installation for tests: PostgreSQL, an engine and simulated hosts, each in a process of its own, in a temporary folder.
 * {@link stop} ends what is left of them, by process id, and removes the folder.
 */
export class Installation {
  readonly folder: string;
  readonly #options: InstallationOptions;
  readonly #port: number;
  readonly #hosts: Host[] = [];
  #postgres: EmbeddedPostgres | undefined;
  #database: Database<unknown> | undefined;
  #engine: NodeProcess | undefined;
  #hostsProcess: NodeProcess | undefined;
  #rest: RestClient | undefined;
  /** Calls and launches that hosts had counted when they were killed. */
  readonly #createCalls: Record<string, number> = {};
  readonly #launches: Record<string, number> = {};
  /** Told what the engine's program says of itself. */
  onEngineTold: (message: unknown) => void = () => undefined;

  private constructor(folder: string, port: number, options: InstallationOptions) {
    this.folder = folder;
    this.#port = port;
    this.#options = options;
  }

  /** Starts everything; returns when the hosts are up. */
  static async start(options: InstallationOptions = {}): Promise<Installation> {
    const port = await freePort(options.address ?? '127.0.0.1');
    const installation = new Installation(await mkdtemp(join(tmpdir(), 'vgi-')), port, options);
    try {
      await installation.startPostgres();
      await installation.#writeConfig();
      await installation.startEngine();
      const count = options.hosts ?? 1;
      for (let index = 1; index <= count; index += 1) await installation.#join(index);
      if (count > 0) {
        await installation.startHosts();
        await installation.hostsUp();
      }
      return installation;
    } catch (error) {
      const log = await installation.engineLog();
      await installation.stop();
      throw new Error(`The installation did not start; the engine's log ends:\n${log.slice(-4_000)}`, { cause: error });
    }
  }

  /** Address of the engine. */
  get url(): string {
    return `https://${this.#options.address ?? '127.0.0.1'}:${this.#port}`;
  }

  get rest(): RestClient {
    if (this.#rest === undefined) throw new Error('The engine has not been started');
    return this.#rest;
  }

  get engine(): NodeProcess {
    if (this.#engine === undefined) throw new Error('The engine has not been started');
    return this.#engine;
  }

  get hostsProcess(): NodeProcess {
    if (this.#hostsProcess === undefined) throw new Error('The hosts have not been started');
    return this.#hostsProcess;
  }

  get hosts(): readonly Host[] {
    return this.#hosts;
  }

  /** Rows of a statement, from a connection of the test's own. */
  async rows(text: string, values: unknown[] = []): Promise<Json[]> {
    if (this.#database === undefined) throw new Error('PostgreSQL has not been started');
    return (await this.#database.pool.query(text, values)).rows;
  }

  engineLog(): Promise<string> {
    return readFile(join(this.folder, 'engine.log'), 'utf8').catch(() => '');
  }

  async startPostgres(): Promise<void> {
    const { durability = 'fast' } = this.#options;
    this.#postgres = await startEmbeddedPostgres({ dataDir: join(this.folder, 'pg'), durability, dieWithParent: true });
    this.#database ??= await openDatabase<unknown>({
      url: this.#postgres.url,
      maxConnections: 2,
      applicationName: 'test',
      onConnectionError: () => undefined,
    });
  }

  async killPostgres(): Promise<void> {
    const pid = this.#postgres?.pid ?? 0;
    if (pid > 0) process.kill(pid, 'SIGKILL');
    await eventually('PostgreSQL ends', async () => !existsSync(`/proc/${pid}`));
  }

  async #writeConfig(): Promise<void> {
    const { ovn, serialConsolePort } = this.#options;
    const address = this.#options.address ?? '127.0.0.1';
    const config = {
      pkiDir: join(this.folder, 'pki'),
      databaseUrl: this.#postgres?.url,
      listen: { host: address, port: this.#port },
      names: [address],
      adminPasswordFile: join(this.folder, 'password'),
      engineId: 'test-engine',
      logLevel: this.#options.logLevel ?? 'info',
      ...(ovn === undefined ? {} : { ovn: { northbound: ovn.northbound(this.folder), southbound: ovn.southbound } }),
      ...(serialConsolePort === undefined ? {} : { serialConsoles: { host: address, port: serialConsolePort } }),
      portalDir: this.#options.portalFolder,
    };
    await writeFile(join(this.folder, 'password'), randomBytes(12).toString('base64url'), { mode: 0o600 });
    await writeFile(join(this.folder, 'engine.json'), JSON.stringify(config), { mode: 0o600 });
  }

  /** Starts the engine; returns when its API answers. @returns milliseconds from the start of the process to the first answer */
  async startEngine(env: NodeJS.ProcessEnv = {}): Promise<number> {
    const startedAt = performance.now();
    const engine = new NodeProcess(
      this.#options.engineProgram ?? engineProgram,
      ['--config', join(this.folder, 'engine.json')],
      join(this.folder, 'engine.log'),
      env,
    );
    engine.onTold = (message) => this.onEngineTold(message);
    this.#engine = engine;
    const { url } = this;
    await eventually(
      'the API answers',
      async () => {
        if (!engine.running) throw new Error(`The engine ended: ${(await this.engineLog()).slice(-3_000)}`);
        if (!existsSync(join(this.folder, 'pki/ca.pem'))) return false;
        this.#rest ??= new RestClient({
          url,
          caPem: await readFile(join(this.folder, 'pki/ca.pem'), 'utf8'),
          user: adminUser,
          password: (await readFile(join(this.folder, 'password'), 'utf8')).trim(),
        });
        return this.#rest.get('/ovirt-engine/services/health').then(
          (answer) => answer.status === 200,
          () => false,
        );
      },
      readyTimeoutMs,
    );
    return performance.now() - startedAt;
  }

  /** A host joins as `virgate-host join` does it: token, certificate request, approval, certificate. */
  async #join(index: number): Promise<void> {
    const { rest } = this;
    const name = `sim-${index}`;
    const address = `127.0.1.${index}`;
    const port = await freePort(address);
    const { keyPem, requestPem } = await makeCertificateRequest(name);
    const { token } = expectStatus(await rest.post('/virgate/api/host-enrolment-tokens', {}), 201);
    const uuid = randomUUID();
    const enrolment = expectStatus(
      await rest.as(null).post('/virgate/api/host-enrolments', { token, name, address, port, uuid, csr: requestPem }),
      201,
    );
    expectStatus(await rest.post(`/hosts/${enrolment.host}/approve`, {}), 200);
    const { certificate } = expectStatus(
      await rest.as(null).get(`/virgate/api/host-enrolments/${enrolment.id}`, { authorization: `Bearer ${token}` }),
      200,
    );
    const keyFile = join(this.folder, `${name}.key`);
    const certificateFile = join(this.folder, `${name}.pem`);
    await writeFile(keyFile, keyPem, { mode: 0o600 });
    await writeFile(certificateFile, certificate as string);
    this.#hosts.push({ id: enrolment.host as string, name, uuid, address, port, keyFile, certificateFile });
  }

  async startHosts(): Promise<void> {
    const stateFolder = join(this.folder, 'hosts');
    await mkdir(stateFolder, { recursive: true });
    const config: SimulatedHostsConfig = {
      stateFolder,
      caFile: join(this.folder, 'pki/ca.pem'),
      hosts: this.#hosts,
      domainBytes: this.#options.domainBytes ?? 1024 * gib,
      launchDelayMs: this.#options.launchDelayMs ?? 10,
      bootDelayMs: this.#options.bootDelayMs ?? 50,
      taskDelayMs: this.#options.taskDelayMs ?? 10,
    };
    await writeFile(join(this.folder, 'hosts.json'), JSON.stringify(config));
    this.#hostsProcess = new NodeProcess(
      join(here, 'simulated-hosts.ts'),
      [join(this.folder, 'hosts.json')],
      join(this.folder, 'hosts.log'),
    );
  }

  /** `kill -9` of all agents; what they had counted is kept. */
  async killHosts(): Promise<void> {
    const view = await this.#ask<HostsView>({ kind: 'look' });
    for (const [id, count] of Object.entries(view.createCalls)) this.#createCalls[id] = (this.#createCalls[id] ?? 0) + count;
    for (const [id, count] of Object.entries(view.launches)) this.#launches[id] = (this.#launches[id] ?? 0) + count;
    await this.hostsProcess.kill();
  }

  #ask<T>(question: unknown): Promise<T> {
    return this.hostsProcess.ask<T>(question);
  }

  /** What the hosts know; counts go on over their restarts. */
  async look(): Promise<HostsView> {
    const view = await this.#ask<HostsView>({ kind: 'look' });
    const sum = (kept: Record<string, number>, now: Readonly<Record<string, number>>): Record<string, number> =>
      Object.fromEntries([...new Set([...Object.keys(kept), ...Object.keys(now)])].map((id) => [id, (kept[id] ?? 0) + (now[id] ?? 0)]));
    return { ...view, createCalls: sum(this.#createCalls, view.createCalls), launches: sum(this.#launches, view.launches) };
  }

  /** A fault that befalls the next matching calls, on whichever host they come to, or on the one of a name. */
  async plan(fault: Fault, host?: string): Promise<void> {
    await this.#ask({ kind: 'fault', fault, host });
  }

  /** A host loses its power: guests and agent are gone. Its management board can bring it back. */
  async powerOff(address: string): Promise<void> {
    await this.#ask({ kind: 'power-off', address });
  }

  /** A host without power starts, with nothing that ran on it. */
  async powerOn(address: string): Promise<void> {
    await this.#ask({ kind: 'power-on', address });
  }

  /** Nobody reaches a host any more; its guests go on, and hold what they hold on the storage. */
  async silence(address: string): Promise<void> {
    await this.#ask({ kind: 'silence', address });
  }

  async answerAgain(address: string): Promise<void> {
    await this.#ask({ kind: 'answer-again', address });
  }

  /** The management board at an address switches the host at another one from now on. */
  async wire(board: string, address: string): Promise<void> {
    await this.#ask({ kind: 'wire', board, address });
  }

  /** The XML of the domain that a host runs for a VM; null when none does. */
  domainOf(vmId: string): Promise<string | null> {
    return this.#ask<string | null>({ kind: 'domain', vmId });
  }

  /** The XML of the domain that runs, as libvirt tells it: with the chains of its disks, and what they are copied to. */
  liveDomainOf(vmId: string): Promise<string | null> {
    return this.#ask<string | null>({ kind: 'live-domain', vmId });
  }

  /** The guest's QEMU dies by itself. */
  async crashVm(vmId: string): Promise<void> {
    await this.#ask({ kind: 'crash', vmId });
  }

  /** The guest's processors stop, for an error of its storage such as `EIO`. */
  async pauseVm(vmId: string, code: string): Promise<void> {
    await this.#ask({ kind: 'pause', vmId, code });
  }

  /** Somebody looks at a VM's screen, or (empty address) leaves it; in the guest somebody is signed in. */
  async useConsole(vmId: string, address: string, guestUser = ''): Promise<void> {
    await this.#ask({ kind: 'console', vmId, address, guestUser });
  }

  /** A volume vanishes from storage behind everybody's back. */
  async forgetVolume(volumeId: string): Promise<void> {
    await this.#ask({ kind: 'forget-volume', volumeId });
  }

  /** A guest writes to the begin of a volume. */
  async writeVolume(volumeId: string, content: Buffer): Promise<void> {
    await this.#ask({ kind: 'write-volume', volumeId, content: content.toString('base64') });
  }

  /** Waits until all hosts are up and the engine has statistics of them. */
  hostsUp(timeoutMs = 120_000): Promise<unknown> {
    return eventually(
      'all hosts are up',
      async () => {
        const [{ count }] = await this.rows('select count(*)::int as count from host_statistics');
        if (count < this.#hosts.length) return false;
        const list = expectStatus(await this.rest.get('/hosts'), 200).host as Json[] | undefined;
        return list?.length === this.#hosts.length && list.every((host) => host.status === 'up');
      },
      timeoutMs,
    );
  }

  /** No host of the Default cluster counts as overloaded: this machine's processors may be busy with what tests themselves do. */
  async bearLoad(): Promise<void> {
    const properties = { property: [{ name: 'CpuOverCommitDurationMinutes', value: '99' }] };
    expectStatus(await this.rest.put(`/clusters/${defaultClusterId}`, { custom_scheduling_policy_properties: properties }), 200);
  }

  /** A data domain, attached to the Default data center and active: on a local file system with one host, else on NFS. */
  async addStorage(name = 'data'): Promise<{ id: string }> {
    const storage =
      this.#hosts.length === 1
        ? { type: 'localfs', path: `/data/${name}` }
        : { type: 'nfs', address: 'storage.example', path: `/export/${name}` };
    const domain = expectStatus(
      await this.rest.post('/storagedomains', { name, type: 'data', storage, host: { id: this.#hosts[0]?.id } }),
      201,
    );
    expectStatus(await this.rest.post(`/datacenters/${defaultDataCenterId}/storagedomains`, { id: domain.id }), 201);
    return { id: domain.id as string };
  }

  /** A template with a disk, or more, made of a VM that is removed afterwards. */
  async addTemplate(
    name = 'template',
    options: { diskBytes?: number; memoryBytes?: number; disks?: number } = {},
  ): Promise<{ id: string; diskId: string }> {
    const { rest } = this;
    const vm = expectStatus(
      await rest.post('/vms', {
        name: `${name}-source`,
        cluster: { name: 'Default' },
        template: { name: 'Blank' },
        memory: options.memoryBytes ?? 64 * 1024 ** 2,
      }),
      201,
    );
    for (let index = 0; index < (options.disks ?? 1); index += 1) {
      const disk = {
        name: index === 0 ? `${name}-disk` : `${name}-disk-${index + 1}`,
        provisioned_size: options.diskBytes ?? gib,
        format: 'cow',
        sparse: true,
        storage_domains: { storage_domain: [{ name: 'data' }] },
      };
      const attachment = { interface: 'virtio_scsi', bootable: index === 0, active: true, disk };
      expectStatus(await rest.post(`/vms/${vm.id}/diskattachments`, attachment, whole), 201);
    }
    const template = expectStatus(await rest.post('/templates', { name, vm: { id: vm.id } }, whole), 201);
    expectStatus(await rest.delete(`/vms/${vm.id}`), 200);
    const disks = expectStatus(await rest.get(`/templates/${template.id}/diskattachments`), 200).disk_attachment as Json[];
    return { id: template.id as string, diskId: disks[0]?.id as string };
  }

  /** A user of the internal directory with roles on objects; without any he may do nothing. */
  async addUser(
    name: string,
    roles: readonly { role: string; type: string; id: string }[] = [],
    password: string = randomBytes(9).toString('base64url'),
  ): Promise<RestClient> {
    const id = randomUUID();
    const { hashPassword } = await import('@virgate/engine');
    await this.rows(`insert into app_user (id, principal, domain, external_id, password_hash) values ($1, $2, 'internal-authz', $3, $4)`, [
      id,
      name,
      id,
      await hashPassword(password),
    ]);
    for (const { role, type, id: objectId } of roles) {
      await this.rows(
        `insert into permission (id, role_id, principal_id, principal_kind, object_type, object_id) select $1, r.id, $2, 'user', $3, $4 from role r where r.name = $5`,
        [randomUUID(), id, type, objectId, role],
      );
    }
    return this.rest.as(`${name}@internal`, password);
  }

  /** Waits until no job is at work, and checks that nothing is locked and no disk in between. */
  async quiet(): Promise<void> {
    await eventually(
      'no job is at work',
      async () => (await this.rows(`select 1 from saga where status in ('running', 'undoing')`)).length === 0,
    );
    assert.deepEqual(await this.rows('select lock_group, object_id from object_lock'), []);
    assert.deepEqual(await this.rows(`select name, status from disk where status <> 'ok'`), []);
  }

  /** Waits for a VM's status. */
  vmStatus(id: string, status: string, timeoutMs = 60_000): Promise<Json> {
    return eventually(
      `VM ${id} is ${status}`,
      async () => {
        const vm = (await this.rest.get(`/vms/${id}`)).body;
        return vm.status === status ? vm : undefined;
      },
      timeoutMs,
    );
  }

  async stop(): Promise<void> {
    this.#rest?.close();
    await this.#engine?.stop();
    await this.#hostsProcess?.stop();
    await this.#database?.close().catch(() => undefined);
    await stopEmbeddedPostgres(join(this.folder, 'pg'), 'immediate').catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
