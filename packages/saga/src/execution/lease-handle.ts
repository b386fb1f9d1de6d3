import { LeaseLostError, StepAbortedError, type AbortCause } from '../errors.ts';
import type { Lease } from '../store.ts';

/** A lease in the hands of this worker. Whatever it does for the saga goes through here, so that it ends with the lease. */
export class LeaseHandle implements Lease {
  readonly sagaId: string;
  readonly fence: number;
  /** Transactions under way that hold the saga's row: while there is one nobody else can take the saga. */
  transactions = 0;
  /** Monotonic time after which the lease may belong to somebody else. */
  deadline: number;
  /** Set when the saga is to give its worker back at the next step. */
  pause = false;
  /** Tells the step that runs now that its saga was cancelled; set while there is one that can be. */
  cancelStep: (() => void) | undefined;
  private readonly controller = new AbortController();

  constructor(lease: Lease, deadline: number) {
    this.sagaId = lease.sagaId;
    this.fence = lease.fence;
    this.deadline = deadline;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Why the work was told to stop; undefined while it goes on. */
  get cause(): AbortCause | undefined {
    return this.signal.aborted ? (this.signal.reason as StepAbortedError).abortCause : undefined;
  }

  /** Tells the work to stop; a later call does not change the cause, except that a lost lease always counts. */
  abort(cause: AbortCause): void {
    if (cause === 'lease_lost') this.lost = true;
    if (!this.signal.aborted) this.controller.abort(new StepAbortedError(cause));
  }

  /** True once another worker has or may have the saga. */
  lost = false;

  /** @throws LeaseLostError when the lease is known to be lost. */
  assertHeld(): void {
    if (this.lost) throw new LeaseLostError(this.sagaId, this.fence);
  }
}
