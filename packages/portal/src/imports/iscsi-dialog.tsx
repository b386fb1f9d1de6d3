import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core/dist/esm/components/Modal/index.js';
import type { ReactNode } from 'react';
import { Parts } from '../app/details.tsx';
import { bytes } from '../format/format.ts';
import type { OwnDialogProps } from '../kinds/kind.ts';
import { useLuns } from '../luns/luns-input.tsx';
import { Targets } from '../luns/targets.tsx';
import { useText } from '../text/text.ts';

/** Asks a portal for its targets, logs the host in to them, and shows the LUNs that the host has then. */
export default function IscsiDialog({ target, name, onClose }: OwnDialogProps): ReactNode {
  const text = useText();
  const luns = useLuns(target.id);
  const rows = luns.data?.map((one) => ({ ...one, id: one.unit.id ?? '' }));
  return (
    <Modal isOpen variant="large" onClose={onClose} aria-labelledby="iscsi-title">
      <ModalHeader title={text('iscsi.title', { name })} labelId="iscsi-title" />
      <ModalBody>
        <Targets id="iscsi" host={target.id} disabled={false} onLogin={() => luns.refetch()} />
        <h3 className="vg-card__title">{text('iscsi.luns')}</h3>
        <Parts
          label={text('iscsi.luns')}
          query={{ data: rows, error: luns.error }}
          empty={text('iscsi.luns.none')}
          columns={[
            { title: text('label.id'), cell: ({ unit }) => unit.id },
            { title: text('label.size'), cell: ({ unit }) => bytes(unit.size) },
            { title: text('label.vendorId'), cell: ({ unit }) => unit.vendor_id },
            { title: text('label.status'), cell: ({ unit }) => unit.status },
          ]}
        />
      </ModalBody>
      <ModalFooter>
        <Button variant="link" onClick={onClose}>
          {text('close')}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
