import { parseStartOptions } from './command-line.ts';
import type { DetachedMessage } from './detach.ts';
import type { Launcher } from './launcher.ts';
import { describeFailure } from './progress.ts';

/** Everything runs; or engine and portal alone; or nothing. */
const EXIT_CODES = { ready: 0, ready_without_host: 2 } as const;
/** A second signal within this time is the same wish: a terminal sends one to every process of the group. */
const SAME_SIGNAL_MS = 2_000;

/** Tells the launcher that waits in the foreground, if there is one. */
function report(exitCode: number): void {
  if (process.send === undefined) return;
  process.send({ exitCode } satisfies DetachedMessage);
  process.disconnect();
}

async function stopAndExit(launcher: Launcher, exitCode: number): Promise<never> {
  await launcher.stop();
  process.exit(exitCode);
}

function stopOnSignals(launcher: Launcher): void {
  let firstAtMs: number | undefined;
  const onSignal = (): void => {
    if (firstAtMs === undefined) {
      firstAtMs = performance.now();
      process.stdout.write('\nvirgate: stopping; guests go on ("npm run stop -- --guests" ends them too)\n');
      stopAndExit(launcher, 0).catch((error: unknown) => {
        process.stderr.write(describeFailure(error));
        process.exit(1);
      });
    } else if (performance.now() - firstAtMs > SAME_SIGNAL_MS) {
      process.exit(1);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const options = parseStartOptions(args, process.env, process.getuid?.() === 0);
  if (options.detach) {
    const { startDetached } = await import('./detach.ts');
    process.exitCode = await startDetached(options, args);
    return;
  }
  const { Launcher } = await import('./launcher.ts');
  const launcher = new Launcher(options, (text) => process.stdout.write(text));
  stopOnSignals(launcher);
  try {
    const outcome = await launcher.start();
    if (process.send === undefined) process.stdout.write('Press Ctrl-C to stop.\n');
    report(EXIT_CODES[outcome]);
  } catch (error) {
    process.stderr.write(describeFailure(error));
    await launcher.stop();
    report(1);
    process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(describeFailure(error));
  process.exit(1);
});
