import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LauncherError, textOf } from './errors.ts';

/** What is decided once for a data folder and then kept: ports, names, ids. */
export interface Settings {
  readonly engineId: string;
  readonly hostUuid: string;
  readonly hostName: string;
  enginePort?: number;
  listen?: string;
  /** Port of serial consoles over SSH; null where they were switched off. */
  consolePort?: number | null;
  vdsmPort?: number;
  /** Port of OVN's southbound database; missing where nobody asked for OVN. */
  ovnPort?: number;
  /** First three numbers of the guests' IPv4 network, such as `10.93.12`. */
  guestNetwork?: string;
  /** First VNC port of this folder's guests. */
  displayPort?: number;
  /** This folder switched the machine's forwarding of IPv4 packets on. */
  switchedForwardingOn?: boolean;
  /** The storage domain was made once; whoever removes it does not get it back. */
  madeStorage?: boolean;
  /** The template was made once. */
  madeTemplate?: boolean;
  /** The first password was printed. */
  toldPassword?: boolean;
}

/** Sockets of libvirt lie some folders deeper, and the path of a socket has at most 107 bytes. */
const MAXIMUM_PATH_BYTES = 70;
/** The host agent and sanlock take no other characters. */
const PATH_PATTERN = /^\/[A-Za-z0-9/._-]*$/;

/** Each of them is its owner's alone. */
const FOLDERS = ['etc', 'run', 'log', 'pki', 'cache', 'images', 'storage', 'host'];
const OWN_MODE = 0o700;
/** Where PostgreSQL cannot run as root in a user namespace, it runs as a service user, who has to get to its folder. */
const ROOT_MODE = 0o711;

/** Everything of an installation lies below one folder; this knows where. */
export class DataFolder {
  readonly path: string;
  /** Six hexadecimal digits that tell this folder's things on the machine from those of others. */
  readonly tag: string;
  readonly settings: Settings;

  private constructor(path: string, settings: Settings) {
    this.path = path;
    this.tag = createHash('sha256').update(path).digest('hex').slice(0, 6);
    this.settings = settings;
  }

  /**
   * Opens a data folder, and makes it when it is missing.
   * @throws {LauncherError} data_folder_unusable
   */
  static open(wanted: string): DataFolder {
    try {
      mkdirSync(wanted, { recursive: true, mode: 0o700 });
      const path = realpathSync(wanted);
      checkPath(path);
      chmodSync(path, process.getuid?.() === 0 ? ROOT_MODE : OWN_MODE);
      for (const folder of FOLDERS) mkdirSync(join(path, folder), { recursive: true, mode: OWN_MODE });
      const folder = new DataFolder(path, readSettings(path) ?? newSettings());
      folder.save();
      return folder;
    } catch (error) {
      if (error instanceof LauncherError) throw error;
      throw new LauncherError(
        'data_folder_unusable',
        `the data folder ${wanted} cannot be used: ${textOf(error)}`,
        'Name another one with --data FOLDER, or make this one writable.',
        { cause: error },
      );
    }
  }

  /** Opens a data folder that must exist. @throws {LauncherError} data_folder_unusable */
  static openExisting(wanted: string): DataFolder {
    if (!existsSync(join(wanted, 'settings.json'))) {
      throw new LauncherError('data_folder_unusable', `${wanted} is no data folder of Virgate`, 'Name the folder with --data FOLDER.');
    }
    return DataFolder.open(wanted);
  }

  /** Path of something in the folder. */
  at(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** Keeps the settings. */
  save(): void {
    this.write('settings.json', this.settings);
  }

  /** Replaces a JSON file as a whole; only the owner may read it. */
  write(name: string, value: object): string {
    const path = this.at(name);
    writeFileSync(`${path}.new`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return path;
  }

  get bridge(): string {
    return `vgt-${this.tag}`;
  }

  get caFile(): string {
    return this.at('pki', 'ca.pem');
  }

  get passwordFile(): string {
    return this.at('admin-password');
  }
}

function checkPath(path: string): void {
  if (Buffer.byteLength(path) > MAXIMUM_PATH_BYTES) {
    throw new LauncherError(
      'data_folder_unusable',
      `the path ${path} is longer than ${MAXIMUM_PATH_BYTES} bytes: sockets below it could not be opened`,
      'Name a folder with a shorter path with --data FOLDER.',
    );
  }
  if (!PATH_PATTERN.test(path)) {
    throw new LauncherError(
      'data_folder_unusable',
      `the path ${path} has characters other than letters, digits, dots, dashes and underscores`,
      'Name another folder with --data FOLDER.',
    );
  }
}

function readSettings(path: string): Settings | undefined {
  const file = join(path, 'settings.json');
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as Settings;
}

function newSettings(): Settings {
  return { engineId: randomUUID(), hostUuid: randomUUID(), hostName: 'local' };
}
