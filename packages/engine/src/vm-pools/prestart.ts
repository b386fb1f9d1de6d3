/** What a pool has of VMs that nobody has taken, and what it wants. */
export interface PrestartView {
  /** How many VMs are to run for nobody yet. */
  wanted: number;
  /** Free VMs that run, or are being started, and could be given to a user. */
  running: number;
  /** Free VMs that are down, best first. */
  down: readonly string[];
  /** Starts that failed in a row. */
  failures: number;
}

/** Limits of one look. Source: engine configuration, VmPoolMonitorBatchSize and VmPoolMonitorMaxAttempts. */
export interface PrestartLimits {
  batch: number;
  maxFailures: number;
}

/** The VMs of a pool to start now. Pure. */
export function vmsToPrestart(view: PrestartView, limits: PrestartLimits): string[] {
  if (view.failures >= limits.maxFailures) return [];
  return view.down.slice(0, Math.max(0, Math.min(view.wanted - view.running, limits.batch)));
}
