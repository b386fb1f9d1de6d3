import type { Method } from '@virgate/contract/generated/services';
import type { Context, Entity } from './operation.ts';

/** Dotted paths of the attributes that a reading leaves out unless `all_content` asks for them. Source: REST contract, parameters. */
const costlyOf = (method: Method): readonly string[] => method.params.find(({ name }) => name === 'all_content')?.excludes ?? [];

function leaveOut(value: Entity, [name = '', ...below]: readonly string[]): void {
  const content = value[name];
  if (below.length === 0) delete value[name];
  else if (typeof content === 'object' && content !== null)
    for (const member of Array.isArray(content) ? (content as Entity[]) : [content as Entity]) leaveOut(member, below);
}

/** Takes from objects what only `all_content` shows. Answers to additions and changes are whole. */
export function leaveOutCostly(context: Pick<Context, 'parameters'>, method: Method | undefined, values: readonly Entity[]): void {
  if (method?.http !== 'GET' || context.parameters.flag('all_content')) return;
  for (const path of costlyOf(method)) for (const value of values) leaveOut(value, path.split('.'));
}
