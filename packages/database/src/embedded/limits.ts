/** Every bound of the embedded server's launcher, in one place. */
export const embeddedLimits = {
  /** `initdb` may take this long on a slow disk. */
  initialiseTimeoutMs: 120_000,
  /** Crash recovery replays at most `max_wal_size`; this is far above what that takes. */
  startTimeoutMs: 120_000,
  /** Another process that starts the same data folder is waited for this long. */
  startLockTimeoutMs: 150_000,
  /** A fast shutdown writes a checkpoint; after this time the server is stopped at once instead. */
  stopTimeoutMs: 60_000,
  /** Backends that outlived a killed postmaster are given this long to notice. */
  orphanGraceMs: 2_000,
  /** The server's log is set aside at a start when it is larger than this. */
  logBytes: 10 * 1024 * 1024,
  /** How much of the log an error message quotes. */
  quotedLogBytes: 4_096,
  /** `sun_path` holds 108 bytes, one of them the closing zero. */
  socketPathBytes: 107,
} as const;
