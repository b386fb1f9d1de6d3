/** Loaded into an engine by `--import`: tells the process that started it how long its event loop stood still, and its memory. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 5;
const delays = monitorEventLoopDelay({ resolution: resolutionMs });
delays.enable();

process.on('message', () => {
  const stallMs = Math.max(0, delays.max / 1e6 - resolutionMs);
  delays.reset();
  const { user, system } = process.cpuUsage();
  process.send?.({ stallMs, residentBytes: process.memoryUsage.rss(), cpuMs: user / 1000, systemMs: system / 1000 });
});
// The channel to the parent must not keep the engine alive.
process.channel?.unref();
