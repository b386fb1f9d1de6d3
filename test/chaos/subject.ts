/** What an operation works on; each run of one has its own. */
export interface Subject {
  /** Begins the names of all that the run makes. */
  readonly name: string;
  readonly vmId: string;
  readonly diskId: string;
  /** What is read of its disk: `A` below the snapshot, `AB` where something was written after it. */
  content: string;
  readonly snapshotId?: string;
  /** A transfer, a backup: what a client goes on with. */
  clientsId?: string;
}
