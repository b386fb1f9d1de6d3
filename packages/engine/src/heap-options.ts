/** Most that the heap of an engine may hold, in MiB: some eight times of what 10,000 VMs need. Beyond it Node ends the process. */
const heapMib = 1024;
/** Most that the youngest objects may take, in MiB. */
const youngMib = 16;

/**
 * Node's options for an engine: with a heap that is bounded, what is no longer used is given up early, instead of being collected when
 * the machine's memory is half full.
 */
export const heapOptions: readonly string[] = [`--max-old-space-size=${heapMib}`, `--max-semi-space-size=${youngMib}`];
