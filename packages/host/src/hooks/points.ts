import { hookPoints as facts } from '@virgate/contract/generated/vdsm-hooks';

type Facts = (typeof facts)[number];

/** A place at which an administrator's programs run, by the name of their folder. */
export type HookPoint = Facts['point'];
/** Points whose file holds JSON. */
export type JsonHookPoint = Extract<Facts, { env: '_hook_json' }>['point'];
/** Points whose file holds a document; those whose file is empty are asked in the same way. */
export type DocumentHookPoint = Exclude<HookPoint, JsonHookPoint>;

/** All points of the contract. */
export const hookPoints: readonly HookPoint[] = facts.map(({ point }) => point);

const rules = new Map<HookPoint, Facts>(facts.map((rule) => [rule.point, rule]));

/** Variable that names the file of a point, and whether a hook that fails ends what it belongs to, with code 1500. */
export function hookPointRule(point: HookPoint): Pick<Facts, 'env' | 'failureAborts'> {
  const rule = rules.get(point);
  if (!rule) throw new Error(`The contract has no hook point ${point}`);
  return rule;
}
