import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { PlusCircleIcon } from '@patternfly/react-icons/dist/esm/icons/plus-circle-icon.js';
import { lazy, Suspense } from 'react';
import type { ReactNode } from 'react';
import { KindPage } from '../kinds/page.tsx';
import { useText } from '../text/text.ts';
import { vms } from './kind.ts';

const CreateVm = lazy(() => import('./create-dialog.tsx').then((module) => ({ default: module.CreateVmDialog })));

/** All virtual machines, as they are now; the selected one beside them. The usual way to make one has a short dialog of its own. */
export function VmListPage(): ReactNode {
  const text = useText();
  return (
    <KindPage
      kind={vms}
      searchLabel={text('grid.search.vms')}
      first={(onDialog) => (
        <Button variant="primary" icon={<PlusCircleIcon aria-hidden />} onClick={() => onDialog('create')}>
          {text('vms.create')}
        </Button>
      )}
      dialog={(place) => {
        const [kindOfDialog, templateId] = place.dialog.split(':');
        if (kindOfDialog !== 'create') return undefined;
        return (
          <Suspense fallback={null}>
            <CreateVm onClose={place.onDialogClose} {...(templateId === undefined ? {} : { templateId })} />
          </Suspense>
        );
      }}
    />
  );
}
