/** A virtual function of a host that nobody uses. Networks by their names on hosts; null where it may be used for all. */
export interface FreeFunction {
  device: string;
  networks: readonly string[] | null;
}

const fits = (network: string, { networks }: FreeFunction): boolean => networks === null || networks.includes(network);

/**
 * Gives each of the networks a function of its own; null when that cannot be. A function that may be used for few networks is not taken
 * from those when another would do. Pure.
 */
export function assignFunctions(networks: readonly string[], free: readonly FreeFunction[]): string[] | null {
  /** Which network has the function, by the place of both. */
  const holder = new Map<number, number>();
  const place = (network: number, tried: Set<number>): boolean => {
    for (const [index, candidate] of free.entries()) {
      if (tried.has(index) || !fits(networks[network] ?? '', candidate)) continue;
      tried.add(index);
      const other = holder.get(index);
      if (other !== undefined && !place(other, tried)) continue;
      holder.set(index, network);
      return true;
    }
    return false;
  };
  for (const index of networks.keys()) if (!place(index, new Set())) return null;
  const chosen = new Map([...holder].map(([index, network]) => [network, free[index]?.device ?? '']));
  return networks.map((_, index) => chosen.get(index) ?? '');
}
