import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LauncherError, textOf } from './errors.ts';

/** What `npm start` was asked for. */
export interface StartOptions {
  /** Port that was asked for; undefined = the remembered one, at first 8443 or the next free one. */
  readonly port: number | undefined;
  /** Port of serial consoles over SSH; null = none, from now on; undefined = the remembered one, at first 2222 or the next free one. */
  readonly consolePort: number | null | undefined;
  /** Address that the engine listens on. */
  readonly listen: string | undefined;
  readonly dataDir: string;
  readonly mayInstall: boolean;
  readonly detach: boolean;
  /** Start OVN, from now on at every start. */
  readonly ovn: boolean;
}

/** What `npm run stop` was asked for. */
export interface StopOptions {
  readonly dataDir: string;
  /** Also end the guests, and with them the hypervisor and the guests' network. */
  readonly guests: boolean;
}

export const START_USAGE = `Usage: npm start -- [--port PORT] [--listen ADDRESS] [--console-port PORT] [--data FOLDER] [--ovn] [--no-install] [--detach]
  --port PORT       port of the engine; by default 8443, or the next free one, which is then kept
  --listen ADDRESS  address that the engine listens on; by default all addresses of this machine
  --console-port PORT
                    port of serial consoles over SSH; by default 2222, or the next free one, which is then kept; off: none
  --data FOLDER     where everything is kept; by default /var/lib/virgate for root, else $XDG_DATA_HOME/virgate
  --ovn             networks by OVN, from this start on: its databases beside the engine, and hosts as its chassis
  --no-install      install nothing; say what is missing instead (also: VIRGATE_NO_INSTALL=1)
  --detach          return when everything is ready; "npm run stop" ends it`;

export const STOP_USAGE = `Usage: npm run stop -- [--data FOLDER] [--guests]
  --data FOLDER     the data folder of the installation to stop
  --guests          end its guests as well, and its hypervisor and network`;

type Environment = Readonly<Record<string, string | undefined>>;

/** The data folder when none is named. */
export function defaultDataDir(environment: Environment, isRoot: boolean): string {
  const named = environment['VIRGATE_DATA'];
  if (named !== undefined && named !== '') return resolve(named);
  if (isRoot) return '/var/lib/virgate';
  const base = environment['XDG_DATA_HOME'];
  return join(base !== undefined && base.startsWith('/') ? base : join(environment['HOME'] ?? homedir(), '.local/share'), 'virgate');
}

function parse<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new LauncherError('bad_option', textOf(error), usage);
  }
}

function readPort(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) throw new TypeError(`${option} ${text}: a number from 1 to 65535 is needed`);
  return port;
}

/** @throws {LauncherError} bad_option, with the usage */
export function parseStartOptions(args: readonly string[], environment: Environment, isRoot: boolean): StartOptions {
  return parse(START_USAGE, () => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        'console-port': { type: 'string' },
        listen: { type: 'string' },
        data: { type: 'string' },
        'no-install': { type: 'boolean', default: false },
        detach: { type: 'boolean', default: false },
        ovn: { type: 'boolean', default: false },
      },
    });
    if (values.listen !== undefined && isIP(values.listen) === 0) throw new TypeError(`--listen ${values.listen}: an IP address is needed`);
    return {
      port: readPort('--port', values.port),
      consolePort: ['', 'off'].includes(values['console-port'] ?? 'on') ? null : readPort('--console-port', values['console-port']),
      listen: values.listen,
      dataDir: values.data === undefined ? defaultDataDir(environment, isRoot) : resolve(values.data),
      mayInstall: !values['no-install'] && environment['VIRGATE_NO_INSTALL'] === undefined,
      detach: values.detach,
      ovn: values.ovn,
    };
  });
}

/** @throws {LauncherError} bad_option, with the usage */
export function parseStopOptions(args: readonly string[], environment: Environment, isRoot: boolean): StopOptions {
  return parse(STOP_USAGE, () => {
    const { values } = parseArgs({ args: [...args], options: { data: { type: 'string' }, guests: { type: 'boolean', default: false } } });
    return { dataDir: values.data === undefined ? defaultDataDir(environment, isRoot) : resolve(values.data), guests: values.guests };
  });
}
