import type { ReactNode } from 'react';
import { ProblemPage } from '../faults/problem.tsx';

/** The engine gave no answer when the page asked who is signed in. */
export function Unreachable({ error, onRetry }: { error: unknown; onRetry: () => void }): ReactNode {
  return (
    <main className="vg-waiting">
      <ProblemPage error={error} onRetry={onRetry} />
    </main>
  );
}
