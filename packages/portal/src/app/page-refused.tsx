import { EmptyState, EmptyStateBody } from '@patternfly/react-core/dist/esm/components/EmptyState/index.js';
import { LockIcon } from '@patternfly/react-icons/dist/esm/icons/lock-icon.js';
import type { ComponentType, ReactNode } from 'react';
import { useAdministrator } from '../session/session.ts';
import { useText } from '../text/text.ts';

/** A page that is shown to administrators; others are told so, and nothing is asked of the engine for them. */
export function forAdministrators(Page: ComponentType): ComponentType {
  return function AdministratorsPage() {
    return useAdministrator() ? <Page /> : <PageRefused />;
  };
}

function PageRefused(): ReactNode {
  const text = useText();
  return (
    <EmptyState icon={LockIcon} titleText={text('page.refused')} headingLevel="h1">
      <EmptyStateBody>{text('page.refused.body')}</EmptyStateBody>
    </EmptyState>
  );
}
