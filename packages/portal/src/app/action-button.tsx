import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Tooltip } from '@patternfly/react-core/dist/esm/components/Tooltip/index.js';
import type { ReactNode } from 'react';
import type { RowAction } from '../grid/row-actions.tsx';

/** A button that says why it is of no use, and stays reachable by key so that it can be asked. */
export function ActionButton({ action }: { action: RowAction }): ReactNode {
  const button = (
    <Button
      variant={
        action.key === 'start' || action.key === 'console'
          ? 'secondary'
          : action.danger === true && action.reason === undefined
            ? 'danger'
            : 'tertiary'
      }
      size="sm"
      isAriaDisabled={action.reason !== undefined}
      onClick={action.run}
    >
      {action.label}
    </Button>
  );
  return action.reason === undefined ? button : <Tooltip content={action.reason}>{button}</Tooltip>;
}
