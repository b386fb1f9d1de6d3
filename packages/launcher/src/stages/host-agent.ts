import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import type { JoinedFiles } from '@virgate/host';
import { writeEndpoint } from '../endpoint.ts';
import { LauncherError, textOf } from '../errors.ts';
import { SupervisedProcess } from '../process/supervised.ts';
import type { Stage } from '../progress.ts';
import { waitForHostUp } from '../setup/host.ts';
import { ownProgram, programEnvironment } from '../system.ts';
import type { System } from '../system.ts';
import type { GuestNetwork } from '../system/bridge.ts';
import { choosePort } from '../system/ports.ts';

const VDSM_PORT = 54_321;
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

async function listens(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port });
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

function writeConfiguration(system: System, network: GuestNetwork, port: number, tls: JoinedFiles): string {
  const { folder } = system;
  for (const part of ['data', 'run', 'repository']) mkdirSync(folder.at('host', part), { recursive: true, mode: 0o755 });
  return folder.write('etc/host-agent.json', {
    dataDir: folder.at('host', 'data'),
    runDir: folder.at('host', 'run'),
    repoRoot: folder.at('host', 'repository'),
    listen: { host: network.gateway, port },
    address: network.gateway,
    tls,
    libvirt: {
      socketPath: system.libvirtd?.socketPath,
      stateDirectory: system.libvirtd?.stateDirectory,
      lockManager: system.libvirtd?.lockManager,
    },
    migration: { pkiDirectory: system.libvirtd?.migrationPkiDirectory },
    accel: system.accelerator?.accelerator,
    hostUuid: folder.settings.hostUuid,
    hostName: folder.settings.hostName,
    managementBridge: { name: 'ovirtmgmt', bridge: network.bridge },
    vncListen: '127.0.0.1',
    openVSwitch: { tunnelAddress: system.ovn?.host },
    // The machine is its owner's: how its kernel shares pages is not ours to say.
    memory: { pageSharing: 'leave' },
  });
}

/** Enrols this machine as a host, runs its agent, and waits until the engine finds it Up. */
export function hostAgentStage(system: System): Stage {
  const { folder, say } = system;
  return {
    title: 'host agent',
    async run(report) {
      const { client, network } = system;
      if (client === undefined || network === undefined) throw new Error('the engine and the network come before the agent');
      const { settings } = folder;
      const port = await choosePort(
        network.gateway,
        { asked: undefined, remembered: undefined, first: settings.vdsmPort ?? VDSM_PORT },
        'the host agent',
      );
      settings.vdsmPort ??= port;
      folder.save();
      try {
        // loaded late: the first answer of the engine must not wait for what the agent is made of
        const { ensureEnrolled } = await import('../setup/join.ts');
        const tls = await ensureEnrolled(client, system.url ?? '', folder.at('host', 'pki'), {
          name: settings.hostName,
          uuid: settings.hostUuid,
          address: network.gateway,
          port: settings.vdsmPort,
        });
        const agent = new SupervisedProcess({
          folder,
          which: 'host-agent',
          title: 'the host agent',
          say,
          environment: programEnvironment(folder),
          argv: ownProgram('packages/host/src/main.ts', ['run', '--config', writeConfiguration(system, network, settings.vdsmPort, tls)]),
          isReady: async () => listens(network.gateway, settings.vdsmPort ?? port),
          readyTimeoutMs: READY_TIMEOUT_MS,
          stopTimeoutMs: STOP_TIMEOUT_MS,
        });
        system.agent = agent;
        await agent.start();
        writeEndpoint(system);
        await waitForHostUp(client, settings.hostName);
      } catch (error) {
        throw new LauncherError(
          'agent_failed',
          textOf(error),
          `Logs: ${folder.at('log', 'host-agent.log')}, ${folder.at('log', 'engine.log')}.`,
          { cause: error },
        );
      }
      report.note(`host ${settings.hostName} is up at ${network.gateway}:${settings.vdsmPort}`);
    },
  };
}
