import { VdsmError } from '@virgate/vdsm';

/** What happens instead of, or after, a verb. */
export type FaultAction =
  /** The verb fails with a code of the contract. */
  | { readonly kind: 'error'; readonly code: number; readonly message?: string }
  /** The verb takes this much longer. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** The verb is never answered; a restart or the end of the host ends the wait. */
  | { readonly kind: 'hang' }
  /** All connections are cut; the answer is lost. */
  | { readonly kind: 'drop' }
  /** The guest that the call names dies, as its QEMU would for want of something; after `VM.create` it never comes up. */
  | { readonly kind: 'crash-guest' }
  /** The agent dies and comes back. Its guests go on. */
  | { readonly kind: 'restart'; readonly downMs?: number };

/** A fault and the calls that it befalls. */
export interface Fault {
  /** Verb (`VM.create`), or `*` for every one. */
  readonly verb: string;
  readonly action: FaultAction;
  /** Before the verb has done anything (the default), or when it is done and only its answer is left. */
  readonly when?: 'before' | 'after';
  /** How many matching calls pass before the fault begins; 0 by default. */
  readonly skip?: number;
  /** How many calls it befalls; 1 by default. */
  readonly times?: number;
  /** Only calls whose parameters hold this text anywhere, such as the id of one VM. */
  readonly containing?: string;
}

interface PlannedFault {
  readonly fault: Fault;
  skip: number;
  left: number;
}

/** The faults that are still to come. */
export class FaultPlan {
  #planned: PlannedFault[] = [];

  constructor(faults: readonly Fault[] = []) {
    for (const fault of faults) this.add(fault);
  }

  add(fault: Fault): void {
    this.#planned.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#planned = [];
  }

  /** How many planned faults have not wholly happened. */
  get pending(): number {
    return this.#planned.length;
  }

  /** The fault that befalls this call at this point, used up by one. */
  take(verb: string, when: 'before' | 'after', params: object): FaultAction | undefined {
    const text = JSON.stringify(params);
    for (const planned of this.#planned) {
      const { fault } = planned;
      if ((fault.verb !== '*' && fault.verb !== verb) || (fault.when ?? 'before') !== when) continue;
      if (fault.containing !== undefined && !text.includes(fault.containing)) continue;
      if (planned.skip > 0) {
        planned.skip -= 1;
        continue;
      }
      planned.left -= 1;
      if (planned.left <= 0) this.#planned = this.#planned.filter((other) => other !== planned);
      return fault.action;
    }
    return undefined;
  }
}

/** The error that an `error` fault is answered with. */
export function faultError(action: FaultAction & { kind: 'error' }): VdsmError {
  return new VdsmError(action.code, action.message ?? 'a fault that the test asked for');
}
