import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { startFeed, stopFeed } from '../live/feed.ts';
import { applyChanges, resync, touch } from '../live/update.ts';
import { loadPreferences } from '../session/preferences.ts';
import { useSession } from '../session/session.ts';
import { queryClient } from './query-client.ts';
import { router } from './router.tsx';

/** The application of a signed-in user; follows the change feed as long as it is shown. */
export function Pages(): ReactNode {
  const session = useSession();
  const userId = session.kind === 'signed-in' ? session.session.user.id : undefined;
  useEffect(() => {
    if (userId !== undefined) void loadPreferences(userId);
  }, [userId]);
  useEffect(() => {
    startFeed({ apply: applyChanges, touch, resync });
    return () => {
      stopFeed();
      // Another user may see other things.
      queryClient.clear();
    };
  }, []);
  return <RouterProvider router={router} />;
}
