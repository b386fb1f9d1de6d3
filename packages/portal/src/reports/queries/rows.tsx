import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect/index.js';
import { TextArea } from '@patternfly/react-core/dist/esm/components/TextArea/index.js';
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput/index.js';
import type { ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import {
  operatorsOf,
  orderOf,
  sorted,
  takenAs,
  takenOf,
  takesOne,
  takesValues,
  taking,
  withoutColumn,
  type Draft,
  type DraftFilter,
  type SortOrder,
} from './draft.ts';
import type { QueryColumn, WarehouseColumn } from './query.ts';

interface RowsProps {
  draft: Draft;
  columns: readonly WarehouseColumn[];
  onChange: (draft: Draft) => void;
}

const rowsItself = '*';
const orders: readonly SortOrder[] = ['none', 'ascending', 'descending'];

/** The columns of the result, each with what is made of it and how it is sorted by. */
export function ColumnRows(props: RowsProps): ReactNode {
  const { draft } = props;
  return draft.columns.map((column, place) => (
    // Columns may be there twice while they are chosen: their place is their name.
    // oxlint-disable-next-line react/no-array-index-key
    <ColumnRow key={place} {...props} column={column} place={place} />
  ));
}

function ColumnRow({ draft, columns, onChange, column, place }: RowsProps & { column: QueryColumn; place: number }): ReactNode {
  const text = useText();
  const known = columns.find(({ name }) => name === column.name);
  const number = place + 1;
  const set = (next: QueryColumn): void =>
    onChange({ ...draft, columns: draft.columns.map((one, index) => (index === place ? next : one)) });
  const choose = (name: string): void => {
    const next = columns.find((one) => one.name === name);
    const taken = takenAs(column);
    const possible = takenOf(next?.kind);
    set(taking(next?.name, possible.includes(taken) ? taken : (possible[0] ?? 'plain')));
  };
  return (
    <div className="vg-query__row" role="group" aria-label={text('query.column', { number })}>
      <FormSelect value={column.name ?? rowsItself} onChange={(_, name) => choose(name)} aria-label={text('query.column.name')}>
        <FormSelectOption value={rowsItself} label={text('query.rows')} />
        {columns.map(({ name }) => (
          <FormSelectOption key={name} value={name} label={name} />
        ))}
      </FormSelect>
      <FormSelect
        value={takenAs(column)}
        onChange={(_, taken) => set(taking(column.name, takenOf(known?.kind).find((one) => one === taken) ?? 'plain'))}
        aria-label={text('query.taken')}
      >
        {takenOf(known?.kind).map((one) => (
          <FormSelectOption key={one} value={one} label={text(`query.taken.${one}`)} />
        ))}
      </FormSelect>
      <FormSelect
        value={orderOf(draft, place)}
        onChange={(_, order) => onChange(sorted(draft, place, orders.find((one) => one === order) ?? 'none'))}
        aria-label={text('query.sort')}
      >
        {orders.map((one) => (
          <FormSelectOption key={one} value={one} label={text(`query.sort.${one}`)} />
        ))}
      </FormSelect>
      <Button
        variant="link"
        isInline
        onClick={() => onChange(withoutColumn(draft, place))}
        aria-label={text('query.column.remove', { number })}
      >
        {text('action.remove')}
      </Button>
      <span className="vg-quiet">{known?.description}</span>
    </div>
  );
}

/** The filters, each with the fields that its column's kind needs. */
export function FilterRows(props: RowsProps): ReactNode {
  const { draft } = props;
  return draft.filters.map((filter, place) => (
    // Several filters may be of one column: their place is their name.
    // oxlint-disable-next-line react/no-array-index-key
    <FilterRow key={place} {...props} filter={filter} place={place} />
  ));
}

function FilterRow({ draft, columns, onChange, filter, place }: RowsProps & { filter: DraftFilter; place: number }): ReactNode {
  const text = useText();
  const number = place + 1;
  const known = columns.find(({ name }) => name === filter.column);
  const set = (next: DraftFilter): void =>
    onChange({ ...draft, filters: draft.filters.map((one, index) => (index === place ? next : one)) });
  const choose = (column: string): void => {
    const kind = columns.find(({ name }) => name === column)?.kind;
    set({ column, operator: operatorsOf(kind)[0] ?? 'is', values: [] });
  };
  return (
    <div className="vg-query__row" role="group" aria-label={text('query.filter', { number })}>
      <FormSelect value={filter.column} onChange={(_, column) => choose(column)} aria-label={text('query.column.name')}>
        {columns.map(({ name }) => (
          <FormSelectOption key={name} value={name} label={name} />
        ))}
      </FormSelect>
      <FormSelect
        value={filter.operator}
        onChange={(_, operator) => set({ ...filter, operator: operatorsOf(known?.kind).find((one) => one === operator) ?? 'is' })}
        aria-label={text('query.operator')}
      >
        {operatorsOf(known?.kind).map((one) => (
          <FormSelectOption key={one} value={one} label={text(`query.operator.${one}`)} />
        ))}
      </FormSelect>
      {takesValues(filter) ? <Values filter={filter} column={known} onChange={(values) => set({ ...filter, values })} /> : <span />}
      <Button
        variant="link"
        isInline
        onClick={() => onChange({ ...draft, filters: draft.filters.filter((_, index) => index !== place) })}
        aria-label={text('query.filter.remove', { number })}
      >
        {text('action.remove')}
      </Button>
      <span className="vg-quiet">{known?.description}</span>
    </div>
  );
}

/** `2030-01-15T10:00` in the browser's time zone, as its field for times has it. */
function localTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const asTime = (local: string): string => (local === '' ? '' : new Date(local).toISOString());

function Values({
  filter,
  column,
  onChange,
}: {
  filter: DraftFilter;
  column: WarehouseColumn | undefined;
  onChange: (values: string[]) => void;
}): ReactNode {
  const text = useText();
  const [first = ''] = filter.values;
  const label = text('query.value');
  switch (column?.kind) {
    case 'choice':
      return (
        <select
          multiple
          size={4}
          className="vg-criteria__several"
          aria-label={label}
          value={[...filter.values]}
          onChange={(event) => onChange([...event.target.selectedOptions].map((option) => option.value))}
        >
          {(column.choices ?? []).map(({ value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      );
    case 'boolean':
      return (
        <FormSelect value={first} onChange={(_, value) => onChange([value])} aria-label={label}>
          <FormSelectOption value="" label={text('reports.choose')} />
          <FormSelectOption value="true" label={text('yes')} />
          <FormSelectOption value="false" label={text('no')} />
        </FormSelect>
      );
    case 'time':
      return (
        <TextInput type="datetime-local" value={localTime(first)} onChange={(_, local) => onChange([asTime(local)])} aria-label={label} />
      );
    case 'day':
      return <TextInput type="date" value={first} onChange={(_, day) => onChange([day])} aria-label={label} />;
    default: {
      if (takesOne(filter.operator))
        return <TextInput type="number" step="any" value={first} onChange={(_, value) => onChange([value])} aria-label={label} />;
      return (
        <TextArea
          rows={Math.min(Math.max(filter.values.length, 1), 6)}
          value={filter.values.join('\n')}
          onChange={(_, values) => onChange(values.split('\n'))}
          aria-label={text('query.values')}
        />
      );
    }
  }
}
