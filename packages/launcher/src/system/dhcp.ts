import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataFolder } from '../data-folder.ts';
import { LauncherError } from '../errors.ts';
import { endProcess, identifyProcess } from '../process/identity.ts';
import { openLog, tailOfLog } from '../process/log-file.ts';
import { forgetProcess, recordProcess, recordedProcess } from '../process/record.ts';
import { findProgram } from '../system-packages.ts';
import type { GuestNetwork } from './bridge.ts';

const FIRST_HOST_NUMBER = 20;
const LAST_HOST_NUMBER = 250;
const LEASE_TIME = '12h';
const SETTLE_MS = 300;
const STOP_TIMEOUT_MS = 3_000;

/** Arguments of dnsmasq: DHCP and names for the guests of one bridge, and nothing else of this machine. */
export function dnsmasqArguments(network: GuestNetwork, leaseFile: string, pidFile: string): string[] {
  return [
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--no-hosts',
    '--bind-interfaces',
    '--except-interface=lo',
    `--interface=${network.bridge}`,
    `--listen-address=${network.gateway}`,
    `--dhcp-range=${network.network}.${FIRST_HOST_NUMBER},${network.network}.${LAST_HOST_NUMBER},${LEASE_TIME}`,
    '--dhcp-authoritative',
    '--dhcp-no-override',
    `--dhcp-leasefile=${leaseFile}`,
    `--pid-file=${pidFile}`,
    '--user=root',
    '--log-facility=-',
  ];
}

/**
 * Starts dnsmasq for the guests, or finds it running. Like the guests it outlives the launcher.
 * @returns its process id
 * @throws {LauncherError} network_failed
 */
export async function ensureDhcp(folder: DataFolder, network: GuestNetwork): Promise<number> {
  const running = recordedProcess(folder, 'dnsmasq');
  if (running !== undefined) return running.pid;
  const program = findProgram('dnsmasq');
  if (program === undefined)
    throw new LauncherError('network_failed', 'dnsmasq is not installed', 'Run as root: apt-get install dnsmasq-base');
  const logFile = folder.at('log', 'dnsmasq.log');
  const log = openLog(logFile);
  const child = spawn(program, dnsmasqArguments(network, folder.at('run', 'dhcp-leases'), folder.at('run', 'dnsmasq.pid')), {
    cwd: '/',
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  child.unref();
  child.on('error', () => undefined);
  const identity = child.pid === undefined ? undefined : recordProcess(folder, 'dnsmasq', child.pid);
  await sleep(SETTLE_MS);
  if (identity === undefined || identifyProcess(identity.pid) === undefined) {
    throw new LauncherError(
      'network_failed',
      `dnsmasq, which gives guests their addresses, ended at once: ${tailOfLog(logFile).split('\n').at(-1) ?? ''}`,
      `Port 53 and 67 on ${network.gateway} must be free: another dnsmasq with --interface=* would be in the way.`,
    );
  }
  return identity.pid;
}

export async function stopDhcp(folder: DataFolder): Promise<void> {
  const running = recordedProcess(folder, 'dnsmasq');
  if (running !== undefined) await endProcess(running, STOP_TIMEOUT_MS);
  forgetProcess(folder, 'dnsmasq');
}
