import { ApiFault } from '@virgate/sdk';
import { QueryCache, QueryClient, MutationCache } from '@tanstack/react-query';
import { sessionEnded } from '../session/session.ts';

function noticeSignedOut(error: unknown): void {
  if (error instanceof ApiFault && error.signedOut) sessionEnded();
}

/**
 * Answers are kept until the change feed says otherwise: nothing is fetched on a timer or when a window gets the focus.
 */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSignedOut }),
  mutationCache: new MutationCache({ onError: noticeSignedOut }),
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      refetchOnReconnect: true,
      retry: (failures, error) => !(error instanceof ApiFault) && failures < 2,
    },
  },
});
