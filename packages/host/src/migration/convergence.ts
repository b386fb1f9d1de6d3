import { invalidParameter, readObject } from '../verb.ts';

/** What is done to a migration that does not come to an end. */
export type ConvergenceAction = { name: 'setDowntime'; milliseconds: number } | { name: 'postcopy' } | { name: 'abort' };

/** When what is done: at the start, then each time after so many rounds of copying (VDSM schema, ConvergenceSchedule). */
export interface ConvergenceSchedule {
  init: ConvergenceAction[];
  stalling: { limit: number; action: ConvergenceAction }[];
}

/** What is left of a schedule in the middle of a migration. It is on the disk, so that an agent that comes after this one goes on with it. */
export interface ConvergencePlan {
  readonly left: ConvergenceSchedule;
  /** The round of copying from which the others are counted. */
  readonly firstRound: number | undefined;
}

/** Nothing is asked for. */
export const noSchedule: ConvergenceSchedule = { init: [], stalling: [] };

const maximumActions = 100;
const maximumDowntimeMs = 2_000_000;

function readAction(value: unknown, name: string): ConvergenceAction {
  const action = readObject({ [name]: value }, name);
  const params = Array.isArray(action['params']) ? action['params'] : [];
  switch (action['name']) {
    case 'setDowntime': {
      const milliseconds = Number(params[0]);
      if (!Number.isInteger(milliseconds) || milliseconds < 1 || milliseconds > maximumDowntimeMs)
        throw invalidParameter(name, `setDowntime needs milliseconds from 1 to ${maximumDowntimeMs}`);
      return { name: 'setDowntime', milliseconds };
    }
    case 'postcopy':
    case 'abort':
      return { name: action['name'] };
    default:
      throw invalidParameter(name, 'an action setDowntime, postcopy or abort is needed');
  }
}

function listOf(schedule: Record<string, unknown>, name: 'init' | 'stalling'): unknown[] {
  const value = schedule[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > maximumActions)
    throw invalidParameter(`params.convergenceSchedule.${name}`, `a list of at most ${maximumActions} entries is needed`);
  return value;
}

/** Reads the schedule of a migration; one that is missing asks for nothing. @throws VdsmError 91 */
export function readSchedule(params: Record<string, unknown>): ConvergenceSchedule {
  const value = params['convergenceSchedule'];
  if (value === undefined || value === null) return noSchedule;
  const schedule = readObject(params, 'convergenceSchedule');
  return {
    init: listOf(schedule, 'init').map((action) => readAction(action, 'params.convergenceSchedule.init')),
    stalling: listOf(schedule, 'stalling').map((entry) => {
      const item = readObject({ entry }, 'entry');
      const limit = Number(item['limit']);
      if (!Number.isInteger(limit)) throw invalidParameter('params.convergenceSchedule.stalling', 'a whole number as limit is needed');
      return { limit, action: readAction(item['action'], 'params.convergenceSchedule.stalling') };
    }),
  };
}

/**
 * The action that is due after so many rounds of copying since the first that was seen, and what is left of the schedule. One round brings
 * one action at most. Pure.
 */
export function nextAction(
  stalling: ConvergenceSchedule['stalling'],
  rounds: number,
): { action: ConvergenceAction | undefined; rest: ConvergenceSchedule['stalling'] } {
  const [head, ...rest] = stalling;
  return head !== undefined && rounds > head.limit ? { action: head.action, rest } : { action: undefined, rest: stalling };
}
