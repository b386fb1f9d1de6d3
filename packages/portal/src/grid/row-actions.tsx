import { Menu, MenuContent, MenuItem, MenuList } from '@patternfly/react-core/dist/esm/components/Menu/index.js';
import { EllipsisVIcon } from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon.js';
import type { SVGIconProps } from '@patternfly/react-icons/dist/esm/createIcon.js';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ComponentType, ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useText } from '../text/text.ts';

/** Something that can be done with a row; `reason` says why it cannot be done now. */
export interface RowAction {
  key: string;
  label: string;
  run: () => void;
  reason?: string | undefined;
  /** Shown as a button in the row, beside the menu. */
  icon?: ComponentType<SVGIconProps> | undefined;
  danger?: boolean;
}

interface RowActionsProps {
  name: string;
  actions: RowAction[];
  open: boolean;
  onOpen: () => void;
  onClose: () => void;
  /** Reached by key itself, where the row has no menu key. */
  reachable?: boolean;
}

/** Buttons for the usual actions and a menu for all. They are reached by pointer; by key the row's own menu key does it. */
export function RowActions({ name, actions, open, onOpen, onClose, reachable = false }: RowActionsProps): ReactNode {
  const text = useText();
  const toggle = useRef<HTMLButtonElement>(null);
  return (
    <>
      {actions
        .filter((action) => action.icon !== undefined)
        .map(({ icon: Icon, ...action }) => (
          <button
            key={action.key}
            type="button"
            tabIndex={-1}
            className="vg-icon-button"
            aria-label={`${action.label}: ${name}`}
            aria-disabled={action.reason !== undefined}
            title={action.reason === undefined ? action.label : `${action.label}. ${action.reason}`}
            onClick={(event) => {
              event.stopPropagation();
              if (action.reason === undefined) action.run();
            }}
          >
            {Icon !== undefined && <Icon aria-hidden />}
          </button>
        ))}
      <button
        ref={toggle}
        type="button"
        tabIndex={reachable ? 0 : -1}
        className="vg-icon-button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={text('grid.actions.of', { name })}
        onClick={(event) => {
          event.stopPropagation();
          if (open) onClose();
          else onOpen();
        }}
      >
        <EllipsisVIcon aria-hidden />
      </button>
      {open && <RowMenu anchor={toggle} label={text('grid.actions.of', { name })} actions={actions} onClose={onClose} />}
    </>
  );
}

function RowMenu({
  anchor,
  label,
  actions,
  onClose,
}: {
  anchor: React.RefObject<HTMLElement | null>;
  label: string;
  actions: RowAction[];
  onClose: () => void;
}): ReactNode {
  const menu = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ top: 0, left: 0 });
  const follow = useCallback(() => {
    const from = anchor.current?.getBoundingClientRect();
    const own = menu.current?.getBoundingClientRect();
    if (from === undefined || own === undefined) return;
    const below = from.bottom + own.height < innerHeight;
    setPlace({ top: below ? from.bottom : Math.max(8, from.top - own.height), left: Math.max(8, from.right - own.width) });
  }, [anchor]);
  useLayoutEffect(follow, [follow]);
  useEffect(() => {
    menu.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
    const away = (event: Event): void => {
      if (event.target instanceof Node && menu.current?.contains(event.target) !== true && anchor.current?.contains(event.target) !== true)
        onClose();
    };
    const key = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' || event.key === 'Tab') onClose();
    };
    document.addEventListener('pointerdown', away, true);
    document.addEventListener('scroll', follow, true);
    document.addEventListener('keydown', key);
    return () => {
      document.removeEventListener('pointerdown', away, true);
      document.removeEventListener('scroll', follow, true);
      document.removeEventListener('keydown', key);
    };
  }, [anchor, follow, onClose]);
  return createPortal(
    // Events of a portal rise through React's tree: without this a click in the menu would open the row.
    <div className="vg-row-menu" style={place} onClick={(event) => event.stopPropagation()} role="presentation">
      <Menu ref={menu} containsFlyout={false} onSelect={(_, key) => runAction(actions, key, onClose)}>
        <MenuContent>
          <MenuList aria-label={label}>
            {actions.map((action) => (
              <MenuItem
                key={action.key}
                itemId={action.key}
                isAriaDisabled={action.reason !== undefined}
                description={action.reason}
                isDanger={action.danger === true && action.reason === undefined}
              >
                {action.label}
              </MenuItem>
            ))}
          </MenuList>
        </MenuContent>
      </Menu>
    </div>,
    // A dialog keeps the focus within itself.
    anchor.current?.closest('[role="dialog"]') ?? document.body,
  );
}

function runAction(actions: RowAction[], key: string | number | undefined, onClose: () => void): void {
  const action = actions.find((one) => one.key === key);
  if (action === undefined || action.reason !== undefined) return;
  onClose();
  action.run();
}
