import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Checkbox } from '@patternfly/react-core/dist/esm/components/Checkbox/index.js';
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import type { ReactNode } from 'react';
import { useText } from '../text/text.ts';

/** Chooses which columns a list shows; the first one always is there. */
export function ColumnsDialog(props: {
  title: string;
  columns: readonly { key: string; label: string }[];
  hidden: ReadonlySet<string>;
  onHidden: (hidden: ReadonlySet<string>) => void;
  onUsual: () => void;
  onClose: () => void;
}): ReactNode {
  const text = useText();
  const { columns, hidden } = props;
  return (
    <Modal isOpen variant="small" onClose={props.onClose} aria-labelledby="columns-title">
      <ModalHeader title={text('columns.title', { title: props.title })} labelId="columns-title" />
      <ModalBody>
        {columns.map(({ key, label }, index) => (
          <Checkbox
            key={key}
            id={`column-${key}`}
            label={label}
            isChecked={!hidden.has(key)}
            isDisabled={index === 0}
            onChange={(_, shown) => props.onHidden(new Set(shown ? [...hidden].filter((one) => one !== key) : [...hidden, key]))}
          />
        ))}
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" onClick={props.onClose}>
          {text('close')}
        </Button>
        <Button variant="link" onClick={props.onUsual}>
          {text('columns.usual')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
