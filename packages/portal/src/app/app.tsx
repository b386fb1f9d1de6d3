import { lazy, Suspense, useEffect } from 'react';
import type { ReactNode } from 'react';
import { loadSession, useSession } from '../session/session.ts';
import { SignInPage } from '../session/sign-in-page.tsx';
import { useText } from '../text/text.ts';

/** Everything behind the sign-in; loaded while the session is being asked for. */
const pages = import('./pages.tsx');
const Pages = lazy(() => pages.then((module) => ({ default: module.Pages })));
const Unreachable = lazy(() => import('./unreachable.tsx').then((module) => ({ default: module.Unreachable })));

/** What is shown hangs on the session: nobody signed in, the sign-in page, at whatever address; so signing in again leads back to the same place. */
export function App(): ReactNode {
  const session = useSession();
  switch (session.kind) {
    case 'unknown':
      return <Waiting />;
    case 'signed-out':
      return <SignInPage ended={session.ended} />;
    case 'unreachable':
      return (
        <Suspense fallback={<Waiting />}>
          <Unreachable error={session.error} onRetry={() => void loadSession()} />
        </Suspense>
      );
    case 'signed-in':
      return (
        <Suspense fallback={<Waiting />}>
          <Pages />
        </Suspense>
      );
  }
}

function Waiting(): ReactNode {
  const text = useText();
  useEffect(() => {
    document.title = text('product.name');
  }, [text]);
  return (
    <div className="vg-waiting" role="status" aria-label={text('loading')}>
      <span className="vg-spinner" />
    </div>
  );
}
