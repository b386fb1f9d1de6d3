import { DesktopIcon } from '@patternfly/react-icons/dist/esm/icons/desktop-icon.js';
import { PlayIcon } from '@patternfly/react-icons/dist/esm/icons/play-icon.js';
import { PowerOffIcon } from '@patternfly/react-icons/dist/esm/icons/power-off-icon.js';
import type { AllowedAction } from '@virgate/sdk';
import type { RowAction } from '../grid/row-actions.tsx';
import type { TextKey } from '../text/en.ts';
import { words } from '../text/text.ts';
import type { Text } from '../text/text.ts';
import type { ActionDescription, Entity } from './kind.ts';

const icons = { play: PlayIcon, power: PowerOffIcon, screen: DesktopIcon } as const;

/** An action as rows and tool bars show it, with the reason when it cannot be done. */
export function rowAction(
  action: ActionDescription,
  entity: Entity,
  owner: Entity | undefined,
  told: readonly AllowedAction[] | undefined,
  text: Text,
  run: () => void,
): RowAction {
  const own = action.reason?.(entity, owner);
  const answer = action.can === null ? undefined : told?.find((one) => one.action === (action.can ?? action.key));
  const guessed = action.guess?.(entity);
  const say = (key: TextKey | undefined): string | undefined =>
    key === undefined ? undefined : text(key, { status: words(statusOf(entity)) });
  const refused = answer?.allowed === false ? (answer.reason ?? say(guessed) ?? text('action.refused')) : undefined;
  return {
    key: action.key,
    label: text(action.labelOf?.(entity) ?? action.label),
    run,
    danger: action.danger === true,
    reason: say(own) ?? (answer === undefined ? say(guessed) : refused),
    icon: action.quick?.when(entity) === true ? icons[action.quick.icon] : undefined,
  };
}

function statusOf(entity: Entity): string | undefined {
  const { status } = entity as { status?: unknown };
  return typeof status === 'string' ? status : undefined;
}
