import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { ActionButton } from '../app/action-button.tsx';
import { client } from '../app/client.ts';
import { Parts } from '../app/details.tsx';
import type { PartColumn } from '../app/details.tsx';
import { RowActions } from '../grid/row-actions.tsx';
import { useParts } from '../live/collections.ts';
import { useText } from '../text/text.ts';
import { useAllowed } from './allowed.ts';
import { rowAction } from './row-action.ts';
import { cellOf } from './cells.tsx';
import type { ActionDescription, Entity, Kind, PartsDescription } from './kind.ts';
import { useNameOf } from './use-references.ts';

interface KindPartsProps {
  kind: Kind;
  owner: Entity & { id: string };
  /** Name of the table: the tab's, told apart by a number where there are several. */
  name: string;
  label: string;
  parts: PartsDescription;
  onAction: (action: ActionDescription, row: Entity | undefined) => void;
}

const none: readonly ActionDescription[] = [];

/** What hangs on an object, with what can be done about it. */
export function KindParts({ kind, owner, name, label, parts, onAction }: KindPartsProps): ReactNode {
  const text = useText();
  const nameOf = useNameOf(parts.columns);
  const query = useParts({ type: kind.type, id: owner.id }, parts.types, name, (signal) => parts.list(client, owner, signal));
  const [menuRow, setMenuRow] = useState<string>();
  const { actions = none } = parts;
  const told = useAllowed(parts.canType, menuRow, actions);
  const columns = useMemo<PartColumn<Entity>[]>(() => {
    const shown = parts.columns.map((column, index) => ({
      title: text(column.label),
      cell: (row: Entity) => {
        const content = cellOf(column, row, text, nameOf);
        return index === 0 && parts.opens !== undefined && row.id !== undefined ? (
          <Link to={`${parts.opens}/${row.id}` as '/'}>{content ?? row.id}</Link>
        ) : (
          content
        );
      },
    }));
    if (actions.length === 0) return shown;
    const menu = (row: Entity): ReactNode => (
      <RowActions
        reachable
        name={parts.name?.(row) ?? row.name ?? row.id ?? ''}
        open={menuRow !== undefined && menuRow === row.id}
        onOpen={() => setMenuRow(row.id)}
        onClose={() => setMenuRow(undefined)}
        actions={actions.map((action) =>
          rowAction(action, row, owner, menuRow === row.id ? told : undefined, text, () => onAction(action, row)),
        )}
      />
    );
    return [...shown, { title: text('grid.actions'), cell: menu }];
  }, [parts, actions, owner, nameOf, text, told, menuRow, onAction]);
  return (
    <section className="vg-tab-part" aria-label={label}>
      {parts.adds !== undefined && (
        <div className="vg-details__tools">
          {parts.adds.map((action) => (
            <ActionButton key={action.key} action={rowAction(action, owner, owner, undefined, text, () => onAction(action, undefined))} />
          ))}
        </div>
      )}
      <Parts label={label} query={query} columns={columns} empty={text(parts.empty)} />
    </section>
  );
}
