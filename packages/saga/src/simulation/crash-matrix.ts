import type { SagaDefinition } from '../definition.ts';
import type { LockRequest } from '../locks/request.ts';
import type { JsonObject, SagaRecord, StepRecord } from '../records.ts';
import type { SagaStore } from '../store.ts';
import { driveScenario } from './drive.ts';
import { faultsOf, type Fault } from './faults.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What a scenario is made with, fresh for each run. */
export interface ScenarioTools {
  clock: VirtualClock;
  /**
   * To be awaited by simulated hosts before and after each effect: a place where the worker may die, so that an effect takes place and its
   * answer is never seen.
   */
  readonly point: (label: string) => Promise<void>;
}

/** A saga in a world of its own. */
export interface Scenario<P extends JsonObject, S extends JsonObject, Db, Trx extends Db> {
  store: SagaStore<Db, Trx>;
  definition: SagaDefinition<P, S, Trx>;
  params: P;
  locks?: readonly LockRequest[];
  /** Throws when the world is not as the saga's end promises: wholly there after success, wholly as before after failure. */
  check(end: { saga: SagaRecord; steps: StepRecord[] }): Promise<void>;
  /** Throws when something is true at a crash that must never be. */
  always?(): Promise<void>;
  close?(): Promise<void>;
}

/** What to try. */
export interface CrashMatrixOptions<P extends JsonObject, S extends JsonObject, Db, Trx extends Db> {
  open: (tools: ScenarioTools) => Promise<Scenario<P, S, Db, Trx>>;
  /** Also make each step fail, before and after its effect, and each undo once; default true. */
  failures?: boolean;
  /** Also hold the worker up at each point past its lease and let it go on when another has finished; needs hosts that refuse old fences. Default false. */
  stalls?: boolean;
  /** Try only every n-th point; for scenarios that are slow. Default 1. */
  everyPoint?: number;
}

/** One run. */
export interface MatrixRow {
  /** What was made to fail; `none` for the undisturbed saga. */
  fault: string;
  /** Where the worker died or was held up; `none` for the run that only counts. */
  point: string;
  disturbance: 'none' | Disturbance;
  status: SagaRecord['status'];
}

/**
 * What happens to the worker at a point: it dies and starts again, or another one takes over; or it is held up past its lease and goes on
 * shortly after another one took over, or when that one has finished.
 */
export type Disturbance = 'restart' | 'takeover' | 'stall' | 'long stall';

/** What was tried. */
export interface CrashMatrixResult {
  rows: MatrixRow[];
  /** Points of the undisturbed saga, in order. */
  points: string[];
}

/** A run of the matrix did not come to a good end; the message says how to repeat it. */
export class CrashMatrixError extends Error {
  readonly row: Omit<MatrixRow, 'status'>;

  constructor(row: Omit<MatrixRow, 'status'>, cause: unknown) {
    super(`Fault "${row.fault}", ${row.disturbance} at "${row.point}": ${(cause as Error)?.message ?? String(cause)}`, { cause });
    this.name = 'CrashMatrixError';
    this.row = row;
  }
}

/**
 * Runs a saga again and again, each time ending its worker at another point: after each intent, before and after each transaction and host call
 * of each step and each undo, before and after each entry of the journal. Another worker goes on, or the same one after a restart. After each
 * run no lock may be left, the saga must have ended, and the scenario's check must hold.
 *
 * @throws CrashMatrixError at the first run that fails.
 */
export async function crashMatrix<P extends JsonObject, S extends JsonObject, Db, Trx extends Db>(
  options: CrashMatrixOptions<P, S, Db, Trx>,
): Promise<CrashMatrixResult> {
  const rows: MatrixRow[] = [];
  let undisturbed: string[] = [];
  for (const fault of await listFaults(options)) {
    const count = await runOnce(options, fault, undefined);
    rows.push({ fault: fault.label, point: 'none', disturbance: 'none', status: count.status });
    if (fault.label === 'none') undisturbed = count.points;
    for (let index = 0; index < count.points.length; index += options.everyPoint ?? 1) {
      const point = count.points[index] as string;
      for (const disturbance of disturbancesAt(index, options.stalls ?? false)) {
        const run = await runOnce(options, fault, { index, disturbance, point });
        rows.push({ fault: fault.label, point, disturbance, status: run.status });
      }
    }
  }
  return { rows, points: undisturbed };
}

/** The table, a line for each fault: how many runs ended how. */
export function formatMatrix(result: CrashMatrixResult): string {
  const lines = new Map<string, Map<string, number>>();
  for (const row of result.rows) {
    const counts = lines.get(row.fault) ?? new Map<string, number>();
    lines.set(row.fault, counts.set(row.status, (counts.get(row.status) ?? 0) + 1));
  }
  const width = Math.max(...[...lines.keys()].map((fault) => fault.length));
  return [...lines]
    .map(([fault, counts]) => `${fault.padEnd(width)}  ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`)
    .join('\n');
}

function disturbancesAt(index: number, stalls: boolean): Disturbance[] {
  const crash = index % 2 === 0 ? 'restart' : 'takeover';
  return stalls ? [crash, 'stall', 'long stall'] : [crash];
}

async function listFaults<P extends JsonObject, S extends JsonObject, Db, Trx extends Db>(
  options: CrashMatrixOptions<P, S, Db, Trx>,
): Promise<Fault[]> {
  const scenario = await options.open({ clock: new VirtualClock(), point: async () => undefined });
  try {
    return faultsOf(scenario.definition, scenario.params, options.failures ?? true);
  } finally {
    await scenario.close?.();
  }
}

async function runOnce<P extends JsonObject, S extends JsonObject, Db, Trx extends Db>(
  options: CrashMatrixOptions<P, S, Db, Trx>,
  fault: Fault,
  disturbed: { index: number; disturbance: Disturbance; point: string } | undefined,
): Promise<{ points: string[]; status: SagaRecord['status'] }> {
  const row = { fault: fault.label, point: disturbed?.point ?? 'none', disturbance: disturbed?.disturbance ?? 'none' } as const;
  try {
    return await driveScenario(options.open, fault, disturbed);
  } catch (error) {
    throw new CrashMatrixError(row, error);
  }
}
