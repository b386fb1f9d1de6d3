import type { ProbePoint } from '@virgate/saga';
import { plainStep, type EngineOrder, type StopPoint } from '../engine/interruptible-engine.ts';

/** A place in a job, named by what the engine itself says while it does the job. */
export type JobPoint = Required<StopPoint>;
/** A step that is to fail, so that what came before it is undone. */
export type FailingStep = Omit<Extract<EngineOrder, { kind: 'fail-at' }>, 'kind'>;

/** Words for the moments of a step at which somebody is killed. */
export const momentWords = { intent: 'before', tx_done: 'amid', waits: 'within', ran: 'after', stored: 'after, noted' } as const;
type Moment = keyof typeof momentWords;

const isMoment = (at: string): at is Moment => Object.hasOwn(momentWords, at);

const keyOf = ({ saga, step, going, at }: JobPoint): string => JSON.stringify([saga, step, going, at]);

/** The points that jobs passed, each once, in order. @param moments at which somebody may be killed */
export function distinctPoints(passed: readonly ProbePoint[], moments: readonly ProbePoint['at'][]): JobPoint[] {
  const points = new Map<string, JobPoint>();
  for (const { saga, step, going, at } of passed) {
    if (!isMoment(at) || !moments.includes(at)) continue;
    const point = { saga, step: plainStep(step), going, at };
    const key = keyOf(point);
    if (!points.has(key)) points.set(key, point);
  }
  return [...points.values()];
}

/**
 * The step at which a job has to fail so that most is undone: the last one before the way back is gone, unless it is the first.
 */
export function lastFailingStep(passed: readonly ProbePoint[]): FailingStep | undefined {
  const begun = passed.filter((point) => point.going === 'run' && point.at === 'intent');
  const [first] = begun;
  const last = begun.findLast((point) => point.saga === first?.saga && !point.beyondReturn && !point.onlyRecords);
  if (first === undefined || last === undefined || last.step === first.step) return undefined;
  return { saga: last.saga, step: plainStep(last.step) };
}

/** How a point is named for people. */
export function nameOfPoint({ step, going, at }: JobPoint): string {
  return `${isMoment(at) ? momentWords[at] : at} ${step}${going === 'undo' ? ' (undo)' : ''}`;
}
