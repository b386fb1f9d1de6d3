import { useQuery } from '@tanstack/react-query';
import { ApiFault } from '@virgate/sdk';
import type { AllowedAction } from '@virgate/sdk';
import { client } from '../app/client.ts';
import type { ActionDescription } from './kind.ts';

/** What the engine says of each action with one object; asked again when the object changes. */
export function useAllowed(
  type: string | undefined,
  id: string | undefined,
  actions: readonly ActionDescription[],
): readonly AllowedAction[] | undefined {
  const names = [...new Set(actions.flatMap((action) => (action.can === null ? [] : [action.can ?? action.key])))];
  const query = useQuery({
    queryKey: ['parts', type, id, 'permission job', `allowed ${names.join(' ')}`],
    queryFn: async ({ signal }) => {
      try {
        const [answer] = await client.virgate.can.get({ objects: [`${type}:${id}`], actions: names }, { signal });
        return answer?.actions ?? [];
      } catch (error) {
        // Another engine has no such thing; then what is refused is told after the click.
        if (error instanceof ApiFault && (error.status === 404 || error.status === 501)) return [];
        throw error;
      }
    },
    enabled: type !== undefined && id !== undefined && names.length > 0,
  });
  return query.data;
}
