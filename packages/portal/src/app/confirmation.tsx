import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import type { ReactNode } from 'react';
import { useText } from '../text/text.ts';

/** Asks before something is lost. */
export function Confirmation(props: {
  title: string;
  body: string;
  confirm: string;
  onConfirm: () => void;
  onClose: () => void;
}): ReactNode {
  const text = useText();
  return (
    <Modal isOpen variant="small" onClose={props.onClose} aria-labelledby="confirmation-title" aria-describedby="confirmation-body">
      <ModalHeader title={props.title} titleIconVariant="warning" labelId="confirmation-title" />
      <ModalBody id="confirmation-body">{props.body}</ModalBody>
      <ModalFooter>
        <Button
          variant="danger"
          onClick={() => {
            props.onConfirm();
            props.onClose();
          }}
        >
          {props.confirm}
        </Button>
        <Button variant="link" onClick={props.onClose}>
          {text('cancel')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
