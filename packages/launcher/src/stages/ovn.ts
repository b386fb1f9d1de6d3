import { networkInterfaces } from 'node:os';
import { LauncherError, textOf } from '../errors.ts';
import { SupervisedProcess } from '../process/supervised.ts';
import type { Stage } from '../progress.ts';
import { SystemPackagesError, ensureSystemPackages } from '../system-packages.ts';
import { programEnvironment, type System } from '../system.ts';
import { ensureOpenVSwitch } from '../system/open-vswitch.ts';
import { answers, northboundAddress, prepareOvn } from '../system/ovn.ts';
import { choosePort } from '../system/ports.ts';

const FIRST_PORT = 6642;
const READY_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;
const ALL_ADDRESSES = ['::', '0.0.0.0'];

/** The address of this machine at which hosts find OVN's southbound database, and its tunnels end. */
function ownAddress(listen: string): string {
  if (!ALL_ADDRESSES.includes(listen)) return listen;
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return addresses.find((entry) => entry.family === 'IPv4' && !entry.internal)?.address ?? '127.0.0.1';
}

/** Whether somebody asked for OVN, now or at an earlier start. */
export const isOvnWanted = ({ folder, options }: System): boolean => options.ovn || folder.settings.ovnPort !== undefined;

/** Where the databases of OVN are to be, for the engine and for hosts; undefined where nobody asked for OVN. */
export async function ovnPlaces(system: System, listen: string): Promise<{ northbound: string; southbound: string } | undefined> {
  const { folder } = system;
  const { settings } = folder;
  if (!isOvnWanted(system)) return undefined;
  const host = ownAddress(listen);
  const port = await choosePort(
    host,
    { asked: undefined, remembered: settings.ovnPort, first: FIRST_PORT },
    'the southbound database of OVN',
  );
  settings.ovnPort = port;
  folder.save();
  system.ovn = { host, port };
  return { northbound: northboundAddress(folder.at('ovn')), southbound: `ssl:${host.includes(':') ? `[${host}]` : host}:${port}` };
}

/** Starts the central part of OVN, and this machine's Open vSwitch where it does not run, once somebody asked for it by `--ovn`. */
export function ovnStage(system: System): Stage {
  const { folder, options, say } = system;
  return {
    title: 'OVN',
    async run(report) {
      const { ovn: listen } = system;
      if (listen === undefined) throw new Error('The engine comes before OVN');
      try {
        await ensureSystemPackages(['ovn'], { allowed: options.mayInstall });
        const tls = { keyFile: folder.at('pki/keys/engine.key'), certFile: folder.at('pki/certs/engine.cer'), caFile: folder.caFile };
        for (const { which, argv, socket } of await prepareOvn({ folder: folder.at('ovn'), listen, tls })) {
          const started = new SupervisedProcess({
            folder,
            which,
            title: which,
            say,
            environment: programEnvironment(folder),
            argv,
            isReady: () => answers(socket),
            readyTimeoutMs: READY_TIMEOUT_MS,
            stopTimeoutMs: STOP_TIMEOUT_MS,
          });
          system.ovnProcesses.push(started);
          await started.start();
        }
        report.note(`hosts find it at ${listen.host}:${listen.port}; ${await ensureOpenVSwitch()}`);
      } catch (error) {
        const advice =
          error instanceof SystemPackagesError
            ? `Run as root: ${error.command}`
            : `Logs: ${folder.at('log')}/ovn-*.log. Without OVN: take ovnPort out of ${folder.at('settings.json')}, and --ovn from the command.`;
        throw new LauncherError('ovn_failed', `OVN cannot be started: ${textOf(error)}`, advice, { cause: error });
      }
    },
  };
}
