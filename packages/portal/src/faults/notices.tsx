import { Alert, AlertActionCloseButton, AlertGroup } from '@patternfly/react-core/dist/esm/components/Alert/index.js';
import { useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { ApiFault } from '@virgate/sdk';
import { sessionEnded } from '../session/session.ts';
import { useText } from '../text/text.ts';
import { problemOf } from './advice.ts';
import { ProblemFacts } from './problem.tsx';

/** A message over the page: a failure stays until it is closed, a success goes by itself. */
interface Notice {
  id: number;
  error?: unknown;
  object?: string | undefined;
  done?: string;
}

const goneAfterMs = 6000;
/** Older notices make room for newer ones. */
const most = 5;
let notices: readonly Notice[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Notice[]): void {
  notices = next.slice(-most);
  for (const listener of listeners) listener();
}

export function tellFailure(error: unknown, object?: string): void {
  if (error instanceof ApiFault && error.signedOut) return sessionEnded();
  lastId += 1;
  set([...notices, { id: lastId, error, object }]);
}

export function tellDone(text: string): void {
  lastId += 1;
  const id = lastId;
  set([...notices, { id, done: text }]);
  setTimeout(() => close(id), goneAfterMs);
}

function close(id: number): void {
  set(notices.filter((notice) => notice.id !== id));
}

export function Notices(): ReactNode {
  const text = useText();
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
  return (
    <AlertGroup isToast isLiveRegion>
      {shown.map((notice) => {
        const problem = notice.done === undefined ? problemOf(notice.error) : undefined;
        return (
          <Alert
            key={notice.id}
            variant={problem === undefined ? 'success' : 'danger'}
            title={problem === undefined ? notice.done : text(problem.title)}
            actionClose={<AlertActionCloseButton aria-label={text('close')} onClose={() => close(notice.id)} />}
          >
            {problem !== undefined && <ProblemFacts problem={problem} object={notice.object} />}
          </Alert>
        );
      })}
    </AlertGroup>
  );
}
