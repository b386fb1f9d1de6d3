/** Every bound of the saga layer, in one place. */
export const sagaLimits = {
  /** Sagas that one runner works on at once. */
  workers: 16,
  /** A lease not renewed for this long may be taken by another engine. */
  leaseMs: 10_000,
  /** No lease reaches this many times its length into the future; one that does was given before the store's clock was set back. */
  leaseFutures: 3,
  /** A waiting saga is looked at this often, however long it wants to wait: so a clock that was set back delays nothing for long. */
  longestWaitMs: 60_000,
  /** Leases are renewed this many times in the time of one. */
  renewalsPerLease: 4,
  /** The table is looked at this often, whatever notifications say. */
  sweepMs: 1_000,
  /** A saga gives its worker back at the next step when it held it this long and others wait. */
  sliceMs: 5_000,
  /** A step that was told to stop is waited for this long, then left to itself. */
  graceMs: 5_000,
  /** Starts of one step, after crashes and retries: more means that the step itself brings its worker down. */
  stepAttempts: 100,
  /** Pause after the store was not to be reached, and the longest such pause. */
  interruptionDelayMs: 500,
  interruptionMaxDelayMs: 15_000,
  /** Undo is tried this often before it is given up; with the longest pause that is about eight hours. */
  undoAttempts: 1_000,
  undoDelayMs: 500,
  undoMaxDelayMs: 30_000,
  /** Longest pause between two tries of a step. */
  retryMaxDelayMs: 30_000,
  /** Steps of one saga. */
  steps: 200,
  /** Locks of one request. */
  locks: 500,
  /** Subjects of one saga. */
  subjects: 500,
  /** A lock held by a short operation is waited for this long. */
  lockWaitMs: 2_000,
  /** Size of params and of state, as JSON. */
  jsonBytes: 1024 * 1024,
  /** Length of an error's message, and how many message keys an error carries. */
  errorTextLength: 4_096,
  errorMessages: 50,
  /** Longest waiting for the end of a saga by one call. */
  waitMs: 600_000,
  /** Ended sagas removed by one call of `prune`. */
  pruneBatch: 1_000,
} as const;
