import { existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findProgram } from '../system-packages.ts';
import { runProgram } from './run.ts';

/** Where packages of OVN put the shapes of its databases. */
const SCHEMAS = '/usr/share/ovn';

/** What the databases of an OVN are made with. */
export interface OvnOptions {
  /** Where they and their sockets lie; only the owner may look in. */
  readonly folder: string;
  /** Where hosts reach the southbound database. */
  readonly listen: { readonly host: string; readonly port: number };
  /** As whom it shows itself to hosts, and by which authority it knows them. */
  readonly tls: { readonly keyFile: string; readonly certFile: string; readonly caFile: string };
}

/** A program of OVN that runs in the foreground. */
export interface OvnProgram {
  readonly which: 'ovn-northbound' | 'ovn-southbound' | 'ovn-northd';
  readonly argv: readonly [string, ...string[]];
  /** What is there to connect to when it is ready. */
  readonly socket: string;
}

/** The address of the northbound database of a folder, for the engine. */
export const northboundAddress = (folder: string): string => `unix:${join(folder, 'northbound.sock')}`;

function program(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}

/** Makes a database, or brings an older one to the shape that the installed programs know. */
async function ensureDatabase(file: string, schema: string): Promise<void> {
  if (!existsSync(file)) {
    await runProgram(['ovsdb-tool', 'create', file, schema]);
    return;
  }
  if ((await runProgram(['ovsdb-tool', 'needs-conversion', file, schema])).trim() === 'yes')
    await runProgram(['ovsdb-tool', 'convert', file, schema]);
}

/**
 * Makes what the central part of OVN needs: the database of networks, which the engine writes, the one that hosts follow, and between them
 * the program that makes flows of networks.
 * @returns the programs, in the order in which they are started
 */
export async function prepareOvn({ folder, listen, tls }: OvnOptions): Promise<OvnProgram[]> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(folder, name);
  for (const [name, schema] of [
    ['northbound', 'ovn-nb'],
    ['southbound', 'ovn-sb'],
  ] as const)
    await ensureDatabase(at(`${name}.db`), join(SCHEMAS, `${schema}.ovsschema`));
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  const server = (name: string, ...others: string[]): [string, ...string[]] => [
    program('ovsdb-server'),
    at(`${name}.db`),
    `--remote=punix:${at(`${name}.sock`)}`,
    `--unixctl=${at(`${name}.ctl`)}`,
    '-vconsole:warn',
    '-vsyslog:off',
    ...others,
  ];
  const secured = [`--private-key=${tls.keyFile}`, `--certificate=${tls.certFile}`, `--ca-cert=${tls.caFile}`];
  return [
    { which: 'ovn-northbound', argv: server('northbound'), socket: at('northbound.sock') },
    {
      which: 'ovn-southbound',
      argv: server('southbound', `--remote=pssl:${listen.port}:${host}`, ...secured),
      socket: at('southbound.sock'),
    },
    {
      which: 'ovn-northd',
      argv: [
        program('ovn-northd'),
        `--ovnnb-db=unix:${at('northbound.sock')}`,
        `--ovnsb-db=unix:${at('southbound.sock')}`,
        `--unixctl=${at('northd.ctl')}`,
        '-vconsole:warn',
        '-vsyslog:off',
      ],
      socket: at('northd.ctl'),
    },
  ];
}

/** Whether somebody listens on a unix socket. */
export async function answers(socket: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const connection = connect({ path: socket });
  connection.once('connect', () => resolve(true));
  connection.once('error', () => resolve(false));
  try {
    return await promise;
  } finally {
    connection.destroy();
  }
}
