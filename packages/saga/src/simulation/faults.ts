import { stepsOf, Wait, type AnySagaDefinition, type AnySagaStep, type SagaDefinition } from '../definition.ts';
import type { JsonObject } from '../records.ts';

/** A way to make one step of a saga fail. */
export interface Fault {
  label: string;
  /** Step to fail, and whether before or after it took effect; undefined for no fault. */
  step?: string;
  when?: 'before' | 'after';
  /** Step whose undo throws the first time, after its effect. */
  undo?: string;
}

/** An error that a simulation brings about. */
export class InjectedFaultError extends Error {
  readonly code = 'injected_fault';

  constructor(label: string) {
    super(`Injected: ${label}`);
    this.name = 'InjectedFaultError';
  }
}

/** All faults worth trying on a saga. */
export function faultsOf<P extends JsonObject, S extends JsonObject, Trx>(
  definition: SagaDefinition<P, S, Trx>,
  params: P,
  failures: boolean,
): Fault[] {
  const faults: Fault[] = [{ label: 'none' }];
  if (!failures) return faults;
  const steps = stepsOf(definition as unknown as AnySagaDefinition<Trx>, params);
  for (const { name } of steps) {
    faults.push({ label: `${name} fails before`, step: name, when: 'before' }, { label: `${name} fails after`, step: name, when: 'after' });
  }
  const last = steps.at(-1)?.name as string;
  for (const step of steps) {
    if (step.undo === undefined) continue;
    faults.push({ label: `${last} fails after, undo of ${step.name} fails once`, step: last, when: 'after', undo: step.name });
  }
  return faults;
}

/** The definition with the fault in it. A step that is to fail does so at every try. */
export function withFault<Trx>(definition: AnySagaDefinition<Trx>, fault: Fault): AnySagaDefinition<Trx> {
  let undoFailed = false;
  const failUndoOnce = (): void => {
    if (undoFailed) return;
    undoFailed = true;
    throw new InjectedFaultError(fault.label);
  };
  const change = (step: AnySagaStep<Trx>): AnySagaStep<Trx> => {
    const failing = step.name === fault.step ? failingStep(step, fault) : step;
    if (step.name !== fault.undo) return failing;
    return {
      ...failing,
      undo: async (ctx) => {
        const answer = await step.undo?.(ctx);
        if (!(answer instanceof Wait)) failUndoOnce();
        return answer;
      },
    };
  };
  return { ...definition, steps: (params) => stepsOf(definition, params).map(change) };
}

function failingStep<Trx>(step: AnySagaStep<Trx>, fault: Fault): AnySagaStep<Trx> {
  if (fault.when === 'before') {
    const changed: AnySagaStep<Trx> = {
      ...step,
      run: async () => {
        throw new InjectedFaultError(fault.label);
      },
    };
    return changed;
  }
  const changed: AnySagaStep<Trx> = { ...step };
  if (step.record !== undefined) {
    changed.record = async (ctx, trx) => {
      await step.record?.(ctx, trx);
      throw new InjectedFaultError(fault.label);
    };
    return changed;
  }
  changed.run = async (ctx) => {
    const answer = await step.run?.(ctx);
    if (answer instanceof Wait) return answer;
    throw new InjectedFaultError(fault.label);
  };
  return changed;
}
