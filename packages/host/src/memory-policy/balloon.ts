/** When a host is short of memory, as a part of all that it has. Source: oVirt, policy of the memory overcommitment daemon. */
const pressureBelow = 0.2;
const criticalBelow = 0.05;
/** Most that a guest's memory changes in a round, and the least that is worth a change, as parts of what it has. */
const largestStep = 0.05;
const smallestStep = 0.0025;

/** Memory of the host in KiB; what caches hold counts as free. */
export interface HostMemory {
  totalKib: number;
  freeKib: number;
}

/** Memory of a guest in KiB. */
export interface GuestMemory {
  currentKib: number;
  /** What is its in any case. */
  minimumKib: number;
  /** What it has when nobody takes any away. */
  maximumKib: number;
  /** What the guest itself does not use. */
  unusedKib: number;
}

/** The part of the host's memory that is free. */
export const freePart = ({ totalKib, freeKib }: HostMemory): number => (totalKib <= 0 ? 1 : Math.max(0, Math.min(1, freeKib / totalKib)));

/** Whether the host is short of memory. */
export const isShort = (host: HostMemory): boolean => freePart(host) < pressureBelow;

/** How much memory a guest is left with when the host is short: what it uses and some to breathe, which in need it has to swap out itself. */
function least(host: HostMemory, guest: GuestMemory): number {
  const free = freePart(host);
  const breath = free <= criticalBelow ? free - criticalBelow : free;
  const usedKib = guest.currentKib - guest.unusedKib;
  return Math.max(guest.minimumKib, usedKib + breath * guest.currentKib);
}

const worthIt = (fromKib: number, toKib: number): boolean => Math.abs(toKib - fromKib) > smallestStep * fromKib;

/**
 * How much memory a guest is to have next. Pure.
 * @returns KiB; undefined when it keeps what it has
 */
export function balloonTarget(host: HostMemory, guest: GuestMemory): number | undefined {
  const { currentKib, maximumKib } = guest;
  const wanted = isShort(host)
    ? Math.max(currentKib * (1 - largestStep), least(host, guest))
    : Math.min(currentKib * (1 + largestStep), maximumKib);
  const target = Math.round(Math.min(wanted, maximumKib));
  if (isShort(host) && target >= currentKib) return undefined;
  // The last step is small, and all the same the one that gives everything back.
  const isLast = target === maximumKib && currentKib < maximumKib;
  return worthIt(currentKib, target) || (isLast && !isShort(host)) ? target : undefined;
}
