import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { storageError } from '../storage-error.ts';
import type { StorageLog } from '../storage-clock.ts';
import type { StorageDomain } from '../storage-domain/store.ts';
import { leaseArgument, readLease, spmResource } from '../storage-domain/sanlock.ts';
import type { LeaseArea, LeaseState } from '../storage-domain/sanlock.ts';

/** Longest wait for the lease of the storage pool manager. */
const acquireTimeoutMs = 120_000;

const pollIntervalMs = 250;

/** The lease `SDM` of a pool's master domain, held by sanlock for a process of ours. */
export interface SpmLease {
  /** @returns the lease's version. @throws 651 AcquireLockFailure */
  acquire(master: StorageDomain, hostId: number, onLost: () => void): Promise<number>;
  release(): Promise<void>;
  /** Who holds it according to the disk. */
  read(master: StorageDomain): Promise<LeaseState>;
}

export function spmLeaseArea(master: StorageDomain): LeaseArea {
  return {
    lockspace: master.id,
    resource: spmResource,
    path: join(master.path, 'dom_md', 'leases'),
    offsetBytes: master.metadata.alignmentBytes,
  };
}

/**
 * sanlock ties a lease to a process and kills it when the lockspace is lost. A sleeping child stands
 * for the agent, so that losing the lease ends the role and not the agent.
 */
export function createSpmLease(log: StorageLog): SpmLease {
  let holder: ChildProcess | undefined;

  const read = (master: StorageDomain): Promise<LeaseState> => readLease(spmLeaseArea(master), master.metadata);

  async function untilHeld(child: ChildProcess, master: StorageDomain, hostId: number, failure: () => string | undefined): Promise<number> {
    for (let waitedMs = 0; waitedMs < acquireTimeoutMs; waitedMs += pollIntervalMs) {
      const reason = failure();
      if (reason !== undefined)
        throw storageError('AcquireLockFailure', `The lease of the storage pool manager could not be acquired: ${reason}`);
      const state = await read(master);
      if (state.timestamp !== 0 && state.ownerHostId === hostId && (await isHeldBy(child.pid))) return state.version;
      await new Promise((resolve) => setTimeout(resolve, pollIntervalMs));
    }
    throw storageError('AcquireLockFailure', `The lease of the storage pool manager was not acquired within ${acquireTimeoutMs / 1000} s`);
  }

  async function release(): Promise<void> {
    const child = holder;
    holder = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  return {
    read,
    release,
    async acquire(master, hostId, onLost) {
      await release();
      const argv = [
        '--pdeathsig',
        'KILL',
        '--',
        'sanlock',
        'client',
        'command',
        '-r',
        leaseArgument(spmLeaseArea(master)),
        '-c',
        '/bin/sleep',
        'infinity',
      ];
      const child = spawn('setpriv', argv, { stdio: ['ignore', 'ignore', 'pipe'] });
      holder = child;
      let failure: string | undefined;
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => {
        errors = `${errors}${chunk.toString('utf8')}`.slice(-1000);
      });
      child.on('error', (error) => {
        failure = error.message;
      });
      child.on('exit', (code, signal) => {
        failure = errors.trim() === '' ? `sanlock ended with ${signal ?? code}` : errors.trim();
        if (holder !== child) return;
        holder = undefined;
        log.error({ domain: master.id }, 'The lease of the storage pool manager was lost');
        onLost();
      });
      try {
        return await untilHeld(child, master, hostId, () => failure);
      } catch (error) {
        await release();
        throw error;
      }
    },
  };
}

/** The child runs `sleep` only when sanlock has the lease for it. */
async function isHeldBy(pid: number | undefined): Promise<boolean> {
  if (pid === undefined) return false;
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === 'sleep';
}
