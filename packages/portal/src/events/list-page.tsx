import type { ReactNode } from 'react';
import { KindPage } from '../kinds/page.tsx';
import { events } from './kind.ts';

/** What happened, newest first. */
export function EventListPage(): ReactNode {
  return <KindPage kind={events} />;
}
