import { existsSync, readFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { LauncherError, textOf } from '../errors.ts';
import { heapOptions } from '@virgate/engine/heap-options';
import { SupervisedProcess } from '../process/supervised.ts';
import type { Stage } from '../progress.ts';
import { EngineClient } from '../setup/engine-client.ts';
import { ownProgram, programEnvironment } from '../system.ts';
import type { System } from '../system.ts';
import { ovnPlaces } from './ovn.ts';
import { choosePort } from '../system/ports.ts';
import { writeEndpoint } from '../endpoint.ts';

const FIRST_PORT = 8443;
const FIRST_CONSOLE_PORT = 2222;
const READY_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 20_000;
const ALL_ADDRESSES = ['::', '0.0.0.0'];

/** Names and addresses by which clients may call the engine: they go into its certificate. */
function names(listen: string): string[] {
  if (!ALL_ADDRESSES.includes(listen)) return [listen];
  const addresses = Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).filter((entry) => !entry.internal && !entry.address.startsWith('fe80:')).map((entry) => entry.address),
  );
  return [hostname(), ...addresses];
}

function hasIpv6(): boolean {
  return existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6', 'latin1').trim() !== '';
}

function urlHost(listen: string): string {
  if (ALL_ADDRESSES.includes(listen)) return 'localhost';
  return listen.includes(':') ? `[${listen}]` : listen;
}

/** Port of serial consoles over SSH; null where nobody wants any. */
async function consolePortOf({ folder: { settings }, options }: System, listen: string): Promise<number | null> {
  const asked = options.consolePort === undefined ? settings.consolePort : options.consolePort;
  if (asked === null) return null;
  const wanted = { asked: options.consolePort ?? undefined, remembered: settings.consolePort ?? undefined, first: FIRST_CONSOLE_PORT };
  return choosePort(listen, wanted, 'serial consoles over SSH', '--console-port PORT, or --console-port off');
}

/** Starts the engine and waits until it and its database answer. */
export function engineStage(system: System): Stage {
  const { folder, options, say } = system;
  return {
    title: 'engine',
    async run(report) {
      const { settings } = folder;
      const listen = options.listen ?? settings.listen ?? (hasIpv6() ? '::' : '0.0.0.0');
      const port = await choosePort(listen, { asked: options.port, remembered: settings.enginePort, first: FIRST_PORT }, 'the engine');
      const consolePort = await consolePortOf(system, listen);
      const configFile = folder.write('etc/engine.json', {
        engineId: settings.engineId,
        pkiDir: folder.at('pki'),
        databaseUrl: system.database?.url,
        ovn: await ovnPlaces(system, listen),
        listen: { host: listen, port },
        ...(consolePort === null ? {} : { serialConsoles: { host: listen, port: consolePort } }),
        names: names(listen),
        portalDir: system.portalFolder,
        adminPasswordFile: folder.passwordFile,
      });
      const url = `https://${urlHost(listen)}:${port}`;
      const client = (): EngineClient =>
        (system.client ??= new EngineClient(url, folder.caFile, {
          username: 'admin@internal',
          password: readFileSync(folder.passwordFile, 'utf8').trim(),
        }));
      const engine = new SupervisedProcess({
        folder,
        which: 'engine',
        title: 'the engine',
        say,
        environment: programEnvironment(folder),
        argv: ownProgram('packages/engine/src/main.ts', ['--config', configFile], heapOptions),
        isReady: async () => existsSync(folder.caFile) && existsSync(folder.passwordFile) && (await client().isHealthy()),
        readyTimeoutMs: READY_TIMEOUT_MS,
        stopTimeoutMs: STOP_TIMEOUT_MS,
      });
      system.engine = engine;
      try {
        await engine.start();
      } catch (error) {
        throw new LauncherError('engine_failed', textOf(error), `Its log is ${folder.at('log', 'engine.log')}.`, { cause: error });
      }
      Object.assign(settings, { enginePort: port, consolePort, listen });
      folder.save();
      system.url = url;
      writeEndpoint(system);
      report.note(consolePort === null ? url : `${url}, serial consoles at port ${consolePort}`);
    },
  };
}
