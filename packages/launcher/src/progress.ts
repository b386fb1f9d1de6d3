import { LauncherError, textOf } from './errors.ts';

/** Where progress lines go. */
export type Write = (text: string) => void;

/** What a stage may say about itself. */
export interface StageReport {
  /** Shown behind `ok`: what was chosen or found. */
  note(text: string): void;
}

/** One stage of the start. */
export interface Stage {
  readonly title: string;
  run(report: StageReport): Promise<void>;
}

/** Runs stages one after another, with a line for each: `[3/9] starting the engine … ok (1.2 s)`. */
export async function runStages(stages: readonly Stage[], write: Write, now: () => number = () => performance.now()): Promise<void> {
  for (const [index, stage] of stages.entries()) {
    const notes: string[] = [];
    const startedAtMs = now();
    write(`[${index + 1}/${stages.length}] ${stage.title} … `);
    try {
      await stage.run({ note: (text) => notes.push(text) });
    } catch (error) {
      write('failed\n');
      throw error;
    }
    const details = [`${((now() - startedAtMs) / 1000).toFixed(1)} s`, ...notes].join('; ');
    write(`ok (${details})\n`);
  }
}

/** What a person reads when a stage failed: the cause and what to do. */
export function describeFailure(error: unknown): string {
  if (error instanceof LauncherError) return `virgate: ${error.message}\n${error.advice}\n`;
  const trace = error instanceof Error && error.stack !== undefined ? error.stack : textOf(error);
  return `virgate: an unforeseen error: ${trace}\n`;
}
