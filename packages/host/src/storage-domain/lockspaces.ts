import { join } from 'node:path';
import { runCommand } from '../command.ts';
import type { StorageLog } from '../storage-clock.ts';
import type { StorageDomain } from './store.ts';
import { lockspaceArgument, sanlockDaemonRuns } from './sanlock.ts';

/** Longest time to join a lockspace: sanlock itself waits up to three minutes after an unclean end. */
const joinTimeoutMs = 300_000;

/** This host's membership in the lockspaces of the domains it uses. */
export interface Lockspaces {
  /** Whether a sanlock daemon takes part; decided once, when the first pool is connected. */
  readonly inUse: boolean;
  /** Looks for the daemon. */
  start(): Promise<void>;
  /** Joins in the background. */
  join(domain: StorageDomain, hostId: number): void;
  leave(domainId: string): Promise<void>;
  /** Waits until joining has ended. @returns whether this host is a member */
  joined(domainId: string): Promise<boolean>;
  /** Whether this host is a member, and so can hold leases there. */
  isAcquired(domainId: string): boolean;
}

interface Membership {
  argument: string;
  acquired: boolean;
  joining: Promise<void>;
}

export function createLockspaces(options: { daemon: 'auto' | 'never'; log: StorageLog }): Lockspaces {
  const memberships = new Map<string, Membership>();
  let inUse = false;

  async function add(domainId: string, membership: Membership): Promise<void> {
    try {
      await runCommand(['sanlock', 'client', 'add_lockspace', '-s', membership.argument], { timeoutMs: joinTimeoutMs });
      membership.acquired = true;
    } catch (error) {
      // joined before the agent was restarted: the daemon keeps the membership
      membership.acquired = await isMember(membership.argument);
      if (!membership.acquired)
        options.log.error({ domain: domainId, error: String(error) }, 'Joining the lockspace of a storage domain failed');
    }
  }

  return {
    get inUse() {
      return inUse;
    },
    async start() {
      inUse = options.daemon === 'auto' && (await sanlockDaemonRuns());
    },
    join(domain, hostId) {
      if (!inUse || memberships.has(domain.id)) return;
      const argument = lockspaceArgument(domain.id, hostId, join(domain.path, 'dom_md', 'ids'));
      const membership: Membership = { argument, acquired: false, joining: Promise.resolve() };
      memberships.set(domain.id, membership);
      membership.joining = add(domain.id, membership);
    },
    async leave(domainId) {
      const membership = memberships.get(domainId);
      if (membership === undefined) return;
      memberships.delete(domainId);
      await membership.joining;
      if (!membership.acquired) return;
      await runCommand(['sanlock', 'client', 'rem_lockspace', '-s', membership.argument], { timeoutMs: joinTimeoutMs }).catch(
        (error: unknown) => {
          options.log.warn({ domain: domainId, error: String(error) }, 'Leaving the lockspace of a storage domain failed');
        },
      );
    },
    async joined(domainId) {
      await memberships.get(domainId)?.joining;
      return memberships.get(domainId)?.acquired === true;
    },
    isAcquired: (domainId) => memberships.get(domainId)?.acquired === true,
  };
}

async function isMember(argument: string): Promise<boolean> {
  try {
    await runCommand(['sanlock', 'client', 'inq_lockspace', '-s', argument], { timeoutMs: 10_000 });
    return true;
  } catch {
    return false;
  }
}
