import type { ReactNode } from 'react';
import { Meter } from '../app/meter.tsx';
import { Status } from '../app/status.tsx';
import type { Column } from '../grid/grid.tsx';
import { useStatistics } from '../live/statistics.ts';
import type { Text } from '../text/text.ts';
import type { Entity, Format, ValueDescription } from './kind.ts';
import { rawValue, sortValue, textOf } from './value.ts';
import type { NameOf } from './value.ts';

/** A value as a list or a table shows it. */
export function cellOf(description: ValueDescription, entity: Entity, text: Text, nameOf: NameOf): ReactNode {
  const raw = rawValue(description, entity);
  if (description.as === 'status' && typeof raw === 'string') return <Status value={raw} />;
  const told = textOf(description, entity, text, nameOf);
  return description.meter === undefined ? (
    told
  ) : (
    <LiveMeter of={description.meter} entity={entity} label={text(description.label)} told={told ?? '—'} />
  );
}

function LiveMeter({ of, entity, label, told }: { of: 'memory' | 'cpu'; entity: Entity; label: string; told: string }): ReactNode {
  const figures = useStatistics(entity.id ?? '');
  return <Meter value={of === 'memory' ? figures?.memoryPercent : figures?.cpuPercent} text={told} label={label} />;
}

const widths: Partial<Record<Format, number>> = { status: 130, bytes: 96, yesno: 90, number: 90, version: 90, percent: 80, date: 180 };

/** Columns of a grid; the first stays whatever the width, the later ones give way first. */
export function gridColumns(descriptions: readonly ValueDescription[], text: Text, nameOf: NameOf): Column<Entity>[] {
  return descriptions.map((description, index) => ({
    key: columnKey(description),
    label: text(description.label),
    minWidth: description.width ?? widths[description.as ?? 'text'] ?? 120,
    grow: index === 0 ? 2 : 1,
    priority: index,
    strong: index === 0,
    value: (row) => sortValue(description, row, text, nameOf),
    cell: (row) => cellOf(description, row, text, nameOf) ?? '—',
  }));
}

/** How the address spells a column. */
export function columnKey(description: ValueDescription): string {
  return description.label.replace(/^.*\./, '');
}
