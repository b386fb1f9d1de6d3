import { dirname, join, resolve } from 'node:path';
import type { EmbeddedPostgres } from '@virgate/database';
import type { GuestImage } from '@virgate/lab';
import type { PrivateLibvirtd } from '@virgate/libvirt';
import type { StartOptions } from './command-line.ts';
import type { DataFolder } from './data-folder.ts';
import type { EngineClient } from './setup/engine-client.ts';
import type { SupervisedProcess } from './process/supervised.ts';
import type { ProcessWatch } from './process/watch.ts';
import type { AcceleratorChoice } from './system/accelerator.ts';
import type { GuestNetwork } from './system/bridge.ts';

/** Root of the checkout. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..');

/** What is being started: each stage adds its part for those after it. */
export interface System {
  readonly folder: DataFolder;
  readonly options: StartOptions;
  /** Tells a person something while everything runs. */
  readonly say: (line: string) => void;
  portalFolder?: string;
  database?: EmbeddedPostgres;
  engine?: SupervisedProcess;
  agent?: SupervisedProcess;
  /** Address of the engine, such as `https://localhost:8443`. */
  url?: string;
  client?: EngineClient;
  guestImage?: GuestImage;
  accelerator?: AcceleratorChoice;
  network?: GuestNetwork;
  libvirtd?: PrivateLibvirtd;
  /** Where OVN's southbound database listens, when OVN was asked for. */
  ovn?: { host: string; port: number };
  /** Programs of OVN, in the order in which they were started. */
  readonly ovnProcesses: SupervisedProcess[];
  readonly watches: ProcessWatch[];
}

/** Environment of the programs of Virgate: Node 24 and the system's programs are found, and compiled code is kept for the next start. */
export function programEnvironment(folder: DataFolder): NodeJS.ProcessEnv {
  const path = [
    dirname(process.execPath),
    ...(process.env['PATH'] ?? '').split(':'),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/usr/local/bin',
    '/usr/bin',
    '/bin',
  ];
  return {
    ...process.env,
    PATH: [...new Set(path.filter((entry) => entry.startsWith('/')))].join(':'),
    NODE_ENV: 'production',
    NODE_OPTIONS: undefined,
    NODE_COMPILE_CACHE: folder.at('cache', 'compiled'),
  };
}

/**
 * Command line of a program of ours: Node without its warnings about what is still young in it.
 * @param nodeOptions further options of Node
 */
export function ownProgram(path: string, args: readonly string[], nodeOptions: readonly string[] = []): [string, ...string[]] {
  return [process.execPath, '--disable-warning=ExperimentalWarning', ...nodeOptions, join(repositoryRoot, path), ...args];
}
