import { linksOf } from '../client.ts';
import type { Resource } from '../follow.ts';
import type { WaitLimits } from './wait.ts';

/**
 * Waits until something holds of a resource.
 *
 * @example
 * await waitUntil(client.vms.vm(id), (vm) => vm?.status === 'up' && vm.fqdn !== undefined, { timeoutMs: 60_000 });
 * @param holds what is waited for; undefined stands for a resource that does not exist (any more)
 * @throws WaitTimeout; the signal's reason; ApiFault; what `holds` throws
 */
export async function waitUntil<T>(
  service: Resource<T>,
  holds: (value: T | undefined) => boolean,
  limits: WaitLimits = {},
): Promise<T | undefined> {
  const { transport, links } = linksOf(service);
  const [{ locate }, { watchUntil }] = await Promise.all([import('../call.ts'), import('./wait.ts')]);
  const { path, entry } = locate(links);
  return watchUntil<T>({ transport, path, type: entry.type }, holds, limits);
}
