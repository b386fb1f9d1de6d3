/** Why a VM is down; the numbers travel (VDSM schema, VmExitReason). */
export const exitReason = {
  success: 0,
  genericError: 1,
  lostConnection: 2,
  startFailed: 3,
  migrated: 4,
  saved: 5,
  adminShutdown: 6,
  guestShutdown: 7,
  migrationFailed: 8,
  domainMissing: 9,
  destroyedOnStartup: 10,
  hostShutdown: 11,
  postcopyFailed: 12,
  destroyedOnReboot: 13,
  destroyedOnPauseTimeout: 14,
} as const;

/** How a VM ended: `code` 0 as wished by somebody, 1 by a failure. */
export interface VmExit {
  code: 0 | 1;
  message: string;
  reason: number;
}

/** What was asked of a running VM that ends it. */
export type EndRequest = 'shutdown' | 'reboot' | 'destroy' | 'save' | 'pauseTimeout' | 'postcopyFailed' | 'handOver';

/** How libvirt says that a domain stopped. */
export type StopDetail = 'shutdown' | 'destroyed' | 'crashed' | 'migrated' | 'saved' | 'failed';

const exits: Record<StopDetail, VmExit> = {
  shutdown: { code: 0, message: 'Shut down from within the guest', reason: exitReason.guestShutdown },
  destroyed: { code: 1, message: 'Ended on the host, not by the engine', reason: exitReason.hostShutdown },
  crashed: { code: 1, message: 'The guest crashed', reason: exitReason.lostConnection },
  failed: { code: 1, message: 'The connection to QEMU was lost: its process ended', reason: exitReason.lostConnection },
  migrated: { code: 0, message: 'Migrated to another host', reason: exitReason.migrated },
  saved: { code: 0, message: 'The state was saved', reason: exitReason.saved },
};

/** A VM that was to come from another host and did not. */
export const notArrived: VmExit = { code: 1, message: 'The migration to this host failed', reason: exitReason.migrationFailed };

const adminShutdown: VmExit = { code: 0, message: 'Shut down by the engine', reason: exitReason.adminShutdown };

const requestedExits: Record<EndRequest, Partial<Record<StopDetail, VmExit>>> = {
  shutdown: { shutdown: adminShutdown, destroyed: adminShutdown },
  destroy: { shutdown: adminShutdown, destroyed: adminShutdown, failed: adminShutdown },
  reboot: { destroyed: { code: 0, message: 'Ended because the guest rebooted', reason: exitReason.destroyedOnReboot } },
  save: {},
  handOver: {
    destroyed: { code: 0, message: 'Migrated to another host', reason: exitReason.migrated },
    failed: { code: 0, message: 'Migrated to another host', reason: exitReason.migrated },
  },
  postcopyFailed: {
    destroyed: { code: 1, message: 'Its migration failed after it had begun to run on the other host', reason: exitReason.postcopyFailed },
  },
  pauseTimeout: {
    destroyed: { code: 1, message: 'Ended because its storage did not come back in time', reason: exitReason.destroyedOnPauseTimeout },
  },
};

/** How a VM ended, from what libvirt says and what was asked before. */
export function exitOf(detail: StopDetail, requested: EndRequest | undefined): VmExit {
  return (requested && requestedExits[requested][detail]) ?? exits[detail];
}
