import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

/** One line of the reporter's output: a finished test, what a test tells its readers, or how many outermost tests have still to end. */
export type ReportLine =
  | {
      readonly kind: 'test';
      readonly outcome: 'passed' | 'failed' | 'skipped';
      readonly name: string;
      readonly file: string;
      readonly durationMs: number;
      readonly reason: string;
    }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'open'; readonly count: number };

interface FinishedTest {
  readonly name: string;
  readonly nesting: number;
  readonly file?: string | undefined;
  readonly skip?: string | boolean | undefined;
  readonly todo?: string | boolean | undefined;
  readonly details: {
    readonly duration_ms: number;
    readonly type?: string | undefined;
    readonly error?: (Error & { readonly failureType?: string; readonly cause?: unknown }) | undefined;
  };
}

const REASON_CHARACTERS = 6_000;

/** Names of the tests around the one that just ended: an inner test ends before the outer one, so only its nesting is known. */
function toLine(passed: boolean, test: FinishedTest): ReportLine | undefined {
  const { error, type, duration_ms: durationMs } = test.details;
  const base = { kind: 'test', name: test.name, file: test.file ?? '', durationMs } as const;
  if (type === 'suite') {
    if (passed || error?.failureType === 'subtestsFailed') return undefined;
  } else if (passed) {
    if (test.skip !== undefined && test.skip !== false) return { ...base, outcome: 'skipped', reason: String(test.skip) };
    if (test.todo !== undefined && test.todo !== false)
      return { ...base, outcome: 'failed', reason: 'a test that is still to be done proves nothing: finish or remove it' };
    return { ...base, outcome: 'passed', reason: '' };
  } else if (error?.failureType === 'subtestsFailed') {
    return { ...base, outcome: 'failed', reason: 'a test inside failed' };
  }
  const cause = error?.cause ?? error;
  return {
    ...base,
    outcome: 'failed',
    reason: (typeof cause === 'string' ? cause : inspect(cause, { depth: 3 })).slice(0, REASON_CHARACTERS),
  };
}

/** Reporter for `node --test`: one JSON value a line, see {@link ReportLine}. */
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let open = 0;
  for await (const event of source) {
    if ((event.type === 'test:enqueue' || event.type === 'test:complete') && event.data.nesting === 0) {
      open += event.type === 'test:enqueue' ? 1 : -1;
      yield `${JSON.stringify({ kind: 'open', count: open } satisfies ReportLine)}\n`;
    }
    // Those without a file are the runner's own: its sums.
    if (event.type === 'test:diagnostic' && event.data.file !== undefined)
      yield `${JSON.stringify({ kind: 'note', text: event.data.message } satisfies ReportLine)}\n`;
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const line = toLine(event.type === 'test:pass', event.data);
      if (line !== undefined) yield `${JSON.stringify(line)}\n`;
    }
  }
}
