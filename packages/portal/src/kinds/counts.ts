import type { Client, Count } from '@virgate/sdk';

type Asked = Parameters<Client['virgate']['counts']['get']>[0];

/** How many objects there are by what they have in common: nobody reads thousands to count them. */
export async function countsBy(
  client: Client,
  asked: Asked,
  signal: AbortSignal,
): Promise<(key: string | undefined) => Omit<Count, 'key'>> {
  const counts = new Map((await client.virgate.counts.get(asked, { signal })).map(({ key, ...counted }) => [key, counted]));
  return (key) => counts.get(key ?? '') ?? { count: 0, running: 0 };
}
