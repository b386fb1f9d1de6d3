/** Bounds of the change feed. Times are in milliseconds. */
export const feedLimits = {
  /** How long the publisher's lease lasts without being renewed, and how early it is renewed. */
  leaseMs: 10_000,
  renewBeforeMs: 5_000,
  /** Notifications may be lost: the tables are looked at this often. */
  sweepMs: 1000,
  /** Time between two looks at what has no number yet. */
  togetherMs: 50,
  /** Rows that are numbered, read or removed in one statement. */
  batch: 1000,
  /** How long changes are kept, and how often old ones are removed. */
  retentionMs: 24 * 60 * 60_000,
  retentionEveryMs: 60_000,
  /** How often it is noted that there are followers. */
  noteFollowersMs: 10 * 60_000,
  /** Changes that an engine keeps in memory, so that subscribers do not each read them. */
  recent: 5000,
  /** Subscribers of one engine, and of one user on it. */
  subscribers: 500,
  subscribersOfUser: 32,
  /** Ids that the engine remembers as shown to one subscriber; who sees more gets changes of roles as a resync each time. */
  known: 100_000,
  heartbeatMs: 15_000,
  /** How often the latest figures are looked at while somebody follows them. */
  statisticsMs: 1000,
  /** How often it is looked anew whose figures a subscriber may see. */
  rolesMs: 5000,
  /** A subscriber that takes nothing for so long is cut off; it resumes where it was. */
  stalledMs: 30_000,
  /** Text that may wait in a subscriber's socket before the engine stops reading for him. */
  queuedBytes: 256 * 1024,
  /** Time between two frames of a client that watches windows. */
  frameMs: 250,
  /** Changes that one frame gathers, or that are looked through for who comes back; who missed more reads everything again. */
  frameChanges: 5000,
  /** Windows of one stream, rows of one, letters of its search. */
  windows: 64,
  windowRows: 500,
  searchLetters: 8192,
  /** Least time between two looks at what stands in a window, and how many times as long as one takes. */
  lookMs: 500,
  restFactor: 10,
  /** Time for such looks before a frame; what is left over waits for the next. */
  looksMs: 100,
} as const;
