import type { Host } from '@virgate/contract/generated/types';
import { CheckIcon } from '@patternfly/react-icons/dist/esm/icons/check-icon.js';
import { PlayIcon } from '@patternfly/react-icons/dist/esm/icons/play-icon.js';
import { WrenchIcon } from '@patternfly/react-icons/dist/esm/icons/wrench-icon.js';
import { useCallback, useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Confirmation } from '../app/confirmation.tsx';
import { tellDone, tellFailure } from '../faults/notices.tsx';
import type { RowAction } from '../grid/row-actions.tsx';
import { useText, words } from '../text/text.ts';
import { hostActions, reasonByStatus } from './actions.ts';
import type { HostAction } from './actions.ts';

const icons = { approve: CheckIcon, activate: PlayIcon, deactivate: WrenchIcon } as const;

/** The actions of a host, and the dialog that asks before it is emptied. */
export function useHostActions(): { actionsOf: (host: Host) => RowAction[]; dialog: ReactNode } {
  const text = useText();
  const [asking, setAsking] = useState<Host>();
  const run = useCallback(
    (host: Host, action: HostAction): void => {
      const name = host.name ?? '';
      const service = client.hosts.host(host.id ?? '');
      service[action]().then(
        () => tellDone(text('vms.sent', { action: text(`host.action.${action}`), name })),
        (error: unknown) => tellFailure(error, name),
      );
    },
    [text],
  );
  const actionsOf = useCallback(
    (host: Host): RowAction[] =>
      hostActions.map((action) => {
        const reason = reasonByStatus(host.status, action);
        return {
          key: action,
          label: text(`host.action.${action}`),
          run: () => (action === 'deactivate' ? setAsking(host) : run(host, action)),
          reason: reason === undefined ? undefined : text(reason, { status: words(host.status) }),
          icon: reason === undefined ? icons[action] : undefined,
        };
      }),
    [run, text],
  );
  const dialog =
    asking === undefined ? null : (
      <Confirmation
        title={text('host.confirm.deactivate.title', { name: asking.name ?? '' })}
        body={text('host.confirm.deactivate.body')}
        confirm={text('host.action.deactivate')}
        onConfirm={() => run(asking, 'deactivate')}
        onClose={() => setAsking(undefined)}
      />
    );
  return { actionsOf, dialog };
}
