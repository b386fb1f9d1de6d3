import { EmptyState, EmptyStateBody } from '@patternfly/react-core/dist/esm/components/EmptyState/index.js';
import { SearchIcon } from '@patternfly/react-icons/dist/esm/icons/search-icon.js';
import type { ReactNode } from 'react';
import { useText } from '../text/text.ts';

export function PageMissing(): ReactNode {
  const text = useText();
  return (
    <EmptyState icon={SearchIcon} titleText={text('page.missing')} headingLevel="h1">
      <EmptyStateBody>{text('page.missing.body')}</EmptyStateBody>
    </EmptyState>
  );
}
