// A process with simulated hosts that share one storage, which outlives it in files: `node simulated-hosts.ts CONFIG`.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SimulatedPower, SimulatedStorage, startSimulatedHost } from '@virgate/lab';
import type { Fault, SimulatedHost, SimulatedVolume } from '@virgate/lab';
import { answerParent } from './child-process.ts';

export interface SimulatedHostsConfig {
  /** Where storage, guests and tasks are kept. */
  readonly stateFolder: string;
  readonly caFile: string;
  readonly domainBytes: number;
  readonly hosts: readonly {
    readonly name: string;
    readonly uuid: string;
    readonly address: string;
    readonly port: number;
    readonly keyFile: string;
    readonly certificateFile: string;
  }[];
  readonly launchDelayMs: number;
  readonly bootDelayMs: number;
  readonly taskDelayMs: number;
}

/** What the hosts are asked. */
export type HostsQuestion =
  | { readonly kind: 'look' }
  /** On all hosts, or on the one of that name. */
  | { readonly kind: 'fault'; readonly fault: Fault; readonly host?: string | undefined }
  | { readonly kind: 'forget-volume'; readonly volumeId: string }
  /** A guest writes to the begin of a volume; the content in Base64. */
  | { readonly kind: 'write-volume'; readonly volumeId: string; readonly content: string }
  /** Cuts a host's power, or wires its management board to another host's address. */
  | { readonly kind: 'power-off'; readonly address: string }
  | { readonly kind: 'power-on'; readonly address: string }
  /** Nobody reaches a host, whose guests go on; or it answers again. */
  | { readonly kind: 'silence' | 'answer-again'; readonly address: string }
  | { readonly kind: 'wire'; readonly board: string; readonly address: string }
  | { readonly kind: 'crash'; readonly vmId: string }
  /** Its processors stop for an error of its storage. */
  | { readonly kind: 'pause'; readonly vmId: string; readonly code: string }
  | { readonly kind: 'console'; readonly vmId: string; readonly address: string; readonly guestUser: string }
  | { readonly kind: 'domain' | 'live-domain'; readonly vmId: string };

/** What all hosts of the process know together. */
export interface HostsView {
  /** VM.create calls and QEMU processes started, by VM id, since the process began. */
  readonly createCalls: Readonly<Record<string, number>>;
  readonly launches: Readonly<Record<string, number>>;
  /** QEMU processes that did not start because another one had the disk. */
  readonly lockedOut: number;
  readonly vms: readonly {
    readonly vmId: string;
    readonly host: string;
    readonly status: string;
    readonly running: boolean;
    /** What is done when its console is left, and after how many minutes. */
    readonly consoleEnd: string | undefined;
    readonly startedAtMs: number;
    /** What its last migration was asked for with. */
    readonly migrationOrder: Readonly<Record<string, unknown>> | undefined;
  }[];
  readonly volumes: readonly {
    readonly volumeId: string;
    readonly imageId: string;
    readonly parentId: string;
    readonly generation: number;
    readonly role: SimulatedVolume['role'];
    readonly isSealed: boolean;
    readonly capacityBytes: number;
    readonly legality: string;
  }[];
  /** Leases of VMs: `domain/VM`. */
  readonly leases: readonly string[];
  readonly calls: Readonly<Record<string, number>>;
}

const add = (sum: Record<string, number>, more: Readonly<Record<string, number>>): void => {
  for (const [key, count] of Object.entries(more)) sum[key] = (sum[key] ?? 0) + count;
};

function keptStorage(config: SimulatedHostsConfig): SimulatedStorage {
  const file = join(config.stateFolder, 'storage.json');
  const content = existsSync(file) ? { content: JSON.parse(readFileSync(file, 'utf8')) as SimulatedStorage['content'] } : {};
  const storage = new SimulatedStorage({ domainBytes: config.domainBytes, ...content });
  storage.onChange = () => {
    writeFileSync(`${file}.new`, JSON.stringify(storage.content));
    renameSync(`${file}.new`, file);
  };
  return storage;
}

function look(hosts: readonly SimulatedHost[], storage: SimulatedStorage): HostsView {
  const createCalls: Record<string, number> = {};
  const launches: Record<string, number> = {};
  const calls: Record<string, number> = {};
  for (const host of hosts) {
    add(createCalls, host.counts.createCalls);
    add(launches, host.counts.launches);
    add(calls, host.calls);
  }
  return {
    createCalls,
    launches,
    lockedOut: hosts.reduce((sum, host) => sum + host.counts.lockedOut, 0),
    calls,
    vms: hosts.flatMap((host) =>
      [...host.vms.values()].map(({ vmId, status, running, startedAtMs, consoleEnd, migrationOrder }) => ({
        vmId,
        host: host.name,
        status,
        running,
        startedAtMs,
        consoleEnd,
        migrationOrder,
      })),
    ),
    leases: Object.values(storage.content.domains).flatMap((domain) => (domain.leases ?? []).map((id) => `${domain.domainId}/${id}`)),
    volumes: Object.values(storage.content.domains).flatMap((domain) =>
      Object.values(domain.volumes).map(({ volumeId, imageId, parentId, generation, role, isSealed = false, capacityBytes, legality }) => ({
        volumeId,
        imageId,
        parentId,
        generation,
        role,
        isSealed,
        capacityBytes,
        legality,
      })),
    ),
  };
}

async function main(configFile: string): Promise<void> {
  const config = JSON.parse(readFileSync(configFile, 'utf8')) as SimulatedHostsConfig;
  const storage = keptStorage(config);
  const power = new SimulatedPower();
  const hosts: SimulatedHost[] = [];
  for (const { name, uuid, address, port, keyFile, certificateFile } of config.hosts) {
    const tls = {
      key: readFileSync(keyFile, 'utf8'),
      cert: readFileSync(certificateFile, 'utf8'),
      ca: readFileSync(config.caFile, 'utf8'),
    };
    hosts.push(
      await startSimulatedHost({
        name,
        uuid,
        address,
        port,
        tls,
        storage,
        power,
        stateFile: join(config.stateFolder, `${name}.json`),
        launchDelayMs: config.launchDelayMs,
        bootDelayMs: config.bootDelayMs,
        taskDelayMs: config.taskDelayMs,
        shutdownDelayMs: 20,
      }),
    );
  }
  answerParent((question: HostsQuestion) => {
    switch (question.kind) {
      case 'look':
        return look(hosts, storage);
      case 'fault':
        for (const host of hosts) if (question.host === undefined || question.host === host.name) host.faults.add(question.fault);
        return null;
      case 'forget-volume':
        for (const domain of Object.values(storage.content.domains)) delete domain.volumes[question.volumeId];
        storage.onChange();
        return null;
      case 'write-volume':
        for (const domain of Object.values(storage.content.domains)) {
          const volume = domain.volumes[question.volumeId];
          if (volume !== undefined) volume.content = question.content;
        }
        storage.onChange();
        return null;
      case 'power-off':
      case 'power-on':
        return power.fenceNode(
          {
            addr: question.address,
            agent: 'ipmilan',
            username: 'admin',
            password: 'lab123',
            action: question.kind === 'power-on' ? 'on' : 'off',
          },
          undefined as never,
        );
      case 'silence':
      case 'answer-again': {
        const host = hosts.find((one) => one.address === question.address);
        return (question.kind === 'silence' ? host?.goSilent() : host?.answerAgain())?.then(() => null);
      }
      case 'wire':
        power.wire(question.board, question.address);
        return null;
      case 'crash':
        for (const host of hosts) if (host.vms.get(question.vmId)?.running === true) host.crashVm(question.vmId);
        return null;
      case 'pause':
        for (const host of hosts) if (host.vms.get(question.vmId)?.running === true) host.pauseVm(question.vmId, question.code);
        return null;
      case 'console':
        hosts.find((host) => host.vms.has(question.vmId))?.useConsole(question.vmId, question.address, question.guestUser);
        return null;
      case 'domain':
        return hosts.map((host) => host.vms.get(question.vmId)).find((vm) => vm !== undefined && vm.status !== 'Down')?.xml ?? null;
      case 'live-domain':
        return hosts.find((host) => host.vms.get(question.vmId)?.running === true)?.liveDomain(question.vmId) ?? null;
      default:
        throw new Error('That cannot be asked of simulated hosts');
    }
  });
  const stop = (): void => {
    void Promise.all(hosts.map((host) => host.close())).then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  // Without the parent nobody would ever end this process.
  process.once('disconnect', stop);
}

if (import.meta.main) await main(process.argv[2] ?? '');
