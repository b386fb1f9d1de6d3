import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Checkbox } from '@patternfly/react-core/dist/esm/components/Checkbox/index.js';
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput/index.js';
import { ArrowDownIcon } from '@patternfly/react-icons/dist/esm/icons/arrow-down-icon.js';
import { ArrowUpIcon } from '@patternfly/react-icons/dist/esm/icons/arrow-up-icon.js';
import type { ReactNode } from 'react';
import { boundedWidth, movedTo, widthBounds, widthStep } from '../grid/layout.ts';
import type { ColumnLayout } from '../grid/layout.ts';
import { useText } from '../text/text.ts';

/** A layout in which a column has a width, or its usual one. */
export function withWidth(layout: ColumnLayout, key: string, pixels: number | undefined): ColumnLayout {
  const { [key]: _, ...others } = layout.widths ?? {};
  return { ...layout, widths: pixels === undefined ? others : { ...others, [key]: pixels } };
}

/** Chooses which columns a list shows, in which order and how wide. */
export function ColumnsDialog(props: {
  title: string;
  /** In the order of the layout. */
  columns: readonly { key: string; label: string }[];
  /** Key of the column that always is there. */
  always: string | undefined;
  layout: ColumnLayout;
  /** Undefined: as usual again. */
  onLayout: (layout: ColumnLayout | undefined) => void;
  onClose: () => void;
}): ReactNode {
  const text = useText();
  const { columns, layout, onLayout } = props;
  const hidden = layout.hidden ?? [];
  const keys = columns.map(({ key }) => key);
  const shown = (key: string, on: boolean): void =>
    onLayout({ ...layout, hidden: on ? hidden.filter((one) => one !== key) : [...hidden, key] });
  const mover = (key: string, name: string, step: -1 | 1): ReactNode => {
    const to = keys.indexOf(key) + step;
    const Icon = step < 0 ? ArrowUpIcon : ArrowDownIcon;
    return (
      <Button
        variant="plain"
        size="sm"
        icon={<Icon aria-hidden />}
        aria-label={text(step < 0 ? 'columns.earlier' : 'columns.later', { name })}
        // Not disabled: the focus would be lost at either end.
        isAriaDisabled={to < 0 || to >= keys.length}
        onClick={() => onLayout({ ...layout, order: movedTo(keys, key, to) })}
      />
    );
  };
  return (
    <Modal isOpen variant="small" onClose={props.onClose} aria-labelledby="columns-title">
      <ModalHeader title={text('columns.title', { title: props.title })} labelId="columns-title" description={text('columns.body')} />
      <ModalBody>
        <ul className="vg-columns">
          {columns.map(({ key, label }) => (
            <li key={key} className="vg-columns__one">
              <Checkbox
                id={`column-${key}`}
                label={label}
                isChecked={!hidden.includes(key)}
                isDisabled={key === props.always}
                onChange={(_, on) => shown(key, on)}
              />
              <TextInput
                type="number"
                className="vg-columns__width"
                aria-label={text('columns.width', { name: label })}
                placeholder={text('columns.width.usual')}
                min={widthBounds.least}
                max={widthBounds.most}
                step={widthStep}
                value={layout.widths?.[key] ?? ''}
                onChange={(_, value) => onLayout(withWidth(layout, key, value === '' ? undefined : Number(value)))}
                onBlur={(event) => {
                  const { value } = event.target as HTMLInputElement;
                  if (value !== '') onLayout(withWidth(layout, key, boundedWidth(Number(value))));
                }}
              />
              {mover(key, label, -1)}
              {mover(key, label, 1)}
            </li>
          ))}
        </ul>
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" onClick={props.onClose}>
          {text('close')}
        </Button>
        <Button variant="link" onClick={() => onLayout(undefined)}>
          {text('columns.usual')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
