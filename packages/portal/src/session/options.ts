import { ApiFault } from '@virgate/sdk';
import { client } from '../app/client.ts';

/** What the portal keeps for a user at the engine, by name; contents are JSON. */
export type OptionName = 'virgate.portal.language' | 'virgate.portal.columns' | 'virgate.portal.seen';

/** What is kept under a name, read from its JSON; undefined when nothing is, or no JSON. */
export async function keptOptions(userId: string): Promise<ReadonlyMap<string, unknown>> {
  const options = await client.users.user(userId).options.list();
  return new Map(options.map(({ name = '', content = '' }) => [name, parsed(content)]));
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return undefined;
  }
}

/** Changes of one option are sent one after the other: the contract changes none, so each is made anew. */
const sending = new Map<OptionName, Promise<void>>();

/**
 * Keeps a value for a user; undefined forgets it. Who may not change his profile has it in this browser only.
 * @throws ApiFault, EngineUnreachable when it could not be kept
 */
export function keepOption(userId: string, name: OptionName, value: unknown): Promise<void> {
  const sent = (sending.get(name) ?? Promise.resolve()).catch(() => undefined).then(() => send(userId, name, value));
  sending.set(name, sent);
  return sent;
}

async function send(userId: string, name: OptionName, value: unknown): Promise<void> {
  const content = value === undefined ? undefined : JSON.stringify(value);
  try {
    const options = client.users.user(userId).options;
    const kept = (await options.list()).find((one) => one.name === name);
    if (kept?.content === content) return;
    if (kept?.id !== undefined) await options.option(kept.id).remove();
    if (content !== undefined) await options.add({ name, content });
  } catch (error) {
    if (!(error instanceof ApiFault && error.status === 403)) throw error;
  }
}
