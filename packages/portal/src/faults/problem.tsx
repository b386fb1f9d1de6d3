import { Alert } from '@patternfly/react-core/dist/esm/components/Alert/index.js';
import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import {
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
} from '@patternfly/react-core/dist/esm/components/EmptyState/index.js';
import { ExclamationCircleIcon } from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon.js';
import { LockIcon } from '@patternfly/react-icons/dist/esm/icons/lock-icon.js';
import type { ReactNode } from 'react';
import { useText } from '../text/text.ts';
import { problemOf } from './advice.ts';
import type { Problem } from './advice.ts';
import './problem.css';

/** An error in place of what could not be shown. */
export function ProblemPage({
  error,
  object,
  onRetry,
}: {
  error: unknown;
  object?: string | undefined;
  onRetry?: (() => void) | undefined;
}): ReactNode {
  const text = useText();
  const problem = problemOf(error);
  return (
    <div role="alert">
      <EmptyState
        {...(problem.refused ? { status: 'warning', icon: LockIcon } : { status: 'danger', icon: ExclamationCircleIcon })}
        titleText={text(problem.title)}
        headingLevel="h2"
      >
        <EmptyStateBody>
          <ProblemFacts problem={problem} object={object} />
        </EmptyStateBody>
        {onRetry !== undefined && (
          <EmptyStateFooter>
            <EmptyStateActions>
              <Button variant="primary" onClick={onRetry}>
                {text('retry')}
              </Button>
            </EmptyStateActions>
          </EmptyStateFooter>
        )}
      </EmptyState>
    </div>
  );
}

/** An error beside what is shown, for example in a form. */
export function ProblemAlert({
  error,
  object,
  title,
}: {
  error: unknown;
  object?: string | undefined;
  title?: string | undefined;
}): ReactNode {
  const text = useText();
  const problem = problemOf(error);
  return (
    <div role="alert">
      <Alert isInline variant="danger" title={title ?? text(problem.title)} component="h3">
        <ProblemFacts problem={problem} object={object} />
      </Alert>
    </div>
  );
}

export function ProblemFacts({ problem, object }: { problem: Problem; object?: string | undefined }): ReactNode {
  const text = useText();
  const rows: [string, string | undefined][] = [
    [text('fault.cause'), problem.cause ?? (problem.title === 'fault.unreachable' ? text('fault.unreachable.cause') : undefined)],
    [text('fault.object'), object],
    [text('fault.advice'), text(problem.advice)],
    [text('fault.code'), problem.code],
    [text('fault.operation'), problem.operation],
    [text('fault.correlation'), problem.correlationId],
  ];
  return (
    <dl className="vg-problem">
      {rows.map(
        ([label, value]) =>
          value !== undefined &&
          value !== '' && (
            <div key={label} className="vg-problem__row">
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
