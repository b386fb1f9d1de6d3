import type { Vm } from '@virgate/contract/generated/types';
import type { AllowedAction } from '@virgate/sdk';
import { DesktopIcon } from '@patternfly/react-icons/dist/esm/icons/desktop-icon.js';
import { PlayIcon } from '@patternfly/react-icons/dist/esm/icons/play-icon.js';
import { PowerOffIcon } from '@patternfly/react-icons/dist/esm/icons/power-off-icon.js';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import type { ReactNode } from 'react';
import { client } from '../app/client.ts';
import { Confirmation } from '../app/confirmation.tsx';
import { tellDone, tellFailure } from '../faults/notices.tsx';
import type { RowAction } from '../grid/row-actions.tsx';
import { useText, words } from '../text/text.ts';
import type { Text } from '../text/text.ts';
import { reasonFor, vmActions } from './actions.ts';
import type { Reason, VmAction } from './actions.ts';

const icons: Partial<Record<VmAction, RowAction['icon']>> = { start: PlayIcon, shutdown: PowerOffIcon, console: DesktopIcon };
/** Actions that lose something, so they are asked about first. */
const confirmed = {
  stop: ['vm.confirm.stop.title', 'vm.confirm.stop.body'],
  remove: ['vm.confirm.remove.title', 'vm.confirm.remove.body'],
} as const;

function request(vmId: string, action: Exclude<VmAction, 'console' | 'serial_console'>): Promise<unknown> {
  const vm = client.vms.vm(vmId);
  switch (action) {
    case 'start':
      return vm.start();
    case 'shutdown':
      return vm.shutdown();
    case 'stop':
      return vm.stop();
    case 'reboot':
      return vm.reboot();
    case 'suspend':
      return vm.suspend();
    case 'remove':
      return vm.remove();
  }
}

/** The actions of a VM, ready for a row or a tool bar, and the dialog that some of them ask with. */
export function useVmActions(): { actionsOf: (vm: Vm, told?: readonly AllowedAction[]) => RowAction[]; dialog: ReactNode } {
  const text = useText();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<{ vm: Vm; action: keyof typeof confirmed }>();

  const run = useCallback(
    (vm: Vm, action: VmAction): void => {
      const vmId = vm.id ?? '';
      const name = vm.name ?? vmId;
      if (action === 'console') void navigate({ to: '/vms/$vmId/console', params: { vmId } });
      else if (action === 'serial_console') void navigate({ to: '/vms/$vmId/serial-console', params: { vmId } });
      else {
        request(vmId, action).then(
          () => tellDone(text('vms.sent', { action: text(`vm.action.${action}`), name })),
          (error: unknown) => tellFailure(error, name),
        );
      }
    },
    [navigate, text],
  );

  const actionsOf = useCallback(
    (vm: Vm, told?: readonly AllowedAction[]): RowAction[] =>
      shownActions(vm).map((action) => {
        const reason = reasonFor(vm, action, told);
        const ask = action === 'stop' || action === 'remove' ? action : undefined;
        return {
          key: action,
          label: text(
            action === 'start' && (vm.status === 'paused' || vm.status === 'suspended') ? 'vm.action.resume' : `vm.action.${action}`,
          ),
          run: () => (ask === undefined ? run(vm, action) : setAsking({ vm, action: ask })),
          reason: reason === undefined ? undefined : reasonText(text, vm, reason),
          icon: rowIcon(vm, action),
          danger: action === 'remove',
        };
      }),
    [run, text],
  );

  const name = asking?.vm.name ?? '';
  const dialog =
    asking === undefined ? null : (
      <Confirmation
        title={text(confirmed[asking.action][0], { name })}
        body={text(confirmed[asking.action][1])}
        confirm={text(`vm.action.${asking.action}`)}
        onConfirm={() => run(asking.vm, asking.action)}
        onClose={() => setAsking(undefined)}
      />
    );
  return { actionsOf, dialog };
}

function shownActions(vm: Vm): readonly VmAction[] {
  return vm.status === undefined ? [] : vmActions;
}

/** In a row there is one power button, the one that makes sense; the menu has them all. */
function rowIcon(vm: Vm, action: VmAction): RowAction['icon'] {
  const startable = reasonFor(vm, 'start', undefined) === undefined;
  if ((action === 'start' && !startable) || (action === 'shutdown' && startable)) return undefined;
  return icons[action];
}

export function reasonText(text: Text, vm: Vm, reason: Reason): string {
  return 'said' in reason ? reason.said : text(reason.key, { status: words(vm.status) });
}
