import type { Client } from '@virgate/sdk';
import type { ActionDescription, Entity } from './kind.ts';

/** Requests under way at once: many, and others would wait for the engine. */
const atOnce = 4;

/** What came of an action with one of several objects; without an error it was taken. */
export interface BulkResult {
  readonly entity: Entity;
  readonly error?: unknown;
}

/**
 * Does one thing with several objects: a request for each, some at a time. What one refuses keeps the others from nothing.
 * @param each told of every result as it comes
 * @returns the results in the order of the objects
 */
export async function runBulk(
  client: Client,
  action: ActionDescription,
  entities: readonly Entity[],
  body: object,
  each: (result: BulkResult) => void = () => undefined,
): Promise<BulkResult[]> {
  const results: BulkResult[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < entities.length; at = next++) {
      const entity = entities[at];
      if (entity === undefined) return;
      const result = await action.run(client, { id: entity.id ?? '', entity, ownerId: '', owner: undefined }, structuredClone(body)).then(
        (): BulkResult => ({ entity }),
        (error: unknown): BulkResult => ({ entity, error }),
      );
      results[at] = result;
      each(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, entities.length) }, worker));
  return results;
}
