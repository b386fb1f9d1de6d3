import { isShort } from './balloon.ts';
import type { HostMemory } from './balloon.ts';

/** Bounds of how many pages the kernel compares in a round, and by how much they change. Source: oVirt, policy of page sharing. */
const pages = { least: 64, most: 1250, more: 300, fewer: 50 } as const;
const sleepMs = 10;
/** A host of this size sleeps just so long between two rounds; a smaller one longer. */
const referenceKib = 16_777_216;
/** Part of the host's memory that guests shall leave free. */
const reserve = 0.2;

/** How the kernel shares equal pages, by the names of its files. */
export interface PageSharing {
  /** 0 stopped, 1 running, 2 stopped with all pages parted again. */
  run: number;
  pages_to_scan: number;
  sleep_millisecs: number;
  merge_across_nodes: number;
}

export interface PageSharingSample extends PageSharing {
  /** Pages that are shared now. */
  pages_sharing: number;
}

/**
 * How the kernel is to share equal pages from now on. Pure.
 * @param committedKib what all guests together may take
 */
export function pageSharing(
  policy: { enabled: boolean; acrossNodes: boolean },
  host: HostMemory,
  committedKib: number,
  now: PageSharingSample,
): PageSharing {
  const acrossNodes = policy.acrossNodes ? 1 : 0;
  const kept = { pages_to_scan: now.pages_to_scan, sleep_millisecs: now.sleep_millisecs, merge_across_nodes: now.merge_across_nodes };
  if (!policy.enabled) return { ...kept, run: now.run === 1 || now.pages_sharing > 0 ? 2 : now.run };
  // The kernel takes another way of merging only while nothing is merged.
  if (now.merge_across_nodes !== acrossNodes && now.pages_sharing > 0) return { ...kept, run: 2 };
  const short = isShort(host);
  const run = short || committedKib + reserve * host.totalKib > host.totalKib ? 1 : 0;
  // A kernel that shares nothing and need not is left as its owner set it up.
  if (run === 0 && now.run !== 1) return { ...kept, run: now.run };
  const step = short ? pages.more : -pages.fewer;
  return {
    run,
    pages_to_scan: Math.min(pages.most, Math.max(pages.least, now.pages_to_scan + step)),
    sleep_millisecs: Math.max(sleepMs, Math.round((sleepMs * referenceKib) / Math.max(1, host.totalKib))),
    merge_across_nodes: acrossNodes,
  };
}
