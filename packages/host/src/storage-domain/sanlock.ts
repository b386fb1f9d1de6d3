import { CommandError, runCommand } from '../command.ts';
import { storageError, toStorageError } from '../storage-error.ts';

/** Size classes that sanlock knows: bytes → its spelling. */
const alignmentNames = new Map([1, 2, 4, 8].map((mebibytes) => [mebibytes * 1024 * 1024, `${mebibytes}M`]));

/** Resource that the storage pool manager of a pool holds, in `dom_md/leases` of the master domain. */
export const spmResource = 'SDM';

/** sanlock separates the parts of an argument by colons. */
function escapePath(path: string): string {
  return path.replaceAll('\\', '\\\\').replaceAll(':', String.raw`\:`);
}

/** Where a lease lies. */
export interface LeaseArea {
  lockspace: string;
  resource: string;
  path: string;
  offsetBytes: number;
}

export interface LeaseGeometry {
  blockSizeBytes: number;
  alignmentBytes: number;
}

function geometryArguments(geometry: LeaseGeometry): string[] {
  return ['-Z', String(geometry.blockSizeBytes), '-A', alignmentNames.get(geometry.alignmentBytes) ?? '1M'];
}

async function direct(argv: string[], doing: string): Promise<string> {
  try {
    return (await runCommand(['sanlock', 'direct', ...argv], { timeoutMs: 120_000 })).stdout;
  } catch (error) {
    if (error instanceof CommandError && error.reason === 'missing') {
      throw storageError(
        'ClusterLockInitError',
        'The program sanlock is not installed: install the package "sanlock" on this host, then repeat',
        error,
      );
    }
    throw toStorageError(error, 'ClusterLockInitError', doing);
  }
}

/** Text form of a lease that sanlock's arguments take. */
export function leaseArgument(lease: LeaseArea): string {
  return `${lease.lockspace}:${lease.resource}:${escapePath(lease.path)}:${lease.offsetBytes}`;
}

/** Text form of a lockspace for one host. */
export function lockspaceArgument(lockspace: string, hostId: number, path: string): string {
  return `${lockspace}:${hostId}:${escapePath(path)}:0`;
}

/** Writes an empty lockspace over the start of a file. @throws 701 ClusterLockInitError, 397 */
export async function initialiseLockspace(lockspace: string, path: string, geometry: LeaseGeometry): Promise<void> {
  await direct(['init', '-s', lockspaceArgument(lockspace, 0, path), ...geometryArguments(geometry)], `initialise lockspace ${lockspace}`);
}

/** Writes a free lease. @throws 701 ClusterLockInitError, 397 */
export async function initialiseLease(lease: LeaseArea, geometry: LeaseGeometry): Promise<void> {
  await direct(['init', '-r', leaseArgument(lease), ...geometryArguments(geometry)], `initialise lease ${lease.resource}`);
}

export interface LeaseState {
  /** Host id of the owner; 0 when nobody ever held it. */
  ownerHostId: number;
  /** Times that the lease was taken. */
  version: number;
  /** 0 = released. */
  timestamp: number;
}

/** Who holds a lease according to the disk. @throws 702 when there is no lease */
export async function readLease(lease: LeaseArea, geometry: LeaseGeometry): Promise<LeaseState> {
  let text: string;
  try {
    text = (
      await runCommand(['sanlock', 'direct', 'read_leader', '-r', leaseArgument(lease), ...geometryArguments(geometry)], {
        timeoutMs: 30_000,
      })
    ).stdout;
  } catch (error) {
    throw toStorageError(error, 'SanlockInquireError', `read lease ${lease.resource}`);
  }
  const number = (name: string): number => Number(new RegExp(String.raw`^${name} (\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  const state = { ownerHostId: number('owner_id'), version: number('lver'), timestamp: number('timestamp') };
  const found = /^resource_name (\S+)$/m.exec(text)?.[1];
  if (found !== lease.resource || !Object.values(state).every(Number.isFinite))
    throw storageError('SanlockInquireError', `No lease ${lease.resource} at ${lease.path}:${lease.offsetBytes}`);
  return state;
}

/** Whether a sanlock daemon answers on this host. */
export async function sanlockDaemonRuns(): Promise<boolean> {
  try {
    await runCommand(['sanlock', 'client', 'status'], { timeoutMs: 5_000 });
    return true;
  } catch {
    return false;
  }
}
