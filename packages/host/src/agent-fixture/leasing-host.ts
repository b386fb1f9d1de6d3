// oxlint-disable-next-line no-restricted-imports -- the hosts are those of the lab
import { VirtualHost, type HostProcess, type VirtualSwitch } from '@virgate/lab';
import { VdsmClient } from '@virgate/vdsm';
import type { AnyVerbs } from '@virgate/vdsm';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestAuthority } from './certificates.ts';

const port = 54_321;
const patienceMs = 60_000;

/** For tests only: a host in namespaces of its own, with sanlock, a libvirtd that holds leases by it, and the agent. Needs root. */
export class LeasingHost {
  readonly machine: VirtualHost;
  readonly client: VdsmClient<AnyVerbs>;
  #agent: HostProcess | undefined;

  private constructor(machine: VirtualHost, client: VdsmClient<AnyVerbs>) {
    this.machine = machine;
    this.client = client;
  }

  static async start(options: { number: number; folder: string; network: VirtualSwitch; authority: TestAuthority }): Promise<LeasingHost> {
    const { number, authority, network } = options;
    const machine = await VirtualHost.start({ name: `host-${number}`, folder: join(options.folder, String(number)), network, number });
    const engine = await authority.issue('engine', 'engine');
    const tls = { ...engine, ca: authority.certificate };
    const host = new LeasingHost(machine, new VdsmClient<AnyVerbs>({ host: machine.address, port, tls }));
    await Promise.all([machine.startSanlock(), host.#configure(authority)]);
    await machine.startLibvirtd({ hostUuid: randomUUID(), lockManager: 'sanlock' });
    host.#agent = await machine.spawn(
      [process.execPath, join(import.meta.dirname, '../main.ts'), 'run', '--config', join(machine.folder, 'agent.json')],
      'agent.log',
    );
    await host.until('the agent answers', () => host.client.call('Host.ping2', {}, { timeoutMs: 5000 }).catch(() => false));
    return host;
  }

  async #configure(authority: TestAuthority): Promise<void> {
    const { folder, address, name, libvirtSocket } = this.machine;
    const { key, cert } = await authority.issue(name, undefined, address);
    const pki = join(folder, 'pki');
    await mkdir(pki);
    await writeFile(join(pki, 'key.pem'), key, { mode: 0o600 });
    await writeFile(join(pki, 'cert.pem'), cert);
    await writeFile(join(pki, 'ca.pem'), authority.certificate);
    const config = {
      dataDir: 'state',
      runDir: 'run',
      repoRoot: 'dc',
      listen: { host: address, port },
      address,
      tls: { keyFile: 'pki/key.pem', certFile: 'pki/cert.pem', caFile: 'pki/ca.pem' },
      libvirt: { socketPath: libvirtSocket, stateDirectory: join(folder, 'libvirt', 'lib'), lockManager: 'sanlock' },
      accel: 'tcg',
      hostUuid: randomUUID(),
      hostName: name,
      managementBridge: { name: 'ovirtmgmt', bridge: 'ovirtmgmt' },
      vncListen: address,
      migration: { unsafe: true },
      hooks: { directory: 'hooks' },
      memory: { pageSharing: 'leave' },
      logLevel: 'debug',
    };
    await writeFile(join(folder, 'agent.json'), JSON.stringify(config));
  }

  call<T = unknown>(verb: string, params: object = {}): Promise<T> {
    return this.client.call(verb, params, { timeoutMs: patienceMs }) as Promise<T>;
  }

  /** Calls a verb that answers with a task and waits for its end. */
  async task(verb: string, params: object): Promise<void> {
    const taskID = await this.call<string>(verb, params);
    const { taskResult, message } = await this.until(`task of ${verb}`, async () => {
      const found = await this.call<{ taskState: string; taskResult: string; message: string }>('Task.getStatus', { taskID });
      return found.taskState === 'finished' ? found : undefined;
    });
    await this.call('Task.clear', { taskID });
    if (taskResult !== 'success') throw new Error(`${verb}: ${message}`);
  }

  /** Waits until a VM has one of these statuses; gives its statistics. */
  async untilStatus(vmId: string, ...statuses: string[]): Promise<Record<string, unknown>> {
    let last: Record<string, unknown> | undefined;
    return await this.until(`VM is ${statuses.join(' or ')}`, async () => {
      last = (await this.call<Record<string, unknown>[]>('Host.getAllVmStats')).find((row) => row['vmId'] === vmId);
      if (last?.['status'] === 'Down' && !statuses.includes('Down')) throw new Error(`VM is down: ${String(last['exitMessage'])}`);
      return last && statuses.includes(String(last['status'])) ? last : undefined;
    });
  }

  async until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
    const endMs = performance.now() + patienceMs;
    while (performance.now() < endMs) {
      if (this.#agent?.running === false) break;
      const found = await ask();
      if (found !== undefined && found !== false) return found;
      await delay(100);
    }
    const log = await readFile(join(this.machine.folder, 'agent.log'), 'utf8').catch(String);
    // That a call was answered says nothing, and there are many.
    const lines = log.split('\n').filter((line) => !line.includes('"msg":"Call done"'));
    throw new Error(`not within ${patienceMs} ms: ${what}; ${lines.join('\n').slice(-4000)}`);
  }

  async close(): Promise<void> {
    this.client.close();
    await this.machine.powerOff();
  }
}
