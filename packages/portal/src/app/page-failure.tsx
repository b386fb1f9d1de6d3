import type { ReactNode } from 'react';
import { ProblemPage } from '../faults/problem.tsx';

/** A mistake of the page itself. */
export function PageFailure({ error }: { error: unknown }): ReactNode {
  return <ProblemPage error={error} onRetry={() => location.reload()} />;
}
